"""Rate tables: grids, rates of conditions, fallback rates, tiers and rates of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "rate table": ("4.4a",),
    "rate table of two measures": ("4.2", "4.4a"),
    "agreement year": ("4.4a",),
    "rate table of a file": ("4.4a", "5.6"),
    "rates first": ("4.2e",),
    "rates every": ("4.2e",),
    "fallback rate": ("4.2e", "7.1"),
    "tiers of a table": ("4.2", "5.6"),
    "price breaks of a table": ("3.3", "5.6"),
    "rate of a table": ("5.6",),
}
TABLES: dict[str, list[dict[str, object]]] = {
    "rate_card": [
        {"family": "DRINK", "steps": "0", "rate": "1%", "first": "", "last": "2026-06-30"},
        {"family": "DRINK", "steps": "from 24 piece", "rate": "2.5%", "first": "", "last": "2026-06-30"},
        {"family": "DRINK", "steps": "above 60", "rate": "EUR 3 plus 2%", "first": "", "last": "2026-06-30"},
        {"family": "DRINK", "steps": "0", "rate": "1.5%", "first": "2026-07-01", "last": ""},
        {"family": "DRINK", "steps": "30", "rate": "EUR 0.05 per piece", "first": "2026-07-01", "last": ""},
        {"family": "DRINK/SODA", "steps": "12", "rate": "4%", "first": "", "last": ""},
    ],
    "rate_by_unit": [
        {"unit": "piece", "rate": "2%", "first": "", "last": "2026-08-31"},
        {"unit": "piece", "rate": "EUR 0.02 per piece", "first": "2026-09-01", "last": ""},
        {"unit": "carton", "rate": "EUR 1 plus 1%", "first": "", "last": ""},
        {"unit": "case", "rate": "refused", "first": "", "last": ""},
        {"unit": "kg", "rate": "nothing", "first": "", "last": ""},
    ],
    "rate_of_unit": [
        {"unit": unit, "rate": rate} for unit, rate in (("piece", "1%"), ("carton", "2%"), ("kg", "nothing"))
    ],
    "price_breaks": [
        {"item": "COLA", "steps": "0", "price": "EUR 1.44 per piece"},
        {"item": "COLA", "steps": "48", "price": "EUR 31.20 per carton"},
        {"item": "NUTS", "steps": "above 10", "price": "0.321"},
        {"item": "NUTS", "steps": "from 120 piece", "price": "0.309"},
    ],
}


def before(writer: Writer) -> list[str]:
    """The tables are there for every agreement."""
    del writer
    return [
        'table rate_card from "rate_card.csv" { family key  steps threshold  rate reward  first, last dates }',
        'table rate_by_unit from "rate_by_unit.csv" { unit key  rate reward  first, last dates }',
        'table rate_of_unit from "rate_of_unit.csv" { unit "unit" key  rate reward }',
        "measure pieces_per_line = quantity in piece per line",
        "measure pieces_per_item = quantity in piece per item",
        "measure pieces_per_order = quantity in piece per order",
        "measure worth_per_order = net value per order",
        'table price_breaks from "price_breaks.csv" { item key  steps threshold  price reward }',
    ]


CELLS = ("1%", "2.5%", "EUR 0.03 per piece", "EUR 2 plus 1%", "nothing", "refused", "EUR 1 per full carton", "EUR 5")
SIMPLE = ("1%", "2.5%", "EUR 0.03 per piece", "EUR 2 plus 1%", "nothing", "EUR 1 per full carton")


def _cell(writer: Writer, cells: tuple[str, ...] = CELLS) -> str:
    return writer.pick(cells)


def _grid(writer: Writer) -> str:
    mode = writer.pick(("retroactive", "incremental"))
    cells = CELLS if mode == "retroactive" else SIMPLE
    per = writer.pick(("line", "order", "item"))
    rows = "\n".join(
        f'    "{name}"  {_cell(writer, cells)}  {_cell(writer, cells)}' for name in ("DRINK", "SNACK", "DRINK/SODA")
    )
    head = f"    from 0 piece  {writer.pick(('from', 'above'))} 24 piece"
    measure = f"pieces_per_{per}"
    return f"rates {mode} by item.family and {measure} {{\n{head}\n{rows}\n    }}"


def _two_measures(writer: Writer) -> str:
    rows = "\n".join(f"    {bound}  {_cell(writer)}  {_cell(writer)}" for bound in ("from EUR 0", "above EUR 50"))
    return f"rates retroactive by worth_per_order and pieces_per_{writer.pick(('line', 'order'))} {{\n    from 0 piece  from 30 piece\n{rows}\n    }}"


def worths(writer: Writer, kind: str) -> list[str]:
    """One of the ways in which a rule can be worth something else on every line."""
    if kind == "price":
        return [
            writer.choose(
                (
                    (
                        "price breaks of a table",
                        f"tiers {writer.pick(('retroactive', 'incremental'))} on pieces_per_line from table price_breaks",
                    ),
                    (
                        "rates first",
                        'rates first { price EUR 1.11 per piece when item.id is "COLA"  price (97% of list price) otherwise }',
                    ),
                )
            )
        ]
    test = writer.condition()
    options = [
        ("rate table", _grid(writer)),
        ("rate table of two measures", _two_measures(writer)),
        (
            "agreement year",
            f'rates by agreement year and line.unit {{\n    "piece"  "carton"  "case"  "kg"\n    year 1  {_cell(writer)}  2%  1%  refused\n    year 2  1%  {_cell(writer)}  1%  2%\n    }}',
        ),
        ("rate table of a file", "rates by line.unit from table rate_of_unit"),
        (
            "rates first",
            f'rates first {{ {_cell(writer, SIMPLE[:4])} when {test}  nothing when account.class is "gold"  1% otherwise }}',
        ),
        (
            "rates every",
            f"rates every {{ {_cell(writer, SIMPLE[:4])} when {test}  1% when pieces_per_order >= 24 piece }}",
        ),
        ("tiers of a table", f"tiers retroactive on pieces_per_{writer.pick(('line', 'order'))} from table rate_card"),
        ("rate of a table", "from table rate_by_unit"),
    ]
    return [writer.choose(options)]


def clauses(writer: Writer, kind: str) -> list[str]:
    """A rate where a condition does not hold."""
    if kind == "price" or not writer.chance(8):
        return []
    return [f"when {writer.condition()} " + writer.use("fallback rate", f"otherwise {_cell(writer, SIMPLE[:3])}")]


ASIDE = """\
  measure last_axis = net value per order
  discount rare_rates {
    when account.class is "blue" otherwise 1%
    rates retroactive by agreement year and item.family and last_axis {
                          from EUR 0  above EUR 900
      year 1  "DRINK"     nothing     refused
      year 1  "SNACK"     1%          2%
    }
  }
  discount rarer_rates { rates every { nothing when account.class is "blue" } }
  discount card_rates { tiers retroactive on quantity in piece per line from table rate_card }
  discount sheet_rates { rates by line.unit from table rate_of_unit }
"""

AREA = Area(name="rates", features=FEATURES, before=before, worths=worths, clauses=clauses, aside=ASIDE, tables=TABLES)
