"""Expressions: every name resolved, every value given its dimension and unit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.dimensions import dimension as dimension
from rebates.model.exact import Rounding
from rebates.model.names import Names
from rebates.model.units import ALL_GLOBAL_UNITS, global_factor
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Edit
from rebates.syntax.source import Span

SCOPES = {
    "line": m.Scope.LINE,
    "item": m.Scope.ITEM,
    "invoice": m.Scope.INVOICE,
    "claim": m.Scope.CLAIM,
    "delivery": m.Scope.DELIVERY,
    "order": m.Scope.ORDER,
    "end customer": m.Scope.END_CUSTOMER,
    "account": m.Scope.ACCOUNT,
    "account and subsidiaries": m.Scope.TREE,
    "group": m.Scope.GROUP,
    "in all": m.Scope.ALL,
}
WINDOWS = ("week", "month", "quarter", "half", "season", "year", "term", "ever")
WIDTH = {scope: width for width, scope in enumerate(m.Scope)}

_VALUES = {f"{what} value": what for what in ("list", "gross", "net", "invoice", "cost")}


@dataclass
class Typing:
    """What typing an agreement's expressions needs to know."""

    names: Names
    agreement: str
    who: s.Accounts | None = None
    stages: tuple[str, ...] = ()
    charges: dict[str, str] = field(default_factory=dict)  # name -> id, of the agreement's charges
    prices: dict[str, str] = field(default_factory=dict)  # name -> id, of the agreement's price rules
    discounts: dict[str, str] = field(default_factory=dict)  # name -> id, of its discounts
    settled: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # kind and name -> id, of its rules that are settled
    measures: dict[str, m.MeasureRef | None] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)  # measures being typed: a circle is an error
    classes: dict[str, m.Class | None] = field(default_factory=dict)
    inside: s.Class | None = None  # the class being typed: what stands in it is limited (86)
    key: m.Attribute | str | None = None  # of the `for each` being typed

    def error(self, code: str, span: Span, message: str, help: str) -> None:
        self.names.report.error(code, span, message, help)


def describe(dim: m.Dimension) -> str:
    """A dimension in the words of the language."""
    match dim.kind:
        case "money":
            return "an amount of money"
        case "price":
            return "a price per unit"
        case "quantity":
            return f"a quantity in {dim.unit}"
        case "number":
            return "a number or percent"
        case "time":
            return "a time of day"
        case _:
            return f"a {dim.kind}"


def scope_of(expr: m.Expr) -> m.Scope | None:
    """The widest scope that an expression reads; None where it reads nothing of the order."""
    scopes = [found for part in walk(expr) if (found := _own_scope(part)) is not None]
    return max(scopes, key=WIDTH.__getitem__) if scopes else None


def _own_scope(expr: m.Expr) -> m.Scope | None:
    match expr:
        case m.Total(scope=scope):
            return m.Scope.ORDER if scope is m.Scope.KEY else scope
        case m.PerKey():
            return m.Scope.ORDER
        case m.AttributeValue(attribute=attribute):
            return m.Scope.LINE if attribute.subject in ("item", "line") else None
        case m.ItemPrice() | m.RulePrice():
            return m.Scope.LINE
        case m.TableValue():
            return m.Scope.LINE if varies_by_line(expr) else None
        case _:
            return None


def varies_by_line(value: m.TableValue) -> bool:
    """Whether another line of the order may find another row, or another price of it (5.1 c)."""
    items = any(isinstance(key, m.Attribute) and key.subject in ("item", "line") for key in value.keys)
    return items or "unit" in value.keys or value.dimension == m.PRICE


def walk(expr: m.Expr) -> list[m.Expr]:
    """The expression and every part of it."""
    out = [expr]
    match expr:
        case m.Arithmetic(left=left, right=right):
            out += walk(left) + walk(right)
        case m.Extreme(parts=parts):
            for part in parts:
                out += walk(part)
        case m.Rounded(value=value) | m.MeasureRef(value=value):
            out += walk(value)
        case m.Fallback(value=value, otherwise=otherwise):
            out += walk(value) + walk(otherwise)
        case m.DaysBetween(start=start, end=end):
            out += [part for part in (start, end) if not isinstance(part, m.Moment)]
        case m.PerKey(value=value) if not isinstance(value, m.Condition):
            out += walk(value)
    return out


def typed(expr: s.Expr, typing: Typing) -> m.Expr | None:
    """The model of an expression; None where an error was reported."""
    match expr:
        case s.Number():
            return m.Constant(expr.value, m.NUMBER, span=expr.span)
        case s.Percent():
            return m.Constant(expr.points / 100, m.NUMBER, span=expr.span)
        case s.Date():
            return m.Constant(expr.value, m.DATE, span=expr.span)
        case s.TimeOfDay() | s.DaysBetween() | s.AgreementWindow():
            from rebates.model.time import in_time

            return in_time(expr, typing)
        case s.Quantity():
            check_unit(expr.unit, expr.span, typing)
            return m.Constant(expr.number.value, m.Dimension("quantity", expr.unit), span=expr.span)
        case s.Money():
            return amount_of(expr, expr.number.value, typing)
        case s.MoneyPer():
            check_unit(expr.unit, expr.span, typing)
            found = amount_of(expr.money, expr.money.number.value, typing)
            return replace(found, dimension=m.PRICE, unit=expr.unit, span=expr.span)
        case s.Name():
            return _named(expr, typing)
        case s.Path():
            attribute = typing.names.attribute(expr)
            return m.AttributeValue(attribute, span=expr.span) if attribute else None
        case s.ItemPrice():
            return _item_price(expr, typing)
        case s.Total():
            return _total(expr, typing)
        case s.Windowed():
            from rebates.model.moving import windowed

            return windowed(expr, typing)
        case s.Fact():
            attribute = typing.names.fact(expr)
            return m.AttributeValue(attribute, span=expr.span) if attribute else None
        case s.PerKey():
            from rebates.model.per_key import per_key

            return per_key(expr, typing)
        case s.Binary():
            return _binary(expr, typing)
        case s.PercentOf():
            of = typed(expr.of, typing)
            rate = m.Constant(expr.percent.points / 100, m.NUMBER, span=expr.percent.span)
            return m.Arithmetic("*", rate, of, dimension(of), span=expr.span) if of else None
        case s.Extreme():
            return _extreme(expr, typing)
        case s.Rounded():
            return _rounded(expr, typing)
        case s.Otherwise():
            value, fallback = typed(expr.value, typing), typed(expr.fallback, typing)
            if value is None or fallback is None:
                return None
            fallback = _alike(value, fallback, expr.span, typing)
            return m.Fallback(value, fallback, dimension(value), span=expr.span) if fallback else None
        case s.ChargeAmount(kind=kind, name=name) if kind == "rebate" or (kind, name) in typing.settled:
            settled = settled_rule(kind, name, expr.span, typing)
            return m.Earned(settled, span=expr.span) if settled is not None else None
        case s.ChargeAmount(kind="discount"):
            discount = typing.discounts.get(expr.name)
            if discount is None:
                typing.names.unknown("R0234", "discount", expr.name, expr.span, typing.discounts)
                return None
            return m.ChargeAmount(discount, "discount", span=expr.span)
        case s.ChargeAmount():
            charge = typing.charges.get(expr.name)
            if charge is None:
                typing.names.unknown("R0211", "charge", expr.name, expr.span, typing.charges)
                return None
            return m.ChargeAmount(charge, span=expr.span)
        case s.RulePrice():
            price = typing.prices.get(expr.name)
            if price is None:
                typing.names.unknown("R0391", "price rule", expr.name, expr.span, typing.prices)
                return None
            return m.RulePrice(price, span=expr.span)
        case s.TableValue():
            from rebates.model.table_values import table_value

            return table_value(expr, typing)


def settled_rule(kind: str, name: str, span: Span, typing: Typing) -> str | None:
    """The id of a rebate, or of a charge that is settled."""
    found = typing.settled.get((kind, name))
    if found is None:
        typing.names.unknown("R0234", kind, name, span, [other for each, other in typing.settled if each == kind])
    return found


def amount_of(money: s.Money, value: Fraction, typing: Typing) -> m.Constant | m.Exchanged:
    """A stated amount; in another currency than the agreement's where it names exchange rates (2.1)."""
    own = typing.names.currency
    if own and money.currency != own and typing.names.exchange:
        return m.Exchanged(value, money.currency, m.MONEY, span=money.span)
    check_currency(money, typing)
    return m.Constant(value, m.MONEY, span=money.span)


def check_currency(money: s.Money, typing: Typing) -> None:
    """An amount is in the agreement's currency (2.1): one that is compared, counted or limited, whatever the rates."""
    own = typing.names.currency
    if own and money.currency != own:
        named = "a threshold, a limit and a package are never exchanged"
        typing.error(
            "R0212",
            money.span,
            f"`{money.currency}` is not the agreement's currency `{own}`",
            f"write the amount in {own}"
            + (f"; {named}" if typing.names.exchange else ", or name `exchange rates from table exchange_rates`"),
        )


def check_unit(unit: str, span: Span, typing: Typing) -> None:
    """A unit is known: of an item, or one that exists for all."""
    master = typing.names.master
    known = master.unit_names | ALL_GLOBAL_UNITS
    if master.has_items and unit not in known:
        typing.names.unknown("R0205", "unit", unit, span, known)


def _named(expr: s.Name, typing: Typing) -> m.Expr | None:
    declared = typing.names.measures.get(expr.name)
    if declared is None:
        typing.names.unknown("R0207", "measure", expr.name, expr.span, typing.names.measures)
        return None
    if expr.name in typing.open:
        tell_circle(expr.name, expr.span, typing)
        return None
    if expr.name not in typing.measures:
        typing.open.append(expr.name)
        value = typed(declared.value, typing)
        typing.open.pop()
        own = typing.inside is not None and declared in typing.inside.members
        name = f"{typing.inside.name}.{expr.name}" if own and typing.inside is not None else expr.name
        typing.measures[expr.name] = m.MeasureRef(name, value, dimension(value), span=declared.span) if value else None
    found = typing.measures[expr.name]
    return replace(found, span=expr.span) if found is not None else None


def tell_circle(name: str, span: Span, typing: Typing) -> None:
    """A measure or class that stands on itself: the way back to it."""
    way = [*typing.open[typing.open.index(name) :], name]
    shown = " -> ".join(way)
    if any(part.startswith("class ") for part in way):
        typing.error(
            "R0457", span, f"a class depends on itself: {shown}", "let one of them stand on totals and attributes alone"
        )
    else:
        typing.error("R0213", span, f"measures lie in a circle: {shown}", "let one of them stand on totals alone")


def _item_price(expr: s.ItemPrice, typing: Typing) -> m.Expr | None:
    kind = {"list price": "list", "gross price": "gross", "net price": "net", "cost": "cost"}[expr.kind]
    return m.ItemPrice(kind, span=expr.span)  # type: ignore[arg-type]


def scope_and_window(
    per: tuple[str, ...], span: Span, typing: Typing, over: s.Window | None = None
) -> tuple[m.Scope | None, str | None]:
    """The scope and the window of `per …` phrases. Of a bound or limit a window alone is over the agreement's accounts."""
    scopes = [SCOPES[word] for word in per if word in SCOPES]
    windows = [word for word in per if word in WINDOWS]
    replaced = over is not None and over.over is not None
    if len(scopes) > 1 or len(windows) + replaced > 1:
        typing.error("R0220", span, "two scopes or two windows stand here", "keep one of each")
    scope = scopes[0] if scopes else (_counted(typing.who) if windows else None)
    window = windows[0] if windows else None
    if window == "season":
        need_seasons(span, typing)
    if scope is m.Scope.ITEM and (window is not None or replaced) and _is_of(typing, "items"):
        scope = m.Scope.PRODUCT
    if scope is not None and scope.within_order and window is not None:
        typing.error(
            "R0221", span, f"`per {scope.value}` is within one order and takes no window", f"leave out `per {window}`"
        )
        window = None
    if scope is m.Scope.GROUP and typing.who is not None and typing.who.kind != "group":
        typing.error(
            "R0222", span, "`per group` needs an agreement with a group", 'write `accounts group "NAME", together`'
        )
    return scope, window


def need_seasons(span: Span, typing: Typing) -> None:
    """Reports a season where the agreement names none."""
    if not typing.names.seasons:
        typing.error(
            "R0353",
            span,
            f"agreement `{typing.agreement}` does not say what a season is",
            "add `seasons { spring_2026 2026-02-01 to 2026-07-31 }`, or `seasons from table NAME`",
        )


def _is_of(typing: Typing, subject: str) -> bool:
    return typing.inside is not None and typing.inside.subject == subject


def _counted(who: s.Accounts | None) -> m.Scope:
    """Whose a bound is: each account's own, or that of all who count together (5.1 e)."""
    if who is None or who.counted != "together":
        return m.Scope.ACCOUNT
    return {"account and subsidiaries": m.Scope.TREE, "group": m.Scope.GROUP}.get(who.kind, m.Scope.ALL)


def _total(expr: s.Total, typing: Typing) -> m.Expr | None:
    scope, window = scope_and_window(expr.per, expr.span, typing, expr.window)
    if scope is None and typing.key is not None and not expr.per and expr.window is None:
        scope = m.Scope.KEY
    elif scope is None or not any(word in SCOPES for word in expr.per):
        typing.error(
            "R0223",
            expr.span,
            "this total does not say over what" if scope is None else "this total does not say over whose orders",
            f"add `per account`, `per account and subsidiaries` or `in all` before `per {window}`"
            if window is not None and window != "ever"
            else "add `per line`, `per order` or `per account per year`",
        )
        return None
    replaced = expr.window is not None and expr.window.over is not None
    if not scope.within_order and window is None and not replaced:
        typing.error(
            "R0224", expr.span, f"a total {scope.words} needs a window", "add `per year`, `per month` or `ever`"
        )
        return None
    if expr.before and scope.within_order:
        typing.error("R0226", expr.span, "`before this order` belongs to a total wider than the order", "leave it out")
    if expr.with_tax and not typing.names.tax:
        typing.error(
            "R0398",
            expr.span,
            "this value includes tax, and nothing says the tax rate of an item",
            "add `tax rate item.vat`",
        )
        return None
    where = _filter(expr, typing)
    if expr.after_stage is not None and expr.after_stage not in typing.stages:
        typing.names.unknown("R0206", "stage", expr.after_stage, expr.span, typing.stages)
    if expr.after_stage is not None and expr.kind != "net value":
        typing.error(
            "R0226", expr.span, f"no stage changes the {expr.kind}", "leave out `after stage`, or use the net value"
        )
    what, dim, unit, distinct, priced = "lines", m.NUMBER, None, None, None
    match expr.kind:
        case "value at":
            what, dim, priced = "at table", m.MONEY, _priced(expr, typing)
            if priced is None:
                return None
        case "quantity":
            assert expr.unit is not None
            check_unit(expr.unit, expr.span, typing)
            what, dim, unit = "quantity", m.Dimension("quantity", expr.unit), expr.unit
        case "number of distinct" | "number of":
            from rebates.model.counts import what_is_counted

            what, distinct = what_is_counted(expr, typing)
            if what == "distinct" and distinct is None:
                return None
        case _:
            what, dim = _VALUES[expr.kind], m.MONEY
    made = m.Total(
        what,  # type: ignore[arg-type]
        dim,
        scope,
        window,  # type: ignore[arg-type]
        unit,
        expr.full,
        distinct,
        where,
        expr.before,
        expr.after_stage,
        with_tax=expr.with_tax,
        priced=priced,
        span=expr.span,
    )
    if typing.inside is not None:
        from rebates.model.classes import check_total

        check_total(made, typing)
    if scope.within_order and expr.window is None:
        return made
    from rebates.model.moving import moved_total

    return moved_total(made, expr.window, typing)


def _priced(expr: s.Total, typing: Typing) -> m.TableValue | None:
    """The price that `value at TABLE` takes of each sale."""
    from rebates.model.table_values import table_value

    assert expr.table is not None
    found = table_value(s.TableValue(expr.table, expr.at, span=expr.span), typing)
    if found is not None and found.dimension != m.PRICE:
        typing.error(
            "R0214",
            expr.span,
            f"table `{expr.table}` holds {describe(found.dimension)}, no price of an item",
            "name a table with a key `item` and a column of money",
        )
        return None
    return found


def _filter(expr: s.Total, typing: Typing) -> m.Condition | None:
    from rebates.model.conditions import check_filter, item_set, typed_condition

    parts: list[m.Condition] = []
    if expr.of is not None and expr.of != "items":
        found = item_set(expr.of, expr.span, typing)
        if found is not None:
            parts.append(found)
    if expr.where is not None:
        condition = typed_condition(expr.where, typing)
        if condition is not None:
            check_filter(condition, typing)
            parts.append(condition)
    if len(parts) > 1:
        return m.And(tuple(parts), span=expr.span)
    return parts[0] if parts else None


def _binary(expr: s.Binary, typing: Typing) -> m.Expr | None:
    left, right = typed(expr.left, typing), typed(expr.right, typing)
    if left is None or right is None:
        return None
    a, b = dimension(left), dimension(right)
    if {a.kind, b.kind} & {"text", "date", "time"}:
        typing.error(
            "R0214",
            expr.span,
            f"{describe(a)} and {describe(b)} cannot be reckoned together",
            "use numbers, money or quantities",
        )
        return None
    match expr.op:
        case "+" | "-":
            other = _alike(left, right, expr.span, typing)
            return m.Arithmetic(expr.op, left, other, a, span=expr.span) if other else None
        case "*":
            amount = _price_times_quantity(left, right, expr.span)
            if amount is not None:
                return amount
            if a != m.NUMBER and b != m.NUMBER:
                typing.error(
                    "R0214",
                    expr.span,
                    f"{describe(a)} cannot be multiplied by {describe(b)}",
                    "one of the two must be a plain number or percent",
                )
                return None
            return m.Arithmetic("*", left, right, b if a == m.NUMBER else a, span=expr.span)
        case "/":
            if b == m.NUMBER:
                return m.Arithmetic("/", left, right, a, span=expr.span)
            if a == m.MONEY and b.kind == "quantity":  # what one unit comes to
                return m.Arithmetic("/", left, right, m.MONEY, span=expr.span)
            if a.kind != b.kind:
                typing.error(
                    "R0214",
                    expr.span,
                    f"{describe(a)} cannot be divided by {describe(b)}",
                    "divide by a number, or by something of the same kind",
                )
                return None
            other = _alike(left, right, expr.span, typing)
            return m.Arithmetic("/", left, other, m.NUMBER, span=expr.span) if other else None


def _price_times_quantity(left: m.Expr, right: m.Expr, span: Span) -> m.Expr | None:
    """A stated price per unit × a quantity in that unit: an amount of money."""
    for price, quantity in ((left, right), (right, left)):
        if isinstance(price, m.Constant) and price.dimension == m.PRICE and dimension(quantity).kind == "quantity":
            factor = global_factor(str(dimension(quantity).unit), str(price.unit))
            if factor is not None and not isinstance(price.value, date):
                amount = m.Constant(price.value * factor, m.MONEY, span=price.span)
                return m.Arithmetic("*", amount, quantity, m.MONEY, span=span)
    return None


def _alike(left: m.Expr, right: m.Expr, span: Span, typing: Typing) -> m.Expr | None:
    """The right side in the left side's dimension and unit; None and an error where they cannot be mixed."""
    a, b = dimension(left), dimension(right)
    if a == b:
        return right
    if a.kind == b.kind == "quantity":
        factor = global_factor(str(b.unit), str(a.unit))
        if factor is not None:
            return m.Arithmetic("*", m.Constant(factor, m.NUMBER, span=span), right, a, span=right.span)
    bare = isinstance(right, m.Constant) and b == m.NUMBER and not right.span.text.endswith("%")
    if bare and isinstance(right, m.Constant) and a.kind == "quantity":
        return m.Constant(right.value, a, span=right.span)
    edits: tuple[Edit, ...] = ()
    help = "both sides must be of one kind"
    if bare and a == m.MONEY:
        currency = typing.names.currency or "EUR"
        edits = (Edit(right.span, f"{currency} {right.span.text}", "asks"),)
        help = f"write the amount with its currency: `{currency} {right.span.text}`"
    elif {a.kind, b.kind} == {"money", "price"}:
        help = f"a price says per what: `{typing.names.currency or 'EUR'} 2 per piece`"
    elif a.kind == b.kind == "quantity":
        help = f"write both in {a.unit}"
    typing.names.report.error("R0214", right.span, f"{describe(b)} stands beside {describe(a)}", help, edits=edits)
    return None


def alike(left: m.Expr, right: m.Expr, span: Span, typing: Typing) -> m.Expr | None:
    """The right side in the left side's dimension and unit; None and an error where they cannot be mixed."""
    return _alike(left, right, span, typing)


def _extreme(expr: s.Extreme, typing: Typing) -> m.Expr | None:
    parts = [typed(part, typing) for part in expr.parts]
    first = parts[0]
    if first is None:
        return None
    rest = [_alike(first, part, expr.span, typing) if part is not None else None for part in parts[1:]]
    sound = [first, *(part for part in rest if part is not None)]
    if len(sound) != len(parts):
        return None
    return m.Extreme(expr.which, tuple(sound), dimension(first), span=expr.span)


def _rounded(expr: s.Rounded, typing: Typing) -> m.Expr | None:
    value = typed(expr.value, typing)
    if value is None:
        return None
    mode = {None: Rounding.HALF_UP, "up": Rounding.UP, "down": Rounding.DOWN}[expr.direction]
    if expr.unit is None:
        return m.Rounded(value, mode, expr.digits, dimension(value), span=expr.span)
    dim = dimension(value)
    if dim.kind != "quantity":
        typing.error("R0214", expr.span, f"{describe(dim)} has no whole {expr.unit}", "write `rounded to 2 digits`")
        return None
    if dim.unit != expr.unit:
        factor = global_factor(str(dim.unit), expr.unit)
        if factor is None:
            typing.error(
                "R0215", expr.span, f"{dim.unit} cannot be turned into {expr.unit}", f"measure it in {expr.unit}"
            )
            return None
        dim = m.Dimension("quantity", expr.unit)
        value = m.Arithmetic("*", m.Constant(factor, m.NUMBER, span=expr.span), value, dim, span=expr.value.span)
    return m.Rounded(value, mode, None, dim, span=expr.span)
