"""Rules: clauses put together, and where each rule decides (3.9)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from rebates.model import nodes as m
from rebates.model.conditions import typed_condition
from rebates.model.expressions import (
    WIDTH,
    Typing,
    check_unit,
    describe,
    dimension,
    scope_and_window,
    scope_of,
    typed,
    walk,
)
from rebates.model.rewards import measure_scope, typed_reward, typed_tiers
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label

Clause = TypeVar("Clause", bound=s.Node)


@dataclass(frozen=True)
class Place:
    """Where a rule stands: its agreement, its number over the whole rule set, and who the agreement is for."""

    agreement: str
    who: m.Who
    number: int
    stages: tuple[m.Stage, ...]


def _only(rule: s.Rule, kind: type[Clause], typing: Typing) -> Clause | None:
    """The one clause of a kind; a second is an error that shows both."""
    found = [clause for clause in rule.clauses if isinstance(clause, kind)]
    for other in found[1:]:
        first_span, span = found[0].span, other.span
        typing.names.report.error(
            "R0301",
            span,
            "this clause stands twice in the rule",
            "keep one of them",
            labels=(Label(first_span, "the first"),),
        )
    return found[0] if found else None


def model_rule(rule: s.Rule, place: Place, typing: Typing) -> m.Rule | None:
    """The model of a rule; None where something in it could not be understood."""
    before = typing.names.report.error_count
    typing.in_price = rule.kind == "price"
    when = tuple(
        m.When(condition, span=clause.span)
        for clause in rule.clauses
        if isinstance(clause, s.WhenClause)
        for condition in [typed_condition(clause.condition, typing)]
        if condition is not None
    )
    valid = _only(rule, s.ValidClause, typing)
    if valid is not None and valid.last < valid.first:
        typing.error(
            "R0302",
            valid.span,
            f"the rule ends on {valid.last}, before it begins on {valid.first}",
            "swap the two dates",
        )
    dated = _only(rule, s.DatedClause, typing)
    if dated is not None and dated.by not in ("order", "delivery", "invoice"):
        typing.names.unknown("R0229", "date", dated.by, dated.span, ("order", "delivery", "invoice"))
    priority = _only(rule, s.PriorityClause, typing)
    codes = _only(rule, s.CodeClause, typing)
    stage = _stage(rule, place, typing)
    worth = _worth(rule, typing)
    base = _base(rule, stage, typing)
    spread = _only(rule, s.SpreadClause, typing)
    flags: set[str] = {clause.word for clause in rule.clauses if isinstance(clause, s.FlagClause)}
    only_per = _only(rule, s.OnlyPerClause, typing)
    if only_per is not None:
        check_unit(only_per.unit, only_per.span, typing)
    id = f"{place.agreement}.{rule.name}"
    caps, floors, pays_from = _bounds(rule, id, worth, typing)
    limit = _limit(rule, id, worth, typing)
    not_below = _not_below(rule, typing)
    typing.in_price = False
    if worth is None or base is None or typing.names.report.error_count > before:
        return None
    _check_flags(rule, flags, typing)
    made = m.Rule(
        id=id,
        kind=rule.kind,
        name=rule.name,
        title=rule.title or rule.name.replace("_", " "),
        agreement=place.agreement,
        stage=stage.name if stage else "",
        place=place.number,
        priority=priority.value if priority else None,
        first=valid.first if valid else None,
        last=valid.last if valid else None,
        dated_by=dated.by if dated else "order",  # type: ignore[arg-type]
        when=when,
        codes=tuple(code.value for code in codes.codes) if codes else (),
        worth=worth,
        base=base,
        decides=_decides(worth, base),
        spread=spread.by if spread else "amount",
        caps=caps,
        floors=floors,
        pays_from=pays_from,
        limit=limit,
        not_below=not_below,
        exclusive="exclusive" in flags,
        promotional="promotional" in flags,
        account_price_only="account price only" in flags,
        best="best" in flags,
        only_per=only_per.unit if only_per else None,
        specificity=_specificity(worth, when, place.who),
        accepts=tuple((c.finding, c.reason.value) for c in rule.clauses if isinstance(c, s.AcceptClause)),
        span=rule.span,
    )
    return made if _check_rule(made, typing) else None


def _check_flags(rule: s.Rule, flags: set[str], typing: Typing) -> None:
    prices = {"promotional", "account price only", "best"}
    for clause in rule.clauses:
        if isinstance(clause, s.FlagClause):
            if clause.word in prices and rule.kind != "price":
                typing.error(
                    "R0303", clause.span, f"`{clause.word}` belongs to a price, this is a {rule.kind}", "leave it out"
                )
            if clause.word == "exclusive" and rule.kind == "price":
                typing.error(
                    "R0303",
                    clause.span,
                    "`exclusive` never concerns prices",
                    "leave it out; the most specific price stands alone",
                )
        if isinstance(clause, s.OnlyPerClause) and rule.kind != "price":
            typing.error("R0303", clause.span, f"`only per` belongs to a price, this is a {rule.kind}", "leave it out")
        limits = s.CapClause | s.FloorClause | s.PaysFromClause | s.LimitClause | s.SpreadClause
        if isinstance(clause, limits) and rule.kind == "price":
            typing.error(
                "R0303", clause.span, "a price has no limits of this kind", "use `not below`, or make it a discount"
            )


def _stage(rule: s.Rule, place: Place, typing: Typing) -> m.Stage | None:
    clause = _only(rule, s.StageClause, typing)
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


def _worth(rule: s.Rule, typing: Typing) -> m.Worth | None:
    kinds = s.RateClause | s.AmountClause | s.TiersClause | s.FromTableClause
    found = [clause for clause in rule.clauses if isinstance(clause, kinds)]
    if not found:
        typing.error(
            "R0305",
            rule.name_span,
            f"{rule.kind} `{rule.name}` does not say what it is worth",
            "add `rate 3%`, `tiers …`, `amount …` or, for a price, `from table …`",
        )
        return None
    if len(found) > 1:
        typing.names.report.error(
            "R0306",
            found[1].span,
            "a rule has one worth",
            "keep one of `rate`, `tiers`, `amount`, `from table`; write a second rule for the other",
            labels=(Label(found[0].span, "the first"),),
        )
        return None
    match found[0]:
        case s.RateClause() as clause:
            reward = typed_reward(clause.reward, rule.kind, m.Scope.ORDER, typing)
            return m.Flat(reward, span=clause.span) if reward else None
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


def _price_table(clause: s.FromTableClause, rule: s.Rule, typing: Typing) -> m.PriceTable | None:
    if rule.kind != "price":
        typing.error(
            "R0308",
            clause.span,
            f"a {rule.kind} from a table is not part of this version",
            "write its rate or tiers; prices can come from a table",
        )
        return None
    table = typing.names.tables.get(clause.table)
    if table is None:
        typing.names.unknown("R0204", "table", clause.table, clause.span, typing.names.tables)
        return None
    columns = [column for column in table.schema.columns if column.kind == "money" and column.role != "key"]
    if len(columns) != 1:
        typing.error(
            "R0309",
            clause.span,
            f"table `{clause.table}` has {len(columns)} money columns; a price table has one",
            "declare the price column as `money`",
        )
        return None
    keys: list[m.Attribute | str] = []
    for column in table.schema.keys:
        if column.name in ("unit", "group"):
            keys.append(column.name)
            continue
        attribute = typing.names.named(column.name)
        if attribute is None:
            typing.error(
                "R0310",
                clause.span,
                f"nothing says what the key `{column.name}` of table `{clause.table}` means",
                f"name it account, group, item, family, class or unit, or declare `attribute order.{column.name} text`",
            )
            return None
        keys.append(attribute)
    return m.PriceTable(clause.table, tuple(keys), columns[0].name, span=clause.span)  # type: ignore[arg-type]


def _base(rule: s.Rule, stage: m.Stage | None, typing: Typing) -> m.Base | None:
    clause = _only(rule, s.BaseClause, typing)
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
    if isinstance(value, s.ChargeAmount):
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


def _default_scope(worth: m.Worth | None) -> m.Scope:
    """Of a bound without `per`: the tier measure's scope, else the order (4.5 c)."""
    if isinstance(worth, m.Tiers):
        scope = measure_scope(worth.measure)
        return scope if scope.within_order else m.Scope.ORDER
    return m.Scope.ORDER


def _bounds(
    rule: s.Rule, id: str, worth: m.Worth | None, typing: Typing
) -> tuple[tuple[m.Bound, ...], tuple[m.Bound, ...], m.Bound | None]:
    caps = tuple(b for c in rule.clauses if isinstance(c, s.CapClause) for b in [_bound(c, id, worth, typing)] if b)
    floors = tuple(b for c in rule.clauses if isinstance(c, s.FloorClause) for b in [_bound(c, id, worth, typing)] if b)
    least = _only(rule, s.PaysFromClause, typing)
    pays_from = _bound(least, id, worth, typing) if least else None
    for cap in caps:
        for floor in floors:
            same = cap.on == floor.on and cap.scope == floor.scope and cap.window == floor.window
            if same and isinstance(cap.value, m.Constant) and isinstance(floor.value, m.Constant):
                assert isinstance(cap.value.value, Fraction) and isinstance(floor.value.value, Fraction)
                if floor.value.value > cap.value.value:
                    typing.names.report.error(
                        "R0313",
                        floor.span,
                        "the floor lies above the cap",
                        "swap them or mend one",
                        labels=(Label(cap.span, "the cap"),),
                    )
    return caps, floors, pays_from


def _bound(
    clause: s.CapClause | s.FloorClause | s.PaysFromClause, id: str, worth: m.Worth | None, typing: Typing
) -> m.Bound | None:
    value = typed(clause.value, typing)
    if value is None:
        return None
    dim = dimension(value)
    if dim not in (m.MONEY, m.NUMBER) or (dim == m.NUMBER and isinstance(clause, s.PaysFromClause)):
        typing.error(
            "R0214",
            clause.span,
            f"this bound is {describe(dim)}",
            "write an amount of money, or a percent for the rate",
        )
        return None
    per = () if isinstance(clause, s.PaysFromClause) else clause.per
    scope, window = scope_and_window(per, clause.span, typing)
    if scope is not None and not scope.within_order and window is None:
        typing.error(
            "R0224", clause.span, f"a bound per {scope.value} needs a window", "add `per year`, `per month` or `ever`"
        )
        return None
    on = "rate" if dim == m.NUMBER else "amount"
    if on == "rate" and worth is not None and not _has_percent(worth):
        typing.error(
            "R0314", clause.span, "a percent bounds a rate, and this rule has none", "write an amount of money"
        )
        return None
    key = None
    if window is not None and scope is not None:
        if not isinstance(clause, s.CapClause) or on == "rate":
            typing.error(
                "R0315", clause.span, "only a cap on the amount can reach over several orders", "write it `per order`"
            )
            return None
        key = f"paid by {id} {'in all' if scope is m.Scope.ALL else f'per {scope.value}'} {'ever' if window == 'ever' else f'per {window}'}"
    return m.Bound(value, on, scope or _default_scope(worth), window, key, span=clause.span)  # type: ignore[arg-type]


def _rewards(worth: m.Worth) -> list[m.Reward]:
    match worth:
        case m.Flat(reward=reward):
            return [reward]
        case m.Tiers(rows=rows, below=below, without_baseline=without):
            extra = [below.reward] if below else []
            return [row.reward for row in rows] + extra + ([without] if without else [])
        case _:
            return []


def _pieces(worth: m.Worth) -> list[m.Piece]:
    return [piece for reward in _rewards(worth) for piece in reward.pieces]


def _has_percent(worth: m.Worth) -> bool:
    return any(isinstance(piece, m.PercentPiece) for piece in _pieces(worth))


def _limit(rule: s.Rule, id: str, worth: m.Worth | None, typing: Typing) -> m.Limit | None:
    clause = _only(rule, s.LimitClause, typing)
    if clause is None:
        return None
    scope, window = scope_and_window(clause.per, clause.span, typing)
    if scope is None:
        scope = _default_scope(worth)
    if not scope.within_order and window is None:
        typing.error("R0224", clause.span, f"a limit per {scope.value} needs a window", "add `per year` or `per month`")
        return None
    quantity = unit = money = None
    if isinstance(clause.value, s.Quantity):
        quantity, unit = clause.value.number.value, clause.value.unit
        check_unit(unit, clause.span, typing)
    else:
        typed(clause.value, typing)
        money = clause.value.number.value
    key = None
    if window is not None:
        key = f"used by {id} {'in all' if scope is m.Scope.ALL else f'per {scope.value}'} {'ever' if window == 'ever' else f'per {window}'}"
    takes = clause.takes or "in order"
    return m.Limit(quantity, unit, money, scope, takes, clause.whole_transaction, window, key, span=clause.span)  # type: ignore[arg-type]


def _not_below(rule: s.Rule, typing: Typing) -> m.NotBelow | None:
    clause = _only(rule, s.NotBelowClause, typing)
    if clause is None:
        return None
    if rule.kind == "charge":
        typing.error("R0303", clause.span, "`not below` keeps a price up; a charge lowers none", "leave it out")
        return None
    value = typed(clause.value, typing)
    if value is None:
        return None
    if dimension(value) not in (m.PRICE, m.MONEY):
        typing.error(
            "R0214",
            clause.span,
            f"a lowest price is a price, this is {describe(dimension(value))}",
            "write `not below EUR 4 per piece`",
        )
        return None
    return m.NotBelow(value, clause.to_other_lines, span=clause.span)


def _decides(worth: m.Worth, base: m.Base) -> m.Scope:
    """On each line, or on the widest scope that a piece, the mode or the base asks for (3.9)."""
    scopes = [base.scope]
    match worth:
        case m.Amount(value=value):
            scope = scope_of(value)
            if scope is None or not scope.within_order:
                scope = m.Scope.ORDER
            scopes.append(scope)
        case m.Tiers(mode=mode, measure=measure) if mode.startswith("lump sum"):
            scope = measure_scope(measure)
            scopes.append(scope if scope.within_order else m.Scope.ORDER)
    for piece in _pieces(worth):
        match piece:
            case m.SumPiece(scope=scope):
                scopes.append(scope)
            case m.UnitPiece(package=package) if package.kind != "each":
                scopes.append(package.scope)
    return max(scopes, key=WIDTH.__getitem__)


def _specificity(worth: m.Worth, when: tuple[m.When, ...], who: m.Who) -> tuple[int, int]:
    """Account rank and item rank (calculation 14)."""
    account, item = who.rank, 0
    if isinstance(worth, m.PriceTable):
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


def _check_rule(rule: m.Rule, typing: Typing) -> bool:
    """What a rule as a whole must keep to."""
    pieces = _pieces(rule.worth)
    if rule.kind == "price":
        for piece in pieces:
            if not isinstance(piece, m.PricePiece):
                typing.error(
                    "R0307",
                    piece.span,
                    "a price rule gives a price",
                    "write `price EUR 3.99 per piece` or `price (60% of list price)`",
                )
                return False
        if isinstance(rule.worth, m.Tiers) and rule.worth.mode.startswith("lump sum"):
            typing.error("R0307", rule.worth.span, "a price has no lump sums", "use `retroactive` or `incremental`")
            return False
    if rule.kind == "charge":
        for piece in pieces:
            if isinstance(piece, m.PricePiece):
                typing.error("R0316", piece.span, "a charge is an amount, no price", "write `EUR 3.99 per piece`")
                return False
    for bound in (*rule.caps, *rule.floors):
        reads = {type(part) for part in walk(bound.value)}
        if m.ItemPrice in reads and bound.scope is not m.Scope.LINE:
            typing.error(
                "R0317", bound.span, "a bound over several lines cannot read the price of one", "write it `per line`"
            )
            return False
    return True
