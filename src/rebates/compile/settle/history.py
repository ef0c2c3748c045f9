"""What was posted, read once: sales with their returns, facts, claims, payments (89)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from rebates.compile.settle.rows import MULTIPLES, Row, Scaled, scaled
from rebates.model.history import Posted
from rebates.model.nodes import Agreement
from rebates.model.orders import AttributeText
from rebates.model.outcome import OrderError
from rebates.plan.facts import Facts

SIGNED = ("return", "correction")


class HistoryErrors(Exception):
    """Postings that cannot be settled: every problem, not just the first. `where` of each names the posting."""

    def __init__(self, problems: Iterable[OrderError]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Said:
    """One posting of a fact."""

    day: date
    id: str
    value: AttributeText


@dataclass(slots=True)
class Claim:
    """The postings of one claim, of the day of the first (92b)."""

    number: str
    day: date = date.max
    postings: list[tuple[date, str | None]] = field(default_factory=list)  # the day of each, and the sale that it names

    def add(self, day: date, sale: str | None) -> None:
        """Counts a posting in."""
        self.postings.append((day, sale))
        self.day = min(self.day, day)

    def named(self, now: date) -> set[str]:
        """The sales that it names by now."""
        return {sale for day, sale in self.postings if sale is not None and day <= now}


@dataclass(slots=True)
class History:
    """The postings as rules ask for them. Its lists grow while postings come in."""

    rows: dict[str, list[Row]] = field(default_factory=dict)  # by account
    facts: dict[tuple[str, str], list[Said]] = field(default_factory=dict)  # by name and account
    claims: dict[tuple[str, str], dict[str, Claim]] = field(default_factory=dict)  # by rule and account, then number
    paid: dict[str, date] = field(default_factory=dict)  # the day on which a sale was paid
    # by rule and account, each by day and id; without an amount it is all that was due
    payments: dict[tuple[str, str], list[tuple[date, str, Fraction | None]]] = field(default_factory=dict)
    accounts: dict[str, date] = field(default_factory=dict)  # for whom anything was posted, and the first day of it
    late: set[date] = field(default_factory=set)  # days of what was posted after the sale it is of
    moved: set[date] = field(default_factory=set)  # days of sales of which another day is earlier
    kept: set[date] = field(default_factory=set)  # days of payments and claims
    posted: dict[str, Posted] = field(default_factory=dict)


Alike = Callable[[Row], tuple[object, ...] | None]  # what rules can tell of it; None: it stands by itself
MOST_BUCKETS = 1 << 32


class _Kind:
    """Postings of one item, unit and attributes: of the same `group` they add up, account by account.

    Those of the same group and the same conversions, the `number`, share their `piles`: by account, then days.
    """

    __slots__ = ("group", "number", "piles")

    def __init__(self, group: int, number: int, piles: _Piles) -> None:
        self.group, self.number, self.piles = group, number, piles


class _Pile:
    """Sales of one row that are still to be counted in, and what they come to: one amount and one quantity."""

    __slots__ = ("first", "kind", "net", "quantity", "row", "sales")

    def __init__(self, row: Row, kind: _Kind) -> None:
        self.row, self.kind, self.sales, self.first = row, kind, row.posted, date.max
        self.net: Scaled = 0
        self.quantity: Scaled = 0


_Piles = dict[str, dict[int, _Pile]]


class Reading:
    """Takes postings in, in any order, and adds up those that the rules of an agreement cannot tell apart.

    `alike` says what they can tell of a row beside its account and day, `bucket` which days are alike to them, `units` in
    which units they count, `measures` which amounts they read.
    """

    def __init__(
        self,
        agreement: Agreement,
        facts: Facts,
        alike: Alike,
        bucket: Callable[[date], int],
        units: tuple[str, ...],
        measures: frozenset[str],
    ) -> None:
        self.agreement, self.facts, self.history = agreement, facts, History()
        self._alike, self._bucket = alike, bucket
        self._units, self._measures = units, measures
        self._plain = measures <= {"net", "quantity"}
        self._counts = "quantity" in measures
        self._buckets: dict[date, int] = {}
        self._kinds: dict[object, _Kind] = {}
        self._groups: dict[tuple[object, ...], int] = {}
        self._alike_piles: dict[tuple[int, int], _Piles] = {}  # by group and conversions
        self._usual: dict[str | None, dict[str | None, _Piles]] = {}  # the same of plain sales, by item and unit
        self._piles: list[_Pile] = []  # of the postings that are being taken
        self._cells: dict[str, dict[object, Row]] = {}  # by account, then group and days
        self._numbers: dict[tuple[Fraction | None, ...], int] = {}
        self.factors: list[tuple[Fraction | None, ...]] = []
        self.problems: dict[tuple[str, str], OrderError] = {}  # by posting and code

    def take(self, posted: Iterable[Posted], as_of: datetime | None = None) -> History:
        """Counts postings in. Raises HistoryErrors, naming all that is wrong.

        A plain sale is looked at once, in the order in which it came: many do not fit into a processor's cache.
        """
        usual, buckets, seen = self._usual, self._buckets, self.history.posted
        simple, counts, currency, multiples = self._plain, self._counts, self.agreement.currency, MULTIPLES
        later: list[Posted] = []
        for each in posted if as_of is None else known_by(posted, as_of):
            id = each.id
            if id in seen:
                self._again(each, seen[id])
                continue
            seen[id] = each
            if each.kind != "sale":
                later.append(each)  # it may belong to a sale that is still to come
                continue
            if each.attributes or each.days or each.currency != currency or not simple:
                self._one(each, each)
                continue
            day = each.day
            try:
                pile = usual[each.item][each.unit][each.account][buckets[day]]
            except KeyError:
                self._one(each, each)
                continue
            pile.sales.append(each)
            numerator, denominator = each.net.as_integer_ratio()  # type: ignore[union-attr]  # a sale has one
            pile.net += numerator * multiples[denominator]
            if counts:
                numerator, denominator = each.quantity.as_integer_ratio()  # type: ignore[union-attr]
                pile.quantity += numerator * multiples[denominator]
            if day < pile.first:
                pile.first = day
        self._add_up()
        self._others(later)
        if self.problems:
            raise HistoryErrors(self.problems[key] for key in sorted(self.problems))
        return self.history

    def _again(self, each: Posted, before: Posted) -> None:
        """The same posting counts once, whenever it became known; another one of its id is wrong (89b)."""
        if before != each and replace(before, known=None) != replace(each, known=None):
            self._problem("R0801", each, f"two postings of `{each.id}` differ", "give a correction its own id")

    def _add_up(self) -> None:
        """Puts the piles of sales into their rows."""
        first_days = self.history.accounts
        for pile in self._piles:
            row, number = pile.row, pile.kind.number
            first_days[row.account] = min(pile.first, first_days[row.account])
            row.net += pile.net
            if self._counts:
                row.quantities[number] = row.quantities.get(number, 0) + pile.quantity
            pile.kind.piles.clear()
        self._piles.clear()

    # --- one by one

    def _others(self, later: list[Posted]) -> None:
        for each in later:
            match each.kind:
                case "return" | "correction":
                    sale = each if each.of is None else self._sale(each)
                    if sale is not None:
                        self._one(each, sale)
                case "payment":
                    self._payment(each)
                case "claim":
                    self._claim(each)
                case "fact":
                    assert each.name is not None
                    assert each.value is not None
                    said = self.history.facts.setdefault((each.name, each.account), [])
                    said.append(Said(each.day, each.id, each.value))
                    if not self._knows_account(each):
                        continue

    def _one(self, each: Posted, sale: Posted) -> None:
        """Enters one posting with the sale it belongs to."""
        if not self._knows_account(each):
            return
        unit = each.unit or sale.unit
        key: object = sale.item, unit, each.currency
        if sale.attributes or sale.days or each.days:
            key = (*sorted(sale.attributes.items()), *sorted(sale.days.items()), sale.item, unit, each.currency)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kind(each, sale)
            if kind is None:
                return
            self._kinds[key] = kind
        cells = self._cells.setdefault(sale.account, {})
        place: object = None
        if each is not sale and each.day != sale.day:
            self.history.late.add(each.day)
        if sale.days and any(day < each.day for day in sale.days.values()):
            self.history.moved.add(each.day)
        if kind.group >= 0:
            place = kind.group + self._bucket_of(sale.day)
            if each is not sale and each.day != sale.day:
                place = place, self._bucket_of(each.day)
        found = None if place is None else cells.get(place)
        if found is None:
            found = Row(each, sale)
            self.history.rows.setdefault(sale.account, []).append(found)
            if place is not None:
                cells[place] = found
        found.add(each)
        if each.quantity is not None and self._counts:
            found.quantities[kind.number] = found.quantities.get(kind.number, 0) + scaled(each.quantity)
        if each.kind == "sale" and place is not None and self._plain and not (sale.attributes or sale.days):
            pile = _Pile(found, kind)
            self._piles.append(pile)
            self._usual.setdefault(each.item, {})[each.unit] = kind.piles
            kind.piles.setdefault(each.account, {})[self._bucket_of(sale.day)] = pile

    def _bucket_of(self, day: date) -> int:
        place = self._buckets.get(day)
        if place is None:
            place = self._buckets[day] = self._bucket(day)
        return place

    def _sale(self, each: Posted) -> Posted | None:
        sale = self.history.posted.get(each.of or "")
        if sale is None or sale.kind != "sale":
            self._problem(
                "R0802",
                each,
                f"{each.kind} `{each.id}` is of the sale `{each.of}`, which is not posted",
                "post it first",
            )
            return None
        if sale.account != each.account:
            self._problem(
                "R0802",
                each,
                f"{each.kind} `{each.id}` is of a sale to `{sale.account}`, not to `{each.account}`",
                "name the sale it belongs to",
            )
            return None
        return sale

    def _payment(self, each: Posted) -> None:
        history = self.history
        history.kept.add(each.day)
        if each.of is not None:
            if self._sale(each) is not None:
                history.paid[each.of] = min(each.day, history.paid.get(each.of, each.day))
        elif each.name is not None:
            history.payments.setdefault((each.name, each.account), []).append((each.day, each.id, each.net))
        self._knows_account(each)

    def _claim(self, each: Posted) -> None:
        if not self._knows_account(each):
            return
        self.history.kept.add(each.day)
        assert each.name is not None
        number = str(each.value) if each.value is not None else each.id
        claims = self.history.claims.setdefault((each.name, each.account), {})
        if each.of is None or self._sale(each) is not None:
            claims.setdefault(number, Claim(number)).add(each.day, each.of)

    # --- kinds of postings, each looked at once

    def _kind(self, each: Posted, sale: Posted) -> _Kind | None:
        if not self._is_sound(each, sale):
            return None
        row = Row(each, sale)
        alike = self._alike(row)
        group = -1
        if alike is not None:
            group = self._groups.setdefault(alike, len(self._groups)) * MOST_BUCKETS
        number = self._conversions(row)
        return _Kind(group, number, self._alike_piles.setdefault((group, number), {}))

    def _conversions(self, row: Row) -> int:
        """The number of the conversions of a row into all units that are asked for."""
        factors = tuple(
            Fraction(1) if unit == row.unit else self.facts.convert(row.item, row.unit, unit, row.day)
            for unit in self._units
        )
        number = self._numbers.get(factors)
        if number is None:
            number = self._numbers[factors] = len(self.factors)
            self.factors.append(factors)
        return number

    def _is_sound(self, each: Posted, sale: Posted) -> bool:
        master, fine = self.facts.master, True
        item = sale.item or ""
        known = master.item(item)
        if known is None and master.has_items:
            self._problem("R0503", each, f"item `{item}` is not in the table `items`", "add the item to the table")
            return False
        unit = each.unit or sale.unit
        if known is not None and unit and master.factor(item, unit, sale.day, known.base_unit) is None:
            self._problem(
                "R0505",
                each,
                f"item `{item}` has no conversion from {unit} to {known.base_unit}",
                f"add a row to the table `units`: {item},{unit},…",
            )
            fine = False
        if each.currency is not None and each.currency != self.agreement.currency:
            self._problem(
                "R0803",
                each,
                f"`{each.id}` is in {each.currency}, the agreement `{self.agreement.name}` in {self.agreement.currency}",
                "post amounts in the currency of the agreement",
            )
            fine = False
        return fine

    def _knows_account(self, each: Posted) -> bool:
        first = self.history.accounts.get(each.account)
        if first is not None:
            if each.day < first:
                self.history.accounts[each.account] = each.day
            return True
        if self.facts.master.account(each.account) is not None:
            self.history.accounts[each.account] = each.day
            return True
        if each.kind == "fact":  # of a group, of all, of an end customer: that is no account (92a)
            return True
        self._problem(
            "R0502",
            each,
            f"account `{each.account}` is not in the table `accounts`",
            "add it to the table",
        )
        return False

    def _problem(self, code: str, each: Posted, message: str, help: str) -> None:
        self.problems.setdefault((each.id, code), OrderError(code, message, each.id, help))


def known_by(posted: Iterable[Posted], moment: datetime) -> Iterable[Posted]:
    """The postings that were known at a moment."""
    return [each for each in posted if each.known is None or each.known <= moment]


def quantity_of(row: Row, place: int, factors: list[tuple[Fraction | None, ...]]) -> Scaled | None:
    """The quantity of a row in the unit of that place; None where an item has no conversion."""
    total: Scaled = 0
    for number, amount in row.quantities.items():
        factor = factors[number][place]
        if factor is None:
            return None
        total += amount if factor == 1 else amount * factor if factor.denominator != 1 else amount * factor.numerator
    return total


def said_of(
    history: History, name: str, accounts: Iterable[str], belongs: Callable[[str, date], bool] | None = None
) -> list[Said]:
    """What was posted of a fact for these, by day, then id; of each on the days on which it `belongs`."""
    found = [
        said
        for account in accounts
        for said in history.facts.get((name, account), ())
        if belongs is None or belongs(account, said.day)
    ]
    return sorted(found, key=lambda each: (each.day, each.id))


Given = Mapping[str, AttributeText]
