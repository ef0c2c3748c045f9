"""A finished run as the contract's result: returns mirrored, guards judged, totals carried on (32 to 35)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import cast

from rebates.compile.amounts import ZERO
from rebates.compile.goods import Added
from rebates.compile.judged import class_totals, judged
from rebates.compile.runtime import Run
from rebates.compile.state import Line, Part, Reader
from rebates.compile.terms import judged as judged_terms
from rebates.compile.uses import code_of_use
from rebates.compile.values import final_sum, final_view, in_season, is_nobodys, number
from rebates.model.exact import round_to_step
from rebates.model.nodes import Bound, Guard, Limit, RuleSet, SharedCap, Total, Uses
from rebates.model.outcome import Because, ChargeOut, Decision, FreeOut, GuardOut, LineOut, Outcome, Step
from rebates.model.pocket import PocketOut
from rebates.plan.arithmetic import compared
from rebates.plan.codes import codes_here, needs_code, uses_key
from rebates.plan.nodes import Book, CodesHere, GuardHere, Here, Missing, TotalUse
from rebates.plan.totals import counts_order, total_key


def outcome(done: Run, rules: RuleSet) -> Outcome:
    """Every amount, and for every rule and line why or why not."""
    book = done.book
    lines = done.lines()
    tokens = sum((gift.net_value for gift in done.sales.added), ZERO)
    net = sum((_sign(part) * line.net_final for part, line in lines), tokens)
    invoice = sum((_sign(part) * line.invoice for part, line in lines), tokens)
    cash = cash_rounding(book, invoice)
    return Outcome(
        agreements=tuple(agreement.name for agreement in book.terms.agreements),
        currency=book.terms.currency,
        lines=lines_of(done),
        charges=charges(done),
        cash_rounding=cash,
        net_value=net,
        invoice_value=invoice + cash,
        decisions=tuple(_decision(part, line, here) for part, line in lines for here in book.terms.rules),
        guards=guards(done, lambda: pocket_of(done, rules)),
        free=free(done),
        totals=totals(done),
        terms=judged_terms(done.sales),
        classes=judged(done),
    )


def lines_of(done: Run) -> tuple[LineOut, ...]:
    """Every line; the same whether the run noted all decisions or only those of rules that can apply."""
    return tuple(_line(part, line) for part, line in done.lines())


def decision(done: Run, here: Here, index: int) -> Decision | None:
    """What a rule did on a line; None where a run without decisions left it out, as it cannot apply."""
    for part in (done.returns, done.sales):
        for line in part.lines:
            if line.index == index:
                return _decision(part, line, here) if (line.place, here.number) in part.decisions else None
    return None


def free(done: Run) -> tuple[FreeOut, ...]:
    """The goods that were added, by the place of their rule, then the item."""
    added = sorted(done.sales.added, key=lambda gift: (gift.here.rule.place, gift.line.given.item))
    return tuple(
        FreeOut(
            gift.here.rule.id,
            gift.line.given.item,
            gift.line.quantity,
            gift.line.given.unit,
            gift.list_value,
            gift.net_value,
            gift.cost,
        )
        for gift in added
    )


def _sign(part: Part) -> int:
    return -1 if part.returns else 1


def cash_rounding(book: Book, invoice: Fraction) -> Fraction:
    """The difference to the nearest step of the order's amount (2.2 b)."""
    terms = book.terms.rounding
    return ZERO if terms.order_step is None else round_to_step(invoice, terms.order_step, terms.mode) - invoice


def _line(part: Part, line: Line) -> LineOut:
    sign = _sign(part)
    return LineOut(
        list_price=line.list_price,
        list_value=None if line.list_value is None else sign * line.list_value,
        gross_price=line.gross_price,
        gross_value=sign * line.gross_value,
        price_rule=line.price_rule,
        price_row=line.price_row,
        steps=tuple(
            Step(name, sign * before, sign * after, tuple((rule, sign * amount) for rule, amount in parts))
            for name, before, after, parts in line.steps
        ),
        net_value=sign * line.net_final,
        charges=tuple(
            (rule, sign * line.charges[rule])
            for rule in sorted(line.charges, key=part.charges.__getitem__)
            if line.charges[rule]
        ),
        invoice_value=sign * line.invoice,
        cost=None if line.plan.cost is None else sign * line.plan.cost * line.quantity,
    )


def charges(done: Run) -> tuple[ChargeOut, ...]:
    """The charges of the order, by the place of their rule."""
    amounts: dict[str, tuple[Fraction, Fraction]] = {}
    for part, line in done.lines():
        for rule, amount in line.charged.items():
            before, after = amounts.get(rule, (ZERO, ZERO))
            amounts[rule] = (before + _sign(part) * amount, after + _sign(part) * line.charges[rule])
    places = {**done.returns.charges, **done.sales.charges}
    return tuple(ChargeOut(rule, *amounts[rule]) for rule in sorted(amounts, key=places.__getitem__))


def _decision(part: Part, line: Line, here: Here) -> Decision:
    settled = part.decisions[line.place, here.number]
    sign = 1 if here.rule.kind == "price" else _sign(part)
    return Decision(
        rule=here.rule.id,
        line=line.index,
        because=cast(Because, settled.because),
        amount=sign * settled.amount,
        tier=settled.tier,
        measure=settled.measure,
        clause=settled.clause,
        detail=settled.detail,
        chosen=part.chosen.get((line.place, here.number), ()),
    )


# --- guards -----------------------------------------------------------------------------------------------------------


def pocket_of(done: Run, rules: RuleSet) -> PocketOut:
    """What rebates the order is expected to earn, and what is left of its lines (section 15)."""
    from rebates.compile.pocket import pocket  # only who asks loads what settling needs

    terms = done.book.terms
    return pocket(rules, done.order, terms.agreements, terms.currency, lines_of(done))


def guards(done: Run, pocketed: Callable[[], PocketOut]) -> tuple[GuardOut, ...]:
    """Each guard on the sales lines, of the order or each (7.3, 33); the pocket is asked for only where one watches it."""
    sales = done.sales
    if not sales.lines:
        return ()
    watched = any(guard.watches == "pocket margin" for guard in done.book.terms.guards)
    left = pocketed().values if watched else ()
    found: list[GuardOut] = []
    for guard in done.book.terms.guards:
        if guard.per_line or guard.watches == "net price":
            found.extend(_guard(guard, sales, [line], line.index, left) for line in sales.lines)
        else:
            found.append(_guard(guard, sales, sales.lines, None, left))
    return tuple(found)


def _guard(guard: Guard, part: Part, lines: Sequence[Line], index: int | None, left: Sequence[Fraction]) -> GuardOut:
    value = _watched(guard, lines, part.added if index is None else (), left)
    agreement = next(each for each in part.book.terms.agreements if each.name == guard.agreement)
    bound = number(guard.bound, Reader(final_view(part), GuardHere(agreement), lines[0]))
    if isinstance(bound, Missing):
        return GuardOut(guard.id, index, value, None, False)
    return GuardOut(guard.id, index, value, bound, value is not None and compared(guard.op, value, bound))


def _watched(guard: Guard, lines: Sequence[Line], added: Sequence[Added], left: Sequence[Fraction]) -> Fraction | None:
    match guard.watches:
        case "discount":
            values = [line.list_value for line in lines]
            if any(value is None for value in values):
                return None
            total = sum((value for value in values if value is not None), ZERO)
            total += sum((gift.list_value for gift in added), ZERO)
            net = sum((line.net_final for line in lines), ZERO) + sum((gift.net_value for gift in added), ZERO)
            return (total - net) / total if total else None
        case "invoice margin" | "pocket margin" as which:
            values_ = [left[line.index] if which == "pocket margin" else line.invoice for line in lines]
            price = sum(values_, ZERO) + sum((gift.net_value for gift in added), ZERO)
            costs = [line.plan.cost * line.quantity for line in lines if line.plan.cost is not None]
            costs += [gift.cost for gift in added if gift.cost is not None]
            if len(costs) < len(lines) + len(added) or price <= 0:
                return None
            return (price - sum(costs, ZERO)) / price
        case "net price":
            [line] = lines
            return line.net_final / line.quantity


# --- totals -----------------------------------------------------------------------------------------------------------


def totals(done: Run) -> dict[str, Fraction]:
    """Every total beyond the order that a rule in force or a class reads, after this order (5.4 b, 34)."""
    uses: dict[str, TotalUse] = {}
    for use in done.book.terms.totals:
        what = use.what
        if isinstance(what, Uses):
            key = _key_of_use(done, use.here, what)
            if key is not None:
                uses.setdefault(key, use)
            continue
        if isinstance(what, Total) and (
            is_nobodys(what, done.book) or not in_season(what, use.here.agreement, done.book.governing(use.here))
        ):
            continue
        uses.setdefault(total_key(done.book, use.here, what.key or "", what.scope, what.window), use)
    return {
        key: done.order.totals.get(key, ZERO)
        + (_added(done.sales, use) - _taken_back(done.returns, use) if _counts(done, use) else ZERO)
        for key, use in uses.items()
    } | class_totals(done)


def _counts(done: Run, use: TotalUse) -> bool:
    return counts_order(use.here.agreement, use.what.window, done.book.governing(use.here))


def _key_of_use(done: Run, here: Here, uses: Uses) -> str | None:
    """The name of a count of uses; None for one per code where the order has none that may be used."""
    codes = codes_here(here, done.book) if needs_code(here.rule) else CodesHere()
    code = code_of_use(here, codes, done.sales) if uses.per_code else None
    return None if uses.per_code and code is None else uses_key(here, uses, code, done.book)


def _added(part: Part, use: TotalUse) -> Fraction:
    if not part.lines:
        return ZERO
    match use.what:
        case Total():
            return final_sum(use.what, Reader(final_view(part), use.here, part.lines[0]), part)
        case Bound():
            return sum((part.paid.get((line.place, use.here.number), ZERO) for line in part.lines), ZERO)
        case SharedCap():
            numbers = [here.number for here in part.book.terms.rules if here.rule.id in use.what.rules]
            return sum((part.paid.get((line.place, n), ZERO) for line in part.lines for n in numbers), ZERO)
        case Uses():
            took = any((use.here.rule.id, line.place) in part.took for line in part.lines)
            return Fraction(1 if took else 0)
        case Limit():
            return sum((part.used.get((line.place, use.here.number), ZERO) for line in part.lines), ZERO)


def _taken_back(part: Part, use: TotalUse) -> Fraction:
    if isinstance(use.what, Uses) or (isinstance(use.what, Total) and use.what.what in ("orders", "deliveries")):
        return ZERO
    return _added(part, use)
