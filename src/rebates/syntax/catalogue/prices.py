"""R039x, R042x and R055x: how prices are made."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

RULES = (
    Entry(
        "R0390",
        "price-circle",
        "error",
        "prices that stand on each other in a circle",
        "none of them could be worked out first",
        "let one of them stand on the list price, the cost or a table",
        "price a { rate price 90% of price b }\nprice b { rate price 95% of price a }",
        "price a { rate price 90% of price b }\nprice b { rate price 95% of list price }",
    ),
    Entry(
        "R0391",
        "unknown-price-rule",
        "error",
        "a price rule that the agreement does not have",
        "its price cannot be read",
        "write the name of a price rule of this agreement",
        "price trade { rate price 95% of list price }\nprice key { rate price 90% of price trde }",
        "price trade { rate price 95% of list price }\nprice key { rate price 90% of price trade }",
    ),
    Entry(
        "R0392",
        "endings-out-of-order",
        "error",
        "endings or price points that do not ascend, or one that stands twice",
        "it shows that one of them is a slip of the pen",
        "write each once, from the lowest to the highest",
        "price p { rate price 118% of cost  ending 0.99, 0.49 }",
        "price p { rate price 118% of cost  ending 0.49, 0.99 }",
    ),
    Entry(
        "R0393",
        "ending-out-of-step",
        "error",
        "an ending that is not within its step, or a price point of nothing",
        "no price could end so",
        "write endings below the step in which they repeat, and steps and price points above zero",
        "price p { rate price 118% of cost  ending 0.09, 0.19, every 0.10 }",
        "price p { rate price 118% of cost  ending 0.09, every 0.10 }",
    ),
    Entry(
        "R0394",
        "price-bounds-cross",
        "error",
        "a highest price below the lowest",
        "no price could keep both",
        "swap the two, or mend one",
        "price p { rate price 118% of cost  not below EUR 5 per piece  not above EUR 4 per piece }",
        "price p { rate price 118% of cost  not below EUR 4 per piece  not above EUR 5 per piece }",
    ),
    Entry(
        "R0395",
        "not-one-value",
        "error",
        "an expression reads a table that has not one column of numbers or money",
        "which of them is meant would be guessed",
        "declare the one column that is meant, and leave out the others",
        'table offered from "offered.csv" { item key }\nprice p { rate price (table offered) }',
        'table account_prices from "account_prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }\nprice p { rate price (table account_prices) }',
    ),
    Entry(
        "R0396",
        "unknown-unit-of-time",
        "error",
        "a moment that lies so many of no unit of time before an event",
        "its day cannot be found",
        "write days, weeks, months, quarters, halves or years",
        'table account_prices from "account_prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }\nprice p { rate price (table account_prices at 1 moon before quarter start) }',
        'table account_prices from "account_prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }\nprice p { rate price (table account_prices at 1 month before quarter start) }',
    ),
    Entry(
        "R0397",
        "too-long-before",
        "error",
        "a moment further back than any table reaches",
        "it is a slip of the pen",
        "write a smaller number",
        'table account_prices from "account_prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }\nprice p { rate price (table account_prices at 30_000 days before order date) }',
        'table account_prices from "account_prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }\nprice p { rate price (table account_prices at 30 days before order date) }',
    ),
)

ORDERS = (
    Entry(
        "R0556",
        "price-bounds-cross-on-a-line",
        "error",
        "a line for which the lowest price of a rule lies above its highest",
        "no price keeps both, and neither is given up in silence",
        "mend `not below` or `not above`, or the cost or list price they stand on; or give the line a price",
    ),
    Entry(
        "R0557",
        "no-row-on-the-day",
        "error",
        "a table that an amount needs has no row for the day",
        "an index or price of another day would be a guess",
        "add a row that holds on that day, or write `(table … otherwise …)`",
    ),
)
