"""From the alternatives of the grammar to nodes: rewards, conditions and expressions (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rebates.syntax import build_windows
from rebates.syntax import nodes as n
from rebates.syntax.lalr import TooDeepError
from rebates.syntax.leaves import Word, joined
from rebates.syntax.source import Span

# operators in a row that no brackets separate; the tree of such a chain is as deep as the chain is long
MAX_CHAIN: Final = 64


def scopes(per: tuple[Word, ...]) -> tuple[str, ...]:
    """`per line` as "line"; `in all` and `ever` as they stand."""
    return tuple(word.text.removeprefix("per ") for word in per)


def _check_chain(at: Span, node: n.Node, kind: type[n.Node], link: str) -> None:
    """Refuses a longer chain of nodes of one kind."""
    length = 1
    while isinstance(node, kind):
        node, length = getattr(node, link), length + 1
    if length > MAX_CHAIN:
        raise TooDeepError(at.start, at.end)


# --- literals ---------------------------------------------------------------------------------------------------------


def number(at: Span, value: n.Number) -> n.Number:
    return value


def percent(at: Span, value: n.Percent) -> n.Percent:
    return value


def quantity(at: Span, value: n.Number, unit: str) -> n.Quantity:
    return n.Quantity(value, unit, span=at)


def money(at: Span, currency: Word, value: n.Number) -> n.Money:
    return n.Money(currency.text, value, span=at)


def bare_word(at: Span, word: Word) -> n.Text:
    return n.Text(word.text, span=at)


# --- rewards ----------------------------------------------------------------------------------------------------------


def reward(at: Span, *pieces: n.Piece) -> n.Reward:
    return n.Reward(pieces, span=at)


def percent_reward(at: Span, surcharge: Word | None, percent: n.Percent, of: n.Expr | None) -> n.PercentReward:
    return n.PercentReward(percent, surcharge is not None, of, span=at)


def fixed_sum(at: Span, surcharge: Word | None, money: n.Money, per: Word | None = None) -> n.MoneyReward:
    scope = per.text.removeprefix("per ") if per is not None else None
    return n.MoneyReward(money, surcharge is not None, None, scope, span=at)  # type: ignore[arg-type]  # as the grammar


def amount_per(at: Span, surcharge: Word | None, money: n.Money, package: n.Package) -> n.MoneyReward:
    return n.MoneyReward(money, surcharge is not None, package, span=at)


def percent_per_bundle(at: Span, surcharge: Word | None, percent: n.Percent, per: Word) -> n.PercentReward:
    return n.PercentReward(percent, surcharge is not None, None, True, span=at)


def amount_per_bundle(at: Span, surcharge: Word | None, money: n.Money, per: Word) -> n.MoneyReward:
    package = n.Package("each", None, "bundle", span=per.span)
    return n.MoneyReward(money, surcharge is not None, package, span=at)


def price_per_bundle(at: Span, value: n.Money, per: Word) -> n.PriceReward:
    return n.PriceReward(value, "bundle", span=at)


def price_reward(at: Span, value: n.Expr, unit: str | None) -> n.PriceReward:
    return n.PriceReward(value, unit, span=at)


def price_of(at: Span, percent: n.Percent, of: n.Expr) -> n.PriceReward:
    return n.PriceReward(n.PercentOf(percent, of, span=at), None, span=at)


def computed(at: Span, value: n.Expr, package: n.Package | None) -> n.ComputedReward:
    return n.ComputedReward(value, package, span=at)


def unit_package(at: Span, whole: str | None, size: n.Number | None, unit: str, per_line: Word | None) -> n.Package:
    return n.Package(whole or "each", size, unit, per_line is not None, span=at)  # type: ignore[arg-type]  # as the grammar


def money_package(at: Span, whole: str, size: n.Money, per_line: Word | None) -> n.Package:
    return n.Package(whole, None, size, per_line is not None, span=at)  # type: ignore[arg-type]  # as the grammar


# --- conditions -------------------------------------------------------------------------------------------------------


def any_of(at: Span, *parts: n.Condition) -> n.Or:
    return n.Or(parts, span=at)


def all_of(at: Span, *parts: n.Condition) -> n.And:
    return n.And(parts, span=at)


def negation(at: Span, part: n.Condition) -> n.Not:
    _check_chain(at, part, n.Not, "part")
    return n.Not(part, span=at)


def compare(at: Span, left: n.Expr, op: Word, right: n.Expr) -> n.Compare:
    return n.Compare(op.text, left, right, span=at)  # type: ignore[arg-type]  # the tokenizer has only these signs


def tested(at: Span, attribute: Word | n.Path | n.Fact) -> n.Path | n.Fact:
    return n.Path((attribute.text,), span=at) if isinstance(attribute, Word) else attribute


Value = n.Text | n.Number | n.Date


def is_test(at: Span, attribute: n.Path | n.Fact, negated: Word | None, value: Value) -> n.Is:
    return n.Is(attribute, value, negated is not None, span=at)


def in_test(at: Span, attribute: n.Path | n.Fact, negated: Word | None, *values: Value) -> n.In:
    return n.In(attribute, values, negated is not None, span=at)


def in_table(at: Span, attribute: n.Path | n.Fact, negated: Word | None, table: Word) -> n.InTable:
    return n.InTable(attribute, table.text, negated is not None, span=at)


def under(at: Span, attribute: n.Path | n.Fact, ancestor: n.Text) -> n.Under:
    return n.Under(attribute, ancestor, span=at)


def in_set(at: Span, name: Word) -> n.InSet:
    return n.InSet(name.text, span=at)


def first_order(at: Span, words: Word, *per: Word) -> n.NthOrder:
    return n.NthOrder(1, False, scopes(per), span=at)


def nth_order(at: Span, number: int, *per: Word) -> n.NthOrder:
    return n.NthOrder(number, False, scopes(per), span=at)


def every_nth_order(at: Span, number: int, *per: Word) -> n.NthOrder:
    return n.NthOrder(number, True, scopes(per), span=at)


# --- expressions ------------------------------------------------------------------------------------------------------


def fallback(at: Span, value: n.Expr, fallback: n.Expr) -> n.Otherwise:
    return n.Otherwise(value, fallback, span=at)


def rounded_digits(at: Span, value: n.Expr, direction: str | None, digits: int) -> n.Rounded:
    return n.Rounded(value, direction, digits, None, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def rounded_whole(at: Span, value: n.Expr, direction: str | None, unit: str) -> n.Rounded:
    return n.Rounded(value, direction, None, unit, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def binary(at: Span, left: n.Expr, op: Word, right: n.Expr) -> n.Binary:
    _check_chain(at, left, n.Binary, "left")
    return n.Binary(op.text, left, right, span=at)  # type: ignore[arg-type]  # the tokenizer has only these signs


def percent_of(at: Span, percent: n.Percent, of: n.Expr) -> n.PercentOf:
    _check_chain(at, of, n.PercentOf, "of")
    return n.PercentOf(percent, of, span=at)


def money_per(at: Span, money: n.Money, unit: str) -> n.MoneyPer:
    return n.MoneyPer(money, unit, span=at)


def name(at: Span, word: Word) -> n.Name:
    return n.Name(word.text, span=at)


def path(at: Span, path: n.Path) -> n.Path:
    return path


def charge_amount(at: Span, charge: Word) -> n.ChargeAmount:
    return n.ChargeAmount(charge.text, span=at)


def discount_amount(at: Span, discount: Word) -> n.ChargeAmount:
    return n.ChargeAmount(discount.text, "discount", span=at)


def rebate_amount(at: Span, rebate: Word) -> n.ChargeAmount:
    return n.ChargeAmount(rebate.text, "rebate", span=at)


def agreement_window(at: Span, window: Word) -> n.AgreementWindow:
    return n.AgreementWindow(n.Name(window.text, span=window.span), span=at)


def days_between(
    at: Span, words: Word, start: n.Date | n.Path | n.Fact | n.Moment, end: n.Date | n.Path | n.Fact | n.Moment
) -> n.DaysBetween:
    return n.DaysBetween(start, end, span=at)


def rule_price(at: Span, rule: Word) -> n.RulePrice:
    return n.RulePrice(rule.text, span=at)


def table_value(at: Span, table: Word, moment: n.Moment | None) -> n.TableValue:
    return n.TableValue(table.text, moment, span=at)


def at_day(at: Span, day: n.Date) -> n.Moment:
    return n.Moment(day.value, None, span=at)


def at_event(at: Span, event: Word) -> n.Moment:
    return n.Moment(None, event.text, span=at)


def at_before(at: Span, count: int, unit: Word, event: Word) -> n.Moment:
    return n.Moment(None, event.text, count, unit.text, span=at)


def extreme(at: Span, which: str, *parts: n.Expr) -> n.Extreme:
    return n.Extreme(which.removesuffix(" of"), parts, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def item_price(at: Span, words: Word) -> n.ItemPrice:
    return n.ItemPrice(words.text, span=at)  # type: ignore[arg-type]  # the grammar has only these words


# --- totals -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class What:
    """What is summed, before one knows over what; the fields of `n.Total`."""

    kind: str
    unit: str | None = None
    full: bool = False
    counted: n.Name | None = None
    distinct: n.Path | None = None
    after: str | None = None
    with_tax: bool = False
    table: str | None = None
    at: n.Moment | None = None


def value_total(at: Span, value: Word, tax: Word | None, stage: Word | None) -> What:
    return What(value.text, after=stage.text if stage is not None else None, with_tax=tax is not None)


def quantity_total(at: Span, full: Word | None, unit: str) -> What:
    return What("quantity", unit, full is not None)


def count_total(at: Span, words: Word, what: Word) -> What:
    return What(words.text, counted=n.Name(what.text, span=what.span))


def distinct_total(at: Span, words: Word, attribute: Word | n.Path) -> What:
    path = attribute if isinstance(attribute, n.Path) else n.Path((attribute.text,), span=attribute.span)
    return What(words.text, distinct=path)


def value_at(at: Span, words: Word, table: Word, as_of: Word | None, moment: n.Moment | None) -> What:
    return What(words.text, table=table.text, at=moment)


def of_set(at: Span, of: Word, name: Word) -> str:
    return name.text


def total(at: Span, what: What, of: str | None, *rest: Word | n.Window | None) -> n.Total:
    return _total(at, what, of, None, rest)


def filtered_total(at: Span, what: What, of: str, where: n.Condition, *rest: Word | n.Window | None) -> n.Total:
    return _total(at, what, of, where, rest)


def _total(
    at: Span, what: What, of: str | None, where: n.Condition | None, rest: tuple[Word | n.Window | None, ...]
) -> n.Total:
    *per, window, before = rest
    return n.Total(
        what.kind,  # type: ignore[arg-type]  # the grammar has only these words
        what.unit,
        what.full,
        what.counted,
        what.distinct,
        of,
        where,
        scopes(tuple(word for word in per if isinstance(word, Word))),
        before is not None,
        what.after,
        window if isinstance(window, n.Window) else None,
        what.with_tax,
        what.table,
        what.at,
        span=at,
    )


_HERE = (
    number, percent, quantity, money, bare_word, reward, percent_reward, fixed_sum, amount_per, percent_per_bundle, amount_per_bundle, price_per_bundle, price_reward, price_of,
    computed, unit_package, money_package, any_of, all_of, negation, compare, tested, is_test, in_test, in_table, under,
    in_set, first_order, nth_order, every_nth_order, agreement_window, days_between, fallback, rounded_digits, rounded_whole, binary, percent_of, money_per, name, path, charge_amount, discount_amount, rebate_amount, rule_price,
    table_value, at_day, at_event, at_before, extreme,
    item_price, value_total, quantity_total, count_total, distinct_total, value_at, of_set, total, filtered_total,
)  # fmt: skip

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {function.__name__: function for function in _HERE}
    | dict.fromkeys(("whole", "direction", "extreme_word"), joined)
    | dict(build_windows.BUILDERS)
)
