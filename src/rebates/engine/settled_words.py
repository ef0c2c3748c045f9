"""Settlements in words: the rule as signed, the measure and its tier, how an amount came about, what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.engine.measured import in_unit, with_unit
from rebates.engine.wording import words
from rebates.model import nodes as m
from rebates.model import settlement as model
from rebates.model.exact import grouped
from rebates.model.pocket import ExpectedOut
from rebates.model.rebates import Rebate

if TYPE_CHECKING:
    from rebates.engine.settle import Due, Settlement


_CODE = re.compile(r"R\d{4}")


def terms_of(rule: Rebate, tier: int | None) -> str:
    """The row, rate or amount of a rule as it stands in the text."""
    worth = rule.worth
    match worth:
        case m.Tiers():
            if tier == -1 and worth.below is not None:
                return words(worth.below.span.text)
            if tier == -2 and worth.without_baseline is not None:
                return f"without baseline {words(worth.without_baseline.span.text)}"
            return words(worth.rows[tier].span.text) if tier is not None and tier >= 0 else ""
        case m.Flat():
            return words(worth.reward.span.text)
        case m.Amount():
            return words(worth.span.text)
        case _:
            return ""


def because(rule: Rebate, due: model.Due | ExpectedOut) -> str:
    """Why a rule pays nothing, or not yet."""
    clause = "" if due.clause is None else words(rule.when[due.clause].span.text)
    detail = due.detail or ""
    match due.status:
        case "due" | "nothing":
            return ""
        case "condition":
            return f"`{clause}` does not hold"
        case "unknown":
            said = f"`{detail}` is not known" if detail else "a value is missing"
            if _CODE.fullmatch(detail):
                said = f"{detail} stands in the way, see `rebates help {detail}`"
            return f"`{clause}` is not known: {said}" if clause else said
        case "waits":
            return f"`{detail}` is not posted yet"
        case "no tier":
            return "the first tier is not reached"
        case "no baseline":
            return "there is no baseline"
        case "pays from":
            return "it is less than the minimum payout"
        case "held":
            return f"it is held until `{clause}`" if clause else "it is kept back and set against later dues"
        case "forfeited":
            return f"it is forfeited: `{clause}` does not hold"
        case "taken back":
            return f"it is taken back: `{clause}` does not hold"
        case "not claimed":
            return f"it was not claimed: `{clause}`"
        case "beaten":
            return f"`{detail.rpartition('.')[2]}` gives more"


def explained(settlement: Settlement) -> Iterator[str]:
    """A settlement, due by due."""
    yield f"settlement of {settlement.first} to {settlement.last}, rules {settlement.version[:12]}"
    for due in settlement.dues:
        yield ""
        yield from explained_due(due)


def explained_due(due: Due) -> Iterator[str]:
    """One row of a settlement."""
    kind = " (charge)" if due.kind == "charge" else ""
    yield f"{due.title}{kind}  [{due.agreement}.{due.rule}, {due.place}]"
    whose = due.payee if due.payee == due.earner else f"{due.payee} of {due.earner}"
    first, last = due.window
    yield f"  {whose}, {first} to {last}, on {due.day}{', interim' if due.interim else ''}"
    measure, base = due.measure_unit, due.base_unit
    if due.measure is not None:
        reached = f" reaches `{due.terms}`" if due.tier is not None and due.terms else ""
        yield f"  measure {_said(due.measure, measure)}{reached}"
    elif due.terms:
        yield f"  by `{due.terms}`"
    if due.base is not None:
        yield f"  base {_said(due.base, base)}, of {len(due.posted)} posting{'' if len(due.posted) == 1 else 's'}"
    for cut in due.slices:
        row = f"{', '.join(cut.row)}: " if cut.row else ""
        rate = f" at {cut.rate_text}" if cut.rate_text else ""
        yield f"    {row}{_said(cut.base, base)}{rate} is {_said(cut.amount, due.currency)}"
    if due.because:
        yield f"  {due.because}"
    total, before, now = (_said(each, due.currency) for each in (due.total, due.before, due.due))
    yield f"  total {total}, settled before {before}, due {now}"
    if len(due.forms) > 1 or (due.forms and due.forms[0].unit == "point"):
        yield "  as " + " and ".join(f"{part.amount} {part.unit} {part.form}" for part in due.forms)
    if due.funders:
        yield "  borne by " + ", ".join(f"{funder.name} {funder.amount}" for funder in due.funders)
    ways = (
        ("on account", due.on_account), ("set off against what is overdue", due.set_off), ("plus tax", due.plus_tax)
    )  # fmt: skip
    if said := ", ".join(way for way, holds in ways if holds):
        yield f"  {said}"
    if due.pay_by is not None:
        yield f"  payable by {due.pay_by}"
    if due.expires is not None:
        yield f"  expires after {due.expires}"
    if due.next is not None:
        threshold, missing = (_said(each, measure) for each in (due.next.threshold, due.next.missing))
        yield f"  next tier from {threshold}: {missing} missing, worth {_said(due.next.worth, due.currency)} more"


def _said(number: str, unit: str) -> str:
    """An exact number of a settlement with its unit."""
    value = Fraction(number)
    if unit == "%":
        return in_unit(value, unit, len(number.partition(".")[2]))
    return with_unit(grouped(value, len(number.partition(".")[2])), unit)
