"""Goods of a rule: what is bought together, what is given, and by what it is counted (8.1, 8.2)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.attributes import BUILT_IN
from rebates.model.bounds import only
from rebates.model.conditions import item_set
from rebates.model.expressions import Typing, check_unit
from rebates.model.reads import condition_reads, pieces
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

BUNDLE = "bundle"  # the unit that counts sets
MOST_PARTS = 8  # of one bundle


def sets_of(rule: s.Rule, typing: Typing) -> m.Sets | None:
    """The sets of a bundle, or of `buy … get …`; None for other rules and where something could not be understood."""
    bundle, give = only(rule, s.BundleClause, typing), only(rule, s.GiveClause, typing)
    if bundle is not None:
        return _bundle(rule, bundle, typing)
    if give is not None and give.word == "buy":
        return _bought(give, typing)
    return None


def gift_of(rule: s.Rule, typing: Typing) -> m.Gift | None:
    """The gift of `every … give …`."""
    give = only(rule, s.GiveClause, typing)
    if give is None or give.word != "every" or not _sizes(give, typing):
        return None
    options = set(give.options)
    _refuse(give, ("cheapest", "dearest", "partial sets"), "buy … get …", typing)
    counting = {
        "pro rata": "pro rata down",
        "pro rata rounded down": "pro rata down",
        "pro rata rounded up": "pro rata up",
        "only at full multiples": "multiples",
    }
    chosen = [counting[word] for word in give.options if word in counting]
    if len(chosen) > 1:
        typing.error(
            "R0361", give.span, "goods are counted in one way", "keep one of `pro rata`, `only at full multiples`"
        )
    where = _where(give.of, typing) if give.of is not None else None
    item, choices = None, None
    if give.given_of is None:
        if where is not None and (give.of is None or give.of.item is None):
            typing.error(
                "R0361",
                give.span,
                "goods of a set are counted together: which of them is given?",
                'name the item that is given, `give 1 piece of "MUG"`, or a set `of gifts, by choice`',
            )
            return None
        item = give.of.item if give.of is not None else None
    elif "by choice" in options:
        choices = _choices(give.given_of, typing)
        if choices is None:
            return None
    elif give.given_of.item is None:
        typing.error(
            "R0361", give.given_of.span, "which goods of the set are given?", "add `, by choice`, or name one item"
        )
        return None
    else:
        item = give.given_of.item
        _known(item, give.given_of.span, typing)
    same = give.given_of is None or (give.of is not None and item is not None and item == give.of.item)
    if "inclusive" in options and not same:
        typing.error("R0361", give.span, "other goods are always added to the order", "leave out `inclusive`")
    if same and not options & {"inclusive", "exclusive"}:
        typing.error(
            "R0363",
            give.span,
            "goods of the item itself are part of what was ordered, or come on top: neither is assumed",
            "add `, inclusive` (10 per 100: 90 of 100 are billed) or `, exclusive` (110 are delivered)",
        )
        return None
    if "inclusive" in options and give.ordered.unit != give.given.unit:
        typing.error(
            "R0361",
            give.given.span,
            "goods out of what was ordered are counted in its unit",
            f"write {give.ordered.unit}",
        )
        return None
    return m.Gift(
        give.ordered.number.value,
        give.ordered.unit,
        where,
        give.given.number.value,
        give.given.unit,
        item,
        choices,
        chosen[0] if chosen else "full",  # type: ignore[arg-type]
        "inclusive" in options,
        span=give.span,
    )


def _bought(give: s.GiveClause, typing: Typing) -> m.Sets | None:
    if not _sizes(give, typing):
        return None
    _refuse(
        give,
        (
            "inclusive",
            "exclusive",
            "pro rata",
            "pro rata rounded up",
            "pro rata rounded down",
            "only at full multiples",
            "by choice",
        ),
        "every … give …",
        typing,
    )
    options = set(give.options)
    pick = "cheapest" if "cheapest" in options else "dearest"
    bought, got = give.ordered.number.value, give.given.number.value
    kinds = () if give.of is None else (_where(give.of, typing),)
    if None in kinds:
        return None
    several = [goods for goods in (give.of, give.given_of) if goods is not None and goods.set is not None]
    if {"cheapest", "dearest"} <= options or (several and not options & {"cheapest", "dearest"}):
        typing.error(
            "R0363",
            give.span,
            "units of a set can have several prices: which are given?",
            "add `, cheapest` or `, dearest`",
        )
        return None
    if give.given_of is None or give.given_of == give.of:
        if give.ordered.unit != give.given.unit:
            typing.error(
                "R0361",
                give.given.span,
                "what is bought and what is got are counted in one unit",
                f"write {give.ordered.unit}",
            )
            return None
        part = m.BundlePart(bought + got, give.ordered.unit, kinds, True, span=give.span)  # type: ignore[arg-type]
        return m.Sets((part,), pick if several else "cheapest", got, "partial sets" in options, span=give.span)  # type: ignore[arg-type]
    if give.of is None:
        typing.error("R0361", give.span, "which goods are to be bought?", "write `buy 2 piece of …`")
        return None
    if "partial sets" in options:
        typing.error("R0361", give.span, "`partial sets` needs goods of one kind", "leave it out")
        return None
    other = _where(give.given_of, typing)
    if other is None:
        return None
    parts = (
        m.BundlePart(bought, give.ordered.unit, kinds, False, span=give.ordered.span),  # type: ignore[arg-type]
        m.BundlePart(got, give.given.unit, (other,), True, span=give.given.span),
    )
    return m.Sets(parts, pick, span=give.span)  # type: ignore[arg-type]


def _bundle(rule: s.Rule, bundle: s.BundleClause, typing: Typing) -> m.Sets | None:
    parts: list[m.BundlePart] = []
    if not bundle.parts:
        typing.error("R0362", bundle.span, "this bundle is empty", 'add a part such as `2 piece of "TEA-1"`')
        return None
    if len(bundle.parts) > MOST_PARTS:
        typing.error("R0362", bundle.span, f"a bundle has at most {MOST_PARTS} parts", "make it two bundles")
        return None
    for part in bundle.parts:
        check_unit(part.quantity.unit, part.quantity.span, typing)
        found = [_where(goods, typing) for goods in part.goods]
        if part.quantity.number.value <= 0:
            typing.error("R0362", part.quantity.span, "a set of nothing cannot be made", "write a quantity above zero")
            return None
        if None in found:
            return None
        kinds = tuple(condition for condition in found if condition is not None)
        if not part.one_kind and len(kinds) > 1:
            kinds = (m.Or(kinds, span=part.span),)
        parts.append(m.BundlePart(part.quantity.number.value, part.quantity.unit, kinds, True, span=part.span))
    pick = next((c for c in rule.clauses if isinstance(c, s.LimitClause) and c.per == ("per bundle",)), None)
    if pick is None:
        return m.Sets(tuple(parts), span=bundle.span)
    if (
        len(parts) > 1
        or not isinstance(pick.value, s.Quantity)
        or pick.value.unit != parts[0].unit
        or pick.takes not in ("cheapest", "dearest")
    ):
        typing.error(
            "R0362",
            pick.span,
            "a limit per bundle says how many units of the bundle's one part are paid, and which",
            f"write `limit 1 {parts[0].unit} per bundle, cheapest`; with several parts use `buy … get …`",
        )
        return None
    return m.Sets(tuple(parts), pick.takes, pick.value.number.value, span=bundle.span)


def _sizes(give: s.GiveClause, typing: Typing) -> bool:
    for quantity in (give.ordered, give.given):
        check_unit(quantity.unit, quantity.span, typing)
        if quantity.number.value <= 0:
            typing.error("R0362", quantity.span, "this quantity is zero", "write a quantity above zero")
            return False
    return True


def _refuse(give: s.GiveClause, words: tuple[str, ...], form: str, typing: Typing) -> None:
    for word in give.options:
        if word in words:
            typing.error("R0361", give.span, f"`{word}` belongs to `{form}`", "leave it out")


def _where(goods: s.Goods, typing: Typing) -> m.Condition | None:
    """The test that a line is of these goods."""
    if goods.item is not None:
        _known(goods.item, goods.span, typing)
        return m.OneOf(BUILT_IN["item.id"], (goods.item,), False, span=goods.span)
    assert goods.set is not None
    return item_set(goods.set, goods.span, typing)


def _known(item: str, span: Span, typing: Typing) -> None:
    master = typing.names.master
    if master.has_items and master.item(item) is None:
        typing.names.unknown("R0202", "item", item, span, master.items)


def _choices(goods: s.Goods, typing: Typing) -> frozenset[str] | None:
    """The items that may be chosen, told by the items' own attributes."""
    if goods.item is not None:
        return frozenset((goods.item,))
    where = _where(goods, typing)
    if where is None:
        return None
    master = typing.names.master
    read = [found.expr for found in condition_reads(where)]
    by_item = all(isinstance(expr, m.AttributeValue) and expr.attribute.subject == "item" for expr in read)
    if not master.has_items or not by_item:
        typing.error(
            "R0364",
            goods.span,
            "what may be chosen is told by the items themselves",
            "let the set test attributes of the item, and give a table `items`",
        )
        return None
    found = frozenset(item for item in master.items if _is_of(where, item, typing))
    if not found:
        typing.error("R0364", goods.span, "no item is in this set: there is nothing to choose", "widen the set")
        return None
    return found


def _is_of(where: m.Condition, item: str, typing: Typing) -> bool:
    match where:
        case m.And(parts=parts):
            return all(_is_of(part, item, typing) for part in parts)
        case m.Or(parts=parts):
            return any(_is_of(part, item, typing) for part in parts)
        case m.Not(part=part):
            return not _is_of(part, item, typing)
        case m.InSet(where=inner):
            return _is_of(inner, item, typing)
        case m.OneOf(attribute=attribute, values=values, negated=negated):
            value = _value(attribute, item, typing)
            return value is not None and (value in values) is not negated
        case m.Under(attribute=attribute, ancestor=ancestor):
            value = _value(attribute, item, typing)
            return isinstance(value, str) and (
                typing.names.master.is_under(value, ancestor)
                if attribute.path == "item.family"
                else value == ancestor or value.startswith(f"{ancestor}/")
            )
        case _:
            return False


def _value(attribute: m.Attribute, item: str, typing: Typing) -> object:
    found = typing.names.master.item(item)
    assert found is not None
    if attribute.name == "id":
        return item
    if attribute.name == "family":
        return found.family
    return found.attributes.get(attribute.name, attribute.default)


def check_goods(rule: m.Rule, written: s.Rule, typing: Typing) -> bool:
    """What a rule over goods must keep to as a whole."""
    before = typing.names.report.error_count
    named = {kind: only(written, kind, typing) for kind in (s.GiveClause, s.BundleClause)}
    give, bundle = named[s.GiveClause], named[s.BundleClause]
    if written.kind == "free goods" and give is None:
        typing.error(
            "R0360",
            written.name_span,
            f"free goods `{written.name}` do not say what is given",
            'add `every 10 carton of "A" give 1 carton, exclusive` or `buy 2 piece of snacks get 1 piece, cheapest`',
        )
    for clause, kind in ((give, "free goods"), (bundle, "discount")):
        if clause is not None and written.kind != kind:
            typing.error(
                "R0303", clause.span, f"this belongs to {kind}, the rule is a {written.kind}", f"make it {kind}"
            )
    grouped = rule.sets is not None or rule.gift is not None
    if rule.unused and rule.kind != "discount":
        typing.error("R0303", written.name_span, "`unused units` belongs to discounts and free goods", "leave it out")
    if grouped:
        for clause_kind, words in (
            (s.BaseClause, "base"),
            (s.AmountClause, "amount"),
            (s.FromTableClause, "from table"),
        ):
            other = only(written, clause_kind, typing)
            if other is not None:
                typing.error(
                    "R0365",
                    other.span,
                    f"goods are what is paid on; `{words}` would be something else",
                    "write `rate` or `tiers`",
                )
        for part in written.clauses:
            if (
                isinstance(part, s.RatesClause | s.CasesClause)
                or (isinstance(part, s.TiersClause) and part.table is not None)
                or (isinstance(part, s.WhenClause) and part.otherwise is not None)
            ):
                typing.error(
                    "R0365",
                    part.span,
                    "goods belong together, and this would pay something else on each of their lines",
                    "write `rate` or `tiers`, and a rule for each condition",
                )
    _check_bundle_unit(rule, typing)
    if rule.gift is not None:
        _check_gift(rule, rule.gift, typing)
    return typing.names.report.error_count == before


def _check_bundle_unit(rule: m.Rule, typing: Typing) -> None:
    """`per bundle` counts sets: only where there are any, and a price of a bundle needs one row."""
    worth = rule.worth
    for piece in pieces(worth):
        per_bundle = isinstance(piece, m.PercentPiece) and piece.per_bundle
        unit = (
            BUNDLE
            if per_bundle
            else (
                piece.package.unit
                if isinstance(piece, m.UnitPiece)
                else piece.unit
                if isinstance(piece, m.PricePiece)
                else ""
            )
        )
        if unit == BUNDLE and rule.sets is None:
            typing.error("R0365", piece.span, "`per bundle` needs a bundle in the same rule", "add `bundle { … }`")
        if (
            unit == BUNDLE
            and isinstance(piece, m.PricePiece)
            and isinstance(worth, m.Tiers)
            and worth.mode != "retroactive"
        ):
            typing.error(
                "R0365", piece.span, "the price of a bundle is that of the tier reached", "write `tiers retroactive`"
            )
    if rule.limit is not None and rule.limit.unit == BUNDLE and rule.sets is None:
        typing.error(
            "R0365", rule.limit.span, "a limit in bundles needs a bundle in the same rule", "add `bundle { … }`"
        )


def _check_gift(rule: m.Rule, gift: m.Gift, typing: Typing) -> None:
    if rule.limit is not None and rule.limit.unit is None:
        typing.error(
            "R0365", rule.limit.span, "goods are limited in units", f"write `limit 20 {gift.give_unit} per order`"
        )
    if rule.limit is not None and rule.limit.scope in (m.Scope.LINE, m.Scope.DELIVERY) and not gift.inclusive:
        typing.error(
            "R0365", rule.limit.span, "goods that are added belong to the order", "write the limit `per order`"
        )
    if gift.inclusive:
        return
    found = list(pieces(rule.worth))
    plain = len(found) == 1 and (
        (isinstance(found[0], m.PercentPiece) and found[0].of is None) or isinstance(found[0], m.PricePiece)
    )
    if not isinstance(rule.worth, m.Flat) or not plain:
        typing.error(
            "R0365",
            rule.worth.span,
            "goods that are added are given free, at a percent off or at a price",
            "write `rate price EUR 1 per piece`, `rate 50%`, or nothing: then they are free",
        )
    for bound in (*rule.caps, *rule.floors, *((rule.pays_from,) if rule.pays_from else ())):
        typing.error(
            "R0365", bound.span, "goods that are added have no bound in money", "write `limit 20 piece per order`"
        )
    if rule.not_below is not None:
        typing.error("R0365", rule.not_below.span, "goods that are added lower no price", "leave it out")
