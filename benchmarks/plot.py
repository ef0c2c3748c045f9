"""The plot of docs/performance.md: time per line against rules, and against price rows.

python -m benchmarks.plot [FILE]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert as vlc

from benchmarks import prices, quotes
from benchmarks.baseline import Pricer
from benchmarks.measure import interleaved

RULES = (20, 200, 1_000, 5_000, 20_000)
ROWS = (1_000, 100_000, 1_000_000, 10_000_000)
OURS, HAND = "rebates", "hand-written"
_POINT = re.compile(r'aria-label="([a-z ]+): (\S+); microseconds a line: ([\d.]+); who: ([a-z-]+)"')


def against_rules() -> list[dict[str, Any]]:
    """Microseconds a line, orders of a hundred lines."""
    found = []
    for rules in RULES:
        ours, base = quotes.warm(rules, 100, Pricer)
        found += [{"size": rules, "us": ours / 1_000, "who": OURS}, {"size": rules, "us": base / 1_000, "who": HAND}]
    return found


def against_rows() -> list[dict[str, Any]]:
    """The same with one table of account prices."""
    found = []
    for rows in ROWS:
        book, orders = prices.book_of(rows), prices.orders_of(rows, 100, 7)
        [ours] = interleaved(lambda book=book, orders=orders: [book.quote(order) for order in orders])  # type: ignore[misc]
        found.append({"size": rows, "us": ours / prices.LINES / 1_000, "who": OURS})
    return found


def _panel(data: list[dict[str, Any]], title: str) -> Any:
    return (
        alt.Chart(alt.InlineData(values=data), width=300, height=220)
        .mark_line(point=True)
        .encode(
            alt.X("size:Q", scale=alt.Scale(type="log"), title=title, axis=alt.Axis(format="~s", tickCount=5)),
            alt.Y("us:Q", title="microseconds a line", scale=alt.Scale(zero=True)),
            alt.Color("who:N", title=None, legend=alt.Legend(orient="top")),
        )
    )


def described(svg: str) -> str:
    """The drawing with a title and its numbers in words, for those who do not see it; its points name their values."""
    told: dict[tuple[str, str], dict[str, str]] = {}
    for what, size, us, who in _POINT.findall(svg):
        told.setdefault((what, who), {})[size] = f"{float(us):.1f} at {size}"
    lines = [f"{who}, {what}: {', '.join(points.values())}" for (what, who), points in told.items()]
    words = f"Microseconds a line. {'; '.join(lines)}."
    head, tag, rest = svg.partition(">")
    return f'{head} role="img"{tag}<title>Time per line against rules and against price rows</title><desc>{words}</desc>{rest}'


def main() -> None:
    file = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/performance.svg")
    chart = alt.hconcat(_panel(against_rules(), "rules"), _panel(against_rows(), "account prices"))
    file.write_text(described(vlc.vegalite_to_svg(chart.to_json())), encoding="utf-8")


if __name__ == "__main__":
    main()
