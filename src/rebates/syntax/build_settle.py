"""From the alternatives of the grammar to nodes: rebates over time and their examples (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from rebates.syntax import nodes as n
from rebates.syntax.build_expr import compare, scopes
from rebates.syntax.leaves import Word, joined
from rebates.syntax.source import Span

# --- deadlines and the conditions over time ---------------------------------------------------------------------------


def within(at: Span, count: int, unit: Word, event: Word | None) -> n.Deadline:
    return n.Deadline("within", None, count, unit.text, event.text if event is not None else None, span=at)


def by_day(at: Span, day: n.Date) -> n.Deadline:
    return n.Deadline("by", day.value, span=at)


def at_moment(at: Span, event: Word) -> n.Deadline:
    return n.Deadline("at", event=event.text, span=at)


def within_terms(at: Span, words: Word) -> n.Deadline:
    return n.Deadline("within terms", span=at)


def paid(at: Span, by: n.Deadline) -> n.Paid:
    return n.Paid(by, span=at)


def claimed(at: Span, by: n.Deadline) -> n.Claimed:
    return n.Claimed(by, span=at)


def posted_by(at: Span, fact: n.Fact, by: n.Deadline) -> n.PostedBy:
    return n.PostedBy(fact, by, span=at)


def throughout(
    at: Span, attribute: n.Path | n.Fact, negated: Word | None, value: n.Text | n.Number | n.Date, words: Word
) -> n.Throughout:
    test = n.Is(attribute, value, negated is not None, span=Span(at.source, at.start, value.span.end))
    return n.Throughout(test, words.text.split()[-1], span=at)


def compared_throughout(at: Span, left: n.Expr, op: Word, right: n.Expr, words: Word) -> n.Throughout:
    test = compare(Span(at.source, at.start, right.span.end), left, op, right)
    return n.Throughout(test, words.text.split()[-1], span=at)


def charge_paid(at: Span, rule: Word, negated: Word | None) -> n.RulePaid:
    return n.RulePaid(n.RuleName("charge", rule.text, span=rule.span), negated is not None, span=at)


def rebate_paid(at: Span, rule: Word, negated: Word | None) -> n.RulePaid:
    return n.RulePaid(n.RuleName("rebate", rule.text, span=rule.span), negated is not None, span=at)


# --- rewards ----------------------------------------------------------------------------------------------------------


def points_reward(at: Span, points: n.Number, word: str, package: n.Package | None) -> n.PointsReward:
    return n.PointsReward(points, package, span=at)


def money_each(at: Span, size: n.Money) -> n.Package:
    return n.Package("each", None, size, span=at)


def goods_reward(at: Span, quantity: n.Quantity, of: n.Goods | None) -> n.GoodsReward:
    return n.GoodsReward(quantity, of, span=at)


# --- settlement -------------------------------------------------------------------------------------------------------


def cadence(at: Span, word: str) -> n.When:
    return n.When(word, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def on_dates(at: Span, *days: n.Date) -> n.When:
    return n.When("on dates", days, span=at)


def settle(at: Span, often: n.When, *options: n.SettleOption) -> n.SettleClause:
    return n.SettleClause(often, options, span=at)


def settle_word_option(at: Span, words: str) -> n.SettleWord:
    return n.SettleWord(words, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def true_up(at: Span, words: Word, often: n.When) -> n.TrueUp:
    return n.TrueUp(often, span=at)


def paid_as(at: Span, *forms: n.Form) -> n.PaidAs:
    return n.PaidAs(forms, "or" if len(forms) > 1 else None, span=at)


def paid_as_shares(at: Span, *parts: n.Percent | n.Form) -> n.PaidAs:
    shares, forms = cast("tuple[n.Percent, ...]", parts[::2]), cast("tuple[n.Form, ...]", parts[1::2])
    made = (
        n.Form(
            form.kind, share, form.use, form.points, form.package, span=Span(at.source, share.span.start, form.span.end)
        )
        for share, form in zip(shares, forms, strict=True)
    )
    return n.PaidAs(tuple(made), "and", span=at)


def form(at: Span, word: str, use: n.Text | None) -> n.Form:
    return n.Form(word, None, use, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def form_goods(at: Span, item: n.Text) -> n.Form:
    return n.Form("goods", None, item, span=at)


def form_points(at: Span, points: n.Number, word: str, package: n.Package | None) -> n.Form:
    return n.Form("points", points=points, package=package, span=at)


def pay_by(at: Span, by: n.Deadline) -> n.PayBy:
    return n.PayBy(by, span=at)


def expires(at: Span, by: n.Deadline) -> n.Expires:
    return n.Expires(by, span=at)


def returns(at: Span, how: str) -> n.ReturnsClause:
    return n.ReturnsClause(how, span=at)  # type: ignore[arg-type]  # the grammar has only these words


# --- payees and funds -------------------------------------------------------------------------------------------------


def share(at: Span, account: n.Text, percent: n.Percent | None) -> n.Share:
    return n.Share(account, percent, span=at)


def pay_to(at: Span, *shares: n.Share) -> n.PayToClause:
    return n.PayToClause(shares, span=at)


def pay_to_members(at: Span, words: Word, by: n.Expr) -> n.PayToMembersClause:
    return n.PayToMembersClause(by, span=at)


def funded_by(at: Span, *shares: n.Share) -> n.FundedByClause:
    return n.FundedByClause(shares, span=at)


def accrue(at: Span, reward: n.Reward) -> n.AccrueClause:
    return n.AccrueClause(reward, span=at)


def draw(at: Span, fund: Word) -> n.DrawClause:
    return n.DrawClause(fund.text, span=at)


def pro_rata(at: Span, words: Word, by: Word) -> n.ProRataClause:
    return n.ProRataClause(by.text, span=at)


def fund(at: Span, name: Word, title: n.Text | None, *members: n.OpeningClause | n.UnusedClause | n.Broken) -> n.Fund:
    return n.Fund(name.text, title.value if title is not None else None, members, name_span=name.span, span=at)


def opening(at: Span, value: n.Expr, *per: Word) -> n.OpeningClause:
    return n.OpeningClause(value, scopes(per), span=at)


def lapses(at: Span) -> n.UnusedClause:
    return n.UnusedClause(False, span=at)


def rolls_over(at: Span, words: Word, up_to: n.Expr | None) -> n.UnusedClause:
    return n.UnusedClause(True, up_to, span=at)


def remove_fund(at: Span, name: Word) -> n.RemoveFund:
    return n.RemoveFund(name.text, span=at)


# --- examples ---------------------------------------------------------------------------------------------------------

Earned = n.Money | n.Number | n.Quantity
Pairs = tuple[tuple[n.Path, n.Literal_], ...]


def given_paid(at: Span, day: n.Date) -> n.GivenDay:
    return n.GivenDay("paid", day, span=at)


def given_claimed(at: Span, day: n.Date) -> n.GivenDay:
    return n.GivenDay("claimed", day, span=at)


def given_rule(at: Span, rule: n.RuleName, value: Earned) -> n.GivenRule:
    return n.GivenRule(rule, value, span=at)


def given_table(at: Span, table: Word, value: n.Literal_) -> n.GivenTable:
    return n.GivenTable(table.text, value, span=at)


def given_year(at: Span, year: int) -> n.GivenYear:
    return n.GivenYear(year, span=at)


def points_owed(at: Span, points: n.Number, word: str) -> n.Number:
    return points


def expect_owed(at: Span, rule: n.RuleName, value: Earned) -> n.ExpectEarned:
    return n.ExpectEarned(rule, None, False, value, span=at)


def expect_payee(at: Span, rule: n.RuleName, to: n.Text, due: Word | None, value: Earned | None) -> n.ExpectEarned:
    return n.ExpectEarned(rule, to, due is not None, value, span=at)


def expect_due(at: Span, rule: n.RuleName, due: Word, value: Earned | None) -> n.ExpectEarned:
    return n.ExpectEarned(rule, None, True, value, span=at)


def for_account(at: Span, account: n.Text) -> n.Text:
    return account


def with_values(at: Span, *pairs: tuple[n.Path, n.Literal_]) -> Pairs:
    return pairs


def claimed_sales(at: Span, *sales: n.Text) -> tuple[n.Text, ...]:
    return sales


def posted_sale(
    at: Span, id: n.Text | None, account: n.Text | None, day: n.Date, pairs: Pairs | None, *lines: n.OrderLine
) -> n.PostedSale:
    return n.PostedSale("sale", id, None, day, account, pairs or (), lines, span=at)


def posted_return(
    at: Span, of: n.Text | None, account: n.Text | None, day: n.Date, pairs: Pairs | None, *lines: n.OrderLine
) -> n.PostedSale:
    return n.PostedSale("return", None, of, day, account, pairs or (), lines, span=at)


def posted_payment(at: Span, of: n.Text | n.RuleName, account: n.Text | None, day: n.Date) -> n.PostedPayment:
    return n.PostedPayment(of, day, account, span=at)


def posted_claim(
    at: Span, rule: n.RuleName, sales: tuple[n.Text, ...] | None, account: n.Text | None, day: n.Date
) -> n.PostedClaim:
    return n.PostedClaim(rule, sales or (), day, account, span=at)


def posted_fact(at: Span, name: Word, value: n.Literal_, account: n.Text | None, day: n.Date) -> n.PostedFact:
    return n.PostedFact(name.text, value, day, account, span=at)


def settle_step(at: Span, day: n.Date) -> n.SettleStep:
    return n.SettleStep(day, span=at)


Step = n.Posted | n.SettleStep | n.ExpectEarned | n.Expect


def settled_example(at: Span, title: n.Text, *parts: n.Given | n.GivenOverTime | Step | None) -> n.SettledExample:
    steps = tuple(_earned(p) for p in parts if p is not None and not isinstance(p, n.Given | n.GivenOverTime))
    return n.SettledExample(
        title,
        tuple(part for part in parts if isinstance(part, n.Given)),
        tuple(part for part in parts if isinstance(part, n.GivenOverTime)),
        steps,
        span=at,
    )


def _earned(step: Step) -> Step:
    """Without an order, `expect rebate volume EUR 500` is what the rule earned."""
    if not isinstance(step, n.ExpectRule) or step.line is not None or step.kind is None:
        return step
    if isinstance(step.value, n.Percent):
        return step
    text = step.span.text
    start = step.span.end - len(text.removeprefix("expect").lstrip())
    rule = n.RuleName(step.kind, step.rule, span=Span(step.span.source, start, step.span.end))
    return n.ExpectEarned(rule, None, False, step.value, span=step.span)


_HERE = (
    within, by_day, at_moment, within_terms, paid, claimed, posted_by, throughout, compared_throughout, charge_paid, rebate_paid,
    points_reward, money_each, goods_reward, cadence, on_dates, settle, settle_word_option, true_up, paid_as, paid_as_shares, form,
    form_goods, form_points, pay_by, expires, returns, share, pay_to, pay_to_members, funded_by, accrue, draw, pro_rata,
    fund, opening, lapses, rolls_over, remove_fund, given_paid, given_claimed, given_rule, given_table, given_year,
    points_owed, expect_owed, expect_payee, expect_due, for_account, with_values, claimed_sales, posted_sale,
    posted_return, posted_payment, posted_claim, posted_fact, settle_step, settled_example,
)  # fmt: skip

# alternatives that are words alone; their value is the words as one text
_WORDS = ("failing_word", "cadence_word", "settle_word", "form_word", "point_word", "returns_how")

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {function.__name__: function for function in _HERE} | dict.fromkeys(_WORDS, joined)
)
