"""The numbers of a statement, from what settlements have kept; nothing is reckoned anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from rebates.engine.book import Book
from rebates.engine.facts import Fact, moment_text
from rebates.engine.forms import Part, parts_of
from rebates.engine.measured import base_unit, measure_unit
from rebates.engine.settle import rule_of
from rebates.engine.settled_words import terms_of
from rebates.engine.wording import words
from rebates.ledger import tables as t
from rebates.ledger.archive import unpacked
from rebates.ledger.errors import LedgerError
from rebates.ledger.ledger import Ledger, facts_of_ids
from rebates.ledger.results import results_with
from rebates.ledger.runs import Run, runs_of
from rebates.model.exact import parse_number
from rebates.model.nodes import Constant, ItemPrice, MeasureRef, PercentPiece, Reward, Tiers, Total
from rebates.model.rebates import Rebate
from rebates.model.settlement import Due
from rebates.plan.reads import nodes_in


@dataclass(frozen=True, slots=True)
class Level:
    """A tier: its threshold in the measure's unit, whether it is above or from there, and what it pays."""

    threshold: Fraction
    above: bool
    pays: str  # as it was signed
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One rule and window: the last word on it in the period. `due` is what the period's settlements came to together."""

    agreement: str
    agreement_title: str
    title: str
    text: str  # the rule as it was signed
    place: str
    currency: str  # of money; `points`, or the unit of goods
    due: Due
    terms: str  # the row that was reached, as it was signed
    measure_unit: str  # a currency, a unit, `%`, or nothing
    base_unit: str
    forms: tuple[Part, ...]  # what the period's due is paid in
    steps: tuple[Level, ...]  # the tiers, where their thresholds are known
    paid_before: Fraction
    paid_now: Fraction
    months: tuple[
        tuple[str, Fraction], ...
    ]  # the measure by month; net values where the measure is no sum of what counted
    months_unit: str
    nets: tuple[tuple[str, Fraction], ...]  # net values of what counted, by month …
    nets_in: str  # … in the agreement's currency
    facts: tuple[Fact, ...]  # what counted
    reads_cost: bool = False  # what it measures would tell the cost


@dataclass(frozen=True, slots=True)
class Statement:
    """All rows of an account in a period, as of a moment."""

    account: str
    first: date
    last: date
    as_of: datetime
    version: str  # of the rules of the last settlement in it
    runs: tuple[int, ...]
    rows: tuple[StatementRow, ...]

    @property
    def due(self) -> dict[str, Fraction]:
        """What the period comes to, by currency (points, goods): rebates less charges."""
        found: defaultdict[str, Fraction] = defaultdict(Fraction)
        for row in self.rows:
            found[row.currency] += row.paid_now if row.due.kind == "rebate" else -row.paid_now
        return dict(found)

    def _repr_html_(self) -> str:
        """A notebook shows the page that one would send."""
        from rebates.ledger.statements.forms import as_html

        return as_html(self)


def statement_of(ledger: Ledger, account: str, first: date, last: date, as_of: datetime | None = None) -> Statement:
    """The statement of what settlements said of an account on days of a period, as it was known at a moment.

    Raises LedgerError (R0834) where no settlement says anything of the account.
    """
    with ledger.store.reading() as connection:
        moment = moment_text(as_of.astimezone(UTC)) if as_of is not None else None
        runs = [run for run in runs_of(connection, as_of=moment) if run.kind == "settle"]
        found: dict[tuple[str, str, date], list[tuple[Run, str, Due]]] = {}
        for run in runs:
            for agreement, currency, due in results_with(run.result, account):
                if due.day <= last:
                    found.setdefault((agreement, due.rule, due.first), []).append((run, currency, due))
        found = {key: told for key, told in found.items() if any(first <= due.day for _, _, due in told)}
        if not found:
            raise LedgerError(
                "R0834",
                f"no settlement of {first} to {last} says anything of `{account}`",
                "check the account, or settle the period first",
            )
        books: dict[str, Book] = {}
        counted = {id for told in found.values() for id in told[-1][2].posted}
        facts = {fact.id: fact for fact in facts_of_ids(connection, sorted(counted))}
        rows = []
        for (agreement, _, _), told in found.items():
            run, currency, due = told[-1]
            if run.version not in books:
                books[run.version] = _book(connection, run.version)
            rows.append(_row(books[run.version], agreement, currency, due, [x for _, _, x in told], first, facts))
        last_run = max((told[-1][0] for told in found.values()), key=lambda run: run.number)
        numbers = sorted({run.number for told in found.values() for run, _, due in told if first <= due.day})
    return Statement(account, first, last, as_of or last_run.known, last_run.version, tuple(numbers), tuple(rows))


def _book(connection: Connection, version: str) -> Book:
    archive = connection.execute(sa.select(t.rules.c.archive).where(t.rules.c.version == version)).scalar()
    return unpacked(archive or b"")


def _row(
    book: Book, agreement: str, currency: str, due: Due, told: Sequence[Due], first: date, facts: dict[str, Fact]
) -> StatementRow:
    [owner] = [each for each in book.rules.agreements if each.name == agreement]
    rule = rule_of(owner, due)
    counted = tuple(facts[id] for id in due.posted if id in facts)
    now = sum((each.due for each in told if each.day >= first), Fraction(0))
    before = sum((each.due for each in told if each.day < first), Fraction(0))
    span = rule.span
    paid_in = currency if rule.pays == "money" else (rule.goods or (None, rule.pays))[1]
    unit = measure_unit(rule, currency)
    nets = _by_month(counted, lambda fact: _number(fact.net))
    months = _months(book, rule, due, counted, unit)
    return StatementRow(
        agreement,
        owner.title,
        rule.title,
        _terms(rule),
        f"{span.source.name}:{span.line}",
        paid_in,
        due,
        terms_of(rule, due.tier),
        unit,
        base_unit(rule, currency),
        parts_of(rule, now, owner.digits, currency),
        _steps(rule, due),
        before,
        now,
        nets if months is None else months,
        currency if months is None else unit,
        nets,
        currency,
        counted,
        reads_cost(rule),
    )


def reads_cost(rule: Rebate) -> bool:
    """Whether a rule measures or pays on what the goods cost."""
    return any(
        (isinstance(node, ItemPrice) and node.kind == "cost") or (isinstance(node, Total) and node.what == "cost")
        for node in nodes_in(rule)
    )


def customers(statement: Statement, sees: Callable[[str], bool]) -> Statement:
    """The statement as a customer may have it: transactions of accounts that it may see, and no measure that tells a cost."""
    rows = []
    for row in statement.rows:
        facts = tuple(msgspec.structs.replace(fact, cost=None) for fact in row.facts if sees(fact.account))
        due = row.due
        if row.reads_cost:
            due = replace(due, measure=None, base=None, tier=None, cuts=(), next=None)
        steps = () if row.reads_cost else row.steps
        rows.append(replace(row, facts=facts, due=due, steps=steps))
    return replace(statement, rows=tuple(rows))


def _terms(rule: Rebate) -> str:
    """The rule as it was signed, then each amendment that it holds by its day and title, and the tiers or rate of the last one."""
    heads = [f'amend {"retroactively " if by.retroactive else ""}from {by.day} "{by.title}"' for by in rule.amended]
    worth = rule.worth.span
    inside = worth.source is rule.span.source and rule.span.start <= worth.start < rule.span.end
    return "\n".join([_signed(rule.span.text), *heads, *([] if inside or not heads else [_signed(worth.text)])])


def _signed(text: str) -> str:
    """Rule text with its first line at the margin, as the others stand to it."""
    head, _, rest = text.partition("\n")
    lines = rest.splitlines()
    inside = len(lines[-1]) - len(lines[-1].lstrip()) if lines else 0
    return "\n".join([head, *(line[min(inside, len(line) - len(line.lstrip())) :] for line in lines)])


def _steps(rule: Rebate, due: Due) -> tuple[Level, ...]:
    """The tiers; thresholds that are cut with the window (101) follow from that of the next tier, or are not known."""
    tiers = rule.worth
    if not isinstance(tiers, Tiers) or due.measure is None or not tiers.rows:
        return ()
    share = Fraction(1)
    if rule.pro_rata is not None:
        after = due.next
        stated = next((row.threshold for row in tiers.rows if after and row.threshold >= after.threshold > 0), None)
        if after is None or stated is None:
            return ()
        share = after.threshold / stated
    return tuple(
        Level(row.threshold * share, row.above, words(row.reward.span.text), _rate(row.reward)) for row in tiers.rows
    )


def _rate(reward: Reward) -> Fraction | None:
    match reward.pieces:
        case (PercentPiece(rate=Constant(value=Fraction() as rate), of=None),):
            return rate
        case _:
            return None


def _months(
    book: Book, rule: Rebate, due: Due, counted: Sequence[Fact], unit: str
) -> tuple[tuple[str, Fraction], ...] | None:
    """The measure by month; None where it is no plain sum of what counted."""
    total = rule.worth.measure if isinstance(rule.worth, Tiers) else rule.base
    whole = due.measure if isinstance(rule.worth, Tiers) else due.base
    while isinstance(total, MeasureRef):
        total = total.value
    if not isinstance(total, Total) or whole is None:
        return None
    match total.what:
        case "net":
            months = _by_month(counted, lambda fact: _number(fact.net))
        case "gross":
            months = _by_month(counted, lambda fact: _number(fact.gross, fact.net))
        case "quantity":
            months = _by_month(counted, lambda fact: _quantity(book, fact, unit))
        case _:
            return None
    return months if sum((value for _, value in months), Fraction(0)) == whole else None


def _by_month(facts: Iterable[Fact], value: Callable[[Fact], Fraction]) -> tuple[tuple[str, Fraction], ...]:
    months: defaultdict[str, Fraction] = defaultdict(Fraction)
    for fact in facts:
        months[str(fact.date)[:7]] += value(fact)
    return tuple(sorted(months.items()))


def _number(*values: object) -> Fraction:
    """The first of the values that is there; zero if none is."""
    return next((parse_number(str(value)) for value in values if value is not None), Fraction(0))


def _quantity(book: Book, fact: Fact, unit: str) -> Fraction:
    """A quantity in a unit; zero where there is no conversion."""
    if fact.item is None or fact.unit is None:
        return Fraction(0)
    day, master = date.fromisoformat(str(fact.date)), book.rules.master
    own, wanted = (master.factor(fact.item, each, day, unit) for each in (fact.unit, unit))
    return Fraction(0) if own is None or wanted is None else _number(fact.quantity) * own / wanted
