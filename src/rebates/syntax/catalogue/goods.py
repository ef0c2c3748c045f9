"""R036x and R054x: free goods, bundles, goods bought together."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

RULES = (
    Entry(
        "R0360",
        "nothing-given",
        "error",
        "free goods that do not say what is given",
        "without `every … give …` or `buy … get …` there is nothing to count",
        "say by what the goods are counted, and what is given",
        'free goods f "Gift" { stage s }',
        'free goods f "Gift" { stage s  every 10 piece of "COLA" give 1 piece, exclusive }',
    ),
    Entry(
        "R0361",
        "words-that-do-not-fit-goods",
        "error",
        "words about goods that do not go together",
        "`every … give …` adds goods or takes them out of what is ordered, `buy … get …` takes them out of what is ordered; each has words of its own",
        "leave the word out, or write the other form",
        'free goods f "Gift" { stage s  buy 2 piece of "COLA" get 1 piece, pro rata }',
        'free goods f "Gift" { stage s  buy 2 piece of "COLA" get 1 piece, partial sets }',
    ),
    Entry(
        "R0362",
        "broken-bundle",
        "error",
        "a bundle without parts, with too many, or with a part of nothing",
        "no set could be made, or not in reasonable time",
        "write one to eight parts, each with a quantity above zero",
        'discount d { stage s  bundle { 0 piece of "COLA" }  rate 5% }',
        'discount d { stage s  bundle { 2 piece of "COLA" }  rate 5% }',
    ),
    Entry(
        "R0363",
        "which-goods",
        "error",
        "goods of which it is not said which units they are",
        "contracts go wrong here, so nothing is assumed: goods out of the order or on top of it, the cheapest units or the dearest",
        "add `, inclusive` or `, exclusive`; of a set `, cheapest` or `, dearest`",
        'free goods f "Gift" { stage s  every 10 piece of "COLA" give 1 piece }',
        'free goods f "Gift" { stage s  every 10 piece of "COLA" give 1 piece, inclusive }',
    ),
    Entry(
        "R0364",
        "choice-not-told-by-items",
        "error",
        "a choice of goods that the items alone do not tell",
        "before there is an order it must be known what may be chosen",
        "let the set test attributes of the item, and give the items in the table `items`",
        'items red where line.colour is "red"\nattribute line.colour text\nfree goods f "Gift" { stage s  every 9 piece of "COLA" give 1 piece of red, by choice }',
        'items drinks where item.family under "DRINK"\nfree goods f "Gift" { stage s  every 9 piece of "COLA" give 1 piece of drinks, by choice }',
    ),
    Entry(
        "R0365",
        "not-for-goods",
        "error",
        "a clause that goods have no use for, or bundles counted where there are none",
        "goods are what is paid on and are limited in units; a bundle is counted only in its own rule",
        "leave it out, or add the bundle",
        "discount d { stage s  rate EUR 2 per bundle }",
        'discount d { stage s  bundle { 2 piece of "COLA" }  rate EUR 2 per bundle }',
    ),
)

ORDERS = (
    Entry(
        "R0540",
        "too-many-ways",
        "error",
        "an order whose goods could fill a bundle in too many ways",
        "more than 5,000 ways would have to be looked at to be sure of the best",
        "order less at a time, or let the rule name fewer kinds in `one of`",
        'bundle { 2 piece one of ("A", "B", "C", "D", "E") }, and an order of 1,000 of each',
        "the same order in several",
    ),
    Entry(
        "R0541",
        "parts-of-two-units",
        "error",
        "an item that fits two parts of a bundle which count it in different units",
        "its units could not be given to one or the other",
        "let parts that can share goods count one unit",
        'bundle { 1 carton of snacks  2 piece of "CHIPS" }',
        'bundle { 24 piece of snacks  2 piece of "CHIPS" }',
    ),
    Entry(
        "R0543",
        "not-to-be-chosen",
        "error",
        "a chosen item that the rule does not give",
        "nothing else is given in its place",
        "choose one of the goods that the message names",
        '"choices": {"gift": "CAR"}',
        '"choices": {"gift": "MUG"}',
    ),
)
