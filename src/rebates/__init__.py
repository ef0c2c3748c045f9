"""rebates: the open engine for commercial agreements.

    import rebates
    from rebates import Line, Order

    book = rebates.load("rules/nusantara")
    quote = book.quote(Order(account="NUSANTARA", date="2026-03-10", lines=[Line("COLA-330", "60 carton")]))
    print(quote.total, quote.explain())

Names are imported when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rebates.engine.book import Book, check, load
    from rebates.engine.facts import Fact, FactErrors, FactProblem
    from rebates.engine.orders import Line, Order, OrderErrors, OrderProblem
    from rebates.engine.quote import Quote
    from rebates.engine.settle import Settlement
    from rebates.ledger.ledger import Ledger
    from rebates.model.money import Money
    from rebates.model.tables import TableSource
    from rebates.syntax.diagnostics import Diagnostic, RuleErrors

__version__ = "0.1.0"

_HOMES = {
    "Book": "rebates.engine.book",
    "Diagnostic": "rebates.syntax.diagnostics",
    "Fact": "rebates.engine.facts",
    "FactErrors": "rebates.engine.facts",
    "FactProblem": "rebates.engine.facts",
    "Ledger": "rebates.ledger.ledger",
    "Line": "rebates.engine.orders",
    "Money": "rebates.model.money",
    "Order": "rebates.engine.orders",
    "OrderErrors": "rebates.engine.orders",
    "OrderProblem": "rebates.engine.orders",
    "Quote": "rebates.engine.quote",
    "RuleErrors": "rebates.syntax.diagnostics",
    "Settlement": "rebates.engine.settle",
    "TableSource": "rebates.model.tables",
    "check": "rebates.engine.book",
    "load": "rebates.engine.book",
}

__all__ = [
    "Book",
    "Diagnostic",
    "Fact",
    "FactErrors",
    "FactProblem",
    "Ledger",
    "Line",
    "Money",
    "Order",
    "OrderErrors",
    "OrderProblem",
    "Quote",
    "RuleErrors",
    "Settlement",
    "TableSource",
    "__version__",
    "check",
    "load",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `rebates` has no name `{name}`")
    return getattr(import_module(home), name)
