"""Every code that a rule file, a table or an order can meet, with its page.

To add one: write an `Entry` in the module of its hundred, at the next free number, and raise it with
`report.error("R0…", …)`, or `.warning`, `.note`, as its severity says; the report refuses a code that is not here.
A code that is raised no more is taken out; its number is not given again.

| codes | module | of |
|---|---|---|
| R00xx | `text.py` | characters, numbers, dates and quotes |
| R01xx | `words.py` | words and blocks |
| R02xx | `names.py` | names and types |
| R03xx | `rules.py` | what rules and agreements mean; findings |
| R037x | `combination.py` | rules that keep others out, codes, shared limits |
| R04xx | `tables.py` | tables and master data |
| R043x, R044x | `amendments.py` | amendments, time and terms |
| R05xx | `orders.py` | orders, when they are priced |
| R039x, R042x, R055x | `prices.py` | how prices are made |
| R036x, R054x | `goods.py` | free goods and bundles |
| R06xx | `examples.py` | examples |
| R065x to R069x | `rebates.py` | rebates, settled over time |
| R07xx | `files.py` | rule files and folders |
| R08xx | `facts.py` | facts that are posted, the ledger |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rebates.syntax.catalogue import (
    amendments,
    classes,
    combination,
    examples,
    facts,
    files,
    goods,
    names,
    orders,
    prices,
    rates,
    rebates,
    rules,
    tables,
    text,
    words,
)
from rebates.syntax.catalogue.entry import Entry as Entry
from rebates.syntax.catalogue.entry import Severity as Severity

MODULES = (
    ("R00", text.ENTRIES),
    ("R01", words.ENTRIES),
    ("R02", names.ENTRIES),
    ("R03", rules.ENTRIES),
    ("R03", prices.RULES),
    ("R03", rates.ENTRIES),
    ("R037", combination.ENTRIES),
    ("R055", combination.WARNINGS),
    ("R03", goods.RULES),
    ("R04", tables.ENTRIES),
    ("R04", amendments.ENTRIES),
    ("R04", classes.ENTRIES),
    ("R05", orders.ENTRIES),
    ("R04", prices.TABLES),
    ("R05", prices.ORDERS),
    ("R05", goods.ORDERS),
    ("R06", examples.ENTRIES),
    ("R06", rebates.ENTRIES),
    ("R07", files.ENTRIES),
    ("R08", facts.ENTRIES),
    ("R08", facts.LEDGER),
)


def assemble(modules: Sequence[tuple[str, Sequence[Entry]]]) -> Mapping[str, Entry]:
    """All entries by code, in order; a code or name that is used twice, or stands in the wrong module, is our mistake."""
    by_code: dict[str, Entry] = {}
    by_name: dict[str, Entry] = {}
    for prefix, entries in modules:
        for entry in entries:
            assert entry.code.startswith(prefix), f"{entry.code} belongs to another module than that of {prefix}xx"
            assert entry.code not in by_code, f"{entry.code} is used twice"
            assert entry.name not in by_name, f"`{entry.name}` is the name of two codes"
            by_code[entry.code] = by_name[entry.name] = entry
    return MappingProxyType(dict(sorted(by_code.items())))


ENTRIES: Mapping[str, Entry] = assemble(MODULES)
