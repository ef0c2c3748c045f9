"""How often rules were used before, and whether they may be used again (51)."""

from __future__ import annotations

from rebates.compile.amounts import ZERO
from rebates.compile.state import Part, Settled
from rebates.model.nodes import Uses
from rebates.plan.codes import NO_USES, uses_key
from rebates.plan.nodes import CodesHere, Here


def no_uses(here: Here, codes: CodesHere, part: Part) -> Settled | None:
    """Why the rule may not be used any more; a return looks at no uses."""
    if part.returns:
        return None
    if codes.valid and code_of_use(here, codes, part) is None:
        return Settled(NO_USES, None, codes.valid[0])
    spent = any(not _left(here, uses, None, part) for uses in here.rule.uses if not uses.per_code)
    return Settled(NO_USES) if spent else None


def code_of_use(here: Here, codes: CodesHere, part: Part) -> str | None:
    """The code that the order uses up: the first of its valid ones that has uses left."""
    per_code = [uses for uses in here.rule.uses if uses.per_code]
    return next((code for code in codes.valid if all(_left(here, uses, code, part) for uses in per_code)), None)


def _left(here: Here, uses: Uses, code: str | None, part: Part) -> bool:
    return part.order.totals.get(uses_key(here, uses, code, part.book), ZERO) < uses.most
