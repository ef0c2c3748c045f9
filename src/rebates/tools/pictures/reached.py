"""Where a measure stands among the tiers of a rule: steps as wide as a tier and as high as what it pays, filled so far."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.tools.pictures.picture import Ink, Picture, data, styled

if TYPE_CHECKING:
    import altair as alt

WIDTH = 30  # of a bar on a terminal
BEYOND = Fraction(5, 4)  # the drawing goes on beyond the last threshold


@dataclass(frozen=True, slots=True)
class Step:
    """A tier: where it begins, also as text, and what it pays; `rate` is None where that is no single ratio."""

    threshold: Fraction
    begins: str
    pays: str
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class Reached:
    """A measure, its tiers in ascending order, and every text that is read with them, in the reader's language.

    `now` is where the measure stands, `distance` what is missing to the next tier and what that is worth, `axis` what is
    measured and in which unit, `rate` the word for what a tier pays.
    """

    title: str
    axis: str
    rate: str
    now: str
    distance: str
    measure: Fraction
    steps: tuple[Step, ...]


def reached_picture(reached: Sequence[Reached]) -> Picture:
    """The picture of one measure, or of several below each other."""
    title = "; ".join(each.title for each in reached)

    def draw(ink: Ink) -> alt.TopLevelMixin:
        import altair as alt

        charts = [_chart(each, ink) for each in reached]
        return styled(charts[0] if len(charts) == 1 else alt.vconcat(*charts, spacing=28), ink)

    text = "\n\n".join(_text(each) for each in reached)
    return Picture(title, text, " ".join(_words(each) for each in reached), draw)


def _words(reached: Reached) -> str:
    """The numbers of the picture."""
    steps = "; ".join(f"{step.begins}: {step.pays}" for step in reached.steps)
    return f"{reached.title}. {steps}. {_sentence(reached)}"


def _sentence(reached: Reached) -> str:
    return f"{reached.now}. {reached.distance}." if reached.distance else f"{reached.now}."


def _text(reached: Reached) -> str:
    """A bar for each tier, as long as the part of the way to it that is done."""
    begins = max(len(step.begins) for step in reached.steps)
    pays = max(len(step.pays) for step in reached.steps)
    lines = [reached.title, ""]
    for step in reached.steps:
        done = WIDTH if step.threshold <= 0 else int(max(Fraction(0), reached.measure) * WIDTH / step.threshold)
        bar = "█" * min(done, WIDTH) + "░" * (WIDTH - min(done, WIDTH))
        lines.append(f"  {step.begins:<{begins}}  {step.pays:<{pays}}  {bar}")
    return "\n".join([*lines, "", f"  {_sentence(reached)}"])


def _chart(reached: Reached, ink: Ink) -> alt.LayerChart:
    import altair as alt

    # floats place marks; the numbers that are read are exact text
    steps = reached.steps
    first = min(Fraction(0), steps[0].threshold, reached.measure)
    end = max(steps[-1].threshold, reached.measure, first + 1) * BEYOND
    rated = all(step.rate is not None and step.rate >= 0 for step in steps)
    heights = [step.rate if rated and step.rate is not None else Fraction(n) for n, step in enumerate(steps, 1)]
    top = float((max(heights) or Fraction(1)) * Fraction(6, 5))
    ends = [*(step.threshold for step in steps[1:]), end]
    rows = []
    for step, height, last in zip(steps, heights, ends, strict=True):
        told = {"height": float(height), "pays": step.pays, "begins": step.begins}
        middle = min(max(reached.measure, step.threshold), last)
        rows.append({**told, "from": float(middle), "to": float(last), "kind": "open"})
        rows.append({**told, "from": float(step.threshold), "to": float(middle), "kind": "done"})
    ticks = [float(step.threshold) for step in steps]
    named = " : ".join(
        f"datum.value == {json.dumps(at)} ? {json.dumps(s.begins)}" for at, s in zip(ticks, steps, strict=True)
    )
    axis = alt.Axis(values=ticks, labelExpr=f"{named} : ''", labelOverlap="greedy", grid=False, labelPadding=6)
    across = alt.Scale(domain=[float(first), float(end)], nice=False)
    up = alt.Scale(domain=[0, top], nice=False)
    rates = alt.Axis(format="~%", tickCount=4, grid=True) if rated else None
    y = alt.Y("height:Q", title=reached.rate if rated else None, scale=up, axis=rates)
    tips = [alt.Tooltip("begins:N", title=reached.axis), alt.Tooltip("pays:N", title=reached.rate)]
    blocks = [
        alt.Chart(data([row for row in rows if row["kind"] == kind and row["from"] != row["to"]]))
        .mark_rect(fill=fill, stroke=ink.strong, strokeWidth=1)
        .encode(
            x=alt.X("from:Q", title=reached.axis, scale=across, axis=axis),
            x2="to:Q",
            y=y,
            y2=alt.datum(0),
            tooltip=tips,
        )
        for kind, fill in (("open", ink.paper), ("done", ink.strong))
    ]
    labels = [
        {"at": float(step.threshold), "height": float(height), "pays": step.pays}
        for step, height in zip(steps, heights, strict=True)
    ]
    pays = [
        alt.Chart(data(labels))
        .mark_text(align="left", baseline="bottom", dx=4, dy=-3, fontWeight="bold", **ground)
        .encode(x=alt.X("at:Q", scale=across), y=alt.Y("height:Q", scale=up), text="pays:N")
        for ground in ({"color": ink.paper, "stroke": ink.paper, "strokeWidth": 5}, {"color": ink.text})
    ]
    here = [{"at": float(reached.measure)}]
    now = alt.Chart(data(here)).mark_rule(color=ink.mark, strokeWidth=2.5).encode(x=alt.X("at:Q", scale=across))
    head = (
        alt.Chart(data(here))
        .mark_point(shape="triangle-down", filled=True, size=110, color=ink.mark, opacity=1)
        .encode(x=alt.X("at:Q", scale=across), y=alt.value(4))
    )
    layers: list[alt.Chart] = [*blocks, now, head, *pays]  # what a tier pays can be read where the marker crosses it
    following = next((step for step in steps if step.threshold > reached.measure), None)
    if following is not None and reached.distance:
        way = [{"at": float(reached.measure), "to": float(following.threshold)}]
        layers.append(
            alt.Chart(data(way))
            .mark_rule(color=ink.mark, strokeWidth=2.5, strokeDash=[5, 4])
            .encode(x=alt.X("at:Q", scale=across), x2="to:Q", y=alt.value(14))
        )
    said = [reached.now, reached.distance] if reached.distance else [reached.now]
    title = alt.TitleParams(reached.title, subtitle=said, subtitlePadding=4, offset=12)
    return alt.LayerChart(layer=layers).properties(width=520, height=170, title=title)
