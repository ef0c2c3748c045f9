"""What was settled as plain data, and back: exact numbers as `7/3` or decimals, so that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, replace
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Any

import msgspec

from rebates.engine.orders import total_of, total_text
from rebates.model.settlement import Cut, Due, Next, Settled, Settlement

_NUMBERS = {
    Cut: ("base", "rate", "amount"),
    Next: ("threshold", "missing", "worth"),
    Due: ("measure", "base", "earned", "total", "before", "due"),
}
_DAYS = {Due: ("first", "last", "day", "pay_by", "expires"), Settlement: ("first", "last")}


_encode = msgspec.json.Encoder().encode  # of fields in the order of their names


def results_text(settlements: Sequence[Settlement], posted: bool = True) -> str:
    """Canonical JSON of settlements; perhaps without the ids of what was posted, of which there may be a million."""
    return _encode([_plain(each, _FIELDS if posted else _UNPOSTED) for each in settlements]).decode()


def results_of(text: str) -> tuple[Settlement, ...]:
    """The settlements of their JSON."""
    return tuple(_settlement(each) for each in json.loads(text))


def results_with(text: str, account: str) -> list[tuple[str, str, Due]]:
    """The dues that an account earned or is paid, of their JSON, each with its agreement and currency."""
    found = []
    for one in msgspec.json.decode(text):
        dues = [due for due in one["dues"] if account in (due["earner"], due["payee"])]
        made = _settlement({**one, "dues": dues})
        found += [(made.agreement, made.currency, due) for due in made.dues]
    return found


class _Booked(msgspec.Struct):
    rule: str
    earner: str
    payee: str
    first: date
    day: date
    due: str


class _Kept(msgspec.Struct):
    dues: list[_Booked]


_booked = msgspec.json.Decoder(list[_Kept]).decode


def booked_of(text: str) -> list[Settled]:
    """What settlements booked, of their JSON; nothing else of it is read."""
    return [
        Settled(due.rule, due.earner, due.payee, due.first, due.day, total_of(due.due))
        for one in _booked(text)
        for due in one.dues
        if due.due != "0"
    ]


def in_order(settlements: Sequence[Settlement], posted: bool = True) -> list[str]:
    """Settlements in one order, so that two evaluators can be compared."""
    return sorted(results_text([replace(one, dues=(due,))], posted) for one in settlements for due in one.dues)


_Reading = tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]  # names, and their values


def _reading(kind: type, *without: str) -> _Reading:
    names = tuple(sorted(field.name for field in fields(kind) if field.name not in without))
    return names, attrgetter(*names)


_FIELDS: dict[type, _Reading] = {kind: _reading(kind) for kind in (Settlement, Due, Cut, Next)}
_UNPOSTED: dict[type, _Reading] = {**_FIELDS, Due: _reading(Due, "posted")}


def _plain(value: object, fields_of: dict[type, _Reading]) -> object:
    kind = type(value)
    if kind is str or kind is int or kind is bool:
        return value
    if kind is Fraction:
        return total_text(value)  # type: ignore[arg-type]
    if kind is date:
        return value.isoformat()  # type: ignore[attr-defined]
    known = fields_of.get(kind)
    if known is not None:
        names, values = known
        return {name: _plain(x, fields_of) for name, x in zip(names, values(value), strict=True) if x is not None}
    return [_plain(each, fields_of) for each in value]  # type: ignore[attr-defined]


def _made(kind: Any, plain: dict[str, Any]) -> Any:
    values = dict(plain)
    for name in _NUMBERS.get(kind, ()):
        values[name] = total_of(values[name]) if name in values else None
    for name in _DAYS.get(kind, ()):
        values[name] = date.fromisoformat(values[name]) if name in values else None
    for field in fields(kind):
        values.setdefault(field.name, None if field.default is MISSING else field.default)
    return kind(**values)


def _settlement(plain: dict[str, Any]) -> Settlement:
    dues = []
    for due in plain["dues"]:
        cuts = tuple(_made(Cut, {**cut, "row": tuple(cut["row"])}) for cut in due["cuts"])
        next = _made(Next, due["next"]) if "next" in due else None
        dues.append(_made(Due, {**due, "cuts": cuts, "next": next, "posted": tuple(due.get("posted", ()))}))
    found: Settlement = _made(Settlement, {**plain, "dues": tuple(dues)})
    return found
