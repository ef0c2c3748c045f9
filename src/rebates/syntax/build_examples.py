"""From the alternatives of the grammar to nodes: examples (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rebates.syntax import nodes as n
from rebates.syntax.leaves import Word, joined
from rebates.syntax.source import Span


def example(
    at: Span, title: n.Text, *parts: n.Given | n.OrderBlock | n.Expect | n.GivenOverTime | n.ExpectEarned
) -> n.Example:
    (order,) = (part for part in parts if isinstance(part, n.OrderBlock))
    return n.Example(
        title,
        tuple(part for part in parts if isinstance(part, n.Given)),
        order,
        tuple(part for part in parts if isinstance(part, n.Expect)),
        tuple(part for part in parts if isinstance(part, n.GivenOverTime | n.ExpectEarned)),
        span=at,
    )


def given(at: Span, target: Word | n.Path | n.Fact, value: n.Literal_) -> n.Given:
    return n.Given(n.Name(target.text, span=target.span) if isinstance(target, Word) else target, value, span=at)


def order(
    at: Span, account: n.Text | None, day: n.Date, time: n.TimeOfDay | None, *rest: n.Text | n.OrderLine | None
) -> n.OrderBlock:
    return n.OrderBlock(
        account,
        day,
        tuple(part for part in rest if isinstance(part, n.Text)),
        tuple(part for part in rest if isinstance(part, n.OrderLine)),
        time,
        span=at,
    )


def order_line(
    at: Span, quantity: n.Quantity, item: n.Text, price: n.Money | None, *with_values: tuple[n.Path, n.Literal_] | None
) -> n.OrderLine:
    return n.OrderLine(quantity, item, price, tuple(pair for pair in with_values if pair is not None), span=at)


def with_value(at: Span, attribute: n.Path, value: n.Literal_) -> tuple[n.Path, n.Literal_]:
    return attribute, value


def line_number(at: Span, number: int) -> int:
    return number


def whole_order(at: Span) -> None:
    return None


def nothing(at: Span) -> None:
    return None


def expect_outcome(at: Span, outcome: n.Outcome) -> n.ExpectOutcome:
    return n.ExpectOutcome("approval" if outcome.role is not None else "reject", outcome.role, span=at)


def expect_pass(at: Span) -> n.ExpectOutcome:
    return n.ExpectOutcome("pass", None, span=at)


def expect_rule(at: Span, kind: str | None, rule: Word, value: n.Money | n.Percent | None) -> n.ExpectRule:
    return n.ExpectRule(None, kind, rule.text, value, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def expect_rule_on(
    at: Span, line: int | None, kind: str | None, rule: Word, value: n.Money | n.Percent | None
) -> n.ExpectRule:
    return n.ExpectRule(line, kind, rule.text, value, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def expect_break(at: Span, line: int | None, word: str) -> n.ExpectBreak:
    return n.ExpectBreak(line, word, span=at)


def expect_amount(at: Span, line: int | None, what: str, value: n.Money | n.Percent) -> n.ExpectAmount:
    return n.ExpectAmount(line, what, value, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def expect_free(at: Span, quantity: n.Quantity, item: n.Text) -> n.ExpectFree:
    return n.ExpectFree(quantity, item, span=at)


_HERE = (
    example, given, order, order_line, with_value, line_number, whole_order, nothing, expect_outcome, expect_pass,
    expect_rule, expect_rule_on, expect_amount, expect_break, expect_free,
)  # fmt: skip

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {function.__name__: function for function in _HERE} | {"amount_word": joined}
)
