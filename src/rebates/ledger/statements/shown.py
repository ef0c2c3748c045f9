"""A statement in the words of one reader: every number, day and amount as it is read, in English or Indonesian.

The customer's view leaves out files, versions and runs, the comments of the rule text, and the names of other programmes.
All forms but JSON are made of this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from rebates.engine.facts import Fact
from rebates.engine.measured import payable_by
from rebates.ledger.statements.statement import Statement, StatementRow, customers
from rebates.ledger.statements.words import Writer
from rebates.model.exact import parse_number
from rebates.tools.pictures import Picture, PictureError, Reached, Step, reached_picture

View = Literal["customer", "manager"]
_TEXT_OR_COMMENT = re.compile(r'("[^"\n]*")|[ \t]*#[^\n]*')


@dataclass(frozen=True, slots=True)
class Month:
    """A month, its amount as text, and its part of the greatest month, of a thousand."""

    name: str
    amount: str
    part: int


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One rule and window. `lines` are pairs of a word and what it is."""

    title: str
    agreement: str
    lines: tuple[tuple[str, str], ...]
    slices: tuple[str, ...]
    months: tuple[Month, ...]
    months_of: str
    facts: tuple[tuple[str, ...], ...]  # day, id, account, kind, item, quantity, net
    text: str
    place: str
    picture: Picture | None

    def svg(self, theme: Literal["light", "dark"] = "light") -> str:
        """The picture; empty where there is none, or nothing that draws."""
        try:
            return "" if self.picture is None else self.picture.svg(theme)
        except PictureError:
            return ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as it is read."""

    say: Writer
    account: str
    period: str
    as_of: str
    rows: tuple[ShownRow, ...]
    due: tuple[str, ...]
    version: str

    @property
    def title(self) -> str:
        """What it is and whose."""
        return f"{self.say('statement')} {self.account}"


def shown(statement: Statement, language: str = "en", view: View = "customer") -> Shown:
    """The statement in a language, for a reader."""
    say = Writer(language)
    inside = view == "manager"
    if not inside:
        statement = customers(statement, lambda account: True)
    return Shown(
        say,
        statement.account,
        f"{say.day(statement.first)} – {say.day(statement.last)}",
        say.day(statement.as_of.date()),
        tuple(_row(row, say, inside) for row in statement.rows),
        tuple(say.amount(amount, currency) for currency, amount in statement.due.items()),
        statement.version[:12] if inside else "",
    )


def picture_of(statement: Statement, language: str = "en") -> Picture:
    """The measures of all rules that have tiers, each against them. Raises PictureError where there is none."""
    say = Writer(language)
    found = [reached for row in statement.rows if (reached := _reached(row, say)) is not None]
    if not found:
        raise PictureError("no rule of this statement has tiers and a measure; there is nothing to draw")
    return reached_picture(found)


def _row(row: StatementRow, say: Writer, inside: bool) -> ShownRow:
    most = max((abs(amount) for _, amount in row.months), default=Fraction(0))
    reached = _reached(row, say)
    return ShownRow(
        row.title,
        row.agreement_title,
        tuple(_lines(row, say, inside)),
        tuple(_slices(row, say)),
        tuple(
            Month(say.month(month), say.amount(amount, row.months_unit), int(abs(amount) * 1000 / most) if most else 0)
            for month, amount in row.months
        ),
        say("measure" if row.measure_unit == row.months_unit else "net"),
        tuple(_fact(fact, say) for fact in row.facts),
        row.text if inside else without_comments(row.text),
        row.place if inside else "",
        None if reached is None else reached_picture([reached]),
    )


def _lines(row: StatementRow, say: Writer, inside: bool) -> Iterator[tuple[str, str]]:
    """What is said of a row, in order (6.10)."""
    due = row.due
    yield say("window"), f"{say.day(due.first)} – {say.day(due.last)}"
    if due.payee != due.earner:
        yield say("earner"), due.earner
    if due.measure is not None:
        yield say("measure"), say.amount(due.measure, row.measure_unit or row.base_unit)
    if row.steps or due.tier is not None:
        yield say("tier"), _tier(row, say)
    if due.base is not None:
        yield say("base"), say.amount(due.base, row.base_unit)
    if len(due.cuts) == 1 and (rate := _rate(row, 0, say)):
        cut = due.cuts[0]  # only a part of the base is paid on where lower tiers give nothing
        yield say("rate"), rate if cut.base == due.base else f"{say.amount(cut.base, row.base_unit)} × {rate}"
    yield say("earned"), say.amount(due.total, row.currency)
    yield say("paid"), say.amount(row.paid_before, row.currency)
    yield say("due"), say.amount(row.paid_now, row.currency)
    if due.status not in ("due", "nothing"):
        detail = f" ({due.detail})" if inside and due.detail else ""
        yield say("status"), f"{say.status(due.status)}{detail}"
    if due.next is not None:
        yield say("threshold"), say.amount(due.next.threshold, row.measure_unit)
        yield say("next"), say.amount(due.next.missing, row.measure_unit)
        yield say("worth"), say.amount(due.next.worth, row.currency)
    if len(row.forms) > 1 or any(part.form != "credit note" for part in row.forms):
        yield say("form"), ", ".join(say.part(parse_number(p.amount), p.unit, p.form, p.use) for p in row.forms)
    if (by := payable_by(due)) is not None:
        yield say("pay by"), say.day(by)
    if due.expires is not None and row.paid_now > 0:
        yield say("expires"), say.day(due.expires)


def _tier(row: StatementRow, say: Writer) -> str:
    place = row.due.tier
    if place is None or place < 0:
        return row.terms or say("none")
    if place < len(row.steps):
        step = _step(row, place, say)
        return f"{place + 1} ({step.begins}: {step.pays})"
    return f"{place + 1} ({row.terms})" if row.terms else str(place + 1)


def _rate(row: StatementRow, place: int, say: Writer) -> str:
    """The rate of a slice: per cent of money, or an amount per unit."""
    cut = row.due.cuts[place]
    if cut.rate is None or not cut.base or cut.amount != cut.base * cut.rate:
        return ""
    if row.base_unit == row.currency:
        return say.percent(cut.rate)
    return f"{say.amount(cut.rate, row.currency)} / {row.base_unit}" if row.base_unit else ""


def _slices(row: StatementRow, say: Writer) -> Iterator[str]:
    """How the amount came about, slice by slice."""
    for place, cut in enumerate(row.due.cuts):
        keys = f"{', '.join(cut.row)}: " if cut.row else ""
        rate = _rate(row, place, say)
        by = f" × {rate}" if rate else ""
        yield f"{keys}{say.amount(cut.base, row.base_unit)}{by} = {say.amount(cut.amount, row.currency)}"


def _step(row: StatementRow, place: int, say: Writer) -> Step:
    level = row.steps[place]
    begins = say("above" if level.above else "from").format(say.amount(level.threshold, row.measure_unit))
    return Step(level.threshold, begins, level.pays if level.rate is None else say.percent(level.rate), level.rate)


def _reached(row: StatementRow, say: Writer) -> Reached | None:
    due = row.due
    if due.measure is None or not row.steps:
        return None
    unit = f", {row.measure_unit}" if row.measure_unit else ""
    distance = ""
    if due.next is not None:
        missing, worth = say.amount(due.next.missing, row.measure_unit), say.amount(due.next.worth, row.currency)
        distance = say("distance").format(missing=missing, worth=worth)
    return Reached(
        f"{row.title}, {say.day(due.first)} – {say.day(due.last)}",
        f"{say('measure')}{unit}",
        say("rate"),
        f"{say('now')}: {say.amount(due.measure, row.measure_unit)}",
        distance,
        due.measure,
        tuple(_step(row, place, say) for place in range(len(row.steps))),
    )


def _fact(fact: Fact, say: Writer) -> tuple[str, ...]:
    quantity = "" if fact.quantity is None else say.amount(parse_number(str(fact.quantity)), fact.unit or "")
    net = "" if fact.net is None else say.amount(parse_number(str(fact.net)), fact.currency or "")
    kind = say.kind(fact.kind)
    return (
        str(fact.date),
        fact.id,
        fact.account,
        f"{kind} {fact.of}" if fact.of else kind,
        fact.item or "",
        quantity,
        net,
    )


def without_comments(text: str) -> str:
    """Rule text without its comments, and without the lines that held nothing else."""
    kept = []
    for line in text.splitlines():
        clean = _TEXT_OR_COMMENT.sub(lambda found: found[1] or "", line).rstrip()
        if clean or not line.strip():
            kept.append(clean)
    return "\n".join(kept)
