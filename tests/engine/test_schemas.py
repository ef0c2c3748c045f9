"""The published schemas take what is emitted, and nothing else."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rebates import Book, Line, Order
from rebates.engine.document import QuoteDocument, order_schema, quote_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def test_schemas_name_their_dialect_and_fields() -> None:
    order, quote = order_schema(), quote_schema()
    assert order["$schema"] == quote["$schema"] == DIALECT
    assert order["required"] == ["account", "date", "lines"]
    assert order["additionalProperties"] is quote["additionalProperties"] is False
    fields = {"account", "date", "lines", "attributes", "codes", "totals", "days", "facts", "choices"}
    assert set(order["properties"]) == fields  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "order",
    [
        Order("KIOSK", "2026-03-10", [Line("LEMON", "60 case"), Line("COLA", "-3 can", "EUR 0.70")], codes=["HELLO"]),
        Order(
            "KIOSK", "2026-03-10", [Line("CRISPS", "100 bag", discount="3%", attributes={"a": 5})], {"event": "fair"}
        ),
        Order("BISTRO", "2026-07-10", [Line("COLA", "10 case")], totals={"x": "7/12"}, days={"delivery": "2026-07-12"}),
    ],
)
def test_every_quote_fits_its_schema(book: Book, order: Order) -> None:
    QuoteDocument.model_validate(book.quote(order).to_dict(), strict=True)


def test_a_field_too_many_or_too_few_does_not_fit(book: Book) -> None:
    body = book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "60 case")])).to_dict()
    for broken in ({**body, "more": 1}, {name: value for name, value in body.items() if name != "total"}):
        with pytest.raises(ValidationError):
            QuoteDocument.model_validate(broken)
