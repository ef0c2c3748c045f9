"""Runs examples of what is settled: what is given and posted, and what every rule then comes to (93h)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from rebates.compile.settle import HistoryErrors, earned, settle
from rebates.engine.book import Book
from rebates.engine.orders import attribute_value
from rebates.engine.settled_words import because
from rebates.model import nodes as m
from rebates.model.exact import ExactError, Rounding, grouped, round_to
from rebates.model.history import Posted
from rebates.model.orders import AttributeText, LineIn, OrderIn
from rebates.model.outcome import LineOut, OrderError
from rebates.model.rebates import Rebate
from rebates.model.settlement import Due, Settled
from rebates.syntax import nodes as s
from rebates.tools.expectations import Check, words_of
from rebates.tools.orders import NOBODY, attribute_of, measure_of, written

ZERO = Fraction(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of an example: a check for each expectation, what was settled last, or why nothing could be."""

    checks: tuple[Check, ...]
    dues: tuple[Due, ...] = ()
    error: str = ""


def run_settled(book: Book, agreement: m.Agreement, node: s.SettledExample) -> Run:
    """Posts what the example says, settles, and judges what it expects."""
    story = _Story(book, agreement, node)
    try:
        return story.run()
    except HistoryErrors as errors:
        return Run((), error=str(errors))
    except OrderError as error:
        return Run((), error=f"{error.message}: {error.help}" if error.help else error.message)


class _Story:
    """The steps of one example, in the order of the text."""

    def __init__(self, book: Book, agreement: m.Agreement, node: s.SettledExample) -> None:
        self.book, self.agreement, self.node = book, agreement, node
        self.given = dict(_given(book, agreement, node))
        self.posted: list[Posted] = []
        self.sales: dict[str, list[Posted]] = {}
        self.settled: list[Settled] = []
        self.dues: tuple[Due, ...] = ()
        self.until: date | None = None

    def run(self) -> Run:
        self.posted += self._facts()
        for each in self.node.over_time:
            if isinstance(each, s.GivenDay) and each.word == "claimed":
                self.posted += self._claims(each.day.value)
        checks: list[Check] = []
        stepwise = any(isinstance(step, s.SettleStep) for step in self.node.steps)
        if not stepwise:
            for step in self.node.steps:
                self._post(step)
            rows = earned(self.book.rules, self.agreement.name, self.posted, self.given)
            self.dues = tuple(rows)
        for step in self.node.steps:
            if isinstance(step, s.ExpectEarned):
                checks.append(self._check(step))
            elif isinstance(step, s.SettleStep):
                self._settle(step.day.value)
            elif stepwise:
                self._post(step)
        return Run(tuple(checks), self.dues)

    def _settle(self, day: date) -> None:
        first = self.agreement.first if self.until is None else self.until + _DAY
        found = settle(
            self.book.rules, self.agreement.name, self.posted, first, day, settled=self.settled, given=self.given
        )
        self.dues = tuple(due for settlement in found for due in settlement.dues)
        self.settled += [
            Settled(due.rule, due.earner, due.payee, due.first, due.day, due.due) for due in self.dues if due.due
        ]
        self.until = day

    # --- what is posted

    def _post(self, step: s.Node) -> None:
        number = len(self.posted) + 1
        match step:
            case s.PostedSale():
                self._sale(step, number)
            case s.PostedPayment(of=s.RuleName(name=name), day=day, account=account):
                self._add(Posted(f"payment {number}", "payment", self._account(account), day.value, name=name))
            case s.PostedPayment(of=s.Text(value=of), day=day):
                for place, sale in enumerate(self.sales[of]):
                    self._add(Posted(f"payment {number}.{place}", "payment", sale.account, day.value, of=sale.id))
            case s.PostedClaim(rule=rule, sales=named, day=day, account=account):
                whose = self._account(account)
                lines = [sale for name in named for sale in self.sales[name.value]]
                claim = Posted(
                    f"claim {number}", "claim", lines[0].account if lines and account is None else whose, day.value,
                    name=self._id(rule), value=f"claim {number}",
                )  # fmt: skip
                for place, sale in enumerate(lines):
                    self._add(replace(claim, id=f"claim {number}.{place}", of=sale.id))
                if not lines:
                    self._add(claim)
            case s.PostedFact(name=name, value=value, day=day, account=account):
                declared = self.book.rules.facts[name].attribute
                said = attribute_value(declared, written(value), "the value")
                self._add(Posted(f"fact {number}", "fact", self._account(account), day.value, name=name, value=said))

    def _add(self, posted: Posted) -> None:
        self.posted.append(posted)

    def _sale(self, sale: s.PostedSale, number: int) -> None:
        name = sale.id.value if sale.id is not None else f"{sale.word} {number}"
        before = {} if sale.of is None else {each.item: each for each in self.sales[sale.of.value]}
        account = next(iter(before.values())).account if before else self._account(sale.account)
        sign = -1 if sale.word == "return" else 1
        priced = self._priced(sale, account) if any(line.price is None for line in sale.lines) else ()
        made: list[Posted] = []
        for place, line in enumerate(sale.lines):
            quantity, item = line.quantity.number.value, line.item.value
            attributes = {
                ".".join(path.parts): attribute_of(self.book, path, value)
                for path, value in (*sale.attributes, *line.attributes)
            }
            one = Posted(
                name if len(sale.lines) == 1 else f"{name}.{place + 1}",
                "return" if sale.word == "return" else "sale",
                account,
                sale.day.value,
                item,
                sign * quantity,
                line.quantity.unit,
                self.agreement.currency,
                of=before[item].id if item in before else None,
                order=name if sale.word == "sale" else None,
                invoice=name if sale.word == "sale" else None,
                attributes=attributes,
            )
            if line.price is not None:
                one = replace(one, net=sign * quantity * line.price.number.value)
            else:
                out = priced[place]
                one = replace(
                    one, net=out.net_value, gross=out.gross_value, list=out.list_value, invoice_value=out.invoice_value,
                    cost=out.cost,
                )  # fmt: skip
            made.append(one)
        self.sales.setdefault(name, []).extend(made)
        self.posted += made

    def _priced(self, sale: s.PostedSale, account: str) -> Sequence[LineOut]:
        """The lines as an order of that day is priced."""
        of_order: dict[str, AttributeText] = {}
        of_account: dict[str, AttributeText] = {}
        of_line: dict[str, AttributeText] = {}
        subjects = {"order": of_order, "account": of_account, "line": of_line}
        for path, value in sale.attributes:
            subjects[path.parts[0]][".".join(path.parts[1:])] = attribute_of(self.book, path, value)
        lines = tuple(
            LineIn(
                line.item.value,
                line.quantity.number.value,
                line.quantity.unit,
                None if line.price is None else line.price.number.value,
                attributes=of_line
                | {".".join(path.parts[1:]): attribute_of(self.book, path, value) for path, value in line.attributes},
            )
            for line in sale.lines
        )
        order = OrderIn(account, sale.day.value, lines, {}, attributes=of_order, account_attributes=of_account)
        return self.book.compiled.price(order).outcome.lines

    def _account(self, stated: s.Text | None) -> str:
        if stated is not None:
            return stated.value
        who = self.agreement.who
        return str(who.name) if who.kind in ("account", "account and subsidiaries") else NOBODY

    def _id(self, name: s.RuleName) -> str:
        return f"{self.agreement.name}.{name.name}"

    def _facts(self) -> Iterator[Posted]:
        """Facts that are given were posted: a date on its own day, others on the agreement's first."""
        for given in self.node.given:
            if isinstance(given.target, s.Fact) and given.target.shift is None:
                name = given.target.name
                value = self.given[f"fact {name}"]
                day = value if isinstance(value, date) else self.agreement.first
                yield Posted(f"given fact {name}", "fact", self._account(None), day, name=name, value=value)

    def _claims(self, day: date) -> Iterator[Posted]:
        """Everything was claimed on a day: a claim for every rule."""
        for id in dict.fromkeys(rule.id for rule in self.agreement.rebates):
            yield Posted(f"claimed {id}", "claim", self._account(None), day, name=id, value="given")

    # --- what is expected

    def _check(self, expect: s.ExpectEarned) -> Check:
        rule = next(each for each in self.agreement.rebates if each.id == self._id(expect.rule))
        rows = [due for due in self.dues if due.rule == rule.id and (expect.to is None or due.payee == expect.to.value)]
        if not expect.due and rows:
            window = max(due.first for due in rows)
            last: dict[tuple[str, str], Due] = {}
            for due in rows:
                if due.first == window:
                    last[due.earner, due.payee] = due
            rows = list(last.values())
        amount = sum((due.due if expect.due else due.total for due in rows), ZERO)
        wanted = _number(expect.value)
        got, rewrite = self._words(amount, rule, expect)
        if not rows:
            got += " (nothing of it is settled here)"
        elif not amount:
            told = sorted({_why(rule, due) for due in rows})
            got += f" ({', '.join(told)})"
        token = expect.value.span if expect.value is not None else None
        return Check(words_of(expect.span), amount == wanted, got, expect.span, token, rewrite if token else "")

    def _words(self, amount: Fraction, rule: Rebate, expect: s.ExpectEarned) -> tuple[str, str]:
        """An amount in words, and as it would be written in the place of the one expected."""
        text = number_words(amount)
        if text.startswith("about"):
            return text, ""
        if rule.pays == "points":
            said = expect.value is not None and "point" in expect.value.span.text
            return f"{text} points", f"{text} points" if said else text
        if rule.pays == "goods" and rule.goods is not None:
            return f"{text} {rule.goods[1]}", f"{text} {rule.goods[1]}"
        if 0 < len(text.partition(".")[2]) < self.agreement.digits:
            text = grouped(amount, self.agreement.digits)
        return f"{self.agreement.currency} {text}", f"{self.agreement.currency} {text}"


def number_words(value: Fraction) -> str:
    """A number as the language writes it, or about it where that has no end."""
    try:
        return grouped(value)
    except ExactError:
        return f"about {grouped(round_to(value, 6, Rounding.HALF_UP))}"


def _why(rule: Rebate, due: Due) -> str:
    """Why a rule comes to nothing."""
    empty = due.status == "nothing" and due.base is not None and not due.base
    return "nothing counts in its base" if empty else because(rule, due) or due.status


def _number(value: s.Money | s.Number | s.Quantity | None) -> Fraction:
    match value:
        case None:
            return ZERO
        case s.Number(value=number):
            return number
        case s.Money(number=number) | s.Quantity(number=number):
            return number.value


# --- what is given


def _given(book: Book, agreement: m.Agreement, node: s.SettledExample) -> Iterator[tuple[str, AttributeText]]:
    """What replaces values, by the names that settling knows them by."""
    name = agreement.name
    for given in node.given:
        match given.target:
            case s.InClass(name=of):
                yield f"{name}.class {of}", Fraction(1)
                continue
            case s.Windowed(name=of, window=window):
                assert given.value is not None
                yield f"{name}.{of} {window.words}", measure_of(given.value, agreement.measures[of].dimension)
                continue
            case s.Fact(name=of, shift=shift):
                assert given.value is not None
                declared = book.rules.facts[of].attribute
                shifted = f"{of} {shift.words}" if shift is not None else of
                yield f"fact {shifted}", attribute_value(declared, written(given.value), "the value")
                continue
            case s.Name(name=of):
                assert given.value is not None
                yield f"{name}.{of}", measure_of(given.value, agreement.measures[of].dimension)
            case s.Path() as path:
                assert given.value is not None
                yield ".".join(path.parts), attribute_of(book, path, given.value)
    for over_time in node.over_time:
        match over_time:
            case s.GivenDay(word="paid", day=day):
                yield "paid", day.value
            case s.GivenRule(rule=rule, value=value):
                yield f"{name}.{rule.name}", _number(value)
            case s.GivenTable(table=table, value=literal):
                yield (
                    f"table {table}",
                    attribute_value(None, written(literal), "the value")
                    if isinstance(literal, s.Text | s.Date)
                    else _plain(literal),
                )
            case s.GivenYear(year=year):
                yield "agreement year", Fraction(year)


def _plain(value: s.Literal_) -> Fraction:
    match value:
        case s.Percent(points=points):
            return points / 100
        case s.Number(value=number):
            return number
        case s.Money(number=number) | s.Quantity(number=number):
            return number.value
        case _:
            return ZERO
