"""From the alternatives of the grammar to nodes: agreements, rules and what they hold.

Every function is named after its alternative in `grammar/rebates.lark`; it takes the place of the alternative and the
values of its parts, None for an optional part that is not there. Names, words and keywords that the grammar keeps come
as `Word`, literals as their nodes. `build_expr.py` has rewards, conditions and expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from rebates.syntax import (
    build_calendar,
    build_examples,
    build_expr,
    build_goods,
    build_rates,
    build_settle,
    build_terms,
)
from rebates.syntax import nodes as n
from rebates.syntax.leaves import Word, joined
from rebates.syntax.source import Span

Declaration = (
    n.Agreement
    | n.Table
    | n.Attribute
    | n.FactDeclaration
    | n.Class
    | n.ItemSet
    | n.Measure
    | n.Waterfall
    | n.Rounding
    | n.Broken
)


def start(at: Span, *declarations: Declaration) -> n.File:
    return n.File(declarations, span=at)


def broken(at: Span, found: n.Broken) -> n.Broken:
    return found


# --- agreements -------------------------------------------------------------------------------------------------------


def agreement(at: Span, name: Word, title: n.Text, *members: n.Member) -> n.Agreement:
    return n.Agreement(name.text, title.value, members, name_span=name.span, span=at)


Who = tuple[str, str | None, n.Condition | None]


def one_account(at: Span, account: Word | n.Text) -> Who:
    return "account", _id(account), None


def account_tree(at: Span, account: Word | n.Text, subsidiaries: Word) -> Who:
    return "account and subsidiaries", _id(account), None


def account_group(at: Span, name: n.Text) -> Who:
    return "group", name.value, None


def accounts_where(at: Span, where: n.Condition) -> Who:
    return "where", None, where


def all_accounts(at: Span) -> Who:
    return "all", None, None


def _id(account: Word | n.Text) -> str:
    return account.text if isinstance(account, Word) else account.value


def counted(at: Span, comma: Word, word: Word) -> str:
    return word.text


def accounts(at: Span, who: Who, counted: str | None) -> n.Accounts:
    kind, name, where = who
    return n.Accounts(kind, name, where, counted, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def valid(at: Span, first: n.Date, last: n.Date) -> n.ValidClause:
    return n.ValidClause(first.value, last.value, span=at)


def currency(at: Span, code: Word) -> n.Setting:
    return n.Setting("currency", code.text, span=at)


def time_zone(at: Span, name: n.Text) -> n.Setting:
    return n.Setting("time zone", name.value, span=at)


def owner(at: Span, name: n.Text) -> n.Setting:
    return n.Setting("owner", name.value, span=at)


def review_setting(at: Span, often: str) -> n.Setting:
    return n.Setting("review", often, span=at)


def adds_to(at: Span, name: Word) -> n.Setting:
    return n.Setting("adds to", name.text, span=at)


def exchange_rates(at: Span, words: Word, table: Word, moment: n.Moment | None) -> n.ExchangeRates:
    return n.ExchangeRates(table.text, moment, span=at)


def tax_rate(at: Span, words: Word, path: n.Path) -> n.TaxRate:
    return n.TaxRate(path, span=at)


def item_set(at: Span, name: Word, where: n.Condition) -> n.ItemSet:
    return n.ItemSet(name.text, where, name_span=name.span, span=at)


def measure(at: Span, name: Word, value: n.Expr) -> n.Measure:
    return n.Measure(name.text, value, name_span=name.span, span=at)


# --- rounding ---------------------------------------------------------------------------------------------------------


def round_digits(at: Span, digits: int) -> n.Rounding:
    return n.Rounding("digits", digits=digits, span=at)


def price_rounds_first(at: Span, words: Word, digits: int | None) -> n.Rounding:
    return n.Rounding("price rounds first", digits=digits, span=at)


def round_order(at: Span, step: n.Number | n.Money) -> n.Rounding:
    return n.Rounding("round order to", step=step, span=at)


def round_then(at: Span, digits: int, step: n.Number | n.Money) -> n.Rounding:
    return n.Rounding("round to", digits=digits, step=step, span=at)


def rounding_word(at: Span, words: str) -> n.Rounding:
    return n.Rounding(words, span=at)  # type: ignore[arg-type]  # the grammar has only these words


# --- waterfall, tables, attributes ------------------------------------------------------------------------------------


def waterfall(at: Span, *parts: n.Stage | n.BestAmong) -> n.Waterfall:
    stages = tuple(part for part in parts if not isinstance(part, n.BestAmong))
    return n.Waterfall(stages, tuple(part for part in parts if isinstance(part, n.BestAmong)), span=at)


def best_among(at: Span, words: Word, *stages: Word) -> n.BestAmong:
    return n.BestAmong(tuple(stage.text for stage in stages), span=at)


def stage(at: Span, name: Word, combine: str, base: str | None, last: Word | None) -> n.Stage:
    return n.Stage(
        name.text,
        combine,  # type: ignore[arg-type]  # the grammar has only these words
        base,  # type: ignore[arg-type]
        last is not None,
        name_span=name.span,
        span=at,
    )


RowTest = tuple[str, n.Text | n.Number | n.Date]


def table(at: Span, name: Word, source: n.Text, where: tuple[RowTest, ...] | None, *columns: n.Column) -> n.Table:
    return n.Table(name.text, source, where or (), columns, name_span=name.span, span=at)


def row_filter(at: Span, *tests: RowTest) -> tuple[RowTest, ...]:
    return tests


def column_test(at: Span, column: Word, value: n.Text | n.Number | n.Date) -> RowTest:
    return column.text, value


def column(at: Span, *parts: n.ColumnName | n.ValueType | str) -> n.Column:
    *names, kind = parts
    return n.Column(cast("tuple[n.ColumnName, ...]", tuple(names)), kind, span=at)  # type: ignore[arg-type]  # a type comes last


def column_name(at: Span, name: Word, heading: n.Text | None) -> n.ColumnName:
    return n.ColumnName(name.text, heading.value if heading is not None else None, span=at)


def plain_type(at: Span, word: Word) -> n.ValueType:
    return n.ValueType(word.text, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def taxed_money(at: Span, words: Word) -> n.ValueType:
    return n.ValueType("money", with_tax=True, span=at)


def quantity_type(at: Span, unit: str) -> n.ValueType:
    return n.ValueType("quantity", unit, span=at)


Default = n.Text | n.Number | n.Date | n.Percent | n.Quantity | n.Money


def attribute(at: Span, path: n.Path, type: n.ValueType, default: Default | None) -> n.Attribute:
    return n.Attribute(path, type, default, span=at)


# --- rules and their clauses ------------------------------------------------------------------------------------------


def rule(at: Span, kind: str, name: Word, title: n.Text | None, *clauses: n.Clause) -> n.Rule:
    return n.Rule(
        kind,  # type: ignore[arg-type]  # the grammar has only these words
        name.text,
        title.value if title is not None else None,
        clauses,
        name_span=name.span,
        span=at,
    )


def stage_clause(at: Span, name: Word) -> n.StageClause:
    return n.StageClause(name.text, span=at)


def priority(at: Span, value: int) -> n.PriorityClause:
    return n.PriorityClause(value, span=at)


def dated(at: Span, by: Word) -> n.DatedClause:
    return n.DatedClause(by.text, span=at)


def when(at: Span, condition: n.Condition, otherwise: n.Reward | str | None = None) -> n.WhenClause:
    if isinstance(otherwise, str):
        return n.WhenClause(condition, None, otherwise, span=at)  # type: ignore[arg-type]  # as the grammar
    return n.WhenClause(condition, otherwise, span=at)


def codes(at: Span, *codes: n.Text) -> n.CodeClause:
    return n.CodeClause(codes, span=at)


def codes_from_table(at: Span, table: Word) -> n.CodeTableClause:
    return n.CodeTableClause(table.text, span=at)


def uses(at: Span, most: int, per_code: Word | None, *per: Word) -> n.Uses:
    return n.Uses(most, per_code is not None, build_expr.scopes(per), span=at)


def uses_clause(at: Span, *uses: n.Uses) -> n.UsesClause:
    return n.UsesClause(uses, span=at)


def base(at: Span, value: n.Expr) -> n.BaseClause:
    return n.BaseClause(value, span=at)


def rate(at: Span, reward: n.Reward) -> n.RateClause:
    return n.RateClause(reward, span=at)


def amount(at: Span, value: n.Expr) -> n.AmountClause:
    return n.AmountClause(value, span=at)


def tiers(at: Span, mode: n.TierMode, measure: n.Expr, *rows: n.TierRow) -> n.TiersClause:
    return n.TiersClause(mode, measure, rows, span=at)


def tier_row(
    at: Span, bound: str, threshold: n.Number | n.Quantity | n.Percent | n.Money, reward: n.Reward
) -> n.TierRow:
    return n.TierRow(bound, threshold, reward, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def row_without_baseline(at: Span, reward: n.Reward) -> n.TierRow:
    return n.TierRow("without baseline", None, reward, span=at)


def row_continues(at: Span) -> n.TierRow:
    return n.TierRow("continues", None, None, span=at)


def from_table(at: Span, table: Word) -> n.FromTableClause:
    return n.FromTableClause(table.text, span=at)


def spread_clause(at: Span, by: str) -> n.SpreadClause:
    return n.SpreadClause(by, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def flag_clause(at: Span, words: str) -> n.FlagClause:
    return n.FlagClause(words, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def among_stages(at: Span, words: Word, *stages: Word) -> tuple[str, ...]:
    return tuple(stage.text for stage in stages)


def among_all(at: Span, words: Word) -> str:
    return "all"


def exclusive(at: Span, among: tuple[str, ...] | str | None, by_priority: Word | None) -> n.ExclusiveClause:
    return n.ExclusiveClause(among or (), by_priority is not None, span=at)  # type: ignore[arg-type]  # as the grammar


def rule_name(at: Span, kind: str, name: Word) -> n.RuleName:
    return n.RuleName(kind, name.text, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def not_with(at: Span, words: Word, *avoided: n.RuleName | n.Text) -> n.NotWithClause:
    return n.NotWithClause(avoided, span=at)


def in_lieu_of(at: Span, words: Word, *rules: n.RuleName) -> n.InLieuOfClause:
    return n.InLieuOfClause(rules, span=at)


def not_on(at: Span, words: Word) -> n.NotOnClause:
    return n.NotOnClause(joined(at, words), span=at)  # type: ignore[arg-type]  # the grammar has only these words


def only_per(at: Span, unit: str) -> n.OnlyPerClause:
    return n.OnlyPerClause(unit, span=at)


def cap(at: Span, value: n.Expr, *rest: Word | str | None) -> n.CapClause:
    *per, for_all, whole = rest
    scopes = build_expr.scopes(cast("tuple[Word, ...]", tuple(per)))
    return n.CapClause(value, scopes, whole is not None, for_all is not None, span=at)


def shared_cap(at: Span, value: n.Expr, *rest: Word | n.RuleName | str | None) -> n.SharedCap:
    *parts, for_all, in_order, whole = rest
    rules = tuple(part for part in parts if isinstance(part, n.RuleName))
    per = cast("tuple[Word, ...]", tuple(part for part in parts if not isinstance(part, n.RuleName)))
    return n.SharedCap(
        value, build_expr.scopes(per), rules, in_order is not None, whole is not None, for_all is not None, span=at
    )


def floor(at: Span, value: n.Expr, *per: Word) -> n.FloorClause:
    return n.FloorClause(value, build_expr.scopes(per), span=at)


def pays_from(at: Span, value: n.Expr, carried: str | None) -> n.PaysFromClause:
    return n.PaysFromClause(value, carried is not None, span=at)


def not_below(at: Span, words: Word, value: n.Expr, to_other_lines: Word | None) -> n.NotBelowClause:
    return n.NotBelowClause(value, to_other_lines is not None, span=at)


def not_above(at: Span, words: Word, value: n.Expr) -> n.NotAboveClause:
    return n.NotAboveClause(value, span=at)


def ending(at: Span, *parts: n.Number | str | None) -> n.EndingClause:
    *values, every, tax = parts
    return n.EndingClause(
        "ending",
        cast("tuple[n.Number, ...]", tuple(values)),
        cast("n.Number | None", every),
        tax is not None,
        span=at,
    )


def price_points(at: Span, words: Word, *parts: n.Number | str | None) -> n.EndingClause:
    *values, tax = parts
    return n.EndingClause("price points", cast("tuple[n.Number, ...]", tuple(values)), None, tax is not None, span=at)


def reference(at: Span, text: n.Text) -> n.ReferenceClause:
    return n.ReferenceClause(text, span=at)


def takes(at: Span, comma: Word, *words: Word) -> str:
    return joined(at, *words)


def limit(at: Span, value: n.Quantity | n.Money, *rest: Word | str | None) -> n.LimitClause:
    *per, which, whole = rest
    return n.LimitClause(
        value,
        build_expr.scopes(cast("tuple[Word, ...]", tuple(per))),
        which,  # type: ignore[arg-type]  # the grammar has only these words
        whole is not None,
        span=at,
    )


def limit_per_bundle(at: Span, value: n.Quantity | n.Money, per: Word, which: str | None) -> n.LimitClause:
    return n.LimitClause(value, ("per bundle",), which, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def accept(at: Span, finding: Word, reason: n.Text) -> n.AcceptClause:
    return n.AcceptClause(finding.text, reason, span=at)


# --- amendments -------------------------------------------------------------------------------------------------------


def amended_window(at: Span, comma: Word, words: Word) -> str:
    return words.text


def amendment(
    at: Span, retroactively: str | None, day: n.Date, window: str | None, title: n.Text, *members: n.Amended
) -> n.Amendment:
    return n.Amendment(
        day,
        title.value,
        members,
        retroactively is not None,
        window,  # type: ignore[arg-type]  # the grammar has only these words
        span=at,
    )


def remove_clause(at: Span, word: str) -> n.RemoveClause:
    return n.RemoveClause(word, span=at)


def clause_word(at: Span, *words: Word | str) -> str:
    return " ".join(word if isinstance(word, str) else word.text for word in words)


def remove_rule(at: Span, kind: str, name: Word) -> n.RemoveRule:
    return n.RemoveRule(kind, name.text, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def remove_shared_cap(at: Span, *rules: n.RuleName) -> n.RemoveSharedCap:
    return n.RemoveSharedCap(rules, span=at)


def remove_guard(at: Span, watches: str) -> n.RemoveGuard:
    return n.RemoveGuard(watches, span=at)  # type: ignore[arg-type]  # the grammar has only these words


# --- guards -----------------------------------------------------------------------------------------------------------


def guard(at: Span, watches: str, per_line: Word | None, op: Word, bound: n.Expr, otherwise: n.Outcome) -> n.Guard:
    return n.Guard(
        watches,  # type: ignore[arg-type]  # the grammar has only these words
        per_line is not None,
        op.text,  # type: ignore[arg-type]
        bound,
        otherwise,
        span=at,
    )


def rejects(at: Span) -> n.Outcome:
    return n.Outcome(None, span=at)


def asks_approval(at: Span, role: n.Text) -> n.Outcome:
    return n.Outcome(role.value, span=at)


_HERE = (
    start, broken, agreement, one_account, account_tree, account_group, accounts_where, all_accounts, counted,
    accounts, valid, currency, time_zone, owner, review_setting, adds_to, item_set, measure,
    round_digits, price_rounds_first, round_order, round_then, rounding_word, waterfall, stage, table, row_filter,
    column_test, column, column_name, plain_type, quantity_type, attribute, rule, stage_clause, priority, dated,
    when, codes, codes_from_table, uses, uses_clause, base, rate, amount, tiers, tier_row, row_without_baseline, row_continues, from_table,
    spread_clause, flag_clause, best_among, among_stages, among_all, exclusive, rule_name, not_with, in_lieu_of, not_on,
    only_per, cap, shared_cap, floor, pays_from, not_below, not_above, ending, price_points, reference, exchange_rates,
    tax_rate, taxed_money, takes, limit, limit_per_bundle, accept, guard, rejects,
    asks_approval, amended_window, amendment, remove_clause, clause_word, remove_rule, remove_guard, remove_shared_cap,
)  # fmt: skip

# alternatives that are words alone; their value is the words as one text
_WORDS = (
    "review", "rounding_words", "combine", "stage_base", "column_role", "rule_kind", "flag", "spread", "mode", "bound",
    "watched", "unit", "whole_transaction", "with_tax", "in_order", "all_or_nothing", "for_all", "carried",
    "retroactively",
)  # fmt: skip

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        **{function.__name__: function for function in _HERE},
        **dict.fromkeys(_WORDS, joined),
        **build_calendar.BUILDERS,
        **build_expr.BUILDERS,
        **build_terms.BUILDERS,
        **build_rates.BUILDERS,
        **build_examples.BUILDERS,
        **build_goods.BUILDERS,
        **build_settle.BUILDERS,
    }
)
