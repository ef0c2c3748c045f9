"""Rules: clauses put together, and where each rule decides (3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from rebates.model import nodes as m
from rebates.model.allowed import check_rule
from rebates.model.bounds import bounds, limit_of, not_below_of, only
from rebates.model.cells import text_of
from rebates.model.codes import code_table_of, uses_of
from rebates.model.conditions import typed_condition
from rebates.model.exclusives import exclusive_of, not_on_of, outside_programmes
from rebates.model.expressions import (
    WIDTH,
    Typing,
    check_unit,
    describe,
    dimension,
    scope_of,
    typed,
)
from rebates.model.goods import check_goods, gift_of, sets_of
from rebates.model.posted_only import refuse_clauses
from rebates.model.price_forms import check_price_bounds, ending_of, not_above_of
from rebates.model.rate_cards import rate_from_table, rates_from_table, tiers_from_table
from rebates.model.rate_holes import check_holes
from rebates.model.rates import model_cases, model_rates
from rebates.model.reads import pieces, rewards, rule_pieces, tiers_in
from rebates.model.reads import scopes as scopes_of
from rebates.model.rewards import measure_scope, typed_reward, typed_tiers
from rebates.model.table_values import table_keys, taxed
from rebates.model.tables import NOT_BELOW_ZERO, Slips, Table
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Edit, Label
from rebates.syntax.suggest import nearest

DATES = ("order", "delivery", "invoice")


@dataclass(frozen=True)
class Place:
    """Where a rule stands: its agreement, its number over the whole rule set, and who the agreement is for."""

    agreement: str
    who: m.Who
    number: int
    stages: tuple[m.Stage, ...]
    charges: Mapping[str, int]  # the place of every charge of the agreement, by id


def swapped(valid: s.ValidClause) -> Edit:
    """The edit that puts the two days of a validity in order."""
    return Edit(valid.span, f"valid {valid.last} to {valid.first}", "asks")


def governing_date(rule: s.Rule, typing: Typing, brought: bool = False) -> str | None:
    """The date that `dated by` names; None where the rule has none, or there is no such date.

    What is posted may bring days of other names: then a name is refused only where it is nearly one that is known.
    """
    dated = only(rule, s.DatedClause, typing)
    if dated is None or dated.by in DATES or (brought and not nearest(dated.by, DATES)):
        return None if dated is None else dated.by
    typing.names.unknown("R0229", "date", dated.by, dated.span, DATES)
    return None


def model_rule(rule: s.Rule, place: Place, typing: Typing) -> m.Rule | None:
    """The model of a rule; None where something in it could not be understood."""
    before = typing.names.report.error_count
    when = tuple(
        m.When(condition, _fallback(clause, rule, typing), span=clause.span)
        for clause in rule.clauses
        if isinstance(clause, s.WhenClause | s.NotWithClause)
        for condition in _conditions(clause, typing)
    )
    valid = only(rule, s.ValidClause, typing)
    if valid is not None and valid.last < valid.first:
        typing.names.report.error(
            "R0302",
            valid.span,
            f"the rule ends on {valid.last}, before it begins on {valid.first}",
            "swap the two dates",
            edits=(swapped(valid),),
        )
    dated_by = governing_date(rule, typing)
    for clause in rule.clauses:
        if isinstance(clause, s.RemoveClause):
            typing.error(
                "R0435", clause.span, "`remove` belongs to an amendment", "take the clause itself out of the rule"
            )
    refuse_clauses(rule, typing)
    priority = only(rule, s.PriorityClause, typing)
    codes = only(rule, s.CodeClause, typing)
    for code in codes.codes if codes else ():
        if not code.value.strip():
            typing.error("R0348", code.span, "this code is empty: no order could carry it", "write the code")
    code_table = code_table_of(rule, codes, typing)
    stage = _stage(rule, place, typing)
    sets, gift = sets_of(rule, typing), gift_of(rule, typing)
    worth = worth_of(rule, typing)
    base = _base(rule, stage, typing)
    spread = only(rule, s.SpreadClause, typing)
    exclusive = exclusive_of(rule, stage, place.stages, typing)
    flags: set[str] = {clause.word for clause in rule.clauses if isinstance(clause, s.FlagClause)}
    only_per = only(rule, s.OnlyPerClause, typing)
    if only_per is not None:
        check_unit(only_per.unit, only_per.span, typing)
    id = f"{place.agreement}.{rule.name}"
    caps, floors, pays_from = bounds(rule, id, worth, typing)
    limit = limit_of(rule, id, worth, typing)
    not_below = not_below_of(rule, typing)
    not_above, ending = not_above_of(rule, typing), ending_of(rule, typing)
    check_price_bounds(not_below, not_above, typing)
    reference = only(rule, s.ReferenceClause, typing)
    if reference is not None and rule.kind != "price":
        typing.error("R0303", reference.span, f"`reference` belongs to a price, this is a {rule.kind}", "leave it out")
    if worth is None or base is None or typing.names.report.error_count > before:
        return None
    _check_flags(rule, flags, typing)
    made = m.Rule(
        id=id,
        kind=rule.kind if rule.kind in ("price", "charge") else "discount",
        name=rule.name,
        title=rule.title or rule.name.replace("_", " "),
        agreement=place.agreement,
        stage=stage.name if stage else "",
        place=place.number,
        priority=priority.value if priority else None,
        first=valid.first if valid else None,
        last=valid.last if valid else None,
        dated_by=dated_by or "order",  # type: ignore[arg-type]
        when=when,
        codes=tuple(code.value for code in codes.codes) if codes else (),
        code_table=code_table,
        uses=uses_of(rule, id, typing),
        worth=worth,
        base=base,
        decides=_decides(worth, base, sets, gift, when),
        spread=spread.by if spread else "amount",
        caps=caps,
        floors=floors,
        pays_from=pays_from,
        limit=limit,
        not_below=not_below,
        not_above=not_above,
        ending=ending,
        reference=reference.text.value if reference else None,
        exclusive=exclusive.alone and not exclusive.among,
        alone_in=exclusive.among,
        by_priority=exclusive.by_priority,
        not_on=not_on_of(rule, typing),
        sets=sets,
        gift=gift,
        unused="unused units" in flags,
        promotional="promotional" in flags,
        account_price_only="account price only" in flags,
        best="best" in flags,
        only_per=only_per.unit if only_per else None,
        specificity=_specificity(worth, when, place.who),
        accepts=tuple((c.finding, c.reason.value) for c in rule.clauses if isinstance(c, s.AcceptClause)),
        span=rule.span,
    )
    sound = (
        _check_rule(made, place, typing) and check_goods(made, rule, typing) and check_holes(made, place.who, typing)
    )
    return made if sound else None


def _fallback(clause: s.WhenClause | s.NotWithClause, rule: s.Rule, typing: Typing) -> m.Reward | None:
    """The rate that is paid where a `when` does not hold."""
    if isinstance(clause, s.NotWithClause) or clause.otherwise is None:
        return None
    return typed_reward(clause.otherwise, rule.kind, m.Scope.ORDER, typing)


def _conditions(clause: s.WhenClause | s.NotWithClause, typing: Typing) -> list[m.Condition]:
    """The condition of a `when`, and what a `not with "PROGRAMME"` asks."""
    if isinstance(clause, s.NotWithClause):
        return outside_programmes(clause)
    condition = typed_condition(clause.condition, typing)
    return [] if condition is None else [condition]


def _check_flags(rule: s.Rule, flags: set[str], typing: Typing) -> None:
    prices = {"promotional", "account price only", "best"}
    for clause in rule.clauses:
        if isinstance(clause, s.FlagClause) and clause.word in prices and rule.kind != "price":
            typing.error(
                "R0303", clause.span, f"`{clause.word}` belongs to a price, this is a {rule.kind}", "leave it out"
            )
        if isinstance(clause, s.OnlyPerClause) and rule.kind != "price":
            typing.error("R0303", clause.span, f"`only per` belongs to a price, this is a {rule.kind}", "leave it out")
        limits = s.CapClause | s.FloorClause | s.PaysFromClause | s.LimitClause | s.SpreadClause
        if isinstance(clause, limits) and rule.kind == "price":
            typing.error(
                "R0303", clause.span, "a price has no limits of this kind", "use `not below`, or make it a discount"
            )


def _stage(rule: s.Rule, place: Place, typing: Typing) -> m.Stage | None:
    clause = only(rule, s.StageClause, typing)
    if rule.kind == "price":
        if clause is not None:
            typing.error("R0303", clause.span, "a price comes before all stages", "leave out the stage")
        return None
    by_name = {stage.name: stage for stage in place.stages}
    if clause is not None:
        if clause.name not in by_name:
            typing.names.unknown("R0206", "stage", clause.name, clause.span, by_name)
            return None
        return by_name[clause.name]
    if rule.kind == "charge":
        return by_name["charges"]
    if "discounts" in by_name:
        return by_name["discounts"]
    discounts = [stage for stage in place.stages if stage.name != "charges" and stage.base != "charges"]
    if len(discounts) == 1:
        return discounts[0]
    listed = ", ".join(f"`stage {stage.name}`" for stage in discounts)
    typing.error(
        "R0304",
        rule.name_span,
        f"discount `{rule.name}` does not say its stage",
        f"write {listed.replace(', ', ' or ')}",
    )
    return None


def worth_of(rule: s.Rule, typing: Typing) -> m.Worth | None:
    """What the rule is worth; None where it does not say so, or an error was reported."""
    kinds = s.RateClause | s.AmountClause | s.TiersClause | s.FromTableClause | s.RatesClause | s.CasesClause
    found = [clause for clause in rule.clauses if isinstance(clause, kinds)]
    if not found and rule.kind == "free goods":
        said = next((clause.span for clause in rule.clauses if isinstance(clause, s.GiveClause)), rule.name_span)
        free = m.Reward((m.PercentPiece(m.Constant(Fraction(1), m.NUMBER, span=said), span=said),), span=said)
        return m.Flat(free, span=said)
    if not found:
        typing.error(
            "R0305",
            rule.name_span,
            f"{rule.kind} `{rule.name}` does not say what it is worth",
            "add `rate 3%`, `tiers …`, `rates …`, `amount …` or `from table …`",
        )
        return None
    if len(found) > 1:
        typing.names.report.error(
            "R0306",
            found[1].span,
            "a rule has one worth",
            "keep one of `rate`, `tiers`, `rates`, `amount`, `from table`; write a second rule for the other",
            labels=(Label(found[0].span, "the first"),),
        )
        return None
    match found[0]:
        case s.RateClause() as clause:
            kind = "discount" if rule.kind == "free goods" else rule.kind
            reward = typed_reward(clause.reward, kind, m.Scope.ORDER, typing)
            return m.Flat(reward, span=clause.span) if reward else None
        case s.RatesClause(table=str()) as clause:
            return rates_from_table(rule, clause, typing)
        case s.RatesClause() as clause:
            return model_rates(rule, clause, typing)
        case s.CasesClause() as clause:
            return model_cases(rule, clause, typing)
        case s.TiersClause(table=str()) as clause:
            return tiers_from_table(rule, clause, typing)
        case s.TiersClause() as clause:
            return typed_tiers(clause, rule.kind, typing)
        case s.AmountClause() as clause:
            if rule.kind == "price":
                typing.error("R0307", clause.span, "a price is no amount", "write `rate price EUR 3.99 per piece`")
                return None
            value = typed(clause.value, typing)
            if value is None:
                return None
            if dimension(value) != m.MONEY:
                typing.error(
                    "R0214",
                    clause.span,
                    f"an amount is money, this is {describe(dimension(value))}",
                    "write an amount of money",
                )
                return None
            return m.Amount(value, span=clause.span)
        case s.FromTableClause() as clause:
            return _price_table(clause, rule, typing)


def _price_table(clause: s.FromTableClause, rule: s.Rule, typing: Typing) -> m.PriceTable | m.RateTable | None:
    table = typing.names.tables.get(clause.table)
    if table is None:
        typing.names.unknown("R0204", "table", clause.table, clause.span, typing.names.tables)
        return None
    if rule.kind != "price":
        return rate_from_table(rule, clause, table, typing)
    columns = [column for column in table.schema.columns if column.kind == "money" and column.role != "key"]
    if len(columns) != 1:
        typing.error(
            "R0309",
            clause.span,
            f"table `{clause.table}` has {len(columns)} money columns; a price table has one",
            "declare the price column as `money`",
        )
        return None
    keys = table_keys(table, clause.span, typing)
    if keys is None:
        return None
    if columns[0].with_tax and not taxed(clause.table, clause.span, typing):
        return None
    if not _prices_from_zero(table, columns[0].name, typing):
        return None
    return m.PriceTable(clause.table, keys, columns[0].name, columns[0].with_tax, span=clause.span)


def _prices_from_zero(table: Table, column: str, typing: Typing) -> bool:
    """Reports every price below zero; True where there is none."""
    slips, heading = Slips(typing.names.report, table.name), table.schema.heading(column)
    for row in table.below_zero(column):
        message = f"row {row.number}, column `{heading}` of table `{table.name}`: `{text_of(row.cells[column])}` is not {NOT_BELOW_ZERO}"
        slips.add("R0404", partial(table.place, row, column), message, f"write {NOT_BELOW_ZERO}")
    slips.close()
    return slips.count == 0


def _base(rule: s.Rule, stage: m.Stage | None, typing: Typing) -> m.Base | None:
    clause = only(rule, s.BaseClause, typing)
    if clause is None:
        if stage is not None and stage.base == "charges":
            typing.error(
                "R0311", rule.name_span, f"stage `{stage.name}` is on charges", "say which: `base charge freight`"
            )
            return None
        return m.Base("running", m.Scope.LINE, span=rule.name_span)
    value = clause.value
    if rule.kind == "price":
        typing.error("R0303", clause.span, "a price has no base", "leave it out")
        return None
    if isinstance(value, s.ChargeAmount) and value.kind == "charge":
        expr = typed(value, typing)
        if stage is not None and stage.base != "charges":
            typing.error(
                "R0311",
                clause.span,
                f"stage `{stage.name}` is not on charges",
                "declare a stage `… on charges` and name it",
            )
            return None
        return (
            m.Base("charge", m.Scope.ORDER, charge=expr.rule, span=clause.span)
            if isinstance(expr, m.ChargeAmount)
            else None
        )
    expr = typed(value, typing)
    if expr is None:
        return None
    if isinstance(expr, m.Total) and expr.what in ("list", "gross", "net", "invoice", "quantity"):
        if not expr.scope.within_order:
            typing.error(
                "R0312",
                clause.span,
                "the base of a discount or charge is the order in hand",
                "write `per order` or `per line`; totals to date belong to `tiers … on`",
            )
            return None
        return m.Base(expr.what, expr.scope, expr.where, expr.unit, span=clause.span)
    dim = dimension(expr)
    if dim.kind not in ("money", "quantity"):
        typing.error(
            "R0214",
            clause.span,
            f"a base is money or a quantity, this is {describe(dim)}",
            "write what the reward is paid on",
        )
        return None
    scope = scope_of(expr)
    within = scope if scope is not None and scope.within_order else m.Scope.ORDER
    return m.Base(
        "quantity" if dim.kind == "quantity" else "running", within, None, dim.unit, None, expr, span=clause.span
    )


def _decides(
    worth: m.Worth, base: m.Base, sets: m.Sets | None, gift: m.Gift | None, when: tuple[m.When, ...]
) -> m.Scope:
    """On each line, or on the widest scope that a piece, the mode, the base or the goods ask for (3.9)."""
    scopes = [base.scope]
    if sets is not None:
        scopes.append(m.Scope.ORDER if sets.parts[0].kinds else m.Scope.ITEM)
    if gift is not None:
        scopes.append(m.Scope.ORDER if gift.where is not None else m.Scope.ITEM)
    match worth:
        case m.Amount(value=value):
            found = scopes_of(value)
            widest = scope_of(value)
            if m.Scope.LINE in found:
                scopes.append(m.Scope.LINE)
            else:
                scopes.append(widest if widest is not None and widest.within_order else m.Scope.ORDER)
    for tiers in tiers_in(worth):
        if tiers.mode.startswith("lump sum"):
            scope = measure_scope(tiers.measure)
            scopes.append(scope if scope.within_order else m.Scope.ORDER)
    fallbacks = (piece for clause in when if clause.otherwise is not None for piece in clause.otherwise.pieces)
    for piece in (*pieces(worth), *fallbacks):
        match piece:
            case m.SumPiece(scope=scope):
                scopes.append(scope)
            case m.UnitPiece(package=package) if package.kind != "each":
                scopes.append(package.scope if package.scope.within_order else m.Scope.ORDER)
    return max(scopes, key=WIDTH.__getitem__)


def _specificity(worth: m.Worth, when: tuple[m.When, ...], who: m.Who) -> tuple[int, int]:
    """Account rank and item rank (calculation 14)."""
    account, item = who.rank, 0
    if isinstance(worth, m.PriceTable) or (isinstance(worth, m.RateTable) and not worth.strict):
        for key in worth.keys:
            if key == "group":
                account = max(account, 2)
            elif isinstance(key, m.Attribute):
                if key.subject == "account":
                    account = max(account, 4 if key.name == "id" else 1)
                elif key.subject == "item":
                    item = max(item, {"id": 3, "family": 2}.get(key.name, 1))
        return account, item
    for clause in when:
        for part in clause.condition.parts if isinstance(clause.condition, m.And) else (clause.condition,):
            item = max(item, _item_rank(part))
    return account, item


def _item_rank(condition: m.Condition) -> int:
    match condition:
        case m.OneOf(attribute=attribute, negated=False) if attribute.subject == "item":
            return {"id": 3, "family": 2}.get(attribute.name, 1)
        case m.Under(attribute=attribute) if attribute.path == "item.family":
            return 2
        case m.InTable(attribute=attribute, negated=False) if attribute.subject == "item":
            return 3 if attribute.name == "id" else 1
        case m.InSet():
            return 1
        case _:
            return 0


def _check_rule(rule: m.Rule, place: Place, typing: Typing) -> bool:
    """What a rule as a whole must keep to."""
    if rule.kind == "price":
        for reward in rewards(rule.worth):
            if not reward.pieces:
                typing.error("R0307", reward.span, "a price rule gives a price", "leave the row out")
                return False
        for piece in rule_pieces(rule):
            if not isinstance(piece, m.PricePiece):
                typing.error(
                    "R0307",
                    piece.span,
                    "a price rule gives a price",
                    "write `price EUR 3.99 per piece` or `price (60% of list price)`",
                )
                return False
        if any(tiers.mode.startswith("lump sum") for tiers in tiers_in(rule.worth)):
            typing.error("R0307", rule.worth.span, "a price has no lump sums", "use `retroactive` or `incremental`")
            return False
    if rule.kind == "charge":
        for piece in rule_pieces(rule):
            if isinstance(piece, m.PricePiece):
                typing.error("R0316", piece.span, "a charge is an amount, no price", "write `EUR 3.99 per piece`")
                return False
    return check_rule(rule, place.stages, place.charges, typing.names)
