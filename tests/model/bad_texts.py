"""For every code of the checker: a text with the fault, what is underlined, and the text mended."""

from __future__ import annotations

from dataclasses import dataclass

from tests.model.checking import agreement, charge, discount, example, measure, price


@dataclass(frozen=True)
class Bad:
    code: str
    wrong: str | dict[str, str]
    underlined: str
    right: str | dict[str, str]


ORDER = 'order for "ACME" on 2026-03-10 { 60 carton of "COLA" } '
HEAD = "valid 2026-01-01 to 2026-12-31 currency EUR"
FREIGHT = "charge freight { rate EUR 5 per order }"
OFF = f"waterfall {{ stage s best  stage off best on charges }} {FREIGHT}"


def tiers(rows: str, mode: str = "incremental", measured: str = "quantity in carton per order") -> str:
    return discount(f"tiers {mode} on {measured} {{ {rows} }}")


def two(first: str, second: str, *, accounts: tuple[str, str] = ("ACME, each", "SOLO, each")) -> dict[str, str]:
    """Two agreements in two files."""
    return {
        "a.rebates": agreement(first, "a", accounts[0]),
        "b.rebates": agreement(second, "b", accounts[1]),
    }


SAME = ("all, each", "all, each")
THIRTEEN = "waterfall { stage s %s } " + " ".join(
    f"discount d{n} {{ stage s rate EUR 5 per order }}" for n in range(13)
)

# fmt: off
NAMES = (
    Bad(
        "R0201", discount('when account.id is "ACNE" rate 5%'), '"ACNE"', discount('when account.id is "ACME" rate 5%')
    ),
    Bad("R0201", agreement("", accounts="ACNE"), "ACNE", agreement("", accounts="ACME")),
    Bad("R0201", example('order for "ACNE" on 2026-03-10 { 1 carton of "COLA" }'), '"ACNE"', example(ORDER)),
    Bad(
        "R0202",
        discount('when item.id in ("COLA", "NUT") rate 5%'),
        '"NUT"',
        discount('when item.id in ("COLA", "NUTS") rate 5%'),
    ),
    Bad("R0202", example('order for "ACME" on 2026-03-10 { 1 carton of "COLLA" }'), '"COLLA"', example(ORDER)),
    Bad(
        "R0203",
        discount('when item.family under "DRINKS" rate 5%'),
        '"DRINKS"',
        discount('when item.family under "DRINK" rate 5%'),
    ),
    Bad(
        "R0204",
        price("from table prizes"),
        "prizes",
        price("from table prices", 'table prices from "p.csv" { account, item, unit key price money }'),
    ),
    Bad(
        "R0204",
        discount("when item.id in table offer rate 5%"),
        "offer",
        discount("when item.id in table offered rate 5%", 'table offered from "o.csv" { item key }'),
    ),
    Bad("R0205", discount("rate EUR 1 per crate"), "crate", discount("rate EUR 1 per carton")),
    Bad(
        "R0205",
        price("only per crate rate price EUR 1 per piece"),
        "crate",
        price("only per carton rate price EUR 1 per piece"),
    ),
    Bad("R0205", example('order for "ACME" on 2026-03-10 { 1 crate of "COLA" }'), "crate", example(ORDER)),
    Bad(
        "R0206",
        discount("stage vloume rate 5%", "waterfall { stage volume best }"),
        "vloume",
        discount("stage volume rate 5%", "waterfall { stage volume best }"),
    ),
    Bad(
        "R0206",
        measure("net value after stage vloume per order", "waterfall { stage volume best }"),
        "vloume",
        measure("net value after stage volume per order", "waterfall { stage volume best }"),
    ),
    Bad(
        "R0207",
        discount("when sales > EUR 5 rate 5%", "measure sale = net value per order"),
        "sales",
        discount("when sale > EUR 5 rate 5%", "measure sale = net value per order"),
    ),
    Bad(
        "R0207",
        example(f"given sales EUR 5 {ORDER}"),
        "sales",
        example(f"given sales EUR 5 {ORDER}", "measure sales = net value per order"),
    ),
    Bad(
        "R0208",
        discount('when order.chanel is "web" rate 5%', "attribute order.channel text"),
        "order.chanel",
        discount('when order.channel is "web" rate 5%', "attribute order.channel text"),
    ),
    Bad(
        "R0208",
        measure("number of distinct item.brnd per order"),
        "item.brnd",
        measure("number of distinct item.brand per order"),
    ),
    Bad("R0208", discount('when brnd is "Fizz" rate 5%'), "brnd", discount('when brand is "Fizz" rate 5%')),
    Bad(
        "R0209",
        measure("net value of fizz per order", 'items fizzy where brand is "Fizz"'),
        "fizz",
        measure("net value of fizzy per order", 'items fizzy where brand is "Fizz"'),
    ),
    Bad("R0210", agreement("measure m = 1 measure m = 2"), "measure m = 2", agreement("measure m = 1 measure n = 2")),
    Bad(
        "R0210",
        agreement("discount d { rate 5% } discount d { rate 6% }"),
        "d",
        agreement("discount d { rate 5% } charge e { rate 6% }"),
    ),
    Bad("R0210", two("", "").copy() | {"b.rebates": agreement("", "a", "SOLO, each")}, "a", two("", "")),
    Bad(
        "R0210",
        agreement("waterfall { stage s best stage s sum }"),
        "stage s sum",
        agreement("waterfall { stage s best stage t sum }"),
    ),
    Bad(
        "R0210",
        two('table offered from "a.csv" { item key }', 'table offered from "b.csv" { item key }'),
        'table offered from "b.csv" { item key }',
        two('table offered from "a.csv" { item key }', ""),
    ),
    Bad(
        "R0210",
        two("attribute order.channel text", "attribute order.channel number"),
        "attribute order.channel number",
        two("attribute order.channel text", 'attribute order.channel text default "direct"'),
    ),
    Bad(
        "R0211", charge("amount 5% of charge freigt", FREIGHT), "freigt", charge("amount 5% of charge freight", FREIGHT)
    ),
    Bad("R0212", discount("rate USD 5 per order"), "USD 5", discount("rate EUR 5 per order")),
    Bad("R0212", agreement("round order to CHF 0.05"), "CHF 0.05", agreement("round order to EUR 0.05")),
    Bad(
        "R0212",
        example(ORDER + "expect order net value USD 5"),
        "USD 5",
        example(ORDER + "expect order net value EUR 5"),
    ),
    Bad("R0213", agreement("measure x = y + 1 measure y = x + 1"), "x", agreement("measure x = y + 1 measure y = 1")),
    Bad("R0214", tiers("from EUR 5 5%"), "EUR 5", tiers("from 5 carton 5%")),
    Bad("R0214", tiers("from 5% 5%"), "5%", tiers("from 5 5%")),
    Bad("R0214", tiers("from 2 kg 5%"), "2 kg", tiers("from 2 carton 5%")),
    Bad(
        "R0214",
        discount("when m > 5 rate 5%", "measure m = net value per order"),
        "5",
        discount("when m > EUR 5 rate 5%", "measure m = net value per order"),
    ),
    Bad(
        "R0214",
        tiers("from 5 5%", measured="net value per order"),
        "5",
        tiers("from EUR 5 5%", measured="net value per order"),
    ),
    Bad(
        "R0214",
        discount("when m > 5% rate 5%", "measure m = quantity in piece per order"),
        "5%",
        discount("when m > 5 rate 5%", "measure m = quantity in piece per order"),
    ),
    Bad("R0214", discount("not below 5% rate 5%"), "not below 5%", discount("not below EUR 5 per piece rate 5%")),
    Bad("R0214", discount("rate (cost)"), "cost", discount("rate (5% + 1%)")),
    Bad(
        "R0214",
        discount('when line.size under "x" rate 5%', "attribute line.size number"),
        "line.size",
        discount('when line.size under "x" rate 5%', "attribute line.size text"),
    ),
    Bad(
        "R0214",
        discount('when order.size is "x" rate 5%', "attribute order.size number"),
        '"x"',
        discount("when order.size is 5 rate 5%", "attribute order.size number"),
    ),
    Bad(
        "R0214",
        agreement("guard net price per line >= 5% otherwise reject"),
        "5%",
        agreement("guard net price per line >= EUR 5 per piece otherwise reject"),
    ),
    Bad(
        "R0214",
        agreement("guard discount <= EUR 5 otherwise reject"),
        "EUR 5",
        agreement("guard discount <= 5% otherwise reject"),
    ),
    Bad(
        "R0214",
        example(f"given m 5% {ORDER}", "measure m = net value per order"),
        "5%",
        example(f"given m EUR 5 {ORDER}", "measure m = net value per order"),
    ),
    Bad(
        "R0215",
        measure("(quantity in carton per order rounded up to whole kg)"),
        "quantity in carton per order rounded up to whole kg",
        measure("(quantity in g per order rounded up to whole kg)"),
    ),
    Bad(
        "R0216",
        discount('when kind is "x" rate 5%', "attribute order.kind text attribute line.kind text"),
        "kind",
        discount('when line.kind is "x" rate 5%', "attribute order.kind text attribute line.kind text"),
    ),
    Bad("R0217", agreement("attribute basket.kind text"), "basket.kind", agreement("attribute order.kind text")),
    Bad(
        "R0218",
        agreement('attribute order.size number default "big"'),
        'attribute order.size number default "big"',
        agreement("attribute order.size number default 5"),
    ),
    Bad("R0219", price("rate price (90% of net price)"), "net price", price("rate price (90% of list price)")),
    Bad(
        "R0219",
        price("when m > EUR 5 rate price EUR 1 per piece", "measure m = net value per order"),
        "m",
        price("when m > EUR 5 rate price EUR 1 per piece", "measure m = list value per order"),
    ),
    Bad(
        "R0220",
        measure("net value per account per order per year"),
        "net value per account per order per year",
        measure("net value per account per year"),
    ),
    Bad(
        "R0221", measure("net value per order per year"), "net value per order per year", measure("net value per order")
    ),
    Bad(
        "R0222",
        measure("net value per group per year"),
        "net value per group per year",
        agreement("measure m = net value per group per year", accounts='group "BUYERS", together'),
    ),
    Bad("R0223", measure("net value"), "net value", measure("net value per order")),
    Bad("R0223", measure("net value per year"), "net value per year", measure("net value per account per year")),
    Bad("R0224", measure("net value per account"), "net value per account", measure("net value per account ever")),
    Bad(
        "R0224",
        discount("rate 5% cap EUR 5 per account"),
        "cap EUR 5 per account",
        discount("rate 5% cap EUR 5 per account per month"),
    ),
    Bad(
        "R0224",
        discount("rate 5% limit 3 piece per account, dearest"),
        "limit 3 piece per account, dearest",
        discount("rate 5% limit 3 piece per account per month, dearest"),
    ),
    Bad(
        "R0225",
        agreement(
            "items s where m > EUR 5 measure m = net value per account per year measure n = net value of s per order"
        ),
        "m",
        agreement("items s where m > EUR 5 measure m = net value per order measure n = net value of s per order"),
    ),
    Bad(
        "R0225",
        agreement(
            "measure m = net value per account per year measure n = m + net value of items where m > EUR 5 per order"
        ),
        "m",
        agreement("measure m = net value per account per year measure n = m + net value per order"),
    ),
    Bad(
        "R0226",
        measure("net value per order before this order"),
        "net value per order before this order",
        measure("net value per account per year before this order"),
    ),
    Bad(
        "R0226",
        measure("list value after stage s per order", "waterfall { stage s best }"),
        "list value after stage s per order",
        measure("net value after stage s per order", "waterfall { stage s best }"),
    ),
    Bad(
        "R0227",
        discount("rate 5% when number of distinct item.brand per account per year > 5"),
        "number of distinct item.brand per account per year",
        discount("rate 5% when number of distinct item.brand per order > 0"),
    ),
    Bad(
        "R0228",
        discount(
            "when item.id in table group_prices rate 5%",
            'table group_prices from "g.csv" { group, item key price money }',
        ),
        "item.id in table group_prices",
        discount("when item.id in table offered rate 5%", 'table offered from "o.csv" { item key }'),
    ),
    Bad("R0229", discount("dated by shipping rate 5%"), "shipping", discount("dated by delivery rate 5%")),
    Bad("R0231", agreement('time zone "Berlin"'), 'time zone "Berlin"', agreement('time zone "Europe/Berlin"')),
    Bad(
        "R0232",
        agreement("", accounts='group "BUYER", together'),
        '"BUYER"',
        agreement("", accounts='group "BUYERS", together'),
    ),
    Bad("R0233", agreement("adds to bb"), "bb", two("adds to b", "")),
    Bad("R0234", example(ORDER + "expect line 1 e 5%"), "e", example(ORDER + "expect line 1 d 5%")),
    Bad("R0236", example(ORDER + "expect charge d EUR 5"), "charge", example(ORDER + "expect discount d EUR 5")),
)

RULES = (
    Bad("R0301", discount("rate 5% priority 1 priority 2"), "priority 2", discount("rate 5% priority 1")),
    Bad(
        "R0302",
        discount("rate 5% valid 2026-12-31 to 2026-01-01"),
        "valid 2026-12-31 to 2026-01-01",
        discount("rate 5% valid 2026-01-01 to 2026-12-31"),
    ),
    Bad("R0302", agreement("", valid="2026-12-31 to 2026-01-01"), "valid 2026-12-31 to 2026-01-01", agreement("")),
    Bad("R0303", discount("rate 5% promotional"), "promotional", price("rate price EUR 1 per piece promotional")),
    Bad("R0303", price("rate price EUR 1 per piece exclusive"), "exclusive", discount("rate 5% exclusive")),
    Bad(
        "R0303",
        price("rate price EUR 1 per piece cap EUR 5 per order"),
        "cap EUR 5 per order",
        price("rate price EUR 1 per piece not below cost"),
    ),
    Bad(
        "R0303",
        price("rate price EUR 1 per piece base net value per order"),
        "base net value per order",
        price("rate price EUR 1 per piece"),
    ),
    Bad(
        "R0304",
        discount("rate 5%", "waterfall { stage s best stage t sum }"),
        "d",
        discount("stage s rate 5%", "waterfall { stage s best stage t sum }"),
    ),
    Bad("R0305", discount("priority 1"), "d", discount("priority 1 rate 5%")),
    Bad("R0306", discount("rate 5% amount EUR 5"), "amount EUR 5", discount("rate 5%")),
    Bad("R0307", price("rate 5%"), "5%", price("rate price (95% of list price)")),
    Bad(
        "R0307",
        price("tiers lump sum on quantity in piece per order { from 5 piece EUR 5 }"),
        "EUR 5",
        price("tiers retroactive on quantity in piece per order { from 5 piece price EUR 5 per piece }"),
    ),
    Bad(
        "R0309",
        price("from table two_prices", 'table two_prices from "t.csv" { item key price, other money }'),
        "from table two_prices",
        price("from table two_prices", 'table two_prices from "t.csv" { item key price money }'),
    ),
    Bad(
        "R0310",
        price("from table by_colour", 'table by_colour from "c.csv" { colour key price money }'),
        "from table by_colour",
        price(
            "from table by_colour", 'attribute line.colour text table by_colour from "c.csv" { colour key price money }'
        ),
    ),
    Bad(
        "R0311",
        discount("stage s base charge freight rate 5%", OFF),
        "base charge freight",
        discount("stage off base charge freight rate 5%", OFF),
    ),
    Bad("R0311", discount("stage off rate 5%", OFF), "d", discount("stage s rate 5%", OFF)),
    Bad(
        "R0312",
        discount("rate 5% base net value per account per year"),
        "base net value per account per year",
        discount("rate 5% base net value per order"),
    ),
    Bad(
        "R0313",
        discount("rate 5% cap EUR 5 per order floor EUR 9 per order"),
        "floor EUR 9 per order",
        discount("rate 5% cap EUR 9 per order floor EUR 5 per order"),
    ),
    Bad(
        "R0314",
        discount("rate EUR 5 per carton cap 5%"),
        "cap 5%",
        discount("rate EUR 5 per carton cap EUR 5 per order"),
    ),
    Bad("R0314", discount("rate EUR 5 per carton floor 5%"), "floor 5%", discount("rate 5% floor 5%")),
    Bad(
        "R0315",
        discount("rate 5% floor EUR 5 per account per year"),
        "floor EUR 5 per account per year",
        discount("rate 5% floor EUR 5 per order"),
    ),
    Bad("R0316", charge("rate price EUR 5 per piece"), "price EUR 5 per piece", charge("rate EUR 5 per piece")),
    Bad(
        "R0214",
        discount("rate 5% cap cost * 2 per order"),
        "cap cost * 2 per order",
        discount("rate 5% cap EUR 2 per order"),
    ),
    Bad(
        "R0317",
        discount("rate 5% cap line.most per order", "attribute line.most money"),
        "line.most",
        discount("rate 5% cap line.most per line", "attribute line.most money"),
    ),
    Bad(
        "R0318",
        discount("when m > EUR 5 rate 5%", "measure m = invoice value per order"),
        "m",
        charge("when m > EUR 5 rate 5%", "measure m = invoice value per order"),
    ),
    Bad(
        "R0318",
        discount("amount 5% of charge freight", FREIGHT),
        "charge freight",
        charge("amount 5% of charge freight", FREIGHT),
    ),
    Bad(
        "R0318",
        agreement("charge c { amount 5% of charge freight } " + FREIGHT),
        "charge freight",
        charge("amount 5% of charge freight", FREIGHT),
    ),
    Bad(
        "R0318",
        discount(
            "stage s when m > EUR 5 rate 5%",
            "waterfall { stage s best stage t best } measure m = net value after stage t per order",
        ),
        "m",
        discount(
            "stage t when m > EUR 5 rate 5%",
            "waterfall { stage s best stage t best } measure m = net value after stage s per order",
        ),
    ),
    Bad(
        "R0319",
        discount("base net value per order tiers incremental on quantity in piece per item { from 5 piece 5% }"),
        "quantity in piece per item",
        discount("base net value per order tiers incremental on quantity in piece per order { from 5 piece 5% }"),
    ),
    Bad(
        "R0319",
        agreement("attribute line.most number guard discount <= line.most otherwise reject"),
        "line.most",
        agreement("attribute line.most number guard discount per line <= line.most otherwise reject"),
    ),
    Bad(
        "R0320", discount("rate EUR 5 per full 0 carton"), "per full 0 carton", discount("rate EUR 5 per full 2 carton")
    ),
    Bad(
        "R0321",
        tiers("from 5 carton 5% continues"),
        "continues",
        tiers("from 5 carton 5% from 9 carton 7% continues", "interpolated"),
    ),
    Bad(
        "R0322",
        tiers("from 5 carton 5% below 5 carton 1%"),
        "below 5 carton 1%",
        tiers("below 5 carton 1% from 5 carton 5%"),
    ),
    Bad(
        "R0323",
        tiers("without baseline 5%"),
        "tiers incremental on quantity in carton per order { without baseline 5% }",
        tiers("from 5 carton 5%"),
    ),
    Bad(
        "R0324",
        tiers("from 50 carton 5% from 20 carton 7%"),
        "from 20 carton 7%",
        tiers("from 20 carton 5% from 50 carton 7%"),
    ),
    Bad(
        "R0324",
        tiers("below 9 carton 1% from 5 carton 5%"),
        "from 5 carton 5%",
        tiers("below 5 carton 1% from 9 carton 5%"),
    ),
    Bad(
        "R0325",
        tiers("from 50 carton 5% from 50 carton 7%"),
        "from 50 carton 7%",
        tiers("from 20 carton 5% from 50 carton 7%"),
    ),
    Bad(
        "R0325",
        tiers("above 50 carton 5% from 50 carton 7%"),
        "from 50 carton 7%",
        tiers("from 50 carton 5% above 50 carton 7%"),
    ),
    Bad(
        "R0325",
        tiers("from 24 piece 5% from 2 dozen 7%", measured="quantity in piece per order"),
        "from 2 dozen 7%",
        tiers("from 24 piece 5% from 3 dozen 7%", measured="quantity in piece per order"),
    ),
    Bad("R0326", tiers("from 5 carton 5%", "lump sum"), "5%", tiers("from 5 carton EUR 5", "lump sum")),
    Bad(
        "R0327",
        tiers("from 5 carton 5% from 9 carton EUR 1 per carton", "interpolated"),
        "tiers interpolated on quantity in carton per order { from 5 carton 5% from 9 carton EUR 1 per carton }",
        tiers("from 5 carton 5% from 9 carton 7%", "interpolated"),
    ),
    Bad(
        "R0328",
        tiers("from 5 carton 5%", "interpolated"),
        "tiers interpolated on quantity in carton per order { from 5 carton 5% }",
        tiers("from 5 carton 5% from 9 carton 7%", "interpolated"),
    ),
    Bad(
        "R0330",
        agreement('time zone "Europe/Berlin" time zone "Asia/Jakarta"'),
        'time zone "Asia/Jakarta"',
        agreement('time zone "Europe/Berlin"'),
    ),
    Bad("R0330", agreement("half even round up"), "round up", agreement("half even")),
    Bad("R0330", agreement("digits 2 digits 3"), "digits 3", agreement("digits 2")),
    Bad("R0331", 'agreement a "A" { accounts all, each valid 2026-01-01 to 2026-12-31 }', "a", agreement("")),
    Bad("R0332", f'agreement a "A" {{ {HEAD} }}', "a", agreement("")),
    Bad("R0333", 'agreement a "A" { accounts all, each currency EUR }', "a", agreement("")),
    Bad(
        "R0334",
        discount("valid 2027-01-01 to 2027-12-31 rate 5%"),
        "discount d { valid 2027-01-01 to 2027-12-31 rate 5% }",
        discount("valid 2026-12-31 to 2027-12-31 rate 5%"),
    ),
    Bad(
        "R0335",
        agreement("", accounts="ACME and subsidiaries"),
        "accounts ACME and subsidiaries",
        agreement("", accounts="ACME and subsidiaries, each"),
    ),
    Bad(
        "R0336",
        charge("stage s rate 5%", "waterfall { stage s best } discount d { stage s rate 5% }"),
        "d",
        charge("rate 5%", "waterfall { stage s best } discount d { stage s rate 5% }"),
    ),
    Bad("R0337", agreement("round order to EUR 0"), "round order to EUR 0", agreement("round order to EUR 0.05")),
    Bad("R0235", measure("number of brands per order"), "brands", measure("number of items per order")),
    Bad("R0338", agreement("digits 13"), "digits 13", agreement("digits 4")),
    Bad(
        "R0353",
        agreement("measure m = net value per account per season"),
        "net value per account per season",
        agreement("seasons { spring 2026-02-01 to 2026-07-31 } measure m = net value per account per season"),
    ),
    Bad(
        "R0353",
        agreement("fact racks number summed discount d { when fact racks last season > 1  rate 5% }"),
        "last season",
        agreement("fact racks number summed discount d { when fact racks last year > 1  rate 5% }"),
    ),
    Bad(
        "R0354",
        agreement("seasons { spring 2026-02-01 to 2026-07-31 summer 2026-07-31 to 2026-08-31 }"),
        "summer 2026-07-31 to 2026-08-31",
        agreement("seasons { spring 2026-02-01 to 2026-07-30 summer 2026-07-31 to 2026-08-31 }"),
    ),
    Bad(
        "R0354",
        agreement("seasons { spring 2026-02-01 to 2026-07-31 spring 2027-02-01 to 2027-07-31 }"),
        "spring 2027-02-01 to 2027-07-31",
        agreement("seasons { spring 2026-02-01 to 2026-07-31 spring_2027 2027-02-01 to 2027-07-31 }"),
    ),
    Bad(
        "R0354",
        agreement("seasons { spring 2026-07-31 to 2026-02-01 }"),
        "spring 2026-07-31 to 2026-02-01",
        agreement("seasons { spring 2026-02-01 to 2026-07-31 }"),
    ),
    Bad(
        "R0354",
        agreement("seasons { long 2026-01-01 to 2027-02-01 }"),
        "long 2026-01-01 to 2027-02-01",
        agreement("seasons { long 2026-01-01 to 2026-12-31 }"),
    ),
    Bad("R0354", agreement("seasons { }"), "seasons { }", agreement("seasons { year 2026-01-01 to 2026-12-31 }")),
    Bad("R0441", agreement("week starts sundays"), "sundays", agreement("week starts sunday")),
    Bad("R0339", agreement("round once price rounds first"), "price rounds first", agreement("round once")),
    Bad("R0340", two("digits 2", "digits 3", accounts=SAME), "b", two("digits 2", "digits 2", accounts=SAME)),
    Bad(
        "R0340",
        two("", "", accounts=SAME) | {"b.rebates": agreement("", "b").replace("EUR", "USD")},
        "b",
        two("", "", accounts=SAME),
    ),
    Bad(
        "R0341",
        two("discount d { rate 5% }", "discount d { rate 6% }", accounts=SAME),
        "b",
        two("discount d { rate 5% }", "adds to a discount d { rate 6% }", accounts=SAME),
    ),
    Bad(
        "R0341",
        two("price p { rate price EUR 1 per piece }", "price p { rate price EUR 2 per piece }", accounts=SAME),
        "b",
        two(
            "price p { rate price EUR 1 per piece promotional }",
            "price p { rate price EUR 2 per piece }",
            accounts=SAME,
        ),
    ),
    Bad(
        "R0342",
        agreement(THIRTEEN % "best"),
        "discount d12 { stage s rate EUR 5 per order }",
        agreement(THIRTEEN % "sum"),
    ),
    Bad(
        "R0343",
        agreement("", accounts='where item.brand is "Fizz", each'),
        'item.brand is "Fizz"',
        agreement("", accounts='where account.class is "gold", each'),
    ),
    Bad("R0344", two("adds to b", "adds to a", accounts=SAME), "adds to b", two("adds to b", "", accounts=SAME)),
    Bad(
        "R0345",
        two(
            "waterfall { stage s sequence } discount d { stage s rate 5% priority 1 }",
            "adds to a waterfall { stage s sequence } discount e { stage s rate 6% }",
            accounts=SAME,
        ),
        "discount e { stage s rate 6% }",
        two(
            "waterfall { stage s sequence } discount d { stage s rate 5% priority 1 }",
            "adds to a waterfall { stage s sequence } discount e { stage s rate 6% priority 2 }",
            accounts=SAME,
        ),
    ),
    Bad("R0348", discount('code "" rate 5%'), '""', discount('code "SPRING" rate 5%')),
    Bad("R0350", tiers("from 50 carton 5%", "retroactive"), "from 50 carton 5%", tiers("from 50 carton 5%")),
    Bad(
        "R0351",
        discount('accept cliff "agreed" rate 5%'),
        'discount d { accept cliff "agreed" rate 5% }',
        discount("rate 5%"),
    ),
    Bad(
        "R0351",
        discount('accept clif "agreed" rate 5%'),
        'discount d { accept clif "agreed" rate 5% }',
        discount("rate 5%"),
    ),
    Bad(
        "R0352",
        tiers("from 50 carton 5%", measured="quantity in carton per line"),
        "quantity in carton per line",
        tiers("from 50 carton 5%", measured="quantity in carton per item"),
    ),
    Bad(
        "R0352",
        discount("rate EUR 5 per line"),
        "EUR 5 per line",
        discount('accept splitting "a fee for handling" rate EUR 5 per line'),
    ),
)

EXAMPLES = (
    Bad(
        "R0601",
        agreement('example "e" { order on 2026-03-10 { 1 carton of "COLA" } }', accounts='group "BUYERS", together'),
        'order on 2026-03-10 { 1 carton of "COLA" }',
        agreement(f'example "e" {{ {ORDER} }}', accounts='group "BUYERS", together'),
    ),
    Bad("R0602", example(ORDER + "expect line 2 d 5%"), "expect line 2 d 5%", example(ORDER + "expect line 1 d 5%")),
    Bad(
        "R0603",
        example(f'given item.brand "Fizz" {ORDER}'),
        "item.brand",
        example(f'given account.class "gold" {ORDER}'),
    ),
    Bad(
        "R0604",
        example(ORDER + "expect order net price EUR 5"),
        "expect order net price EUR 5",
        example(ORDER + "expect order net value EUR 5"),
    ),
    Bad(
        "R0605",
        example(f"given order.time 14:00 {ORDER}"),
        "order.time",
        example('order for "ACME" on 2026-03-10 at 14:00 { 60 carton of "COLA" }'),
    ),
    Bad("R0606", example(f"given order.number 0 {ORDER}"), "0", example(f"given order.number 1 {ORDER}")),
)

WEB = "attribute order.channel text"
FINDINGS = (
    Bad(
        "R0620",
        discount('when order.channel is "web" and order.channel is "shop" rate 5%', WEB),
        'order.channel is "shop"',
        discount('when order.channel in ("web", "shop") rate 5%', WEB),
    ),
    Bad(
        "R0620",
        discount('when order.channel is "web" when order.channel is not "web" rate 5%', WEB),
        'order.channel is not "web"',
        discount('when order.channel is "web" rate 5%', WEB),
    ),
    Bad(
        "R0620",
        discount('when item.family under "DRINK" and item.family under "SNACK" rate 5%'),
        'item.family under "SNACK"',
        discount('when item.family under "DRINK" and item.family under "DRINK/SODA" rate 5%'),
    ),
    Bad(
        "R0620",
        discount("when m >= EUR 9 and m < EUR 5 rate 5%", "measure m = net value per order"),
        "m < EUR 5",
        discount("when m >= EUR 5 and m < EUR 9 rate 5%", "measure m = net value per order"),
    ),
    Bad(
        "R0620",
        discount('when brand is "Fizz" and not item.family under "DRINK" rate 5%'),
        'brand is "Fizz"',
        discount('when brand is "Nut" and not item.family under "DRINK" rate 5%'),
    ),
    Bad(
        "R0621",
        agreement(f'{WEB} discount d {{ rate 5% }} discount e {{ when order.channel is "web" rate 3% }}'),
        'discount e { when order.channel is "web" rate 3% }',
        agreement(f'{WEB} discount d {{ rate 5% }} discount e {{ when order.channel is "web" rate 7% }}'),
    ),
    Bad(
        "R0621",
        agreement(
            'waterfall { stage s first } discount d { rate 5% priority 1 } discount e { rate 9% priority 2 }'
        ),
        "discount e { rate 9% priority 2 }",
        agreement(
            'waterfall { stage s first } discount d { rate 5% priority 2 } discount e { in_brand rate 9% priority 1 }'.replace(
                "in_brand", 'when brand is "Fizz"'
            )
        ),
    ),
    Bad(
        "R0622",
        tiers("from 5 carton EUR 5 from 9 carton EUR 9", "lump sum").replace("} }", "} cap EUR 5 per order }"),
        "from 9 carton EUR 9",
        tiers("from 5 carton EUR 5 from 9 carton EUR 9", "lump sum").replace("} }", "} cap EUR 8 per order }"),
    ),
    Bad(
        "R0622",
        discount(
            'tiers retroactive on quantity in carton per order { from 5 carton 3% from 9 carton 5% } cap 3%'
        ),
        "from 9 carton 5%",
        discount(
            'tiers retroactive on quantity in carton per order { from 5 carton 3% from 9 carton 5% } cap 4%'
        ),
    ),
    Bad(
        "R0622",
        discount("tiers incremental on net value per order { from EUR 0 2% from EUR 500 4% } cap EUR 10 per order"),
        "from EUR 500 4%",
        discount("tiers incremental on net value per order { from EUR 0 2% from EUR 500 4% } cap EUR 11 per order"),
    ),
    Bad(
        "R0623",
        tiers("from 5 carton EUR 9 from 9 carton EUR 5", "lump sum"),
        "from 9 carton EUR 5",
        tiers("from 5 carton EUR 5 from 9 carton EUR 9", "lump sum"),
    ),
    Bad(
        "R0624",
        agreement("waterfall { stage s sequence } discount d { rate 5% } discount e { rate EUR 5 per order }"),
        "discount e { rate EUR 5 per order }",
        agreement("waterfall { stage s sequence } discount d { rate 5% } discount e { rate 4% }"),
    ),
    Bad(
        "R0620",
        discount("when m >= 200 piece rate 5%", "measure m = lesser of (quantity in piece per order, 100 piece)"),
        "m >= 200 piece",
        discount("when m >= 100 piece rate 5%", "measure m = lesser of (quantity in piece per order, 100 piece)"),
    ),
    Bad(
        "R0621",
        agreement("waterfall { stage s sum } discount d { rate 5% exclusive } discount e { rate 8% }"),
        "discount e { rate 8% }",
        agreement(
            'waterfall { stage s sum } discount d { when brand is "Fizz" rate 5% exclusive } discount e { rate 8% }'
        ),
    ),
    Bad(
        "R0628",
        tiers("from 10.5 piece 5%", measured="quantity in piece per order"),
        "from 10.5 piece 5%",
        tiers("from 11 piece 5%", measured="quantity in piece per order"),
    ),
    Bad("R0627", discount("rate 150%"), "150%", discount("rate 50%")),
    Bad("R0627", tiers("from 5 carton 10% from 9 carton 120%"), "120%", tiers("from 5 carton 10% from 9 carton 12%")),
)

TWO = "waterfall { stage a best  stage b best  stage c best }"

COMBINATION = (
    Bad(
        "R0370",
        agreement("discount x { not with discount y  rate 5% } discount y { not with discount x  rate 5% }"),
        "discount y",
        agreement("discount x { not with discount y  rate 5% } discount y { rate 5% }"),
    ),
    Bad(
        "R0371",
        agreement(f"{TWO} discount x {{ stage a  exclusive among stages b, c  rate 5% }}"),
        "exclusive among stages b, c",
        agreement(f"{TWO} discount x {{ stage a  exclusive among stages a, b, c  rate 5% }}"),
    ),
    Bad(
        "R0372",
        agreement(f"{TWO} discount x {{ stage b  exclusive among all  not on discounted lines  rate 5% }}"),
        "not on discounted lines",
        agreement(f"{TWO} discount x {{ stage b  exclusive among stages b, c  not on discounted lines  rate 5% }}"),
    ),
    Bad(
        "R0373",
        agreement(f"{TWO} discount x {{ stage a  not with discount y  rate 5% }} discount y {{ stage b  rate 5% }}"),
        "discount y",
        agreement(f"{TWO} discount x {{ stage a  rate 5% }} discount y {{ stage b  not with discount x  rate 5% }}"),
    ),
    Bad(
        "R0374",
        agreement("waterfall { stage a best  stage b best  best among stages a, b  best among stages a, b }"),
        "best among stages a, b",
        agreement("waterfall { stage a best  stage b best  best among stages a, b }"),
    ),
)

_X, _Y = "discount x { stage a  rate 5% }", "discount y { stage a  rate 3% }"
_SUM = "waterfall { stage a sum  stage b best }"

_R, _Q = (f"rebate {name} {{ base net value per account per year  rate 1%  settle yearly }}" for name in "rq")

SHARED_CAPS = (
    Bad("R0234", agreement(f"{_R} {_Q} cap EUR 9 across rebate r, rebate z"), "z", agreement(f"{_R} {_Q} cap EUR 9 across rebate r, rebate q")),
    Bad(
        "R0234",
        agreement(f"{_SUM} {_X} {_Y} cap EUR 9 per order across discount x, discount z"),
        "z",
        agreement(f"{_SUM} {_X} {_Y} cap EUR 9 per order across discount x, discount y"),
    ),
    Bad(
        "R0377",
        agreement(f"{_SUM} {_X} price p {{ rate price EUR 2 per piece }} cap EUR 9 across discount x, price p"),
        "price p",
        agreement(f"{_SUM} {_X} price p {{ rate price EUR 2 per piece }} cap EUR 9 across discount x"),
    ),
    Bad(
        "R0377",
        agreement(
            f'{_SUM} {_X} free goods g {{ stage a  every 10 piece give 1 piece, exclusive }} cap EUR 9 across free goods g'
        ),
        "free goods g",
        agreement(
            f'{_SUM} {_X} free goods g {{ stage a  every 10 piece give 1 piece, inclusive }} cap EUR 9 across free goods g'
        ),
    ),
    Bad(
        "R0377",
        agreement(f"{_SUM} {_X} {_Y} cap EUR 9 per order across discount x, discount y, discount x"),
        "discount x",
        agreement(f"{_SUM} {_X} {_Y} cap EUR 9 per order across discount x, discount y"),
    ),
    Bad(
        "R0378",
        agreement(f"{_SUM} {_X} charge freight {{ rate EUR 5 per order }} cap EUR 9 across discount x, charge freight"),
        "charge freight",
        agreement(f"{_SUM} {_X} charge freight {{ rate EUR 5 per order }} cap EUR 9 across charge freight"),
    ),
    Bad(
        "R0378",
        agreement(f"{_SUM} discount x {{ stage b  rate 5% }} cap EUR 9 per order across discount x"),
        "discount x",
        agreement(f"{_SUM} discount x {{ stage a  rate 5% }} cap EUR 9 per order across discount x"),
    ),
    Bad(
        "R0379",
        agreement(f"{_SUM} {_X} cap 5% per order across discount x"),
        "cap 5% per order across discount x",
        agreement(f"{_SUM} {_X} cap EUR 5 per order across discount x"),
    ),
    Bad("R0379", discount("cap 5%, all or nothing rate 9%"), "cap 5%, all or nothing", discount("cap 5% rate 9%")),
    Bad(
        "R0224",
        agreement(f"{_SUM} {_X} cap EUR 5 per account across discount x"),
        "cap EUR 5 per account across discount x",
        agreement(f"{_SUM} {_X} cap EUR 5 per account per year across discount x"),
    ),
    Bad(
        "R0318",
        agreement(f"{_SUM} {_X} measure paid_in_all = invoice value per order  cap 5% of paid_in_all across discount x"),
        "paid_in_all",
        agreement(f"{_SUM} {_X} measure paid_in_all = net value per order  cap 5% of paid_in_all across discount x"),
    ),
    Bad(
        "R0317",
        agreement(f"{_SUM} {_X} measure m = net value per line  cap 5% of m per order across discount x"),
        "m",
        agreement(f"{_SUM} {_X} measure m = net value per line  cap 5% of m per line across discount x"),
    ),
)

CODES = (
    Bad(
        "R0375",
        discount("code from table prices rate 5%", 'table prices from "p.csv" { account, item, unit key  price money }'),
        "code from table prices",
        discount("code from table offered rate 5%", 'table offered from "o.csv" { item key }'),
    ),
    Bad("R0376", discount("uses 1 per order rate 5%"), "1 per order", discount("uses 1 per account rate 5%")),
    Bad("R0376", discount("uses 0 in all rate 5%"), "0 in all", discount("uses 1 in all rate 5%")),
    Bad("R0376", discount("uses 1 rate 5%"), "1", discount("uses 1 per month rate 5%")),
    Bad("R0376", discount("uses 1 per code rate 5%"), "1 per code", discount('code "A" uses 1 per code rate 5%')),
    Bad(
        "R0376",
        discount("uses 1 per account, 2 per account ever rate 5%"),
        "2 per account ever",
        discount("uses 1 per account per month, 2 per account ever rate 5%"),
    ),
    Bad(
        "R0301",
        discount('code "A" code from table offered rate 5%', 'table offered from "o.csv" { item key }'),
        "code from table offered",
        discount("code from table offered rate 5%", 'table offered from "o.csv" { item key }'),
    ),
)

# fmt: on


PIECES = "measure pieces = quantity in piece per order"
ORDERED = "quantity in piece per order"
CHANNEL = "attribute order.channel text"
GRID = "rates by order.channel and line.unit {{\n {} }}"
YEARS = "rates by order.channel and line.unit and agreement year {{\n year 1\n {} }}"
STEPS = "tiers retroactive on quantity in piece per order from table "


def sheet(file: str, columns: str = "item key rate reward") -> str:
    return f'table {file} from "{file}.csv" {{ {columns} }}'


RATES = (
    Bad(
        "R0346",
        discount("rates incremental by pieces { from 1 1% from 5 refused }", PIECES),
        "1%",
        discount("rates incremental by pieces { from 1 1% from 5 nothing }", PIECES),
    ),
    Bad("R0347", discount("rates first { }"), "rates first { }", discount("rates first { 1% otherwise }")),
    Bad(
        "R0380",
        discount("rates by pieces { from 1 1% }", PIECES),
        "rates by pieces { from 1 1% }",
        discount("rates retroactive by pieces { from 1 1% }", PIECES),
    ),
    Bad(
        "R0380",
        discount('rates retroactive by order.channel { "web" 1% }', CHANNEL),
        'rates retroactive by order.channel { "web" 1% }',
        discount('rates by order.channel { "web" 1% }', CHANNEL),
    ),
    Bad(
        "R0381",
        discount(YEARS.format('"web" "piece" 1%\n "shop" "carton" 2%'), CHANNEL),
        YEARS.format('"web" "piece" 1%\n "shop" "carton" 2%'),
        discount(
            YEARS.format('"web" "piece" 1%\n "shop" "carton" 2%\n "web" "carton" nothing\n "shop" "piece" refused'),
            CHANNEL,
        ),
    ),
    Bad(
        "R0382",
        discount('rates by order.channel { "web" 1% "web" 2% }', CHANNEL),
        "2%",
        discount('rates by order.channel { "web" 1% "shop" 2% }', CHANNEL),
    ),
    Bad(
        "R0382",
        discount(STEPS + "steps_twice", sheet("steps_twice", "item key steps threshold rate reward")),
        "steps=10",
        discount(STEPS + "steps_good", sheet("steps_good", "item key steps threshold rate reward")),
    ),
    Bad(
        "R0383",
        discount("from table rates_bad", sheet("rates_bad")),
        "rate=5",
        discount("from table rates_good", sheet("rates_good")),
    ),
    Bad(
        "R0384",
        discount("from table rates_good", sheet("rates_good", "item key rate text")),
        "from table rates_good",
        discount("from table rates_good", sheet("rates_good")),
    ),
    Bad(
        "R0384",
        discount("rates by line.unit from table rates_good", sheet("rates_good")),
        "rates by line.unit from table rates_good",
        discount("from table rates_good", sheet("rates_good")),
    ),
    Bad(
        "R0385",
        discount("rates retroactive by pieces { from 5 1% from 1 2% }", PIECES),
        "2%",
        discount("rates retroactive by pieces { from 1 1% from 5 2% }", PIECES),
    ),
    Bad(
        "R0385",
        discount(STEPS + "steps_down", sheet("steps_down", "item key steps threshold rate reward")),
        "steps=5",
        discount(STEPS + "steps_good", sheet("steps_good", "item key steps threshold rate reward")),
    ),
    Bad(
        "R0386",
        discount(GRID.format('"piece" "carton"\n "web" 1%'), CHANNEL),
        '"web" 1%',
        discount(GRID.format('"piece" "carton"\n "web" 1% nothing'), CHANNEL),
    ),
    Bad(
        "R0387",
        discount(STEPS + "steps_bad", sheet("steps_bad", "item key steps threshold rate reward")),
        "steps=ten",
        discount(STEPS + "steps_good", sheet("steps_good", "item key steps threshold rate reward")),
    ),
    Bad(
        "R0389",
        discount('rates first { 1% otherwise 3% when order.channel is "web" }', CHANNEL),
        "1% otherwise",
        discount('rates first { 3% when order.channel is "web" 1% otherwise }', CHANNEL),
    ),
    Bad(
        "R0388",
        discount(f"rates first {{ 3% when {ORDERED} >= 50  5% when {ORDERED} >= 200 }}"),
        f"5% when {ORDERED} >= 200",
        discount(f"rates first {{ 5% when {ORDERED} >= 200  3% when {ORDERED} >= 50 }}"),
    ),
    Bad(
        "R0349",
        discount(f"rates every {{ 3% when {ORDERED} < 50  5% when {ORDERED} > 50 }}"),
        f"5% when {ORDERED} > 50",
        discount(f"rates every {{ 3% when {ORDERED} < 50  5% when {ORDERED} >= 50 }}"),
    ),
)

BAD = NAMES + RULES + RATES + EXAMPLES + COMBINATION + SHARED_CAPS + CODES + FINDINGS
