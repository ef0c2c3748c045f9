"""Terms come back with the quote, and a broken one keeps the order from being placed; nothing else changes."""

from __future__ import annotations

import rebates
from rebates import Line, Order, Quote

TEXT = """
agreement dealer "Dealer" {
  accounts DEALER
  valid    2026-01-01 to 2026-12-31
  currency EUR
  terms {
    sales units    12 piece
    minimum order  EUR 100
    lead time      2 days
    payment        45 days, 2% within 10 days
    term incoterm  DAP
  }
}
agreement everybody "Everybody" {
  accounts all, each
  valid    2026-01-01 to 2026-12-31
  currency EUR
  terms {
    payment  30 days
    contact  "Sales desk"
  }
}
"""
BOOK = rebates.load({"dealer.rebates": TEXT})


def quote(quantity: str, **more: object) -> Quote:
    return BOOK.quote(Order("DEALER", "2026-03-10", [Line("I", quantity, price="EUR 9")], **more))  # type: ignore[arg-type]


def test_the_most_specific_agreement_that_states_a_term_speaks() -> None:
    found = quote("12 piece")
    assert [(term.text, term.agreement) for term in found.terms] == [
        ("sales units 12 piece", "dealer"),
        ("minimum order EUR 100", "dealer"),
        ("lead time 2 days", "dealer"),
        ("payment 45 days, 2% within 10 days", "dealer"),
        ("term incoterm DAP", "dealer"),
        ('contact "Sales desk"', "everybody"),
    ]
    assert found.terms[3].values == (("quantity", "45 day"), ("number", "0.02"), ("quantity", "10 day"))
    assert found.terms[4].values == (("text", "DAP"),)


def test_a_break_names_the_next_allowed_quantity_and_changes_no_number() -> None:
    found = quote("11 piece")
    assert found.status == "not placeable"
    assert str(found.total) == "EUR 99.00"
    assert [str(one) for one in found.breaks] == [
        "line 1: 11 piece breaks `sales units 12 piece`: the next allowed quantity is 12 piece [R0560]",
        "line 1: less than `minimum order EUR 100`: order for EUR 100.00 or more [R0561]",
    ]
    assert quote("12 piece").status == "priced"


def test_the_next_allowed_date() -> None:
    found = quote("12 piece", days={"delivery": "2026-03-11"})
    assert [(one.code, one.allowed) for one in found.breaks] == [("R0562", "2026-03-12")]
    assert str(found.earliest_delivery) == "2026-03-12"


def test_in_json_and_in_the_explanation() -> None:
    found = quote("11 piece")
    body = found.to_dict()
    assert body["status"] == "not placeable"
    assert body["earliest_delivery"] == "2026-03-12"
    assert body["breaks"][0] == {  # type: ignore[index]
        "code": "R0560",
        "term": "sales units",
        "line": 1,
        "message": "11 piece breaks `sales units 12 piece`: the next allowed quantity is 12 piece",
        "allowed": "12 piece",
        "place": "dealer.rebates:7",
    }
    assert BOOK.replay(found.to_json()).to_json() == found.to_json()
    assert "  payment 45 days, 2% within 10 days  [dealer.rebates:10]" in str(found.explain())
    assert "this order cannot be placed so" in str(found.explain("customer"))
