"""The waterfall of an order: from list value to what is paid and, where rebates are to come, to the pocket; a bar for each step."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from rebates.engine.pocket import rebate_of
from rebates.engine.quote import Quote
from rebates.model.exact import grouped
from rebates.tools.pictures.picture import Ink, Picture, data, styled

if TYPE_CHECKING:
    import altair as alt

WIDTH = 40  # of the longest bar on a terminal


@dataclass(frozen=True, slots=True)
class Bar:
    """A value that stands (`value`), or a step from one value to the next. Amounts are exact."""

    label: str
    kind: Literal["value", "step"]
    amount: Fraction
    after: Fraction  # the value once this step was taken

    @property
    def before(self) -> Fraction:
        return Fraction(0) if self.kind == "value" else self.after - self.amount


def bars(quote: Quote) -> tuple[Bar, ...]:
    """List value (where every line has one), price, each rule, net value, charges, total; expected rebates, pocket value."""
    lines = quote.outcome.lines
    gross = sum((line.gross_value for line in lines), Fraction(0))
    out: list[Bar] = []
    if all(line.list_value is not None for line in lines):
        listed = sum((line.list_value or Fraction(0) for line in lines), Fraction(0))
        out.append(Bar("list value", "value", listed, listed))
        if gross != listed:
            out.append(Bar("prices", "step", gross - listed, gross))
    else:
        out.append(Bar("gross value", "value", gross, gross))
    running = gross
    for rule, amount in _taken(quote).items():
        running -= amount
        out.append(Bar(_title(quote, rule), "step", -amount, running))
    if len(out) > 1:
        out.append(Bar("net value", "value", quote.outcome.net_value, quote.outcome.net_value))
    running = quote.outcome.net_value
    for charge in quote.outcome.charges:
        running += charge.after
        out.append(Bar(_title(quote, charge.rule), "step", charge.after, running))
    if quote.outcome.cash_rounding:
        running += quote.outcome.cash_rounding
        out.append(Bar("cash rounding", "step", quote.outcome.cash_rounding, running))
    total = Fraction(quote.total.amount)
    out.append(Bar("total", "value", total, total))
    out += _pocket(quote, total)
    return tuple(out)


def _pocket(quote: Quote, total: Fraction) -> list[Bar]:
    """What each rule is expected to take of it, and what is left; nothing where nothing is expected."""
    out: list[Bar] = []
    for each in quote.priced.pocket.expected if quote.earns_rebates else ():
        if each.pays == "money" and each.amount:
            amount = -each.amount if each.kind == "rebate" else each.amount
            total += amount
            out.append(Bar(f"{rebate_of(quote, each).title}, expected", "step", amount, total))
    return [*out, Bar("pocket value", "value", total, total)] if out else []


def waterfall_picture(quote: Quote) -> Picture:
    """The picture of a quote."""
    steps = bars(quote)
    digits = quote.priced.digits
    title = f"{quote.given.account}, {quote.given.day}: from {steps[0].label} to {steps[-1].label}"
    rows = [(bar.label, _amount(bar, digits)) for bar in steps]
    alternative = f"{title}, in {quote.currency}: " + "; ".join(f"{label} {amount}" for label, amount in rows)

    def draw(ink: Ink) -> alt.TopLevelMixin:
        return _draw(steps, title, quote.currency, digits, ink)

    return Picture(title, _text(steps, title, quote.currency, digits), alternative, draw)


def _taken(quote: Quote) -> dict[str, Fraction]:
    """What each rule took off all lines, in the order of the waterfall."""
    taken: dict[str, Fraction] = {}
    stages: dict[str, None] = {step.stage: None for line in quote.outcome.lines for step in line.steps}
    for stage in stages:
        for line in quote.outcome.lines:
            for rule, amount in (part for step in line.steps if step.stage == stage for part in step.parts):
                taken[rule] = taken.get(rule, Fraction(0)) + amount
    return {rule: amount for rule, amount in taken.items() if amount}


def _title(quote: Quote, rule: str) -> str:
    node = quote.rules.get(rule)
    return node.title if node is not None else "given by the caller"


def _text(steps: tuple[Bar, ...], title: str, currency: str, digits: int) -> str:
    most = max((abs(value) for bar in steps for value in (bar.before, bar.after)), default=Fraction(0)) or Fraction(1)
    label = max(len(bar.label) for bar in steps)
    amounts = [_amount(bar, digits) for bar in steps]
    width = max(map(len, amounts))
    lines = [f"{title} ({currency})", ""]
    for bar, amount in zip(steps, amounts, strict=True):
        low, high = sorted((_columns(bar.before, most), _columns(bar.after, most)))
        mark = "█" if bar.kind == "value" else ("░" if bar.amount < 0 else "▓")
        drawn = " " * low + mark * max(high - low, 1 if bar.amount else 0)
        lines.append(f"{bar.label:<{label}}  {amount:>{width}}  {drawn}".rstrip())
    return "\n".join(lines)


def _amount(bar: Bar, digits: int) -> str:
    """The amount of a bar; a step says by its sign what it does, so that the picture needs no colour."""
    return f"{'+' if bar.kind == 'step' and bar.amount > 0 else ''}{grouped(bar.amount, digits)}"


def _columns(value: Fraction, most: Fraction) -> int:
    return int(max(value, Fraction(0)) * WIDTH / most)


def _draw(steps: tuple[Bar, ...], title: str, currency: str, digits: int, ink: Ink) -> alt.TopLevelMixin:
    import altair as alt

    # floats place bars; the numbers that are read are exact text
    rows = [
        {
            "label": f"{place + 1}. {bar.label}",
            "from": float(bar.before),
            "to": float(bar.after),
            "edge": float(max(bar.before, bar.after)),
            "kind": "value" if bar.kind == "value" else ("taken off" if bar.amount < 0 else "added"),
            "text": _amount(bar, digits),
        }
        for place, bar in enumerate(steps)
    ]
    order = [str(row["label"]) for row in rows]
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=300, ticks=False, domain=False)),
        tooltip=[alt.Tooltip("label:N", title="step"), alt.Tooltip("text:N", title=currency)],
    )
    drawn = base.mark_bar(height={"band": 0.7}).encode(
        x=alt.X("from:Q", title=currency, axis=alt.Axis(format="~s", tickCount=6)),
        x2="to:Q",
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=["value", "taken off", "added"], range=[ink.strong, ink.down, ink.up]),
            legend=alt.Legend(title=None, orient="top"),
        ),
    )
    ground = {"color": ink.paper, "stroke": ink.paper, "strokeWidth": 4}  # the lines of the grid stop before a number
    numbers = [
        base.mark_text(align="left", dx=5, **how).encode(x="edge:Q", text="text:N")
        for how in (ground, {"color": ink.text})
    ]
    chart = alt.LayerChart(layer=[drawn, *numbers]).properties(width=520, height=alt.Step(26), title=title)
    return styled(chart, ink)
