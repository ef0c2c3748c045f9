"""Codes from tables and uses (calculation 50, 51), on numbers worked by hand; both evaluators are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import Outcome
from rebates.reference import price
from rebates.syntax.diagnostics import Report
from tests.differential.comparing import differences
from tests.generated.world import World
from tests.reference.test_combination import nets, why

F = Fraction
BATCH = 'table spring from "spring.csv" { code key  account text  valid_from, valid_to dates }\n'
LINE = LineIn("COLA", F(100), "piece", F(1))


class Tables(World):
    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        if name == "spring":
            return [
                {"code": "S-1", "account": "", "valid_from": "2026-03-01", "valid_to": "2026-03-31"},
                {"code": "S-2", "account": "ACME", "valid_from": "", "valid_to": ""},
                {"code": "S-3", "account": "SOLO", "valid_from": "", "valid_to": ""},
            ]
        return super().rows(name)


def outcome(
    body: str,
    *codes: str,
    day: date = date(2026, 3, 10),
    account: str = "ACME",
    lines: tuple[LineIn, ...] = (LINE,),
    totals: Mapping[str, Fraction] | None = None,
) -> Outcome:
    text = f'agreement t "T" {{\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{body}\n}}\n'
    report = Report()
    rules = load_rules({"t.rebates": text}, Tables(), report)
    assert rules is not None, [d.message for d in report.diagnostics]
    order = OrderIn(account, day, lines, codes=frozenset(codes), totals=totals or {})
    found, compiled = price(rules, order), compile_rules(rules)
    assert differences(compiled.outcome(order), found) == []
    assert [F(net, 100) for net in compiled.price(order).net_values] == nets(found)
    return found


def test_a_code_of_a_batch() -> None:
    body = BATCH + "discount d { code from table spring  rate 10% }"
    assert nets(outcome(body, "S-1")) == [90]
    assert nets(outcome(body, "S-2")) == [90]
    assert why(outcome(body), "d") == ("code", None)
    assert why(outcome(body, "S-9"), "d") == ("code", None)


def test_a_code_has_days_and_an_account_of_its_own() -> None:
    body = BATCH + "discount d { code from table spring  rate 10% }"
    assert nets(outcome(body, "S-1", day=date(2026, 3, 31))) == [90]
    assert why(outcome(body, "S-1", day=date(2026, 4, 1)), "d") == ("code expired", "S-1")
    assert why(outcome(body, "S-3"), "d") == ("another's code", "S-3")
    assert nets(outcome(body, "S-3", account="SOLO")) == [90]


def test_of_several_codes_the_one_that_comes_nearest_gives_the_reason() -> None:
    body = BATCH + "discount d { code from table spring  rate 10% }"
    assert why(outcome(body, "S-3", "S-1", "X", day=date(2026, 4, 1)), "d") == ("code expired", "S-1")
    assert nets(outcome(body, "S-3", "S-2", "X")) == [90]


def test_uses_are_counted_by_order_and_run_out() -> None:
    body = 'discount d { code "SPRING"  uses 1 per account, 2 in all  rate 10% }'
    mine, everyone = "uses of t.d per account ever [ACME, ever]", "uses of t.d in all ever [all, ever]"
    first = outcome(body, "SPRING", lines=(LINE, LINE))
    assert nets(first) == [90, 90]
    assert first.totals == {mine: 1, everyone: 1}  # an order is one use, however many its lines
    again = outcome(body, "SPRING", totals=first.totals)
    assert why(again, "d") == ("no uses left", None)
    assert again.totals == first.totals
    other = outcome(body, "SPRING", account="SOLO", totals=first.totals)
    assert nets(other) == [90]
    assert other.totals[everyone] == 2
    assert why(outcome(body, "SPRING", account="ACME-NORTH", totals=other.totals), "d") == ("no uses left", None)


def test_an_order_that_takes_nothing_uses_nothing() -> None:
    body = 'discount d { code "SPRING"  uses 1 per account  when line.unit is "carton"  rate 10% }'
    assert outcome(body, "SPRING").totals == {"uses of t.d per account ever [ACME, ever]": 0}
    assert outcome(body).totals == {"uses of t.d per account ever [ACME, ever]": 0}


def test_uses_per_code_let_each_code_of_a_batch_be_used() -> None:
    body = BATCH + "discount d { code from table spring  uses 1 per code  rate 10% }"
    first = outcome(body, "S-1", "S-2")
    assert first.totals == {"uses of t.d per code ever [S-1, ever]": 1}  # the first in the alphabet is used up
    second = outcome(body, "S-1", "S-2", totals=first.totals)
    assert nets(second) == [90]
    assert second.totals == {"uses of t.d per code ever [S-2, ever]": 1}
    gone = {"uses of t.d per code ever [S-1, ever]": F(1)}
    assert why(outcome(body, "S-1", totals=gone), "d") == ("no uses left", "S-1")


def test_uses_in_a_window_and_without_a_code() -> None:
    body = "discount d { uses 1 per account per month  rate 10% }"
    first = outcome(body)
    assert first.totals == {"uses of t.d per account per month [ACME, 2026-03]": 1}
    assert nets(outcome(body, totals=first.totals)) == [100]
    assert nets(outcome(body, totals=first.totals, day=date(2026, 4, 1))) == [90]


def test_a_price_may_be_used_once_too() -> None:
    body = "price p { uses 1 per account  rate price EUR 0.50 per piece }"
    line = LineIn("COLA", F(100), "piece")
    first = outcome(body, lines=(line,))
    assert nets(first) == [50]
    assert nets(outcome(body, lines=(line,), totals=first.totals)) == [149]


def test_a_return_was_bought_with_the_code_and_counts_no_use() -> None:
    body = 'discount d { code "SPRING"  uses 1 per account  rate 10% }'
    used = {"uses of t.d per account ever [ACME, ever]": F(1)}
    back = outcome(body, "SPRING", lines=(LineIn("COLA", F(-100), "piece", F(1)),), totals=used)
    assert nets(back) == [-90]
    assert back.totals == used


def test_a_code_may_be_exclusive_among_all() -> None:
    body = "waterfall { stage a best  stage b best }\n" + BATCH
    body += "discount volume { stage a  rate 8% }\n"
    body += "discount coupon { stage b  code from table spring  uses 1 per code  exclusive among all  rate 5% }"
    assert nets(outcome(body, "S-1")) == [95]
    assert nets(outcome(body)) == [92]
    gone = {"uses of t.coupon per code ever [S-1, ever]": F(1)}
    assert nets(outcome(body, "S-1", totals=gone)) == [92]  # used up, so it keeps nobody out
