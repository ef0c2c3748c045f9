"""R037x and R055x: rules that keep others out, codes, shared limits."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

_ADDED = "waterfall { stage a sum }\ndiscount a { stage a  rate 5% }\ndiscount b { stage a  rate 3% }\n"
_TWO = "waterfall { stage a best  stage b best }\n"

ENTRIES = (
    Entry(
        "R0370",
        "circle-of-rules",
        "error",
        "rules that wait for each other in a circle",
        "each would be decided before the other",
        "take one of the references out: one of the rules comes first",
        "discount a { stage s  not with discount b  rate 5% }\ndiscount b { stage s  not with discount a  rate 5% }",
        "discount a { stage s  not with discount b  rate 5% }\ndiscount b { stage s  rate 5% }",
    ),
    Entry(
        "R0371",
        "stages-to-be-among",
        "error",
        "`among stages` with stages that do not fit",
        "rules stand alone, or compete, among two stages or more of discounts on goods, their own one of them",
        "name those stages, each once",
        _TWO + "discount d { stage b  exclusive among stages a, charges  rate 5% }",
        _TWO + "discount d { stage b  exclusive among stages a, b  rate 5% }",
    ),
    Entry(
        "R0372",
        "undone-condition",
        "error",
        "a condition on a stage that the exclusive rule may undo",
        "an exclusive of several stages is settled before the first of them begins",
        "test the amounts before those stages, or leave the stage out of `among stages`",
        _TWO + "discount d { stage b  exclusive among stages a, b  not on discounted lines  rate 5% }",
        _TWO + "discount d { stage b  exclusive among stages a, b  rate 5% }",
    ),
    Entry(
        "R0373",
        "no-way-to-give",
        "error",
        "a rule named by `not with` or `in lieu of` that is not decided by then",
        "a rule gives way to rules of its stage, or of an earlier one, that take something",
        "put `not with` into the later rule, or both rules into one stage",
        _TWO + "discount x { stage a  not with discount y  rate 5% }\ndiscount y { stage b  rate 5% }",
        _TWO + "discount x { stage a  rate 5% }\ndiscount y { stage b  not with discount x  rate 5% }",
    ),
    Entry(
        "R0374",
        "stage-in-two-choices",
        "error",
        "a stage that is in two `best among stages`",
        "the one choice could contradict the other",
        "name all its alternatives in one `best among stages`",
        "waterfall { stage a best  stage b best  stage c best  best among stages a, b  best among stages b, c }",
        "waterfall { stage a best  stage b best  stage c best  best among stages a, b, c }",
    ),
    Entry(
        "R0375",
        "no-table-of-codes",
        "error",
        "codes from a table that is none of codes",
        "a code is found by itself; whose it is stands beside it",
        "declare the code as the only key, and whose it is as a column `account text`",
        'table group_prices from "group_prices.csv" { group, item key  price money }\ndiscount d { stage s  code from table group_prices  rate 5% }',
        'table offered from "offered.csv" { item key }\ndiscount d { stage s  code from table offered  rate 5% }',
    ),
    Entry(
        "R0376",
        "uses-of-nobody",
        "error",
        "uses that count nothing",
        "uses are counted over orders: of a code, of an account, or of all",
        "write `uses 1 per account, 500 in all`",
        'code "A"\nuses 1 per order\nrate 5%',
        'code "A"\nuses 1 per account\nrate 5%',
    ),
    Entry(
        "R0377",
        "rules-of-a-shared-cap",
        "error",
        "a price, or one rule twice, in `cap … across`",
        "a cap bounds amounts that rules take, and a price is none; a rule counts once",
        "name discounts or charges, each once",
        _ADDED + "cap EUR 9 per order across discount a, discount a",
        _ADDED + "cap EUR 9 per order across discount a, discount b",
    ),
    Entry(
        "R0378",
        "stage-of-a-shared-cap",
        "error",
        "rules of `cap … across` that are not added up in one stage",
        "what is left is divided over amounts that are known together, as a stage that combines by `sum` adds them up",
        "put the rules into one stage that combines by `sum`",
        "waterfall { stage a sum  stage b sum }\ndiscount x { stage a  rate 5% }\ndiscount y { stage b  rate 5% }\n"
        "cap EUR 9 per order across discount x, discount y",
        "waterfall { stage a sum }\ndiscount x { stage a  rate 5% }\ndiscount y { stage a  rate 5% }\n"
        "cap EUR 9 per order across discount x, discount y",
    ),
    Entry(
        "R0379",
        "cap-on-no-amount",
        "error",
        "a rate where only an amount can be capped",
        "rules of several kinds have no rate in common, and a rate is paid in part or not at all line by line",
        "write an amount of money, such as `2% of sales`",
        "cap 5%, all or nothing\nrate 9%",
        "cap EUR 5 per order, all or nothing\nrate 9%",
    ),
)

WARNINGS = (
    Entry(
        "R0550",
        "code-nobody-knows",
        "warning",
        "a code that no rule in force asks for",
        "the order is priced without it, and the customer expects something",
        "check its letters, and the agreements in force",
        '"codes": ["SPRNIG26"]',
        '"codes": ["SPRING26"]',
    ),
    Entry(
        "R0551",
        "code-of-another-day",
        "warning",
        "a code that is not valid on the day",
        "the order is priced without it",
        "tell the customer on which days it is valid",
    ),
    Entry(
        "R0552",
        "code-of-another-account",
        "warning",
        "a code that belongs to another account",
        "the order is priced without it",
        "leave it out, or order for the account it was given to",
    ),
    Entry(
        "R0553",
        "code-used-up",
        "warning",
        "a code whose uses have run out",
        "the order is priced without it",
        "leave it out; what was used before comes with the totals",
    ),
)
