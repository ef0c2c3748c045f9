"""Codes that an order carries in vain: each is told to the caller with its reason, and the order is priced without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rebates.engine.orders import OrderProblem
from rebates.plan.codes import ANOTHERS, EXPIRED, needs_code, uses_key, verdict_on
from rebates.plan.nodes import Here

if TYPE_CHECKING:
    from rebates.engine.quote import Quote
    from rebates.model.nodes import Rule


def code_warnings(quote: Quote) -> Iterator[OrderProblem]:
    """One for each code that no rule in force takes, by its number, its place and the reason (50, 51).

    No code is ever proposed in place of another: a code is worth money, and guessing it should tell nothing.
    """
    book = quote.priced.book
    asking = [here for here in book.terms.rules if needs_code(here.rule)]
    for code in sorted(quote.given.codes):
        where = f"codes['{code}']"
        verdicts = {here: verdict_on(here, code, book) for here in asking}
        taking = [here for here, verdict in verdicts.items() if verdict == ""]
        if taking and all(_is_over(quote, here) for here in taking):
            yield OrderProblem("R0551", where, f"the code `{code}` is not valid on this day", _days_of(taking[0].rule))
        elif taking:
            spent = [why for here in taking if (why := _spent(quote, here, code))]
            if len(spent) == len(taking):
                yield OrderProblem("R0553", where, f"the code `{code}` is used up: {spent[0]}", "leave it out")
        elif EXPIRED in verdicts.values():
            held = _held(next(here for here, verdict in verdicts.items() if verdict == EXPIRED), quote, code)
            yield OrderProblem("R0551", where, f"the code `{code}` is not valid on this day", held)
        elif ANOTHERS in verdicts.values():
            yield OrderProblem("R0552", where, f"the code `{code}` is another account's", "leave it out")
        else:
            yield OrderProblem("R0550", where, f"no rule in force asks for the code `{code}`", "check its letters")


def _is_over(quote: Quote, here: Here) -> bool:
    """Whether the dates of a rule keep it from every line."""
    reasons = {one.because for one in quote.outcome.decisions if one.rule == here.rule.id}
    return reasons == {"dates"}


def _days_of(rule: Rule) -> str:
    return "it is valid" + "".join(f" {word} {day}" for word, day in (("from", rule.first), ("to", rule.last)) if day)


def _spent(quote: Quote, here: Here, code: str) -> str:
    """Which count leaves the code, or its rule, no use; empty if none does."""
    totals = quote.given.totals
    for uses in here.rule.uses:
        if totals.get(uses_key(here, uses, code, quote.priced.book), 0) >= uses.most:
            return f"`uses {' '.join(uses.span.text.split())}` of `{here.rule.name}`"
    return ""


def _held(here: Here, quote: Quote, code: str) -> str:
    """On which days the code is valid."""
    book = quote.priced.book
    rows = book.facts.tables[here.rule.code_table or ""].find((code,))
    own = [row for row in rows if (row.cells.get("account") or book.account.id) == book.account.id]
    days = [" ".join(f"{word} {day}" for word, day in (("from", r.first), ("to", r.last)) if day) for r in own]
    return f"it is valid {' and '.join(days)}"
