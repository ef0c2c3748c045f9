"""Rate tables over time: the base cut by the rows its sales meet (93d)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.rewards import enters
from rebates.compile.settle.at import At
from rebates.compile.settle.rows import Row, unscaled
from rebates.compile.settle.scaling import of_sale
from rebates.compile.settle.totals import ZERO, quantity
from rebates.compile.settle.values import number
from rebates.model.nodes import (
    Attribute,
    Flat,
    Levels,
    PriceTable,
    RateRow,
    RateTable,
    Reward,
    Tier,
    Tiers,
)
from rebates.model.outcome import OrderError
from rebates.model.settlement import Cut
from rebates.plan.nodes import Missing

if TYPE_CHECKING:
    from rebates.compile.settle.worth import Basis, Paid


def by_rows(table: RateTable | PriceTable, on: Basis) -> Paid:
    """What the rows of a table pay, each on the sales that meet it."""
    if isinstance(table, PriceTable):
        return _by_table(table, on)
    year_given = "agreement year" in on.at.calculation.given  # an example says it for all sales
    dated = any(row.first is not None or row.last is not None for row in table.rows)
    varies = any(_varies(key) and not (key == "agreement year" and year_given) for key in table.keys)
    alone = not on.rows and on.amount != 0 and not any(_of_line(key) for key in table.keys)  # a base that sums no sales
    if alone or (not varies and not (dated and on.rows)):
        return _one_row(table, on)
    from rebates.compile.settle.worth import NoWorth, Paid

    parts: dict[int, tuple[list[Row], Fraction]] = {}
    for row in on.rows:
        place = _place(table, on.at.of(row))
        if place is None:
            continue
        rows, base = parts.get(place, ([], ZERO))
        rows.append(row)
        parts[place] = rows, base + on.part_of(row)
    paid, short = Paid(), None
    tiers: set[int | None] = set()
    for place in sorted(parts):
        rows, base = parts[place]
        worth = table.rows[place].worth
        if worth is None:
            continue
        try:
            found = _of_row(table.rows[place], worth, on.cut(rows, max(base, ZERO)))
        except NoWorth as none:
            if none.status != "no tier":
                raise
            short, found = none, Paid(measure=none.measure)
        paid.join(found)
        tiers.add(found.tier)
    if short is not None and not paid.cuts:
        raise NoWorth("no tier", measure=paid.measure)
    paid.tier = tiers.pop() if len(tiers) == 1 else None  # the one that all rows reach (93i)
    return paid


def _varies(key: object) -> bool:
    return _of_line(key) or key == "agreement year"


def _of_line(key: object) -> bool:
    return of_sale(key) if isinstance(key, Attribute) else key == "unit"


def _one_row(table: RateTable, on: Basis) -> Paid:
    """A table whose keys are the earner's alone, or that has none."""
    from rebates.compile.settle.worth import NoWorth

    place = _place(table, on.at)
    worth = None if place is None else table.rows[place].worth
    if place is None or worth is None:
        raise NoWorth("nothing")
    return _of_row(table.rows[place], worth, on)


def _of_row(row: RateRow, worth: Flat | Tiers | Levels, on: Basis) -> Paid:
    from rebates.compile.settle.worth import worth_of

    paid = worth_of(worth, on)
    keys = tuple(str(key) for key in row.keys)
    paid.cuts = [replace(cut, row=keys) for cut in paid.cuts]
    paid.next = None
    return paid


def level(levels: Levels, on: Basis) -> Paid:
    """An axis that is a measure and not the last: the reached row says what goes on."""
    from rebates.compile.settle.worth import NoWorth, worth_of

    measure = number(levels.measure, on.at)
    if isinstance(measure, Missing):
        raise NoWorth("no baseline", measure)
    found = None
    for each in levels.rows:
        if enters(Tier(each.above, each.threshold, Reward((), span=each.span), span=each.span), measure):
            found = each
    if found is None or found.worth is None:
        raise NoWorth("no tier", measure=measure)
    return worth_of(found.worth, on)


def _place(table: RateTable, at: At) -> int | None:
    """The row of the keys on the governing day; of families the nearest (58 to 60)."""
    day = at.to if at.row is None else at.governed(at.row)
    values = _values(table, at, day)
    if values is None:
        return None
    for keys in values:
        places = [
            place
            for one in _by_group(table, keys, at, day)
            for place in table.by_key.get(one, ())
            if (row := table.rows[place])
            and (row.first is None or row.first <= day)
            and (row.last is None or day <= row.last)
        ]
        if places:
            return min(places)
    if not table.strict:
        return None
    said = ", ".join(
        f"{key.path if isinstance(key, Attribute) else key} `{value}`"
        for key, value in zip(table.keys, values[0], strict=True)
    )
    raise OrderError(
        "R0532",
        f"the rate table of `{at.rule.name}` has no row for {said}",
        at.row.sale if at.row is not None else at.earner,
        "add the row; write `nothing` or `refused` where nothing is paid",
    )


def _values(table: RateTable, at: At, day: date) -> list[tuple[object, ...]] | None:
    """The keys, again with each family above the item's own; None where one is unknown."""
    own: list[object] = []
    family_at = -1
    for place, key in enumerate(table.keys):
        if isinstance(key, Attribute):
            found = at.calculation.attribute(key, at)
            if isinstance(found, Missing):
                return None
            if (key.subject, key.name) == ("item", "family"):
                family_at = place
            own.append(found)
        elif key == "unit":
            assert at.row is not None
            own.append(at.row.unit)
        else:
            own.append("" if key == "group" else at.calculation.agreement_number(day, "year"))
    if family_at < 0:
        return [tuple(own)]
    path = at.calculation.facts.master.family_path(str(own[family_at]))
    return [(*own[:family_at], family, *own[family_at + 1 :]) for family in path]


def _by_group(table: RateTable, keys: tuple[object, ...], at: At, day: date) -> Iterator[tuple[object, ...]]:
    if "group" not in table.keys:
        yield keys
        return
    place = table.keys.index("group")
    account = at.row.account if at.row is not None else at.earner
    for group in sorted(at.calculation.facts.master.groups(account, day)):
        yield (*keys[:place], group, *keys[place + 1 :])


def _by_table(table: PriceTable, on: Basis) -> Paid:
    """`from table`: each sale has the amount per unit, or the percent, of its row."""
    from rebates.compile.settle.worth import Paid

    paid, facts = Paid(), on.at.calculation.facts
    parts: dict[tuple[str, int], list[tuple[Row, Fraction, bool, str | None]]] = {}
    for row in on.rows:
        at = on.at.of(row)
        day = at.governed(row)
        values: dict[int, str | Fraction | date] = {}
        for place, key in enumerate(table.keys):
            if isinstance(key, Attribute):
                value = at.calculation.attribute(key, at)
                if not isinstance(value, Missing):
                    values[place] = value
        groups = facts.master.groups(row.account, day)
        found = facts.rows(table, values, row.item, row.unit, groups, day)
        if found:
            best = min(found, key=lambda each: (each.unit not in (None, row.unit), each.value, each.row))
            parts.setdefault((best.file, best.row), []).append((row, best.value, best.percent, best.unit))
    for _, met in sorted(parts.items()):
        paid.join(_row_pays(met, on))
    return paid


def _row_pays(met: Sequence[tuple[Row, Fraction, bool, str | None]], on: Basis) -> Paid:
    from rebates.compile.settle.worth import Paid

    _, value, percent, unit = met[0]
    rows = [row for row, *_ in met]
    base = max(sum((on.part_of(row) for row in rows), ZERO), ZERO)
    if percent:
        amount = base * value
    else:
        counted = ZERO
        for row in rows:
            item = on.at.calculation.item(row)
            per = unit or (row.unit if item is None else item.base_unit)
            counted += unscaled(row.quantity) if per == row.unit else quantity((row,), per, on.at)
        amount = counted * value
    amount *= on.allowed
    return Paid(amount, [Cut(base * on.allowed, value, amount)])
