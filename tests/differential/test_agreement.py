"""The generated code and the runtime against the reference: the same outcome in every field.

A dozen agreements, each with a handful of orders that meet its thresholds, limits and ties. Rule sets made by chance are
compared elsewhere; these are the ones a person would write.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.nodes import RuleSet
from rebates.model.orders import LineIn, OrderIn
from rebates.reference import price
from rebates.syntax.diagnostics import Report
from tests.differential.comparing import differences
from tests.generated.world import World

HEAD = 'agreement deal "A deal" { accounts all, each valid 2026-01-01 to 2026-12-31 currency EUR '

TEXTS: dict[str, str] = {
    "volume, pallets, loyalty": """
      waterfall { stage volume best  stage pallets sum  stage loyalty sequence }
      discount volume { stage volume  tiers retroactive on quantity in carton per line { from 5 carton 3%  from 20 carton 5.5% } }
      discount family { stage volume  when item.family under "DRINK"  rate 4% }
      discount pallet { stage pallets  rate EUR 1.35 per full 4 carton per line }
      discount gold { stage loyalty  priority 1  when account.class is "gold"  rate 1.5% }
      discount web { stage loyalty  priority 2  when order.channel is "web"  rate 0.75% }
    """,
    "prices by table, promotions and breaks": """
      price contract { from table account_prices }
      price promo { promotional  when item.id is "COLA"  rate price EUR 1.29 per piece }
      price breaks { tiers retroactive on quantity in piece per line { from 12 piece price EUR 1.45 per piece  from 60 piece price EUR 1.40 per piece } }
      discount every { rate 2% }
    """,
    "best with an amount of the order": """
      discount lines { rate 4% }
      discount whole { rate EUR 9 per order }
      discount boxes { rate EUR 0.40 per full 2 carton }
    """,
    "incremental over the order": """
      discount slices { tiers incremental on quantity in carton per order { from 0 carton 1%  from 5 carton 4%  above 20 carton 7.5% } }
    """,
    "interpolated and lump sums": """
      waterfall { stage one sum }
      discount slope { stage one  tiers interpolated on net value per order { from EUR 50 1%  from EUR 500 5% } }
      discount bonus { stage one  tiers lump sum every tier on net value per order { from EUR 100 EUR 3  from EUR 400 EUR 8 } }
    """,
    "to date": """
      discount year { tiers incremental on net value per account per year { from EUR 0 1%  from EUR 300 3% } }
      charge small { when net value per order < EUR 100  rate EUR 7.50 per order }
    """,
    "capped and limited": """
      waterfall { stage one sum  stage two best }
      discount capped { stage one  rate 10%  cap EUR 12 per order }
      discount limited { stage two  rate 20%  limit 10 piece per line, in order }
      discount least { stage two  rate 1%  pays from EUR 5 }
    """,
    "charges and a discount on freight": """
      waterfall { stage discounts best  stage freight_off best on charges }
      discount every { rate 3% }
      charge freight { tiers lump sum on quantity in kg per order { from 0 kg EUR 12  above 30 kg EUR 29  above 250 kg EUR 65 } }
      discount off { stage freight_off  base charge freight  when net value per order >= EUR 200  rate 50% }
    """,
    "first and conditions": """
      waterfall { stage one first }
      discount b { stage one  priority 2  rate 2% }
      discount a { stage one  priority 1  when line.colour is not "red" and order.channel is "web"  rate 5% }
      discount c { stage one  when not (item.brand is "Fizz")  rate 9% }
      attribute line.colour text
    """,
    "exclusive": """
      waterfall { stage one sum }
      discount alone { stage one  exclusive  when item.brand is "Fizz"  rate 3% }
      discount other { stage one  rate 10% }
      discount more { stage one  rate EUR 0.05 per piece }
    """,
    "half even, four digits, spread by quantity": """
      half even  digits 4
      discount spread { rate EUR 10 per order  spread by quantity }
    """,
    "guards": """
      discount every { rate 12% }
      guard discount <= 10% otherwise approval by "director"
      guard invoice margin >= 20% otherwise reject
      guard net price per line >= cost otherwise approval by "buyer"
    """,
}  # fmt: skip

LINES = [
    [("COLA", "4", "carton"), ("NUTS", "7", "piece")],
    [("COLA", "5", "carton"), ("COLA", "20", "carton"), ("LIME", "3", "carton")],
    [("JUICE", "30", "kg"), ("CHIPS", "2.75", "carton"), ("NUTS", "100", "piece"), ("COLA", "1", "piece")],
    [("COLA", "60", "piece"), ("LIME", "-3", "carton"), ("COLA", "-5", "carton")],
    [("NUTS", "1", "piece"), ("NUTS", "1", "piece"), ("NUTS", "1", "piece")],
]
COLOURS = [{}, {"colour": "red"}, {"colour": "green", "delivery": "A"}]


def orders() -> list[OrderIn]:
    made = []
    for place, rows in enumerate(LINES):
        lines = tuple(
            LineIn(item, Fraction(quantity), unit, attributes=COLOURS[(place + index) % 3])
            for index, (item, quantity, unit) in enumerate(rows)
        )
        for account, attributes in (("ACME", {"channel": "web"}), ("SOLO", {})):
            made.append(OrderIn(account, date(2026, 4, 10), lines, attributes=attributes))
    return made


def loaded(body: str) -> RuleSet:
    tables = 'table account_prices from "account_prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }\n'
    if "from table group_prices" in body:
        tables += 'table group_prices from "group_prices.csv" { group, item key  price money }\n'
    channel = "" if "order.channel" not in body else "attribute order.channel text\n"
    report = Report()
    rules = load_rules(
        {"deal.rebates": (tables if "from table" in body else "") + HEAD + channel + body + "}"}, World(), report
    )
    assert rules is not None, [str(each) for each in report.diagnostics]
    return rules


@pytest.mark.parametrize("name", TEXTS)
def test_both_evaluators_agree(name: str) -> None:
    rules = loaded(TEXTS[name])
    compiled = compile_rules(rules)
    for asked in orders():
        mine, theirs = compiled.outcome(asked), price(rules, asked)
        assert differences(mine, theirs) == []
        # totals handed on: the next order starts where this one ended
        after = OrderIn(asked.account, asked.day, asked.lines, attributes=asked.attributes, totals=mine.totals)
        assert differences(compiled.outcome(after), price(rules, after)) == []


@pytest.mark.parametrize("name", TEXTS)
def test_the_fast_answer_is_the_full_one(name: str) -> None:
    compiled = compile_rules(loaded(TEXTS[name]))
    for asked in orders():
        priced, full = compiled.price(asked), compiled.outcome(asked)
        scale = 10**priced.digits
        assert [Fraction(value, scale) for value in priced.gross_values] == [each.gross_value for each in full.lines]
        assert [Fraction(value, scale) for value in priced.net_values] == [each.net_value for each in full.lines]
        assert [Fraction(value, scale) for value in priced.invoice_values] == [
            each.invoice_value for each in full.lines
        ]
        assert priced.invoice_value == full.invoice_value
        assert priced.guards == full.guards
        assert priced.totals == full.totals
