"""The plan in words: what is settled for a line before its quantity is known, for people who read plans."""

from __future__ import annotations

from rebates.model.exact import ExactError, decimal_text
from rebates.plan.codes import needs_code
from rebates.plan.from_model import plan_of
from rebates.plan.nodes import Here, LinePlan, Missing, RulePlan


def show(line: LinePlan) -> str:
    """One line for the item and its price, one for each rule in force: what remains of it, or why it cannot apply."""
    terms = line.book.terms
    price = "no list price" if line.list_price is None else f"list price {_number(line.list_price)}"
    head = f"{line.item.id} per {line.unit} for {line.book.account.id} on {line.book.day}: {price} {terms.currency}"
    return "\n".join([head, *(f"  {_told(here, plan_of(line, here))}" for here in terms.rules)]) + "\n"


def _number(value: object) -> str:
    try:
        return decimal_text(value)  # type: ignore[arg-type]
    except ExactError:
        return str(value)


def _told(here: Here, plan: RulePlan) -> str:
    rule = here.rule
    where = f"{rule.kind} {rule.id}" + (f", stage {rule.stage}" if rule.stage else "")
    return f"{where}: {_why_never(plan)}" if plan.never else f"{where}: {_left(plan)}"


def _why_never(plan: RulePlan) -> str:
    if not plan.in_dates:
        return "never: not valid on the day"
    for clause in plan.clauses:
        if clause.left is False:
            return f"never: condition {clause.number + 1} does not hold"
        if isinstance(clause.left, Missing):
            return f"never: condition {clause.number + 1} asks for {clause.left.path or 'a value that is not there'}"
    if not plan.unit_fits or plan.base is False or isinstance(plan.base, Missing):
        return "never: the line is not in its base"
    return (
        "never: its code is not given"
        if needs_code(plan.here.rule) and not plan.codes.valid
        else "never: its table has no row"
    )


def _left(plan: RulePlan) -> str:
    open_clauses = [str(clause.number + 1) for clause in plan.clauses]
    if plan.base is not True:
        open_clauses.append("of its base")
    if not open_clauses:
        return "applies"
    return f"applies if condition {', '.join(open_clauses)} holds"
