"""Prices an order: agreements in force, returns and sales apart, waterfall, charges, guards, totals."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.orders import OrderIn
from rebates.model.outcome import ChargeOut, Decision, FreeOut, LineOut, OrderError, Outcome, Step
from rebates.reference import across, guards, stages
from rebates.reference import charges as on_charges
from rebates.reference.arithmetic import ZERO, Money, rounded
from rebates.reference.classes import judge_classes
from rebates.reference.context import Line, OverTime, Part, View
from rebates.reference.groups import Amounts, Given
from rebates.reference.prices import Priced, gross_price, list_price
from rebates.reference.terms import judge
from rebates.reference.totals import totals_after
from rebates.reference.values import truth
from rebates.reference.versions import as_amended


def price(rules: m.RuleSet, order: OrderIn) -> Outcome:
    """The outcome of an order; OrderError where it cannot be priced."""
    agreements = tuple(as_amended(agreement, order) for agreement in in_force(rules, order))
    if not order.lines:
        raise OrderError("R0507", "the order has no lines", "lines", "add a line such as `60 carton COLA-330`")
    first = agreements[0]
    money = Money(first.rounding, first.digits)
    whole = Part(rules, order, agreements, money, [], False)
    lines: list[Line] = []
    for index in range(len(order.lines)):
        line = _line(rules, order, index)
        list_price(whole, line)
        lines.append(line)
    back = Part(rules, order, agreements, money, [x for x in lines if order.lines[x.index].quantity < 0], True)
    returned = _price_part(back)
    sales = Part(rules, order, agreements, money, [x for x in lines if order.lines[x.index].quantity > 0], False)
    sales.returned = [(line, _final(returned.lines[line.index])) for line in back.lines]
    sold = _price_part(sales)
    outs = {**sold.lines, **{index: _mirrored(out) for index, out in returned.lines.items()}}
    decisions = sold.decisions + [
        replace(d, amount=-d.amount) if _is_stage_rule(agreements, d) else d for d in returned.decisions
    ]
    place = {rule.id: rule.place for agreement in agreements for rule in agreement.rules}
    tokens = sum((gift.net_value for _, gift in sold.gifts), ZERO)
    invoice = sum((out.invoice_value for out in outs.values()), ZERO) + tokens
    cash = ZERO
    if first.rounding.order_step is not None:
        cash = rounded(invoice, first.rounding.order_step, first.rounding.mode) - invoice
    judged, class_totals = judge_classes(sales, sold.lines, back, returned.lines)
    totals = totals_after(sales, sold.lines, sold.taken, back, returned.lines, returned.taken)
    free = _free(sales, sold)
    return Outcome(
        agreements=tuple(agreement.name for agreement in agreements),
        currency=first.currency,
        lines=tuple(outs[index] for index in range(len(lines))),
        charges=_charges(agreements, sold, returned),
        cash_rounding=cash,
        net_value=sum((out.net_value for out in outs.values()), ZERO) + tokens,
        invoice_value=invoice + cash,
        decisions=tuple(sorted(decisions, key=lambda d: (d.line, place[d.rule]))),
        guards=tuple(guards.judge(sales, sold.lines, free, outs)),
        free=free,
        terms=judge(sales, sold.lines),
        totals=totals | class_totals,
        classes=judged,
    )


def in_force(rules: m.RuleSet, order: OrderIn) -> tuple[m.Agreement, ...]:
    """The agreements in force for the account on the order day, most specific first (7.4)."""
    if rules.master.account(order.account) is None:
        raise OrderError("R0502", f"account `{order.account}` is unknown", "account", "add it to the table `accounts`")
    found = [a for a in rules.agreements if a.first <= order.day <= a.last and matches(rules, order, a)]
    if not found:
        raise OrderError(
            "R0501",
            f"no agreement holds for account `{order.account}` on {order.day}",
            "account",
            "check the account and the dates of the agreements",
        )
    return tuple(sorted(found, key=lambda a: (-a.who.rank, -a.first.toordinal(), a.name)))


def matches(rules: m.RuleSet, order: OrderIn, agreement: m.Agreement, over: OverTime | None = None) -> bool:
    """Whether the agreement is for the account of an order, on its day (1)."""
    who, master = agreement.who, rules.master
    match who.kind:
        case "account":
            return order.account == who.name
        case "account and subsidiaries":
            return order.account == who.name or who.name in master.ancestors(order.account)
        case "group":
            return who.name in master.groups(order.account, order.day)
        case "where":
            assert who.where is not None
            part = Part(rules, order, (agreement,), Money(agreement.rounding, 2), [], False)
            return truth(who.where, View(part, {}, {}, None, agreement, over=over), None) is True
        case _:
            return True


def _line(rules: m.RuleSet, order: OrderIn, index: int) -> Line:
    given = order.lines[index]
    where = f"lines[{index}]"
    item = rules.master.item(given.item)
    if item is None and rules.master.has_items:
        raise OrderError("R0503", f"item `{given.item}` is unknown", f"{where}.item", "add it to the table `items`")
    if given.quantity == 0:
        raise OrderError("R0506", "the quantity is zero", f"{where}.quantity", "order some, or leave the line out")
    base = item.base_unit if item is not None else given.unit
    factor = rules.master.factor(given.item, given.unit, order.day, base)
    if factor is None:
        raise OrderError(
            "R0505",
            f"item `{given.item}` has no conversion from {given.unit} to {base}",
            f"{where}.quantity",
            f"add a row to the table `units`: {given.item},{given.unit},…",
        )
    return Line(index, given, abs(given.quantity), item, base, factor)


def _free(sales: Part, sold: Waterfall) -> tuple[FreeOut, ...]:
    """The goods that were added, by the place of their rule, then the item."""
    found = sorted(sold.gifts, key=lambda pair: (pair[0].place, pair[1].item))
    return tuple(
        FreeOut(rule.id, gift.item, gift.quantity, gift.unit, gift.list_value, gift.net_value, gift.cost)
        for rule, gift in found
    )


class Waterfall:
    """What pricing a part gives: finished lines by index, decisions, charges before and after stages on them."""

    def __init__(self) -> None:
        self.lines: dict[int, LineOut] = {}
        self.decisions: list[Decision] = []
        self.charged: on_charges.Charges = {}
        self.left: on_charges.Charges = {}
        self.taken: dict[str, dict[int, Fraction]] = {}
        self.gifts: list[tuple[m.Rule, Given]] = []


def _price_part(part: Part) -> Waterfall:
    """Prices, discount stages, charge stages, stages on charges."""
    out = Waterfall()
    if not part.lines:
        return out
    priced = _prices(part, out)
    running: Amounts = {
        line.index: line.gross_value if not part.money.words.round_once else line.gross_price * line.quantity
        for line in part.lines
    }
    steps: dict[int, list[Step]] = {line.index: [] for line in part.lines}
    invoice: Amounts = {}
    charge_amounts: dict[str, Fraction] = {}
    net: Amounts = {}
    kinds = _kinds(part)
    for stage in part.agreements[0].stages:
        kind = kinds.get(stage.name, "charge" if stage.name == "charges" else "discount")
        if stage.base == "charges" or kind == "charge":
            if not net:
                net = _finish_discounts(part, running, steps)
                invoice = dict(running) if part.money.words.round_once else dict(net)
            if stage.base == "charges":
                taken = on_charges.run(part, stage, net, out.left)
                out.decisions += taken
                part.took |= {(d.rule, d.line) for d in taken if d.because == "taken"}
            else:
                exact = dict(running) if part.money.words.round_once else net
                _charge_stage(part, stage, exact, invoice, charge_amounts, out)
            continue
        across.before(part, stage, running)
        state = stages.Stage(part, stage, 1, running, dict(running), {}, {})
        before = _shown(part, running)
        stages.run(state)
        part.earned |= state.charge_amounts
        part.after[stage.name] = dict(running)
        part.discounted |= {i for i, taken in state.parts.items() if any(amount > 0 for _, amount in taken)}
        _note_steps(stage.name, before, _shown(part, running), state.parts, steps)
        _collect(part, out, state.parts, state.decisions)
        out.gifts += state.gifts
    if not net:
        net = _finish_discounts(part, running, steps)
    out.decisions = [replace(d, chosen=part.chosen.get((d.rule, d.line), ())) for d in out.decisions]
    for line in part.lines:
        out.lines[line.index] = _line_out(part, line, priced[line.index], steps[line.index], net, out.left)
    return out


def _shown(part: Part, running: Amounts) -> Amounts:
    """The amounts as they are printed: rounded where the exact ones go on."""
    if not part.money.words.round_once:
        return dict(running)
    return {index: part.money.amount(amount) for index, amount in running.items()}


def _kinds(part: Part) -> dict[str, str]:
    return {rule.stage: rule.kind for a in part.agreements for rule in a.rules if rule.kind != "price"}


def _prices(part: Part, out: Waterfall) -> dict[int, Priced]:
    carried_list = carried_gross = ZERO
    money = part.money
    priced: dict[int, Priced] = {}
    promotions = {rule.id for agreement in part.agreements for rule in agreement.rules if rule.promotional}
    for line in part.lines:
        found = gross_price(part, line)
        at = money.price(found.price) if money.words.price_first else found.price
        priced[line.index] = replace(found, price=at)
        if line.list_price is not None:
            exact = line.list_price * line.quantity + (carried_list if money.words.carry_difference else ZERO)
            line.list_value = money.amount(exact)
            carried_list = exact - line.list_value
        exact = at * line.quantity + (carried_gross if money.words.carry_difference else ZERO)
        line.promotional = found.rule in promotions
        line.gross_price, line.gross_value = at, money.amount(exact)
        carried_gross = exact - line.gross_value
        out.decisions += found.decisions
        part.took |= {(d.rule, d.line) for d in found.decisions if d.because == "taken"}
    return priced


def _note_steps(
    name: str,
    before: Amounts,
    after: Amounts,
    parts: dict[int, list[tuple[str, Fraction]]],
    steps: dict[int, list[Step]],
) -> None:
    for index, taken in parts.items():
        steps[index].append(Step(name, before[index], after[index], tuple(taken)))


def _collect(
    part: Part, out: Waterfall, parts: dict[int, list[tuple[str, Fraction]]], decisions: list[Decision]
) -> None:
    out.decisions += decisions
    part.took |= {(d.rule, d.line) for d in decisions if d.because == "taken"}
    for index, taken in parts.items():
        for rule, amount in taken:
            mine = out.taken.setdefault(rule, {})
            mine[index] = mine.get(index, ZERO) + amount


def _finish_discounts(part: Part, running: Amounts, steps: dict[int, list[Step]]) -> Amounts:
    """A manual net price or discount comes last of all, stopped by nothing (3.7); then the net value stands."""
    money, carries = part.money, part.money.words.carry_difference
    carried = ZERO
    for line in part.lines:
        index, before = line.index, running[line.index]
        if line.given.net_price is not None:
            exact = line.given.net_price * line.quantity
        elif line.given.discount is not None:
            exact = before * (1 - line.given.discount)
        else:
            continue
        shown = money.amount(before) if money.words.round_once else before
        if money.words.price_first:
            exact = money.price(exact / line.quantity) * line.quantity
        if money.words.round_once:
            running[index] = exact
        elif money.words.discount_rounds:
            take = before - exact
            taken = money.amount(take + carried)
            running[index] = before - taken
            carried = take + carried - taken if carries else ZERO
        else:
            running[index] = money.amount(exact + carried)
            carried = exact + carried - running[index] if carries else ZERO
        after = money.amount(running[index]) if money.words.round_once else running[index]
        if after != shown:
            steps[index].append(Step("manual", shown, after, (("manual", shown - after),)))
    return _shown(part, running)


def _charge_stage(
    part: Part, stage: m.Stage, net: Amounts, invoice: Amounts, charge_amounts: dict[str, Fraction], out: Waterfall
) -> None:
    sums: Amounts = {}
    for parts in out.charged.values():
        for index, amount in parts.items():
            sums[index] = sums.get(index, ZERO) + amount
    running = dict(net)  # what the charges of this stage are paid on, whatever those of earlier ones added (30a)
    state = stages.Stage(part, stage, -1, running, net, sums, charge_amounts)
    stages.run(state)
    for index, amount in running.items():
        invoice[index] += amount - net[index]
    _collect(part, out, state.parts, state.decisions)
    for index, taken in state.parts.items():
        for rule, amount in taken:
            for charges in (out.charged, out.left):
                mine = charges.setdefault(rule, {})
                mine[index] = mine.get(index, ZERO) + amount


def _line_out(
    part: Part, line: Line, priced: Priced, steps: list[Step], net: Amounts, charges: on_charges.Charges
) -> LineOut:
    rules = [rule.id for rule in charge_rules(part.agreements)]
    mine = tuple((id, charges[id][line.index]) for id in rules if charges.get(id, {}).get(line.index))
    return LineOut(
        list_price=line.list_price,
        list_value=line.list_value,
        gross_price=line.gross_price,
        gross_value=line.gross_value,
        price_rule=priced.rule,
        price_row=priced.row,
        steps=tuple(steps),
        net_value=net[line.index],
        charges=mine,
        invoice_value=net[line.index] + sum((amount for _, amount in mine), ZERO),
        cost=None if line.cost is None else line.cost * line.quantity,
    )


def charge_rules(agreements: tuple[m.Agreement, ...]) -> list[m.Rule]:
    """The charges of the agreements in force, in text order."""
    found = [rule for agreement in agreements for rule in agreement.rules if rule.kind == "charge"]
    return sorted(found, key=lambda rule: rule.place)


def _final(out: LineOut) -> dict[str, Fraction]:
    return {
        "list": out.gross_value if out.list_value is None else out.list_value,
        "gross": out.gross_value,
        "net": out.net_value,
        "invoice": out.invoice_value,
    }


def _mirrored(out: LineOut) -> LineOut:
    """A return's line: every amount with its sign turned, prices as they are (2.8)."""
    return replace(
        out,
        list_value=None if out.list_value is None else -out.list_value,
        gross_value=-out.gross_value,
        steps=tuple(
            replace(s, before=-s.before, after=-s.after, parts=tuple((r, -a) for r, a in s.parts)) for s in out.steps
        ),
        net_value=-out.net_value,
        charges=tuple((rule, -amount) for rule, amount in out.charges),
        invoice_value=-out.invoice_value,
        cost=None if out.cost is None else -out.cost,
    )


def _is_stage_rule(agreements: tuple[m.Agreement, ...], decision: Decision) -> bool:
    return any(rule.id == decision.rule and rule.kind != "price" for a in agreements for rule in a.rules)


def _charges(agreements: tuple[m.Agreement, ...], sold: Waterfall, returned: Waterfall) -> tuple[ChargeOut, ...]:
    out = []
    for rule in charge_rules(agreements):
        amount = sum(sold.charged.get(rule.id, {}).values(), ZERO) - sum(
            returned.charged.get(rule.id, {}).values(), ZERO
        )
        after = sum(sold.left.get(rule.id, {}).values(), ZERO) - sum(returned.left.get(rule.id, {}).values(), ZERO)
        if any(sold.charged.get(rule.id, {}).values()) or any(returned.charged.get(rule.id, {}).values()):
            out.append(ChargeOut(rule.id, amount, after))
    return tuple(out)
