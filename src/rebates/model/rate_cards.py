"""Rate tables, tiers and rates that stand in a table, a row for each key, tier and stretch of days (4.4 a, 5.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from rebates.model import nodes as m
from rebates.model.cells import text_of
from rebates.model.exact import ExactError, parse_number
from rebates.model.expressions import Typing, alike, dimension, typed
from rebates.model.rates import Axis, filed, is_key, measures_of, reward_scope, typed_axes
from rebates.model.rewards import constant_value, mode_fits, typed_reward
from rebates.model.tables import Column, Row, Slips, Table
from rebates.syntax import nodes as s
from rebates.syntax.source import Source, Span

_NUMBER = r"\d[\d_]*(?:\.\d+)?"
_PIECE = re.compile(
    rf"(?P<surcharge>surcharge +)?(?P<price>price +)?(?:(?P<currency>[A-Z]{{3}}) +)?(?P<number>{_NUMBER})(?P<percent> *%)?"
    rf"(?: +per +(?:(?P<whole>full|started) +)?(?:(?P<size>{_NUMBER}) +)?(?P<unit>[^\W\d][\w-]*))?"
)
_BOUND = re.compile(
    rf"(?:(?P<bound>from|above) +)?(?:(?P<currency>[A-Z]{{3}}) +)?(?P<number>{_NUMBER})(?P<percent> *%)?(?: +(?P<unit>[^\W\d][\w-]*))?"
)
RATES = "write `5%`, `EUR 20`, `EUR 0.50 per piece`, `EUR 20 plus 2%`, `nothing` or `refused`"
_YEARS = ("agreement_year", "year")


@dataclass
class _Card:
    """A table while it is read as rates."""

    table: Table
    kind: str
    scope: m.Scope
    typing: Typing
    slips: Slips
    reward: Column
    unit: Column | None  # the key column `unit`
    known: dict[tuple[str, str | None], m.Reward | None] = field(default_factory=dict)

    def slip(self, code: str, row: Row, column: Column, message: str, help: str) -> None:
        where = f"row {row.number}, column `{column.source_name}` of table `{self.table.name}`"
        self.slips.add(code, lambda: self.table.place(row, column.name), f"{where}: {message}", help)


def rates_from_table(rule: s.Rule, clause: s.RatesClause, typing: Typing) -> m.RateTable | None:
    """`rates by … from table NAME`: a key column for every attribute, a threshold column for every measure."""
    axes = typed_axes(clause, typing)
    table = _table(clause.table or "", clause.span, typing)
    if axes is None or table is None:
        return None
    columns = [_column_of(axis, table, clause, typing) for axis in axes if is_key(axis)]
    if None in columns:
        return None
    spare = [column for column in table.schema.keys if column not in columns]
    if spare:
        typing.error(
            "R0384",
            clause.span,
            f"the key `{spare[0].name}` of table `{table.name}` is no axis of this rate table",
            "name its attribute after `by`",
        )
        return None
    keys = tuple(axis for axis in axes if is_key(axis))
    return _made(rule, clause, table, columns, keys, axes, clause.mode, True, typing)  # type: ignore[arg-type]


def tiers_from_table(rule: s.Rule, clause: s.TiersClause, typing: Typing) -> m.RateTable | None:
    """`tiers MODE on MEASURE from table NAME`: the rows of a line are those of its keys and day."""
    measure = typed(clause.measure, typing)
    table = _table(clause.table or "", clause.span, typing)
    if measure is None or table is None:
        return None
    keys = _keys_of(table, clause.span, typing)
    if keys is None:
        return None
    return _made(rule, clause, table, list(table.schema.keys), keys, [*keys, measure], clause.mode, False, typing)


def rate_from_table(rule: s.Rule, clause: s.FromTableClause, table: Table, typing: Typing) -> m.RateTable | None:
    """`from table NAME` of a discount or charge: the row of a line's keys and day is its rate."""
    keys = _keys_of(table, clause.span, typing)
    if keys is None:
        return None
    return _made(rule, clause, table, list(table.schema.keys), keys, list(keys), None, False, typing)


def _table(name: str, span: Span, typing: Typing) -> Table | None:
    table = typing.names.tables.get(name)
    if table is None:
        typing.names.unknown("R0204", "table", name, span, typing.names.tables)
    return table


def _keys_of(table: Table, span: Span, typing: Typing) -> tuple[m.RateKey, ...] | None:
    """What every key column means: an attribute, the ordered unit, a group of the account."""
    keys: list[m.RateKey] = []
    for column in table.schema.keys:
        if column.name in ("unit", "group"):
            keys.append(column.name)  # type: ignore[arg-type]
            continue
        if column.name == _YEARS[0]:
            keys.append("agreement year")
            continue
        attribute = typing.names.named(column.name)
        if attribute is None:
            typing.error(
                "R0310",
                span,
                f"nothing says what the key `{column.name}` of table `{table.name}` means",
                f"name it account, group, item, family, class or unit, or declare `attribute order.{column.name} text`",
            )
            return None
        if attribute.dimension != m.TEXT:
            typing.error(
                "R0384",
                span,
                f"the key `{column.name}` of table `{table.name}` is a text, `{attribute.path}` is not",
                "make it a threshold column, or the attribute a text",
            )
            return None
        keys.append(attribute)
    return tuple(keys)


def _column_of(axis: Axis, table: Table, clause: s.RatesClause, typing: Typing) -> Column | None:
    """The key column of an axis."""
    for column in table.schema.keys:
        if axis == "agreement year" and column.name in _YEARS:
            return column
        if isinstance(axis, m.Attribute) and typing.names.named(column.name) == axis:
            return column
    what = axis.path if isinstance(axis, m.Attribute) else axis
    names = ", ".join(f"`{column.name}`" for column in table.schema.keys)
    typing.error(
        "R0384",
        clause.span,
        f"table `{table.name}` has no key for the axis `{what}`",
        f"declare its column as `key`; the keys are {names or 'none'}",
    )
    return None


def _made(
    rule: s.Rule,
    clause: s.Clause,
    table: Table,
    columns: Sequence[Column],
    keys: tuple[m.RateKey, ...],
    axes: Sequence[Axis],
    mode: m.TierMode | None,
    strict: bool,
    typing: Typing,
) -> m.RateTable | None:
    measures = measures_of(axes)
    thresholds = [column for column in table.schema.columns if column.role == "threshold"]
    if len(thresholds) != len(measures):
        typing.error(
            "R0384",
            clause.span,
            f"table `{table.name}` has {len(thresholds)} threshold columns, and the rule names {len(measures)} measures",
            "declare a column `threshold` for every measure, in their order",
        )
        return None
    reward = _reward_column(table, clause.span, typing)
    if reward is None:
        return None
    slips = Slips(typing.names.report, table.name)
    scope = reward_scope(axes)
    unit = next((column for column in table.schema.keys if column.name == "unit"), None)
    card = _Card(table, rule.kind, scope, typing, slips, reward, unit)
    years = [place for place, key in enumerate(keys) if key == "agreement year"]
    by_key: dict[tuple[str | Fraction | date, ...], list[Row]] = {}
    before = typing.names.report.error_count
    for row in table.rows():
        cells: list[str | Fraction | date] = [str(row.cells[column.name]) for column in columns]
        for place in years:
            number = re.fullmatch(r"(?:year +)?([1-9]\d*)", str(cells[place]))
            if number is None:
                card.slip("R0387", row, columns[place], f"`{cells[place]}` is no year of the agreement", "write `1`")
            else:
                cells[place] = Fraction(int(number[1]))
        by_key.setdefault(tuple(cells), []).append(row)
    made: list[m.RateRow] = []
    for own, rows in by_key.items():
        for first, last, inside in _stretches(rows):
            worth = _worth(card, inside, thresholds, measures, mode, clause.span)
            if worth is not False:
                made.append(m.RateRow(own, worth, first, last, (inside[0].file, inside[0].number), span=clause.span))
    slips.close()
    if typing.names.report.error_count > before:
        return None
    return m.RateTable(
        keys,
        measures,
        m.RateRows(made),
        table.name,
        strict,
        filed(made),
        span=clause.span,
    )


def _reward_column(table: Table, span: Span, typing: Typing) -> Column | None:
    """The column that says what is paid: declared `reward`, else the only money or percent."""
    rewards = [column for column in table.schema.columns if column.role == "reward"]
    if not rewards:
        rewards = [c for c in table.schema.columns if c.role == "value" and c.kind in ("money", "percent")]
    if len(rewards) != 1:
        typing.error(
            "R0384",
            span,
            f"table `{table.name}` has {len(rewards)} columns that say what is paid, not one",
            "declare the column as `reward`",
        )
        return None
    return rewards[0]


def _stretches(rows: Sequence[Row]) -> list[tuple[date | None, date | None, list[Row]]]:
    """The stretches of days in which the same rows hold, each with its rows in the order of the file."""
    if len({(row.first, row.last) for row in rows}) == 1:
        return [(rows[0].first, rows[0].last, list(rows))]
    begins = {row.first or date.min for row in rows}
    begins |= {row.last + timedelta(days=1) for row in rows if row.last is not None and row.last < date.max}
    days = sorted(begins)
    found: list[tuple[date | None, date | None, list[Row]]] = []
    for place, day in enumerate(days):
        inside = [row for row in rows if row.holds(day)]
        last = days[place + 1] - timedelta(days=1) if place + 1 < len(days) else None
        if inside:
            found.append((day if day > date.min else None, last, inside))
    return found


# --- cells


Worth = m.Flat | m.Tiers | m.Levels | None


def _worth(
    card: _Card,
    rows: Sequence[Row],
    thresholds: Sequence[Column],
    measures: Sequence[m.Expr],
    mode: m.TierMode | None,
    span: Span,
) -> Worth | Literal[False]:
    """What rows of one key and stretch come to; None is `refused`, False after an error."""
    if not measures:
        if len(rows) > 1:
            return _doubled(card, rows[1], rows[0], card.reward)
        reward = _reward(card, rows[0])
        return reward if reward is None or reward is False else m.Flat(reward, span=reward.span)
    measure, column = measures[0], thresholds[0]
    levels: dict[tuple[bool, Fraction], list[Row]] = {}
    sound = True
    before: tuple[Fraction, bool] | None = None
    for row in rows:
        bound = _bound(card, row, column, measure)
        if bound is None:
            sound = False
            continue
        here = (bound[1], bound[0])
        if before is not None and here < before:
            what = text_of(row.cells[column.name])
            card.slip(
                "R0385",
                row,
                column,
                f"the threshold `{what}` stands after a higher one",
                "order the rows of a key from the lowest threshold to the highest",
            )
            sound = False
        elif before is not None and here == before and len(measures) == 1:
            sound = _doubled(card, row, levels[bound][0], column)
        before = here
        levels.setdefault(bound, []).append(row)
    if not sound:
        return False
    if len(measures) > 1:
        inner = {b: _worth(card, inside, thresholds[1:], measures[1:], mode, span) for b, inside in levels.items()}
        if any(worth is False for worth in inner.values()):
            return False
        made = tuple(m.Level(*bound, worth, span=span) for bound, worth in inner.items())  # type: ignore[arg-type]
        return m.Levels(measure, made, span=span)
    rewards = {bound: _reward(card, inside[0]) for bound, inside in levels.items()}
    if any(reward is False for reward in rewards.values()):
        return False
    tiers = []
    for bound, reward in rewards.items():
        row = levels[bound][0]
        at = _shown(row, f"{'above' if bound[0] else 'from'} {text_of(row.cells[column.name])}: {_text(card, row)}")
        tiers.append(m.Tier(*bound, reward or m.Reward((), span=at), span=at))
    assert mode is not None
    found = m.Tiers(mode, measure, tuple(tiers), None, None, False, span=span)
    if not mode_fits(found, card.typing):
        return False
    refused = [bound for bound, reward in rewards.items() if reward is None]
    if not refused:
        return found
    if mode in ("incremental", "interpolated", "lump sum every tier"):
        row = levels[refused[0]][0]
        card.slip(
            "R0346", row, card.reward, f"`{mode}` pays every tier passed, so none is `refused`", "write `nothing`"
        )
        return False
    if len(refused) == len(rewards):
        return None
    return m.Levels(
        measure, tuple(m.Level(*bound, None if bound in refused else found, span=span) for bound in rewards), span=span
    )


def _doubled(card: _Card, row: Row, other: Row, column: Column) -> Literal[False]:
    what = text_of(row.cells[column.name])
    card.slip(
        "R0382",
        row,
        column,
        f"`{what}` repeats row {other.number}",
        "keep one of them, or give them dates that do not overlap",
    )
    return False


def _bound(card: _Card, row: Row, column: Column, measure: m.Expr) -> tuple[bool, Fraction] | None:
    """A threshold cell in the measure's unit; a bare number is in it already."""
    text = text_of(row.cells[column.name]) or ""
    found = _BOUND.fullmatch(" ".join(text.split()))
    value: Fraction | None = None
    if found is not None:
        span = _shown(row, text)
        number = parse_number(found["number"])
        node: s.Expr
        if found["percent"]:
            node = s.Percent(number, 0, span=span)
        elif found["currency"]:
            node = s.Money(found["currency"], s.Number(number, 0, span=span), span=span)
        elif found["unit"]:
            node = s.Quantity(s.Number(number, 0, span=span), found["unit"], span=span)
        else:
            return found["bound"] == "above", number
        errors = card.typing.names.report.error_count
        made = typed(node, card.typing)
        value = constant_value(alike(measure, made, span, card.typing)) if made is not None else None
        if value is None and card.typing.names.report.error_count > errors:
            return None
    if found is None or value is None:
        card.slip(
            "R0387", row, column, f"`{text}` is no threshold", f"write one in {_unit(measure)}, such as `from 100`"
        )
        return None
    return found["bound"] == "above", value


def _unit(measure: m.Expr) -> str:
    dim = dimension(measure)
    return dim.unit or {"money": "money", "price": "money"}.get(dim.kind, "numbers")


def _text(card: _Card, row: Row) -> str:
    value = row.cells[card.reward.name]
    return text_of(value) or ""


def _shown(row: Row, text: str) -> Span:
    return Span(Source(f"{row.file} row {row.number}", text), 0, len(text))


def _reward(card: _Card, row: Row) -> m.Reward | Literal[False] | None:
    """What a cell pays; None is `refused`, False after an error. Equal cells are read once."""
    value = row.cells[card.reward.name]
    unit = str(row.cells[card.unit.name]) if card.unit is not None else None
    text = " ".join((text_of(value) or "").split())
    if card.reward.kind == "percent" and isinstance(value, Fraction):
        if value < 0:
            shown = f"{text_of(value * 100)}%"
            card.slip("R0383", row, card.reward, f"`{shown}` is no rate", RATES + "; a surcharge is `surcharge 5%`")
            return False
        return m.Reward(
            (m.PercentPiece(m.Constant(value, m.NUMBER, span=_shown(row, text)), span=_shown(row, text)),),
            span=_shown(row, f"{text_of(value * 100)}%"),
        )
    if text == "refused":
        return None
    if text == "nothing":
        return None if card.kind == "price" else m.Reward((), span=_shown(row, text))
    key = (text, unit)
    if key not in card.known:
        card.known[key] = _parsed(card, row, text, unit)
    found = card.known[key]
    if found is None:
        card.slip(
            "R0383",
            row,
            card.reward,
            f"`{text}` is no {'price' if card.kind == 'price' else 'rate'}",
            "write a price such as `EUR 3.99 per piece`" if card.kind == "price" else RATES,
        )
        return False
    return found


def _parsed(card: _Card, row: Row, text: str, unit: str | None) -> m.Reward | None:
    pieces: list[s.Piece] = []
    span = _shown(row, text)
    for part in text.split(" plus "):
        piece = _piece(card, part.strip(), unit, span)
        if piece is None:
            return None
        pieces.append(piece)
    errors = card.typing.names.report.error_count
    made = typed_reward(s.Reward(tuple(pieces), span=span), card.kind, card.scope, card.typing)
    if made is None or card.typing.names.report.error_count > errors:
        return m.Reward((), span=span)  # told already
    if card.kind == "price" and not all(isinstance(piece, m.PricePiece) for piece in made.pieces):
        return None
    if card.kind == "charge" and any(isinstance(piece, m.PricePiece) for piece in made.pieces):
        return None
    return made


def _piece(card: _Card, text: str, unit: str | None, span: Span) -> s.Piece | None:
    """A piece as the text of a rule would say it. A column of money holds prices, or amounts per unit."""
    found = _PIECE.fullmatch(text)
    if found is None:
        return None
    try:
        number = s.Number(parse_number(found["number"]), 0, span=span)
    except ExactError:
        return None
    surcharge = found["surcharge"] is not None
    if found["percent"]:
        if found["currency"] or found["price"] or found["unit"]:
            return None
        return s.PercentReward(s.Percent(number.value, 0, span=span), surcharge, None, span=span)
    plain = card.reward.kind == "money"
    if not found["currency"] and not plain and card.kind != "price":
        return None  # a number alone may be a percent or an amount
    money = s.Money(found["currency"] or card.typing.names.currency, number, span=span)
    if card.kind == "price" or found["price"]:
        if surcharge or found["whole"] or found["size"]:
            return None
        return s.PriceReward(money, found["unit"] or unit, span=span)
    if found["unit"] or plain:
        size = s.Number(parse_number(found["size"]), 0, span=span) if found["size"] else None
        per = found["unit"] or unit
        if per is None:
            return None
        package = s.Package(found["whole"] or "each", size, per, False, span=span)  # type: ignore[arg-type]
        return s.MoneyReward(money, surcharge, package, None, span=span)
    return s.MoneyReward(money, surcharge, None, None, span=span)
