"""What `rebates help TASK` teaches: a lesson for each thing that people come to do, each with text that works.

Samples are whole agreements; a test checks and formats every one.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Topic:
    """A task: what it is called, how it is done, a sample, and the commands to go on with."""

    title: str
    text: str
    sample: str = ""
    commands: tuple[str, ...] = ()


def _agreement(body: str) -> str:
    inside = "\n".join(f"  {line}" if line else "" for line in body.strip("\n").splitlines())
    return f"""agreement acme_2026 "Acme, yearly agreement" {{
  accounts  ACME
  valid     2026-01-01 to 2026-12-31
  currency  EUR

{inside}
}}"""


TOPICS = MappingProxyType(
    {
        "start": Topic(
            "write a first agreement",
            "`rebates new` asks a dozen questions and writes a folder: the agreement, its tables, and examples at each\n"
            "threshold. Change a number in the file, then check, test and quote.",
            commands=(
                "rebates new acme",
                "rebates check acme",
                "rebates test acme",
                'rebates quote acme --account ACME --on 2026-03-01 "60 carton COLA-330"',
            ),
        ),
        "discounts": Topic(
            "give a discount",
            "A discount says when it holds, in which stage it competes, and what it is worth. Within a stage the best\n"
            "one counts unless the stage says `sum`, `sequence` or `first`.",
            _agreement("""
discount web "Ordered on the web" {
  when  order.channel is "web"
  rate  2%
}

attribute order.channel text
"""),
            ("rebates help tiers", "rebates help examples"),
        ),
        "tiers": Topic(
            "pay more for more",
            "Say how tiers pay: `retroactive` pays the rate reached on everything, `incremental` each part at its own\n"
            "rate. `from 50` includes 50, `above 50` does not. The measure after `on` chooses the tier.",
            _agreement("""
discount volume "Volume discount" {
  accept  cliff "orders just below a threshold cost more than at it: agreed"
  accept  splitting "each article is ordered on one line"
  tiers   retroactive on quantity in carton per line {
    from  50 carton  3%
    from 200 carton  5.5%
  }
}
"""),
            ("rebates plot RULES volume", "rebates plot RULES volume --plot volume.svg"),
        ),
        "prices": Topic(
            "agree on prices",
            "List prices stand in `list_prices.csv` beside the text. A `price` rule takes their place: for one item,\n"
            "from a table of the account's own prices, by a formula, or by quantity. The most specific one counts.",
            _agreement("""
price four_off "Four per cent below list" { rate price 96% of list price }

price cola "Cola at a price of its own" {
  when  item.id is "COLA-330"
  rate  price EUR 9.80 per carton
}

example "cola at its own price" {
  order on 2026-03-01 { 60 carton of "COLA-330" }
  expect line 1 gross price EUR 9.80
}
"""),
            ('rebates explain RULES --account ACME --on 2026-03-01 "60 carton COLA-330"',),
        ),
        "charges": Topic(
            "charge for freight and small orders",
            "A charge adds to the order, once or by tiers; a discount whose `base` is a charge takes it off again.",
            _agreement("""
charge small_order "Small order" {
  when  net value per order < EUR 200
  rate  EUR 10 per order
}
"""),
        ),
        "guards": Topic(
            "keep the margin",
            "A guard looks at the finished price. A broken one rejects the order or asks a role for approval; the\n"
            "numbers are shown in either case.",
            _agreement("""
guard discount <= 25% otherwise reject
guard invoice margin >= 12% otherwise approval by "commercial director"
"""),
        ),
        "rebates": Topic(
            "pay afterwards, on what was bought",
            "A rebate is worked out on invoices, not on an order: a measure over a window, what it pays, and when it\n"
            "is settled. `base` is what is paid on; the measure after `on` chooses the tier.",
            _agreement("""
measure bought = net value per account per quarter

rebate bonus "Quarterly bonus" {
  base    bought
  tiers   incremental on bought {
    from EUR 20_000 2%
  }
  settle  quarterly, as credit note, within 30 days of quarter end
}

example "two per cent of what is above 20,000" {
  given bought EUR 26_000
  expect rebate bonus EUR 120
}
"""),
            ("rebates test RULES", "rebates help ledger"),
        ),
        "amendments": Topic(
            "change a running deal",
            "What was agreed later is written below, with its day; the text that was signed stays. An order of a day is\n"
            "priced by what held then. `retroactively from` reaches back: settlements give the difference.",
            _agreement("""
discount volume "Volume discount" { rate 3% }

amend from 2026-07-01 "Agreed in June" {
  discount volume { rate 4% }
}

example "three per cent in June" {
  order on 2026-06-30 { 60 carton of "COLA-330" at EUR 10 }
  expect line 1 volume 3%
}
example "four from July on" {
  order on 2026-07-01 { 60 carton of "COLA-330" at EUR 10 }
  expect line 1 volume 4%
}
"""),
            ('rebates quote RULES --account ACME --on 2026-07-01 "60 carton COLA-330"', "rebates diff OLD NEW"),
        ),
        "ledger": Topic(
            "settle, state and prove",
            "A ledger keeps what was sold, returned, paid and claimed, and what was settled: an SQLite file, or\n"
            "PostgreSQL. Nothing in it is rewritten; what comes late gives a difference. A `rebates.toml` with `rules`\n"
            "and `ledger` saves the two options.",
            commands=(
                "rebates schema facts",
                "rebates import sales.csv --rules RULES --ledger ledger.db",
                "rebates accrue 2026-01-31 --rules RULES --ledger ledger.db",
                "rebates settle 2026-Q1 --dry-run --rules RULES --ledger ledger.db",
                "rebates settle 2026-Q1 --rules RULES --ledger ledger.db",
                "rebates statement ACME --period 2026-Q1 --ledger ledger.db --format html -o acme_q1.html",
                "rebates journal --period 2026-Q1 --ledger ledger.db",
                "rebates verify --ledger ledger.db",
            ),
        ),
        "calendar": Topic(
            "miss no deadline",
            "Reviews, last days of windows, settlements, deadlines of claims and payments, expiries and ends of validity\n"
            "follow from the text. A file of the form ics goes into a calendar program; importing it again changes\n"
            "events and doubles none. With a ledger the amounts that were settled stand beside their days.",
            commands=(
                "rebates calendar --rules RULES --period 2026",
                "rebates calendar --rules RULES --period 2026 --account ACME --format ics -o acme.ics",
            ),
        ),
        "service": Topic(
            "answer over HTTP",
            "`rebates serve` prices orders for other programs. A key is for the accounts and scopes that it was made\n"
            "for; without any key the service answers on this machine only. /docs has every route.",
            commands=(
                "rebates keys create --help",
                "rebates serve RULES",
            ),
        ),
        "examples": Topic(
            "prove what an agreement does",
            "An example is an order and what it must come to. `rebates test` runs them all; write one at each threshold\n"
            "and one just below it.",
            _agreement("""
discount volume "Volume discount" { rate 3% }

example "sixty cartons earn three per cent" {
  order on 2026-03-01 { 60 carton of "COLA-330" at EUR 10 }
  expect line 1 volume 3%
  expect order net value EUR 582
}
"""),
            ("rebates test RULES", "rebates test RULES --update"),
        ),
        "tables": Topic(
            "bring data",
            "Tables stand beside the text as CSV, Parquet or XLSX. Those with fixed names are master data: accounts,\n"
            "memberships, items, units, families, list_prices, costs. Your own are declared with their columns.",
            _agreement("""
table net_prices from "net_prices.csv" {
  account, item, unit   key
  price                 money
  valid_from, valid_to  dates
}

price account_net "Account prices" { from table net_prices }
"""),
        ),
        "rounding": Topic(
            "say how amounts are rounded",
            "Every step is rounded to the currency's smallest unit, half up, unless the agreement says otherwise. The\n"
            "explanation shows each step, so an invoice can be recomputed from its print.",
            _agreement("""
digits 4
half even
round order to EUR 0.05
"""),
        ),
        "orders": Topic(
            "quote from a program",
            "An order as JSON has the form that `rebates schema order` prints; the answer that of `rebates schema\n"
            "quote`. In Python: rebates.load(folder).quote(Order(...)).",
            commands=(
                "rebates schema order",
                "rebates quote RULES --order order.json --json",
                "rebates explain RULES --order order.json --view customer",
            ),
        ),
        "mistakes": Topic(
            "understand a message",
            "Every finding has a code, its place and what to do. `rebates help CODE` explains it with a wrong and a\n"
            "right sample.",
            commands=("rebates check RULES", "rebates help R0112"),
        ),
    }
)
