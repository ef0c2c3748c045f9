"""Rules that are settled over time: rebates, and charges with a `settle` clause (14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rebates.model import nodes as m
from rebates.model.bounds import only
from rebates.model.combination import tell_circle
from rebates.model.expressions import WIDTH, Typing, describe, dimension, typed, walk
from rebates.model.gates import gates_of
from rebates.model.over_time import in_window
from rebates.model.payees import payees_of
from rebates.model.reads import measures, pieces, reads, tiers_in
from rebates.model.rebates import Rebate, Settle
from rebates.model.rewards import typed_reward
from rebates.model.rules import governing_date, swapped, worth_of
from rebates.model.settled_bounds import WIDER, settled_bounds, settled_limit
from rebates.model.settled_checks import check_settled
from rebates.model.settling import settle_of, shares_of, unsaid, window_of
from rebates.model.windows import WindowKind
from rebates.syntax import nodes as s

# clauses that a rebate has; all others belong to rules of an order
_OWN = (
    s.StageClause, s.PriorityClause, s.ValidClause, s.DatedClause, s.AcceptClause, s.WhenClause, s.BaseClause,
    s.RateClause, s.AmountClause, s.TiersClause, s.FromTableClause, s.RatesClause, s.CasesClause, s.CapClause,
    s.FloorClause, s.PaysFromClause, s.LimitClause, s.InLieuOfClause, s.NotWithClause, s.ExclusiveClause,
    s.ReferenceClause, s.SettleClause, s.ReturnsClause, s.PayToClause, s.PayToMembersClause, s.FundedByClause,
    s.AccrueClause, s.DrawClause, s.ProRataClause, s.RemoveClause, s.Broken,
)  # fmt: skip


@dataclass(frozen=True)
class SettledPlace:
    """Where a settled rule stands: its agreement, its number over the whole rule set, and its stages and funds."""

    agreement: str
    who: m.Who
    number: int
    stages: tuple[str, ...]
    funds: frozenset[str]
    payment_term: bool  # the agreement states one


def model_rebate(rule: s.Rule, place: SettledPlace, typing: Typing) -> Rebate | None:
    """The model of a settled rule; None where something in it could not be understood."""
    before = typing.names.report.error_count
    _refuse_clauses(rule, typing)
    gates = gates_of(rule, typing)
    valid = only(rule, s.ValidClause, typing)
    if valid is not None and valid.last < valid.first:
        typing.names.report.error(
            "R0302",
            valid.span,
            f"the rule ends on {valid.last}, before it begins on {valid.first}",
            "swap the two dates",
            edits=(swapped(valid),),
        )
    stage = only(rule, s.StageClause, typing)
    if stage is not None and stage.name not in place.stages:
        typing.names.unknown("R0206", "stage", stage.name, stage.span, place.stages)
    returns, draw, pro_rata, priority, reference = (
        only(rule, s.ReturnsClause, typing),
        only(rule, s.DrawClause, typing),
        only(rule, s.ProRataClause, typing),
        only(rule, s.PriorityClause, typing),
        only(rule, s.ReferenceClause, typing),
    )
    if draw is not None and draw.fund not in place.funds:
        typing.names.unknown("R0668", "fund", draw.fund, draw.span, place.funds)
    if pro_rata is not None and pro_rata.by not in ("day", "month"):
        typing.names.unknown("R0396", "unit of time", pro_rata.by, pro_rata.span, ("day", "month"))
    accrue = only(rule, s.AccrueClause, typing)
    expected = typed_reward(accrue.reward, rule.kind, m.Scope.ORDER, typing) if accrue is not None else None
    funded = only(rule, s.FundedByClause, typing)
    funders = shares_of(funded.shares, "funder", typing) if funded is not None else ()
    dated_by = governing_date(rule, typing, brought=True)
    worth = worth_of(rule, typing)
    base = _base(rule, worth, typing)
    settle = settle_of(rule, typing)
    says_settle = any(isinstance(clause, s.SettleClause) for clause in rule.clauses)
    if worth is None or (base is None and _needs_base(worth)) or (settle is None and says_settle):
        return None
    scope = scope_of_rule(base, worth, place.who)
    window = window_of_rule(base, worth, settle)
    settle = settle or unsaid(window, rule)
    if isinstance(worth, m.Cases):
        cases = [replace(row, when=in_window(row.when, window)) if row.when else row for row in worth.rows]
        worth = replace(worth, rows=tuple(cases))
    caps, floors, pays_from, carried = settled_bounds(rule, worth, scope, window, typing)
    limit = settled_limit(rule, base, scope, window, typing)
    pays, goods = _paid_in(rule, typing)
    if typing.names.report.error_count > before:
        return None
    payees = payees_of(rule, place.who, scope, typing)
    made = Rebate(
        id=f"{place.agreement}.{rule.name}",
        kind="charge" if rule.kind == "charge" else "rebate",
        name=rule.name,
        title=rule.title or rule.name.replace("_", " "),
        agreement=place.agreement,
        place=place.number,
        scope=scope,
        window=window,
        worth=worth,
        base=base,
        settle=settle,
        priority=priority.value if priority is not None else None,
        first=valid.first if valid is not None else None,
        last=valid.last if valid is not None else None,
        dated_by=dated_by or "invoice",
        when=tuple(replace(gate, condition=in_window(gate.condition, window)) for gate in gates),
        stage=stage.name if stage is not None else None,
        caps=caps,
        floors=floors,
        pays_from=pays_from,
        carried_forward=carried,
        limit=limit,
        alone=_alone(rule, typing),
        returns=returns.how if returns is not None else "claw back",
        pays=pays,
        goods=goods,
        funders=funders,
        payees=payees,
        accrue=expected,
        fund=f"{place.agreement}.fund {draw.fund}" if draw is not None else None,
        pro_rata=pro_rata.by if pro_rata is not None else None,
        reference=reference.text.value if reference is not None else None,
        accepts=tuple((c.finding, c.reason.value) for c in rule.clauses if isinstance(c, s.AcceptClause)),
        span=rule.span,
    )
    if typing.names.report.error_count > before:
        return None
    return made if check_settled(made, place.payment_term, typing) else None


def _refuse_clauses(rule: s.Rule, typing: Typing) -> None:
    for clause in rule.clauses:
        if isinstance(clause, s.RemoveClause):
            typing.error(
                "R0435", clause.span, "`remove` belongs to an amendment", "take the clause itself out of the rule"
            )
        elif not isinstance(clause, _OWN):
            words = " ".join(clause.span.text.split()[:2])
            typing.error(
                "R0303",
                clause.span,
                f"`{words}` belongs to a rule of an order, this is settled afterwards",
                "leave it out, or make a rule of an order of it",
            )


def _alone(rule: s.Rule, typing: Typing) -> bool:
    clause = only(rule, s.ExclusiveClause, typing)
    if clause is None:
        return False
    if clause.among != "all" or clause.by_priority:
        typing.error(
            "R0664",
            clause.span,
            "rebates keep each other out as programmes: an account earns in one of them",
            "write `exclusive among all`; to compare rebates, give them a stage that combines by `best`",
        )
    return True


# --- base, scope, window ----------------------------------------------------------------------------------------------


def _base(rule: s.Rule, worth: m.Worth | None, typing: Typing) -> m.Expr | None:
    """What it is paid on: stated, else the measure of its tiers where that is money or a quantity (93a)."""
    clause = only(rule, s.BaseClause, typing)
    if clause is not None:
        base = typed(clause.value, typing)
        if base is None:
            return None
        own = typing.settled.get((rule.kind, rule.name))
        if any(isinstance(part, m.Earned) and part.rule == own for part in walk(base)):
            tell_circle([rule.name, rule.name], [clause.span], typing.names)  # at once, whatever else is wrong
            return None
        if isinstance(worth, m.Amount):
            typing.error("R0652", clause.span, "an `amount` is paid as it is, and on no base", "leave the base out")
            return None
        dim = dimension(base)
        if dim.kind not in ("money", "quantity"):
            typing.error(
                "R0214",
                clause.span,
                f"a base is money or a quantity, this is {describe(dim)}",
                "write what the reward is paid on",
            )
            return None
        return base
    if worth is None or isinstance(worth, m.Amount):
        return None
    last = list(measures(worth))[-1:]
    if last and dimension(last[0]).kind in ("money", "quantity"):
        return last[0]
    if _needs_base(worth):
        typing.error(
            "R0652",
            rule.name_span,
            f"{rule.kind} `{rule.name}` does not say what it is paid on",
            "add a base, such as `base net value of items per account per year`",
        )
    return None


def _needs_base(worth: m.Worth) -> bool:
    """Whether something in it is paid on a base."""
    for piece in pieces(worth):
        match piece:
            case m.PercentPiece(of=None) | m.UnitPiece() | m.PricePiece():
                return True
    return False


def _asked(base: m.Expr | None, worth: m.Worth) -> Iterator[list[m.Expr]]:
    """What decides the scope and the window, the first that says something: base, measures, amount (92)."""
    if base is not None:
        yield [base]
    yield list(measures(worth)) + [tiers.measure for tiers in tiers_in(worth)]
    if isinstance(worth, m.Amount):
        yield [worth.value]


def scope_of_rule(base: m.Expr | None, worth: m.Worth, who: m.Who) -> m.Scope:
    """Whose account earns (92)."""
    for exprs in _asked(base, worth):
        found = [total.scope for total in _totals(exprs, ("account",)) if not total.scope.within_order]
        if found:
            return max(found, key=WIDTH.__getitem__)
    if not who.together:
        return m.Scope.ACCOUNT
    return {"account and subsidiaries": m.Scope.TREE, "group": m.Scope.GROUP}.get(who.kind, m.Scope.ALL)


def window_of_rule(base: m.Expr | None, worth: m.Worth, settle: Settle | None) -> WindowKind | Literal["claim"]:
    """What is judged as one whole (92)."""
    asked = list(_asked(base, worth))
    per_claim = any(total.scope is m.Scope.CLAIM for exprs in asked for total in _totals(exprs))
    if per_claim or (settle is not None and settle.every == "on claim"):
        return "claim"
    for exprs in asked:
        found = [total.window for total in _totals(exprs, m.PERIODS) if isinstance(total.window, str)]
        if found:
            widest = max(found, key=WIDER.__getitem__)
            return "term" if widest == "ever" else widest
    return window_of(settle) if settle is not None else "term"


def _totals(exprs: list[m.Expr], but: tuple[str, ...] = ()) -> Iterator[m.Total]:
    """The totals that are read, those inside values per key among them, but for some keys."""
    for expr in exprs:
        for read in reads(expr, filters=False):
            match read.expr:
                case m.Total():
                    yield read.expr
                case m.PerKey(value=value, key=key) if not isinstance(value, m.Condition) and key not in but:
                    yield from (total for total in _totals([value], but) if not total.scope.within_order)


# --- what it pays in --------------------------------------------------------------------------------------------------


def _paid_in(rule: s.Rule, typing: Typing) -> tuple[Literal["money", "points", "goods"], tuple[str | None, str] | None]:
    """Whether its rewards are money, points or goods; all of one kind (99a)."""
    found: dict[str | tuple[str | None, str], s.Node] = {}
    for piece in _written(rule):
        match piece:
            case s.PointsReward():
                found.setdefault("points", piece)
            case s.GoodsReward(quantity=quantity, of=of):
                item = of.item if of is not None else None
                if of is not None and item is None:
                    help = 'name the item, `give 5 carton of "COLA"`, or none: then the earner chooses'
                    typing.error("R0661", piece.span, "goods of a set are several things", help)
                master = typing.names.master
                if item is not None and master.has_items and item not in master.items:
                    typing.names.unknown("R0202", "item", item, piece.span, master.items)
                found.setdefault((item, quantity.unit), piece)
            case _:
                found.setdefault("money", piece)
    kinds = list(found)
    if len(kinds) > 1:
        typing.error(
            "R0661",
            found[kinds[1]].span,
            f"{rule.kind} `{rule.name}` pays different things",
            "let one rule pay money, points, or goods of one item and unit; write a second rule for the other",
        )
    match kinds:
        case [(item, str() as unit), *_]:
            return "goods", (item, unit)
        case ["points", *_]:
            return "points", None
        case _:
            return "money", None


def _written(rule: s.Rule) -> Iterator[s.Piece]:
    """The pieces of every reward in its text; of a table none: those are money."""
    for clause in rule.clauses:
        match clause:
            case (
                s.RateClause(reward=reward)
                | s.AccrueClause(reward=reward)
                | s.WhenClause(otherwise=s.Reward() as reward)
            ):
                yield from reward.pieces
            case s.TiersClause(rows=rows):
                yield from (piece for row in rows if row.reward is not None for piece in row.reward.pieces)
            case s.CasesClause(rows=cases):
                yield from (piece for case in cases if case.reward is not None for piece in case.reward.pieces)
            case s.RatesClause(rows=grid):
                for line in grid:
                    for cell in line.cells:
                        if cell.reward is not None:
                            yield from cell.reward.pieces
