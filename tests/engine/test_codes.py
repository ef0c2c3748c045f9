"""Codes in vain are told with number, place and reason, and the order is priced without them (50, 51)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

import rebates
from rebates import Line, Order
from tests.generated.world import World

TEXT = """
table spring from "spring.csv" { code key  account text  valid_from, valid_to dates }
agreement a "A" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  waterfall { stage s sum }
  discount coupon { stage s  code from table spring  uses 1 per code, 5 in all  rate 10% }
  discount plain { stage s  code "FAIR"  rate 5% }
}
"""


class Tables(World):
    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        if name == "spring":
            return [
                {"code": "S-1", "account": "", "valid_from": "2026-03-01", "valid_to": "2026-03-31"},
                {"code": "S-3", "account": "SOLO", "valid_from": "", "valid_to": ""},
            ]
        return super().rows(name)


def quote(codes: list[str], day: str = "2026-03-10", totals: Mapping[str, str] | None = None) -> rebates.Quote:
    book = rebates.load({"a.rebates": TEXT}, tables=Tables())
    order = Order("ACME", day, [Line("COLA", "100 piece", price="EUR 1")], codes=codes, totals=totals or {})
    return book.quote(order)


@pytest.mark.parametrize(
    ("codes", "day", "totals", "warnings"),
    [
        (["FAIR", "S-1"], "2026-03-10", {}, ()),
        (
            ["FIAR"],
            "2026-03-10",
            {},
            ("codes['FIAR']: no rule in force asks for the code `FIAR` [R0550] (check its letters)",),
        ),
        (
            ["S-1"],
            "2026-04-01",
            {},
            (
                "codes['S-1']: the code `S-1` is not valid on this day [R0551] (it is valid from 2026-03-01 to 2026-03-31)",
            ),
        ),
        (["S-3"], "2026-03-10", {}, ("codes['S-3']: the code `S-3` is another account's [R0552] (leave it out)",)),
        (
            ["S-1"],
            "2026-03-10",
            {"uses of a.coupon per code ever [S-1, ever]": "1"},
            ("codes['S-1']: the code `S-1` is used up: `uses 1 per code` of `coupon` [R0553] (leave it out)",),
        ),
        (
            ["S-1"],
            "2026-03-10",
            {"uses of a.coupon in all ever [all, ever]": "5"},
            ("codes['S-1']: the code `S-1` is used up: `uses 5 in all` of `coupon` [R0553] (leave it out)",),
        ),
    ],
)
def test_a_code_in_vain(codes: list[str], day: str, totals: dict[str, str], warnings: tuple[str, ...]) -> None:
    found = quote(codes, day, totals)
    assert found.warnings == warnings
    assert found.to_dict()["warnings"] == list(warnings)


def test_a_code_of_a_rule_that_is_over_is_told_with_its_days() -> None:
    text = """agreement a "A" {
  accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR
  discount fair "Fair" { code "FAIR"  valid 2026-03-01 to 2026-03-07  rate 5% }
}
"""
    book = rebates.load({"a.rebates": text})
    for day, told in (("2026-03-07", []), ("2026-03-08", ["it is valid from 2026-03-01 to 2026-03-07"])):
        found = book.quote(Order("ACME", day, [Line("COLA", "1 piece", price="EUR 1")], codes=["FAIR"]))
        assert [warning.partition("[R0551] (")[2].rstrip(")") for warning in found.warnings] == told


def test_each_of_several_is_told() -> None:
    found = quote(["X", "S-3", "S-1"], "2026-04-01")
    assert [warning.partition("[")[2].partition("]")[0] for warning in found.warnings] == ["'S-1'", "'S-3'", "'X'"]
    assert [warning.split("[")[2][:5] for warning in found.warnings] == ["R0551", "R0552", "R0550"]


def test_no_code_is_proposed_for_another() -> None:
    [warning] = quote(["FAIRX"]).warnings
    assert "`FAIR`" not in warning


def test_counts_go_out_and_come_in() -> None:
    first = quote(["S-1"])
    assert str(first.total) == "EUR 90.00"
    assert dict(first.totals) == {
        "uses of a.coupon in all ever [all, ever]": "1",
        "uses of a.coupon per code ever [S-1, ever]": "1",
    }
    assert str(quote(["S-1"], totals=first.totals).total) == "EUR 100.00"


def test_the_reason_stands_in_the_explanation() -> None:
    said = str(quote(["S-3"]).explain())
    assert "not coupon: the code `S-3` is another account's" in said
    assert "not plain: the order does not carry the code `FAIR`" in said
    assert "not coupon: the order carries no code of table `spring`" in str(quote(["FAIR"]).explain())
    assert "not coupon: the code `S-1` is not valid on this day" in str(quote(["S-1"], "2026-04-01").explain())
    spent = quote(["S-1"], totals={"uses of a.coupon in all ever [all, ever]": "5"})
    assert "not coupon: its uses have run out" in str(spent.explain())
