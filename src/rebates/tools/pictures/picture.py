"""What every picture can do, whatever it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import altair as alt

Theme = Literal["light", "dark"]
FORMATS = ("svg", "png", "json", "txt")


class PictureError(ValueError):
    """A picture that cannot be made: what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of a theme; they differ in lightness, so that a picture can be read in grey."""

    text: str
    grid: str
    paper: str
    strong: str  # values and totals
    down: str  # what is taken off
    up: str  # what is added
    mark: str  # thresholds, dead zones


INKS: dict[Theme, Ink] = {
    "light": Ink("#1c2733", "#d5dbe1", "#ffffff", "#23415f", "#e0903a", "#8a4a9e", "#b3261e"),
    "dark": Ink("#e8edf2", "#3a4652", "#15191e", "#a9c7e8", "#e8963c", "#8f5cb8", "#ff8a80"),
}


@dataclass(frozen=True)
class Picture:
    """A drawing and its numbers.

    `text` is the picture on a terminal; `alternative` says in words and numbers what the drawing shows.
    """

    title: str
    text: str
    alternative: str
    draw: Callable[[Ink], alt.TopLevelMixin]

    def chart(self, theme: Theme = "light") -> alt.TopLevelMixin:
        """The Altair chart. Raises PictureError where the extra `plots` is not installed."""
        _altair()
        return self.draw(INKS[theme])

    def svg(self, theme: Theme = "light") -> str:
        """SVG with a title and the numbers as its description."""
        import vl_convert

        made = vl_convert.vegalite_to_svg(self.chart(theme).to_json())
        head, tag, rest = made.partition(">")
        return f'{head} role="img"{tag}<title>{_escaped(self.title)}</title><desc>{_escaped(self.alternative)}</desc>{rest}'

    def png(self, theme: Theme = "light", scale: int = 2) -> bytes:
        """PNG, `scale` pixels to the point."""
        import vl_convert

        png: bytes = vl_convert.vegalite_to_png(self.chart(theme).to_json(), scale=scale)
        return png

    def save(self, path: Path, theme: Theme = "light") -> None:
        """Writes a file by its ending: .svg, .png, .json (Vega-Lite) or .txt. Raises PictureError for others."""
        match path.suffix.lower():
            case ".svg":
                path.write_text(self.svg(theme), "utf-8")
            case ".png":
                path.write_bytes(self.png(theme))
            case ".json":
                path.write_text(self.chart(theme).to_json(), "utf-8")
            case ".txt":
                path.write_text(f"{self.text}\n", "utf-8")
            case other:
                raise PictureError(
                    f"a picture cannot be written as `{other or path.name}`; end the name in .svg, .png, .json or .txt"
                )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """A notebook takes the SVG; where it cannot be drawn, the text."""
        try:
            return {"image/svg+xml": self.svg(), "text/plain": self.text}
        except PictureError:
            return {"text/plain": self.text}


def data(rows: Sequence[Mapping[str, object]]) -> alt.Data:
    """Rows as a chart reads them."""
    import altair as alt

    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call] # the library gives this one no types


def styled(chart: alt.LayerChart | alt.VConcatChart | alt.Chart, ink: Ink) -> alt.TopLevelMixin:
    """A chart in the colours of a theme."""
    made: alt.TopLevelMixin = (
        chart.configure(background=ink.paper, font="sans-serif", padding=12)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=ink.text, titleColor=ink.text, gridColor=ink.grid, domainColor=ink.grid, tickColor=ink.grid
        )
        .configure_title(color=ink.text, anchor="start", subtitleColor=ink.text)
        .configure_legend(labelColor=ink.text, titleColor=ink.text)
    )
    return made


def _altair() -> None:
    try:
        import altair as alt
        import vl_convert  # noqa: F401 - both are needed to draw
    except ImportError:
        raise PictureError(
            "pictures need the extra `plots`: pip install 'rebates[plots]'; the text form needs nothing"
        ) from None
    alt.data_transformers.disable_max_rows()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
