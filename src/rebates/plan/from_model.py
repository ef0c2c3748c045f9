"""The plan from the model: agreements in force, their rules and stages, and each line's static part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from rebates.model.money import minor_digits
from rebates.model.nodes import (
    Agreement,
    Amount,
    Bound,
    Condition,
    Expr,
    Flat,
    Limit,
    PercentPiece,
    PricePiece,
    PriceTable,
    Reward,
    Rule,
    RuleSet,
    Scope,
    SumPiece,
    Tiers,
    Total,
    UnitPiece,
    Who,
    WindowKind,
)
from rebates.model.outcome import OrderError
from rebates.plan.conditions import Known, simplified, totals_in, totals_in_condition
from rebates.plan.facts import AccountFacts, AttributeText, Facts, RowFound
from rebates.plan.nodes import Book, Clause, Here, LinePlan, Missing, RulePlan, StageKind, StagePlan, TotalUse
from rebates.plan.totals import total_key


def book_from_rules(
    rules: RuleSet,
    facts: Facts,
    account_id: str,
    day: date,
    days: Mapping[str, date],
    overlay: Mapping[str, AttributeText],
    codes: frozenset[str] = frozenset(),
    attributes: Mapping[str, AttributeText] = MappingProxyType({}),
) -> Book:
    """What holds for the account on the day; R0502 unknown account, R0501 no agreement, R0508 two currencies (1)."""
    account = facts.account(account_id, day, overlay)
    if account is None:
        raise OrderError(
            "R0502", f"account `{account_id}` is not in the table `accounts`", "account", "add the account to the table"
        )
    agreements = tuple(
        sorted(
            (each for each in rules.agreements if _in_force(each, account, facts, day)),
            key=lambda each: (-each.who.rank, -each.first.toordinal(), each.name),
        )
    )
    if not agreements:
        raise OrderError(
            "R0501",
            f"no agreement is in force for account `{account_id}` on {day.isoformat()}",
            "account",
            "check `accounts` and `valid` of the agreements",
        )
    first = agreements[0]
    for other in agreements:
        if other.currency != first.currency:
            raise OrderError(
                "R0508",
                f"agreements `{first.name}` in {first.currency} and `{other.name}` in {other.currency} are both in force",
                "account",
                "an order is priced in one currency: end one of the agreements before the other begins",
            )
    here = _rules_here(agreements, day, days)
    digits = first.rounding.digits
    book = Book(
        account=account,
        day=day,
        facts=facts,
        agreements=agreements,
        partners={each.name: _partners(each, agreements) for each in agreements},
        currency=first.currency,
        digits=minor_digits(first.currency) if digits is None else digits,
        rounding=first.rounding,
        rules=here,
        prices=tuple(each for each in here if each.rule.kind == "price"),
        stages=_stages(first, here),
        guards=tuple(guard for each in _in_text_order(rules, agreements) for guard in each.guards),
        totals=(),
        codes=codes,
        attributes=attributes,
    )
    uses = {use.key: use for each in here for use in _uses(book, each)}
    object.__setattr__(book, "totals", tuple(uses.values()))
    return book


def _in_text_order(rules: RuleSet, agreements: tuple[Agreement, ...]) -> list[Agreement]:
    return [each for each in rules.agreements if each in agreements]


def _in_force(agreement: Agreement, account: AccountFacts, facts: Facts, day: date) -> bool:
    return agreement.first <= day <= agreement.last and _matches(agreement.who, account, facts, day)


def _matches(who: Who, account: AccountFacts, facts: Facts, day: date) -> bool:
    match who.kind:
        case "account":
            return account.id == who.name
        case "account and subsidiaries":
            return who.name in account.line_up
        case "group":
            return who.name in account.groups
        case "where":
            assert who.where is not None
            return simplified(who.where, Known(facts, account, day)) is True
        case "all":
            return True


def _partners(agreement: Agreement, agreements: tuple[Agreement, ...]) -> frozenset[str]:
    """The agreement, those it adds to, and those that add to it (7.4)."""
    added = {each.name for each in agreements if agreement.name in each.adds_to}
    return frozenset({agreement.name, *agreement.adds_to} | added)


def _rules_here(agreements: tuple[Agreement, ...], day: date, days: Mapping[str, date]) -> tuple[Here, ...]:
    pairs = sorted(((rule, each) for each in agreements for rule in each.rules), key=lambda pair: pair[0].place)
    return tuple(
        Here(rule, agreement, _governing(rule, day, days), _valid(rule, _governing(rule, day, days)), number)
        for number, (rule, agreement) in enumerate(pairs)
    )


def _governing(rule: Rule, day: date, days: Mapping[str, date]) -> date:
    return day if rule.dated_by == "order" else days.get(rule.dated_by, day)


def _valid(rule: Rule, day: date) -> bool:
    return (rule.first is None or rule.first <= day) and (rule.last is None or day <= rule.last)


def _stages(first: Agreement, here: tuple[Here, ...]) -> tuple[StagePlan, ...]:
    """The stages that have rules, in the order they run (3.2, 30)."""
    stages: list[StagePlan] = []
    for stage in first.stages:
        rules = tuple(each for each in here if each.rule.kind != "price" and each.rule.stage == stage.name)
        if not rules:
            # a stage that nothing runs in still has amounts `after` it
            stages.append(StagePlan(stage.name, stage.combine, stage.base, _kind(stage.base, stage.name, ()), ()))
            continue
        stages.append(StagePlan(stage.name, stage.combine, stage.base, _kind(stage.base, stage.name, rules), rules))
    return tuple(stages)


def _kind(base: str, name: str, rules: tuple[Here, ...]) -> StageKind:
    if base == "charges":
        return "on charges"
    if not rules:
        return "charge" if name == "charges" else "discount"
    return "charge" if rules[0].rule.kind == "charge" else "discount"


# --- totals beyond the order ------------------------------------------------------------------------------------------


def _uses(book: Book, here: Here) -> Iterable[TotalUse]:
    """What the rule reads beyond the order, caps and limits among it (34)."""
    rule = here.rule
    for total in _totals(rule):
        if not total.scope.within_order:
            yield _use(book, here, total, total.key, total.scope, total.window)
    for bound in rule.caps:
        if not bound.scope.within_order:
            yield _use(book, here, bound, bound.key, bound.scope, bound.window)
    if rule.limit is not None and not rule.limit.scope.within_order:
        yield _use(book, here, rule.limit, rule.limit.key, rule.limit.scope, rule.limit.window)


def _use(
    book: Book, here: Here, what: Total | Bound | Limit, key: str | None, scope: Scope, window: WindowKind | None
) -> TotalUse:
    return TotalUse(total_key(book, here, key or "", scope, window), here, what)


def _totals(rule: Rule) -> list[Total]:
    found = [total for when in rule.when for total in totals_in_condition(when.condition)]
    expressions: list[Expr] = [bound.value for bound in (*rule.caps, *rule.floors)]
    if rule.pays_from is not None:
        expressions.append(rule.pays_from.value)
    if rule.not_below is not None:
        expressions.append(rule.not_below.value)
    if rule.base.value is not None:
        expressions.append(rule.base.value)
    if rule.base.where is not None:
        found += totals_in_condition(rule.base.where)
    match rule.worth:
        case Flat(reward):
            expressions += _expressions(reward)
        case Amount(value):
            expressions.append(value)
        case Tiers():
            expressions.append(rule.worth.measure)
            rewards = [tier.reward for tier in rule.worth.rows]
            if rule.worth.below is not None:
                rewards.append(rule.worth.below.reward)
            if rule.worth.without_baseline is not None:
                rewards.append(rule.worth.without_baseline)
            expressions += [expr for reward in rewards for expr in _expressions(reward)]
        case PriceTable():
            pass
    return found + [total for expr in expressions for total in totals_in(expr)]


def _expressions(reward: Reward) -> list[Expr]:
    found: list[Expr] = []
    for piece in reward.pieces:
        match piece:
            case PercentPiece():
                found.append(piece.rate)
                if piece.of is not None:
                    found.append(piece.of)
            case SumPiece() | UnitPiece():
                found.append(piece.amount)
            case PricePiece():
                found.append(piece.value)
    return found


# --- lines ------------------------------------------------------------------------------------------------------------


def line_plan(
    book: Book, item_id: str, unit: str, where: str, attributes: Mapping[str, AttributeText] = MappingProxyType({})
) -> LinePlan:
    """What holds for a line of the item in the unit; `where` names the line for R0503, an unknown item."""
    item = book.facts.item(item_id, unit)
    if item is None:
        raise OrderError(
            "R0503", f"item `{item_id}` is not in the table `items`", f"{where}.item", "add the item to the table"
        )
    known = Known(book.facts, book.account, book.day, book.attributes, item, unit, attributes)
    listed = book.facts.list_price(item_id, unit, book.day, book.currency)
    return LinePlan(
        book=book,
        item=item,
        unit=unit,
        list_price=None if listed is None else listed[0],
        cost=book.facts.cost(item_id, unit, book.day, book.currency),
        rules=tuple(_rule_plan(here, known, book) for here in book.rules),
    )


def _rule_plan(here: Here, known: Known, book: Book) -> RulePlan:
    rule = here.rule
    clauses: list[Clause] = []
    never = not here.in_dates or bool(rule.codes and not book.codes.intersection(rule.codes))
    for number, when in enumerate(rule.when):
        left = simplified(when.condition, known)
        if left is not True:
            clauses.append(Clause(number, left))
            never = never or left is False or isinstance(left, Missing)
    base: Condition | bool | Missing = True if rule.base.where is None else simplified(rule.base.where, known)
    unit_fits = rule.only_per is None or rule.only_per == known.unit
    rows: tuple[RowFound, ...] = ()
    if isinstance(rule.worth, PriceTable):
        rows = _rows(rule.worth, known, book)
        never = never or not rows
    never = never or not unit_fits or base is False or isinstance(base, Missing)
    return RulePlan(here, tuple(clauses), base, unit_fits, rows, never)


def _rows(table: PriceTable, known: Known, book: Book) -> tuple[RowFound, ...]:
    """The table's rows for the line."""
    values: dict[int, AttributeText] = {}
    for place, key in enumerate(table.keys):
        if not isinstance(key, str):
            value = known.read(key)
            if not isinstance(value, Missing):
                values[place] = value
    assert known.item is not None and known.unit is not None
    return book.facts.rows(table, values, known.item.id, known.unit, book.account.groups, book.day)
