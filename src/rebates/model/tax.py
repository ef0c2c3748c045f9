"""Prices that include tax: where the rate of an item stands, and that every item has one (2.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rebates.model import nodes as m
from rebates.model.expressions import Typing, describe
from rebates.model.master import Master
from rebates.model.reads import rule_reads
from rebates.model.table_values import taxed
from rebates.model.tables import Slips, Table
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

PRICES = ("list_prices", "costs")


def tax_of(found: s.TaxRate | None, typing: Typing) -> m.Attribute | None:
    """The attribute that holds the tax rate of an item."""
    if found is None:
        return None
    attribute = typing.names.attribute(found.path)
    if attribute is None:
        return None
    if attribute.subject != "item" or attribute.dimension != m.NUMBER:
        what = "is not of the item" if attribute.subject != "item" else f"is {describe(attribute.dimension)}"
        typing.error(
            "R0399",
            found.span,
            f"a tax rate is a percent of the item; `{attribute.path}` {what}",
            "declare it: `attribute item.vat percent`",
        )
        return None
    return attribute


def check_tax(rules: Sequence[m.Rule], tax: m.Attribute | None, span: Span, typing: Typing) -> None:
    """The price tables of an agreement that include tax: it says the rates, and every item of theirs has one."""
    master = typing.names.master
    for name in PRICES:
        table = master.tables.get(name)
        if table is not None and _taxed(table) and taxed(name, span, typing):
            _check_rows(table, tax, typing)
    if not any(map(_taxed, typing.names.tables.values())):
        return
    for name in dict.fromkeys(_read(rules)):
        found = typing.names.tables.get(name)
        if found is not None and _taxed(found):
            _check_rows(found, tax, typing)


def _taxed(table: Table) -> bool:
    return any(column.with_tax for column in table.schema.columns)


def _read(rules: Sequence[m.Rule]) -> Iterator[str]:
    for rule in rules:
        if isinstance(rule.worth, m.PriceTable):
            yield rule.worth.table
        for read in rule_reads(rule):
            if isinstance(read.expr, m.TableValue):
                yield read.expr.table


def _check_rows(table: Table, tax: m.Attribute | None, typing: Typing) -> None:
    if tax is None or tax.default is not None or not any(column.name == "item" for column in table.schema.keys):
        return
    report, master = typing.names.report, typing.names.master
    if any(found.code == "R0426" and f"table `{table.name}`" in found.message for found in report.diagnostics):
        return  # told for another agreement
    slips = Slips(report, table.name)
    for row in table.rows():
        item = str(row.cells["item"])
        if _has_no_rate(item, tax, master):
            slips.add(
                "R0426",
                partial(table.place, row, "item"),
                f"row {row.number} of table `{table.name}` includes tax, and item `{item}` has no `{tax.path}`",
                f"write its rate into the table `items`, or give `{tax.path}` a default",
            )
    slips.close()


def _has_no_rate(item: str, tax: m.Attribute, master: Master) -> bool:
    known = master.item(item)
    return known is None or known.attributes.get(tax.name) is None
