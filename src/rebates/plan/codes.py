"""What the codes of an order are to a rule, for an account and a day; and the names of its counts of uses (50, 51)."""

from __future__ import annotations

from rebates.model.nodes import Rule, Scope, Uses
from rebates.plan.nodes import Book, CodesHere, Here
from rebates.plan.totals import total_key

NO_CODE, ANOTHERS, EXPIRED, NO_USES = "code", "another's code", "code expired", "no uses left"


def needs_code(rule: Rule) -> bool:
    """Whether only orders with a code of the rule have it."""
    return bool(rule.codes) or rule.code_table is not None


def codes_here(here: Here, book: Book) -> CodesHere:
    """The order's codes sorted out for the rule, uses apart."""
    valid: list[str] = []
    nearest = (NO_CODE, "")
    for code in sorted(book.codes):
        verdict = verdict_on(here, code, book)
        if verdict == "":
            valid.append(code)
        elif (verdict == EXPIRED and nearest[0] != EXPIRED) or (verdict == ANOTHERS and nearest[0] == NO_CODE):
            nearest = (verdict, code)
    if valid:
        return CodesHere(tuple(valid))
    return CodesHere((), nearest[0], nearest[1] or None)


def verdict_on(here: Here, code: str, book: Book) -> str:
    """ "" for a code that is the rule's own, the account's and of the day; else the reason against it."""
    rule = here.rule
    if code in rule.codes:
        return ""
    rows = () if rule.code_table is None else book.facts.tables[rule.code_table].find((code,))
    if not rows:
        return NO_CODE
    own = [row for row in rows if (row.cells.get("account") or book.account.id) == book.account.id]
    if not own:
        return ANOTHERS
    day = book.governing(here)
    return "" if any(row.holds(day) for row in own) else EXPIRED


def uses_key(here: Here, uses: Uses, code: str | None, book: Book) -> str:
    """`uses of a.coupon per account ever [ACME, ever]`; per code the code stands first in the brackets."""
    key = total_key(book, here, uses.key, uses.scope, uses.window)
    if not uses.per_code:
        return key
    name, _, rest = key.rpartition(" [")
    return f"{name} [{code}, {rest.removeprefix('all, ') if uses.scope is Scope.ALL else rest}"
