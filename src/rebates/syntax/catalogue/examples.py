"""R06xx: examples."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

ENTRIES = (
    Entry(
        "R0601",
        "example-without-account",
        "error",
        "an example that does not say whose order it is",
        "the agreement holds for several accounts, and they may pay differently",
        "name the account",
        'agreement b "B" {\n  accounts group "BUYERS", together\n  valid 2026-01-01 to 2026-12-31\n  currency EUR\n  example "e" {\n    order on 2026-03-10 { 1 piece of "COLA" }\n    expect pass\n  }\n}\n',
        'agreement b "B" {\n  accounts group "BUYERS", together\n  valid 2026-01-01 to 2026-12-31\n  currency EUR\n  example "e" {\n    order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n    expect pass\n  }\n}\n',
    ),
    Entry(
        "R0602",
        "no-such-line",
        "error",
        "an expectation of a line that the order does not have",
        "it could never be met",
        "name a line of the order; the first is line 1",
        'example "e" {\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n  expect line 2 net price EUR 1.49\n}',
        'example "e" {\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n  expect line 1 net price EUR 1.49\n}',
    ),
    Entry(
        "R0603",
        "attribute-out-of-place",
        "error",
        "an example gives an attribute where it cannot be given",
        "attributes of items stand in the table `items`, and a line has only its own",
        "give an attribute of the order, the line or the account",
        'attribute item.grade number\nexample "e" {\n  given item.grade 3\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n  expect pass\n}',
        'attribute line.grade number\nexample "e" {\n  given line.grade 3\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n  expect pass\n}',
    ),
    Entry(
        "R0604",
        "price-of-an-order",
        "error",
        "an example expects a price of the whole order",
        "an order has values; prices are of lines",
        "name the line, or expect a value",
        'example "e" {\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n  expect order net price EUR 1.49\n}',
        'example "e" {\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n  expect order net value EUR 1.49\n}',
    ),
    Entry(
        "R0605",
        "given-date",
        "error",
        "an example gives what the dates of its order say",
        "two answers could differ",
        "write the day and time in `order on … at …`",
        'discount d { stage s  rate 5% }\nexample "e" {\n  given order.weekday "sunday"\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n}',
        'discount d { stage s  rate 5% }\nexample "e" {\n  order for "ACME" on 2026-03-15 at 14:30 { 1 piece of "COLA" }\n}',
    ),
    Entry(
        "R0606",
        "no-order-number",
        "error",
        "an example gives a number of its order that is none",
        "orders are counted from the first",
        "write a whole number from 1",
        'discount d { stage s  rate 5% }\nexample "e" {\n  given order.number 0\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n}',
        'discount d { stage s  rate 5% }\nexample "e" {\n  given order.number 1\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n}',
    ),
)
