"""Facts that come with an order, and classes as a quote tells them."""

from __future__ import annotations

import json

import pytest

import rebates
from rebates import Line, Order
from rebates.engine.orders import OrderErrors
from tests.generated.world import World

TEXT = """\
agreement t "T" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  fact audit text latest
  fact racks number summed expected 3
  fact promised money latest
  class key "Key account" for accounts {
    when net value per account over last 12 months >= 15% of net value in all over last 12 months
      and fact audit is "passed"
  }
  discount d { when class key  rate 10% }
  discount r { when fact racks >= 2  rate 1% }
}
"""
OWN, ALL = "net value per account [ACME, 2025-03-11/2026-03-10]", "net value in all [all, 2025-03-11/2026-03-10]"
LINES = [Line("COLA", "10 piece", price="EUR 10")]
BOOK = rebates.load({"t.rebates": TEXT}, tables=World())


def test_a_quote_tells_why_an_account_is_a_member() -> None:
    order = Order("ACME", "2026-03-10", LINES, totals={OWN: "1600", ALL: "10000"}, facts={"audit": "passed"})
    quote = BOOK.quote(order)
    assert str(quote.net_value) == "EUR 90.00"
    [told] = quote.classes
    assert (told.name, told.title, told.of, told.member) == ("key", "Key account", "ACME", True)
    assert (told.tests[0].left, told.tests[0].right) == ("EUR 1_600", "EUR 1_500")  # 15% of 10,000
    assert "class key: ACME is a member; net value per account over last 12 months >= 15% of" in str(quote.explain())
    assert "class key" not in str(quote.explain("customer"))
    assert quote.totals == {OWN: "1690", ALL: "10090"}


def test_a_quote_names_what_is_not_known() -> None:
    quote = BOOK.quote(Order("ACME", "2026-03-10", LINES, totals={OWN: "1600", ALL: "10000"}))
    assert str(quote.net_value) == "EUR 100.00"
    assert (quote.classes[0].member, quote.classes[0].unknown) == (None, "fact audit")
    assert "`fact audit` is not known, so `d` does not apply" in quote.warnings
    assert "`fact racks` is not known, so `r` does not apply; expected is 3" in quote.warnings
    quote = BOOK.quote(Order("ACME", "2026-03-10", LINES, facts={"audit": "passed"}))
    assert f"`{OWN}` is not known, so `d` does not apply" in quote.warnings
    assert set(quote.totals) == {OWN, ALL}  # the keys to bring


def test_facts_come_and_go_as_json() -> None:
    facts = {"audit": "passed", "racks": "2", "promised": "EUR 500", "racks last year": "4"}
    order = Order("ACME", "2026-03-10", LINES, facts=facts, totals={OWN: "1600", ALL: "10000"})
    assert Order.from_json(order.to_json()).facts == facts
    body = BOOK.quote(order).to_json()
    assert BOOK.replay(body).to_json() == body
    assert json.loads(body)["classes"][0]["member"] is True


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("racks", "many", "many"),
        ("racks last year", "many", "many"),
        ("promised", "USD 5", "USD"),
        ("promised", "5", "5"),
    ],
)
def test_a_fact_of_the_wrong_type_is_refused_at_its_field(fact: str, value: str, words: str) -> None:
    with pytest.raises(OrderErrors) as errors:
        BOOK.quote(Order("ACME", "2026-03-10", LINES, facts={fact: value}))
    [problem] = errors.value.problems
    assert (problem.code, problem.where) == ("R0570", f"facts.{fact}")
    assert words in problem.message


def test_a_fact_that_nothing_declares_is_told() -> None:
    quote = BOOK.quote(Order("ACME", "2026-03-10", LINES, facts={"rack": "2"}))
    assert "no agreement declares the fact `rack`; did you mean `racks`?" in quote.warnings
