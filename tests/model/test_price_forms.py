"""What the checker says of how prices are made: the fault, what is underlined, and the text mended."""

from __future__ import annotations

import pytest

from tests.model.bad_texts import Bad
from tests.model.checking import agreement, discount, found, price

PRICES = 'table prices from "p.csv" { account, item, unit key price money }'
TWO = 'table two_prices from "t.csv" { item key price money other money }'

BAD = (
    Bad(
        "R0390",
        agreement("price a { rate price 90% of price b } price b { rate price (greater of (price a, cost)) }"),
        "price b",
        agreement("price a { rate price 90% of price b } price b { rate price (greater of (list price, cost)) }"),
    ),
    Bad(
        "R0390",
        agreement("measure m = price a price a { rate price (m) }"),
        "m",
        agreement("measure m = price b price a { rate price (m) } price b { rate price 90% of cost }"),
    ),
    Bad(
        "R0390",
        price("rate price 90% of list price not below price p"),
        "price p",
        price("rate price 90% of list price not below cost"),
    ),
    Bad(
        "R0391",
        discount("when net price > price q rate 5%", "price p { rate price 90% of list price }"),
        "q",
        discount("when net price > price p rate 5%", "price p { rate price 90% of list price }"),
    ),
    Bad(
        "R0392", price("rate price 90% of cost ending 0.49, 0.49"), "0.49", price("rate price 90% of cost ending 0.49")
    ),
    Bad(
        "R0392",
        price("rate price 90% of cost price points 9.99, 4.99"),
        "4.99",
        price("rate price 90% of cost price points 4.99, 9.99"),
    ),
    Bad(
        "R0393",
        price("rate price 90% of cost ending 0.49, 1.49, every 1"),
        "1.49",
        price("rate price 90% of cost ending 0.49, 1.49, every 2"),
    ),
    Bad(
        "R0393",
        price("rate price 90% of cost ending 0.49, every 0"),
        "0",
        price("rate price 90% of cost ending 0.49, every 1"),
    ),
    Bad(
        "R0393", price("rate price 90% of cost price points 0, 1"), "0", price("rate price 90% of cost price points 1")
    ),
    Bad(
        "R0394",
        price("rate price 90% of list price not below 95% of list price not above list price * 90%"),
        "not above list price * 90%",
        price("rate price 90% of list price not below 85% of list price not above list price * 90%"),
    ),
    Bad(
        "R0394",
        price("rate price 120% of cost not below cost / (1 - 20%) not above 124% of cost"),
        "not above 124% of cost",
        price("rate price 120% of cost not below cost / (1 - 20%) not above 125% of cost"),
    ),
    Bad(
        "R0395",
        price("rate price (table two_prices)", TWO),
        "table two_prices",
        price("rate price (table prices)", PRICES),
    ),
    Bad(
        "R0396",
        price("rate price (table prices at 3 moons before order date)", PRICES),
        "moons",
        price("rate price (table prices at 3 months before order date)", PRICES),
    ),
    Bad(
        "R0397",
        price("rate price (table prices at 20_000 days before order date)", PRICES),
        "20_000 days before order date",
        price("rate price (table prices at 200 days before order date)", PRICES),
    ),
    Bad(
        "R0398",
        price("rate price 95% of cost ending 0.99, including tax", "attribute item.vat percent"),
        "ending 0.99, including tax",
        price("rate price 95% of cost ending 0.99, including tax", "attribute item.vat percent tax rate item.vat"),
    ),
    Bad(
        "R0398",
        discount("when net value including tax per order > EUR 5 rate 5%"),
        "net value including tax per order",
        discount(
            "when net value including tax per order > EUR 5 rate 5%",
            "attribute item.vat percent tax rate item.vat",
        ),
    ),
    Bad(
        "R0399",
        agreement("attribute item.vat text tax rate item.vat"),
        "tax rate item.vat",
        agreement("attribute item.vat percent tax rate item.vat"),
    ),
    Bad(
        "R0427",
        agreement(f"{PRICES} exchange rates from table prices"),
        "exchange rates from table prices",
        agreement(
            'table rates_of_day from "r.csv" { from, to key rate number } exchange rates from table rates_of_day'
        ),
    ),
    Bad(
        "R0212",
        discount("rate USD 5 per order"),
        "USD 5",
        discount(
            "rate USD 5 per order",
            'table rates_of_day from "r.csv" { from, to key rate number } exchange rates from table rates_of_day',
        ),
    ),
    Bad(
        "R0212",
        discount(
            "tiers incremental on net value per order { from USD 5 5% }",
            'table rates_of_day from "r.csv" { from, to key rate number } exchange rates from table rates_of_day',
        ),
        "USD 5",
        discount(
            "tiers incremental on net value per order { from EUR 5 5% }",
            'table rates_of_day from "r.csv" { from, to key rate number } exchange rates from table rates_of_day',
        ),
    ),
    Bad(
        "R0303",
        discount('rate 5% reference "MC-1"'),
        'reference "MC-1"',
        price('rate price 95% of list price reference "MC-1"'),
    ),
    Bad(
        "R0204",
        price("rate price (table prizes)", PRICES),
        "prizes",
        price("rate price (table prices)", PRICES),
    ),
    Bad(
        "R0303",
        discount("rate 5% ending 0.99"),
        "ending 0.99",
        price("rate price 95% of list price ending 0.99"),
    ),
    Bad(
        "R0303",
        discount("rate 5% not above cost"),
        "not above cost",
        price("rate price 95% of list price not above cost"),
    ),
    Bad(
        "R0214",
        price("rate price 95% of list price not above 5%"),
        "not above 5%",
        price("rate price 95% of list price not above 5% of cost"),
    ),
    Bad(
        "R0301",
        price("rate price 95% of list price ending 0.99 price points 1, 2"),
        "price points 1, 2",
        price("rate price 95% of list price price points 1, 2"),
    ),
)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.code} {bad.underlined}")
def test_the_fault_is_told_at_its_place_and_the_mended_text_is_silent(bad: Bad) -> None:
    assert found(bad.wrong) == [(bad.code, bad.underlined)]
    assert found(bad.right) == []
