"""The plan from the model: agreements in force, their rules and stages, and each line's static part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from rebates.model.goods_tests import goods_where
from rebates.model.nodes import (
    Agreement,
    Amount,
    Bound,
    Cases,
    Condition,
    Expr,
    Flat,
    Levels,
    Limit,
    PercentPiece,
    PricePiece,
    PriceTable,
    RateTable,
    Reward,
    Rule,
    Scope,
    SharedCap,
    SumPiece,
    Tiers,
    Total,
    UnitPiece,
    Uses,
    Worth,
)
from rebates.model.orders import OrderIn
from rebates.model.outcome import OrderError
from rebates.plan.classes import Judge, classes_of
from rebates.plan.codes import codes_here, needs_code
from rebates.plan.conditions import Known, simplified, totals_in, totals_in_condition
from rebates.plan.facts import AccountFacts, AttributeText, Facts, RowFound
from rebates.plan.index import RuleIndex
from rebates.plan.money import in_own_currency, taxed_share
from rebates.plan.nodes import (
    Book,
    Clause,
    CodesHere,
    Here,
    LinePlan,
    Missing,
    RulePlan,
    StageKind,
    StagePlan,
    Terms,
    TotalUse,
)


def agreements_in_force(
    agreements: Iterable[Agreement], facts: Facts, account: AccountFacts, order: OrderIn, day: date
) -> tuple[Agreement, ...]:
    """The agreements that hold for the account on the day, most specific first (1); R0501 none, R0508 two currencies."""
    found = tuple(
        sorted(
            (each for each in agreements if _in_force(each, account, facts, order, day)),
            key=lambda each: (-each.who.rank, -each.first.toordinal(), each.name),
        )
    )
    if not found:
        raise OrderError(
            "R0501",
            f"no agreement is in force for account `{account.id}` on {day.isoformat()}",
            "account",
            "check `accounts` and `valid` of the agreements",
        )
    first = found[0]
    for other in found:
        if other.currency != first.currency:
            raise OrderError(
                "R0508",
                f"`{first.name}` in {first.currency} and `{other.name}` in {other.currency} are both in force",
                "account",
                "an order is priced in one currency: end one of the agreements before the other begins",
            )
    return found


def terms_from_agreements(
    agreements: tuple[Agreement, ...], text_order: Mapping[str, int], signed: Iterable[Agreement] = ()
) -> Terms:
    """What agreements in force together come to, whoever the account is; the first of them gives stages and rounding.

    `signed` are the agreements with every version of their rules, where they differ from `agreements`.
    """
    first = agreements[0]
    pairs = sorted(((rule, each) for each in agreements for rule in each.rules), key=lambda pair: pair[0].place)
    rules = tuple(Here(rule, agreement, number) for number, (rule, agreement) in enumerate(pairs))
    return Terms(
        agreements=agreements,
        partners={each.name: _partners(each, agreements) for each in agreements},
        currency=first.currency,
        digits=first.digits,
        rounding=first.rounding,
        rules=rules,
        by_id={each.rule.id: each for each in rules},
        prices=tuple(each for each in rules if each.rule.kind == "price"),
        stages=_stages(first, rules),
        guards=tuple(
            guard for each in sorted(agreements, key=lambda each: text_order[each.name]) for guard in each.guards
        ),
        totals=(*(use for each in rules for use in _uses(each)), *_other_versions(rules, signed)),
        classes=tuple(use for each in signed or agreements for use in classes_of(each, each.rules)),
        index=RuleIndex(rules),
        promotions=frozenset(each.rule.id for each in rules if each.rule.promotional),
        exclusives=tuple(each for each in rules if each.rule.alone_in),
        shared_caps=tuple((each, cap) for each in rules for cap in each.rule.led),
        best_among=first.best_among,
    )


def _in_force(agreement: Agreement, account: AccountFacts, facts: Facts, order: OrderIn, day: date) -> bool:
    return agreement.first <= day <= agreement.last and _matches(agreement, account, facts, order, day)


def _matches(agreement: Agreement, account: AccountFacts, facts: Facts, order: OrderIn, day: date) -> bool:
    who = agreement.who
    match who.kind:
        case "account":
            return account.id == who.name
        case "account and subsidiaries":
            return who.name in account.line_up
        case "group":
            return who.name in account.groups
        case "where":
            assert who.where is not None
            known = Known(facts, account, day, told=order.facts)
            return Judge(known, agreement, order).verdict(who.where) is True
        case "all":
            return True


def _partners(agreement: Agreement, agreements: tuple[Agreement, ...]) -> frozenset[str]:
    """The agreement, those it adds to, and those that add to it (7.4)."""
    added = {each.name for each in agreements if agreement.name in each.adds_to}
    return frozenset({agreement.name, *agreement.adds_to} | added)


def _stages(first: Agreement, here: tuple[Here, ...]) -> tuple[StagePlan, ...]:
    """The stages in the order they run (3.2, 30); one without rules still has amounts `after` it."""
    by_stage: dict[str, list[Here]] = {stage.name: [] for stage in first.stages}
    for each in here:
        if each.rule.kind != "price":
            by_stage[each.rule.stage].append(each)
    return tuple(
        StagePlan(
            stage.name,
            stage.combine,
            stage.base,
            _kind(stage.base, stage.name, by_stage[stage.name]),
            tuple(by_stage[stage.name]),
            all(each.rule.decides is Scope.LINE for each in by_stage[stage.name]),
        )
        for stage in first.stages
    )


def _kind(base: str, name: str, rules: list[Here]) -> StageKind:
    if base == "charges":
        return "on charges"
    if not rules:
        return "charge" if name == "charges" else "discount"
    return "charge" if rules[0].rule.kind == "charge" else "discount"


# --- totals beyond the order ------------------------------------------------------------------------------------------


def _uses(here: Here) -> Iterable[TotalUse]:
    """What the rule reads beyond the order, caps and limits among it (34)."""
    rule = here.rule
    limits: tuple[Bound | Limit, ...] = rule.caps if rule.limit is None else (*rule.caps, rule.limit)
    for what in (*_totals(rule), *limits, *rule.led, *rule.uses):
        if not what.scope.within_order:
            yield TotalUse(here, what)


def _other_versions(rules: tuple[Here, ...], signed: Iterable[Agreement]) -> Iterable[TotalUse]:
    """What other versions of the rules read, limits apart: an amendment finds its totals whole (75)."""
    by_id = {here.rule.id: here for here in rules}
    for agreement in signed:
        for version in agreement.rules:
            here = by_id[version.id]
            if version is here.rule:
                continue
            others: tuple[Total | Bound | SharedCap | Uses, ...] = (
                *_totals(version),
                *version.caps,
                *version.led,
                *version.uses,
            )
            for what in others:
                if not what.scope.within_order:
                    yield TotalUse(here, what)


def _totals(rule: Rule) -> list[Total]:
    found = [total for when in rule.when for total in totals_in_condition(when.condition)]
    expressions: list[Expr] = [bound.value for bound in (*rule.caps, *rule.floors)]
    expressions += [cap.value for cap in rule.led]
    if rule.pays_from is not None:
        expressions.append(rule.pays_from.value)
    if rule.not_below is not None:
        expressions.append(rule.not_below.value)
    if rule.not_above is not None:
        expressions.append(rule.not_above.value)
    if rule.base.value is not None:
        expressions.append(rule.base.value)
    for where in (rule.base.where, goods_where(rule)):
        if where is not None:
            found += totals_in_condition(where)
    for when in rule.when:
        if when.otherwise is not None:
            expressions += _expressions(when.otherwise)
    if isinstance(rule.worth, Cases):
        for case in rule.worth.rows:
            if case.when is not None:
                found += totals_in_condition(case.when)
    expressions += _of_worth(rule.worth)
    return found + [total for expr in expressions for total in totals_in(expr)]


def _of_worth(worth: Worth | None) -> list[Expr]:
    """The expressions of a worth; cells of a file are constants and are not gone through."""
    match worth:
        case Flat(reward):
            return _expressions(reward)
        case Amount(value):
            return [value]
        case Tiers():
            rewards = [tier.reward for tier in worth.rows]
            if worth.below is not None:
                rewards.append(worth.below.reward)
            if worth.without_baseline is not None:
                rewards.append(worth.without_baseline)
            return [worth.measure, *(expr for reward in rewards for expr in _expressions(reward))]
        case Cases():
            return [expr for case in worth.rows for expr in _expressions(case.reward)]
        case Levels():
            return [worth.measure, *(expr for level in worth.rows for expr in _of_worth(level.worth))]
        case RateTable():
            inline = worth.rows if isinstance(worth.rows, tuple) else ()
            return [*worth.measures, *(expr for row in inline for expr in _of_worth(row.worth))]
        case _:
            return []


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
    """What holds for a line of the item in the unit; `where` names the line for R0503, an unknown item, and R0505."""
    item = book.facts.item(item_id, unit)
    if item is None:
        raise OrderError(
            "R0503", f"item `{item_id}` is not in the table `items`", f"{where}.item", "add the item to the table"
        )
    if book.facts.convert(item_id, unit, item.base_unit, book.day) is None:
        raise OrderError(
            "R0505",
            f"item `{item_id}` has no conversion from {unit} to {item.base_unit}",
            f"{where}.quantity",
            f"add a row to the table `units`: {item_id},{unit},…",
        )
    known = Known(book.facts, book.account, book.day, book.attributes, item, unit, attributes, book.told)
    first = book.terms.agreements[0]
    others = first.exchange is not None
    found = [
        (name, of(item_id, unit, book.day, book.terms.currency, others))
        for name, of in (("list_prices", book.facts.list_price), ("costs", book.facts.cost))
    ]
    listed, cost = (None if price is None else _own(*price, name, known, book, where) for name, price in found)
    plans = [rule_plan(book.terms.rules[number], known, book) for number in book.terms.index.candidates(known)]
    active = tuple(each for each in plans if not each.never)
    return LinePlan(
        book=book,
        item=item,
        unit=unit,
        list_price=listed,
        cost=cost,
        active=active,
        known=known,
        others={each.here.number: each for each in active},
    )


def _own(amount: Fraction, currency: str | None, table: str, known: Known, book: Book, where: str) -> Fraction:
    """A list price or cost in the agreement's currency, without tax (69, 70)."""
    first = book.terms.agreements[0]
    own = in_own_currency(amount, currency, first, book)
    return own / taxed_share(first, known, where) if book.facts.master.with_tax(table) else own


def plan_of(line: LinePlan, here: Here) -> RulePlan:
    """A rule on the line, also one that cannot apply: then it says why not."""
    found = line.others.get(here.number)
    if found is None:
        found = rule_plan(here, line.known, line.book)
        line.others[here.number] = found
    return found


def rule_plan(here: Here, known: Known, book: Book) -> RulePlan:
    """What the rule is on a line once all but quantities and amounts is known."""
    rule = here.rule
    day = book.governing(here)
    in_dates = (rule.first is None or rule.first <= day) and (rule.last is None or day <= rule.last)
    codes = codes_here(here, book) if needs_code(rule) else CodesHere()
    never = not in_dates or (needs_code(rule) and not codes.valid)
    clauses: list[Clause] = []
    for number, when in enumerate(rule.when):
        if when.otherwise is not None:
            continue  # where it does not hold another rate is paid: the evaluator looks at it on the line
        left = simplified(when.condition, known)
        if left is not True:
            clauses.append(Clause(number, left))
            never = never or left is False or isinstance(left, Missing)
    where = goods_where(rule) or rule.base.where
    base: Condition | bool | Missing = True if where is None else simplified(where, known)
    unit_fits = rule.only_per is None or rule.only_per == known.unit
    never = never or not unit_fits or base is False or isinstance(base, Missing)
    rows: tuple[RowFound, ...] = ()
    if isinstance(rule.worth, PriceTable) and not never:
        rows = _rows(rule.worth, here.agreement, known, book)
        never = not rows and all(when.otherwise is None for when in rule.when)
    return RulePlan(here, in_dates, tuple(clauses), base, unit_fits, rows, codes, never)


def _rows(table: PriceTable, agreement: Agreement, known: Known, book: Book) -> tuple[RowFound, ...]:
    """The table's rows for the line; those in the agreement's currency go before others."""
    values: dict[int, AttributeText] = {}
    for place, key in enumerate(table.keys):
        if not isinstance(key, str):
            value = known.read(key)
            if not isinstance(value, Missing):
                values[place] = value
    assert known.item is not None
    assert known.unit is not None
    rows = book.facts.rows(table, values, known.item.id, known.unit, book.account.groups, book.day)
    own = tuple(row for row in rows if row.currency in (None, book.terms.currency))
    return own or (rows if agreement.exchange is not None else ())
