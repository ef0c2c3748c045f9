"""A right text gives exactly the tree that it says."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lark.parsers.lalr_analysis import Shift

from rebates.syntax import nodes as n
from rebates.syntax import tokens
from rebates.syntax.build import BUILDERS
from rebates.syntax.diagnostics import Report
from rebates.syntax.keywords import KEYWORDS, PHRASES
from rebates.syntax.lalr import grammar_path, load_tables
from rebates.syntax.lark_tables import read_grammar
from rebates.syntax.parser import load_driver, parse
from rebates.syntax.source import Source, Span
from rebates.syntax.tokens import kind_of, split, terminal_of
from tests.syntax.samples import ALL

RULES = sorted((Path(__file__).parents[2] / "rules").rglob("*.rebates"))
AT: Any = Span(Source("x", ""), 0, 0)


def read(text: str) -> n.File:
    report = Report()
    tree = parse(Source("x", text), report)
    assert report.diagnostics == ()
    return tree


def member(text: str) -> n.Member:
    agreement = read(f'agreement a "A" {{ {text} }}').declarations[0]
    assert isinstance(agreement, n.Agreement)
    (found,) = agreement.members
    return found


def clause(text: str) -> n.Clause:
    rule = member(f"discount d {{ {text} }}")
    assert isinstance(rule, n.Rule)
    (found,) = rule.clauses
    return found


def names(*texts: str) -> tuple[n.ColumnName, ...]:
    return tuple(n.ColumnName(text, None, span=AT) for text in texts)


def number(value: str) -> n.Number:
    return n.Number(Fraction(value), len(value.partition(".")[2]), span=AT)


def percent(value: str) -> n.Percent:
    return n.Percent(Fraction(value), len(value.partition(".")[2]), span=AT)


def money(value: str) -> n.Money:
    return n.Money("EUR", number(value), span=AT)


def quantity(value: str, unit: str) -> n.Quantity:
    return n.Quantity(number(value), unit, span=AT)


def name(text: str) -> n.Name:
    return n.Name(text, span=AT)


# --- the grammar ------------------------------------------------------------------------------------------------------


def test_the_grammar_has_no_conflict() -> None:
    read_grammar(grammar_path(), strict=True)


def test_the_grammar_is_read_from_the_checkout() -> None:
    assert Path(str(read_grammar(grammar_path()).source_path)).parent == Path(__file__).parents[2] / "grammar"


def test_every_word_of_the_grammar_is_in_the_table_of_keywords() -> None:
    words = {word: terminal for terminal, word in load_tables().keywords.items() if word[0].isalpha()}
    assert words == {word: terminal_of(word) for word in KEYWORDS}
    assert set(PHRASES) <= set(load_tables().symbols)


def test_the_driver_knows_the_states_of_lark() -> None:
    table = read_grammar(grammar_path()).parser.parser._parse_table
    shifts = sum(kind is Shift for row in table.states.values() for kind, _ in row.values())
    assert len(load_tables().actions) == len(table.states)
    assert sum(action > 0 for row in load_tables().actions for action in row.values()) == shifts


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_the_rules_of_the_repository_parse(path: Path) -> None:
    read(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_the_samples_parse(text: str) -> None:
    read(text)


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_lexemes_make_up_the_text_and_each_has_a_kind_of_its_own(text: str) -> None:
    lexemes = split(text)
    assert "".join(lexemes) == text
    assert not [lexeme for lexeme in lexemes if kind_of(lexeme).startswith(("MISTAKE", "UNKNOWN", "LATER"))]


def test_a_chain_of_a_hundred_thousand_statements_is_read_in_linear_time() -> None:
    load_driver()
    assert len(read("measure m = 1\n" * 20_000).declarations) == 20_000


# --- literals and names -----------------------------------------------------------------------------------------------


def test_numbers_are_exact_and_remember_their_decimals() -> None:
    assert clause("amount IDR 96_000.10") == n.AmountClause(
        n.Money("IDR", n.Number(Fraction(9600010, 100), 2, span=AT), span=AT), span=AT
    )


def test_a_blank_before_the_percent_sign_is_allowed() -> None:
    assert clause("amount 5.5 %") == n.AmountClause(n.Percent(Fraction(11, 2), 1, span=AT), span=AT)


def test_words_that_end_nothing_stay_usable_as_names() -> None:
    assert member("measure stage = when + tiers") == n.Measure(
        "stage", n.Binary("+", name("when"), name("tiers"), span=AT), name_span=AT, span=AT
    )


def test_a_currency_is_a_word_of_the_list_and_other_capitals_are_units() -> None:
    assert member("measure m = quantity in TEU per line") == n.Measure(
        "m", n.Total("quantity", unit="TEU", per=("line",), span=AT), name_span=AT, span=AT
    )


# --- spans ------------------------------------------------------------------------------------------------------------


def test_a_span_goes_from_the_first_token_to_the_end_of_the_last() -> None:
    text = 'agreement a "A" {\n  discount  d "D" { rate  5%  # a comment\n }\n}\n'
    agreement = read(text).declarations[0]
    assert isinstance(agreement, n.Agreement)
    (rule,) = agreement.members
    assert isinstance(rule, n.Rule)
    assert agreement.span.text == text.strip()
    assert rule.span.text == 'discount  d "D" { rate  5%  # a comment\n }'
    assert rule.name_span.text == "d"
    assert rule.clauses[0].span.text == "rate  5%"


# --- members ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("accounts NUSANTARA and subsidiaries, together", ("account and subsidiaries", "NUSANTARA", None, "together")),
        ('accounts "10-4711"', ("account", "10-4711", None, None)),
        ('accounts group "CO-OP", each', ("group", "CO-OP", None, "each")),
        ("accounts all, each", ("all", None, None, "each")),
    ],
)
def test_accounts(text: str, expected: tuple[Any, ...]) -> None:
    assert member(text) == n.Accounts(*expected, span=AT)


def test_both_days_of_a_validity() -> None:
    assert member("valid 2026-01-01 to 2026-12-31") == n.ValidClause(date(2026, 1, 1), date(2026, 12, 31), span=AT)


@pytest.mark.parametrize(
    ("text", "word", "digits", "step"),
    [
        ("digits 4", "digits", 4, None),
        ("price rounds first", "price rounds first", None, None),
        ("price rounds first to 4 digits", "price rounds first", 4, None),
        ("remainder to largest line", "remainder to largest line", None, None),
        ("round up", "round up", None, None),
        ("round to 2 digits, then to 0.50", "round to", 2, number("0.50")),
        ("round order to EUR 0.05", "round order to", None, money("0.05")),
    ],
)
def test_rounding_words(text: str, word: Any, digits: int | None, step: Any) -> None:
    assert member(text) == n.Rounding(word, digits=digits, step=step, span=AT)


def test_a_stage_names_its_base_and_may_be_last() -> None:
    assert member("waterfall { stage a sum  stage b best on list last }") == n.Waterfall(
        (
            n.Stage("a", "sum", None, False, name_span=AT, span=AT),
            n.Stage("b", "best", "list", True, name_span=AT, span=AT),
        ),
        span=AT,
    )


def test_columns_of_a_table_need_no_separators() -> None:
    table = member(
        'table t from "t.csv" where offer is 2 { account, item key number "No" key a, b dates w quantity in kg }'
    )
    assert table == n.Table(
        "t",
        n.Text("t.csv", span=AT),
        (("offer", number("2")),),
        (
            n.Column(names("account", "item"), "key", span=AT),
            n.Column((n.ColumnName("number", "No", span=AT),), "key", span=AT),
            n.Column(names("a", "b"), "dates", span=AT),
            n.Column(names("w"), n.ValueType("quantity", "kg", span=AT), span=AT),
        ),
        name_span=AT,
        span=AT,
    )


def test_a_guard_names_what_it_watches_and_who_approves() -> None:
    assert member('guard net price per line >= cost otherwise approval by "director"') == n.Guard(
        "net price", True, ">=", n.ItemPrice("cost", span=AT), n.Outcome("director", span=AT), span=AT
    )


# --- conditions and expressions ---------------------------------------------------------------------------------------


def test_and_binds_tighter_than_or_and_not_tightest() -> None:
    path = n.Path(("order", "a"), span=AT)
    is_a = n.Is(path, n.Text("x", span=AT), False, span=AT)
    assert clause('when order.a is x or not order.a is "x" and in s') == n.WhenClause(
        n.Or((is_a, n.And((n.Not(is_a, span=AT), n.InSet("s", span=AT)), span=AT)), span=AT), span=AT
    )


def test_products_bind_tighter_than_sums_and_equals_associate_to_the_left() -> None:
    assert clause("base a - b - c * d") == n.BaseClause(
        n.Binary(
            "-",
            n.Binary("-", name("a"), name("b"), span=AT),
            n.Binary("*", name("c"), name("d"), span=AT),
            span=AT,
        ),
        span=AT,
    )


def test_a_filtered_total_ends_its_filter_before_the_scope() -> None:
    assert clause(
        'base net value of items where brand is x and family under "F" per account per year before this order'
    ) == (
        n.BaseClause(
            n.Total(
                "net value",
                of="items",
                where=n.And(
                    (
                        n.Is(n.Path(("brand",), span=AT), n.Text("x", span=AT), False, span=AT),
                        n.Under(n.Path(("family",), span=AT), n.Text("F", span=AT), span=AT),
                    ),
                    span=AT,
                ),
                per=("account", "year"),
                before=True,
                span=AT,
            ),
            span=AT,
        )
    )


def test_a_comparison_in_a_filter_ends_after_one_value() -> None:
    total = n.Total(
        "net value",
        of="items",
        where=n.Compare(">=", name("size"), number("5"), span=AT),
        span=AT,
    )
    assert clause("base net value of items where size >= 5 + a") == n.BaseClause(
        n.Binary("+", total, name("a"), span=AT), span=AT
    )


# --- rewards ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("surcharge 2%", n.PercentReward(percent("2"), True, span=AT)),
        ("50% of list price", n.PercentReward(percent("50"), False, n.ItemPrice("list price", span=AT), span=AT)),
        ("EUR 90", n.MoneyReward(money("90"), False, None, span=AT)),
        ("EUR 90 per delivery", n.MoneyReward(money("90"), False, None, "delivery", span=AT)),
        ("EUR 5 per carton", n.MoneyReward(money("5"), False, n.Package("each", None, "carton", span=AT), span=AT)),
        (
            "EUR 5 per full 10 piece per line",
            n.MoneyReward(money("5"), False, n.Package("full", number("10"), "piece", True, span=AT), span=AT),
        ),
        (
            "EUR 2 per started EUR 100",
            n.MoneyReward(money("2"), False, n.Package("started", None, money("100"), span=AT), span=AT),
        ),
        ("price EUR 0.62 per piece", n.PriceReward(money("0.62"), "piece", span=AT)),
        (
            "price 60% of list price",
            n.PriceReward(n.PercentOf(percent("60"), n.ItemPrice("list price", span=AT), span=AT), None, span=AT),
        ),
        ("(a)", n.ComputedReward(name("a"), span=AT)),
        ("(a) per carton", n.ComputedReward(name("a"), n.Package("each", None, "carton", span=AT), span=AT)),
    ],
)
def test_pieces_of_a_reward(text: str, piece: n.Piece) -> None:
    assert clause(f"rate {text}") == n.RateClause(n.Reward((piece,), span=AT), span=AT)


def test_rows_of_tiers_keep_their_bounds() -> None:
    one = n.Reward((n.PercentReward(percent("1"), False, span=AT),), span=AT)
    rows = (
        n.TierRow("without baseline", None, one, span=AT),
        n.TierRow("below", percent("0"), one, span=AT),
        n.TierRow("from", quantity("50", "carton"), one, span=AT),
        n.TierRow("above", money("1000"), one, span=AT),
        n.TierRow("continues", None, None, span=AT),
    )
    text = "without baseline 1% below 0% 1% from 50 carton 1% above EUR 1_000 1% continues"
    assert clause(f"tiers lump sum every tier on m {{ {text} }}") == n.TiersClause(
        "lump sum every tier", name("m"), rows, span=AT
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("limit 3 piece per order, dearest", n.LimitClause(quantity("3", "piece"), ("order",), "dearest", span=AT)),
        ("limit EUR 9, whole transaction", n.LimitClause(money("9"), (), None, True, span=AT)),
        ("cap EUR 5 per acre per year", n.CapClause(n.MoneyPer(money("5"), "acre", span=AT), ("year",), span=AT)),
        ("not below list price, to other lines", n.NotBelowClause(n.ItemPrice("list price", span=AT), True, span=AT)),
        ("account price only", n.FlagClause("account price only", span=AT)),
        ("code from table spring", n.CodeTableClause("spring", span=AT)),
        (
            "uses 1 per account per month, 500 in all, 1 per code",
            n.UsesClause(
                (
                    n.Uses(1, False, ("account", "month"), span=AT),
                    n.Uses(500, False, ("in all",), span=AT),
                    n.Uses(1, True, (), span=AT),
                ),
                span=AT,
            ),
        ),
        ("exclusive", n.ExclusiveClause(span=AT)),
        ("exclusive among all by priority", n.ExclusiveClause("all", True, span=AT)),
        ("exclusive among stages a, b", n.ExclusiveClause(("a", "b"), span=AT)),
        (
            'not with discount a, "CO-OP"',
            n.NotWithClause((n.RuleName("discount", "a", span=AT), n.Text("CO-OP", span=AT)), span=AT),
        ),
        ("in lieu of charge a", n.InLieuOfClause((n.RuleName("charge", "a", span=AT),), span=AT)),
        ("not on discounted  lines", n.NotOnClause("not on discounted lines", span=AT)),
    ],
)
def test_limits_and_flags(text: str, expected: n.Clause) -> None:
    assert clause(text) == expected


# --- examples ---------------------------------------------------------------------------------------------------------


def test_an_example_takes_what_is_given_before_and_after_its_order() -> None:
    example = member(
        'example "e" { given m EUR 5 order for "A" on 2026-01-02 with code "C" '
        '{ 2 carton of "I" at EUR 3 with line.zone north } given order.x 1 '
        'expect line 1 net price EUR 3 expect discount d nothing expect order discount 5% expect approval by "r" }'
    )
    line = n.OrderLine(
        quantity("2", "carton"),
        n.Text("I", span=AT),
        money("3"),
        ((n.Path(("line", "zone"), span=AT), n.Text("north", span=AT)),),
        span=AT,
    )
    assert example == n.Example(
        n.Text("e", span=AT),
        (
            n.Given(name("m"), money("5"), span=AT),
            n.Given(n.Path(("order", "x"), span=AT), number("1"), span=AT),
        ),
        n.OrderBlock(
            n.Text("A", span=AT), n.Date(date(2026, 1, 2), span=AT), (n.Text("C", span=AT),), (line,), span=AT
        ),
        (
            n.ExpectAmount(1, "net price", money("3"), span=AT),
            n.ExpectRule(None, "discount", "d", None, span=AT),
            n.ExpectAmount(None, "discount", percent("5"), span=AT),
            n.ExpectOutcome("approval", "r", span=AT),
        ),
        span=AT,
    )


def test_every_production_is_built() -> None:
    """A production without its builder would leave out what was written, without a word."""
    lost = {one.name for one in load_tables().productions if one.name not in BUILDERS and not one.passes}
    assert lost <= {""}


def test_what_is_tried_first_to_be_quick_changes_no_lexeme() -> None:
    """Against the list of lexemes alone, in their order; on texts as they are, and with letters exchanged at random."""
    by_the_list = re.compile("|".join(f"(?:{pattern})" for _, pattern in tokens._LEXEMES), re.ASCII | re.DOTALL)
    chance = Random(11)
    pieces = [*"abdirs_.,(){}-0129% \t\n\"#/:'€é", "last month", "per order", "Jan 3", "every 3rd", "EUR 1,5", "not on"]
    for text in [*ALL.values(), *(path.read_text(encoding="utf-8") for path in RULES)]:
        assert split(text) == by_the_list.findall(text)
        for _ in range(5):
            letters = list(text[:3_000])
            for _ in range(60):
                letters[chance.randrange(len(letters))] = chance.choice(pieces)
            edited = "".join(letters)
            assert split(edited) == by_the_list.findall(edited)
