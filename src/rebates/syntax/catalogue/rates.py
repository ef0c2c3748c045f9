"""R03xx: rate tables, rates of conditions, and tiers that stand in a table."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

_PIECES = "measure pieces = quantity in piece per order\ndiscount d { stage s  "

ENTRIES = (
    Entry(
        "R0346",
        "sliced-table",
        "error",
        "a mode that pays every tier passed, where a rate table picks one row",
        "along two measures, or past a tier that is refused, there are no slices to add up",
        "write `retroactive`, or keep one measure and `nothing` for `refused`",
        _PIECES + "rates incremental by pieces { from 1 1%  from 5 refused } }",
        _PIECES + "rates incremental by pieces { from 1 1%  from 5 nothing } }",
    ),
    Entry(
        "R0347",
        "empty-rates",
        "error",
        "`rates first` or `rates every` without a row",
        "nothing could ever be paid",
        'add a row such as `3% when order.channel is "web"`',
        "rates first { }",
        'rates first { 3% when order.channel is "web" }',
    ),
    Entry(
        "R0380",
        "wrong-axis",
        "error",
        "an axis that a rate table cannot have",
        "rows of a rate table are values of an attribute, tiers of a measure with its mode, or years of the agreement",
        "write the mode where an axis is a measure, and every axis once",
        _PIECES + "rates by pieces { from 1 1% } }",
        _PIECES + "rates retroactive by pieces { from 1 1% } }",
    ),
    Entry(
        "R0381",
        "rate-table-with-hole",
        "error",
        "a rate table that has no row for a value or a combination of heads",
        "an order with that value could not be priced",
        "add the rows; write `nothing` or `refused` where nothing is paid",
        'rates by order.channel and line.unit and agreement year {\n  year 1\n  "web" "piece" 1%\n  "shop" "carton" 2%\n}',
        'rates by order.channel and line.unit and agreement year {\n  year 1\n  "web" "piece" 1%\n  "web" "carton" nothing\n'
        '  "shop" "piece" refused\n  "shop" "carton" 2%\n}',
    ),
    Entry(
        "R0382",
        "rate-twice",
        "error",
        "a rate table that says twice what is paid",
        "which of the two is paid would be guessed",
        "keep one of them, or give rows of a table dates that do not overlap",
        'rates by order.channel { "web" 1%  "web" 2% }',
        'rates by order.channel { "web" 1%  "shop" 2% }',
    ),
    Entry(
        "R0383",
        "no-rate-in-cell",
        "error",
        "a cell of a table that is no rate",
        "a number alone could be a percent or an amount",
        "write `5%`, `EUR 20`, `EUR 0.50 per piece`, `EUR 20 plus 2%`, `nothing` or `refused`",
        'table bad_rates from "bad_rates.csv" { item key  rate reward }\ndiscount d { stage s  from table bad_rates }',
        'table good_rates from "good_rates.csv" { item key  rate reward }\ndiscount d { stage s  from table good_rates }',
    ),
    Entry(
        "R0384",
        "table-does-not-fit",
        "error",
        "a table whose columns are not those that the rule needs",
        "every key is an axis, every measure has a column of thresholds, and one column says what is paid",
        "declare the columns as `key`, `threshold` and `reward`",
        'table good_rates from "good_rates.csv" { item key  rate text }\ndiscount d { stage s  from table good_rates }',
        'table good_rates from "good_rates.csv" { item key  rate reward }\ndiscount d { stage s  from table good_rates }',
    ),
    Entry(
        "R0385",
        "thresholds-not-in-order",
        "error",
        "a threshold of a rate table that stands after a higher one",
        "tiers are read from the lowest to the highest, and a slip of the pen would change their ends",
        "order the rows and columns by their thresholds",
        _PIECES + "rates retroactive by pieces { from 5 1%  from 1 2% } }",
        _PIECES + "rates retroactive by pieces { from 1 1%  from 5 2% } }",
    ),
    Entry(
        "R0386",
        "row-of-wrong-shape",
        "error",
        "a row of a rate table that does not fit its axes",
        "the last axis stands in the first line, the others before each row, and each row has a cell for each column",
        "write one cell for each column; `nothing` where nothing is paid",
        'rates by order.channel and line.unit {\n  "piece" "carton"\n  "web" 1%\n}',
        'rates by order.channel and line.unit {\n  "piece" "carton"\n  "web" 1% nothing\n}',
    ),
    Entry(
        "R0387",
        "no-threshold-in-cell",
        "error",
        "a cell of a table that is no threshold or year",
        "what cannot be compared with the measure chooses no row",
        "write a number in the measure's unit, such as `100`, `from 100 piece` or `above 10%`",
        'table bad_steps from "bad_steps.csv" { item key  steps threshold  rate reward }\n'
        "discount d { stage s  tiers retroactive on quantity in piece per order from table bad_steps }",
        'table good_steps from "good_steps.csv" { item key  steps threshold  rate reward }\n'
        "discount d { stage s  tiers retroactive on quantity in piece per order from table good_steps }",
    ),
    Entry(
        "R0389",
        "otherwise-not-last",
        "error",
        "an `otherwise` that does not close `rates first`",
        "rows after it would never be looked at; `rates every` pays each row by its own condition",
        "write it last in `rates first`, or give the row a condition",
        'rates first { 1% otherwise  3% when order.channel is "web" }',
        'rates first { 3% when order.channel is "web"  1% otherwise }',
    ),
)
