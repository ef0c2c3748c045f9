"""What was settled as plain data, and back: exact numbers as `7/3` or decimals, so that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

from rebates.engine.orders import total_of, total_text
from rebates.model.settlement import Cut, Due, Next, Settlement

_NUMBERS = {
    Cut: ("base", "rate", "amount"),
    Next: ("threshold", "missing", "worth"),
    Due: ("measure", "base", "earned", "total", "before", "due"),
}
_DAYS = {Due: ("first", "last", "day", "pay_by", "expires"), Settlement: ("first", "last")}


def results_text(settlements: Sequence[Settlement]) -> str:
    """Canonical JSON of settlements."""
    return json.dumps([_plain(each) for each in settlements], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def results_of(text: str) -> tuple[Settlement, ...]:
    """The settlements of their JSON."""
    return tuple(_settlement(each) for each in json.loads(text))


def in_order(settlements: Sequence[Settlement]) -> list[str]:
    """Settlements in one order, so that two evaluators can be compared."""
    return sorted(results_text([replace(one, dues=(due,))]) for one in settlements for due in one.dues)


def _plain(value: object) -> object:
    match value:
        case Settlement() | Due() | Cut() | Next():
            return {field.name: _plain(x) for field in fields(value) if (x := getattr(value, field.name)) is not None}
        case Fraction():
            return total_text(value)
        case date():
            return value.isoformat()
        case Sequence() if not isinstance(value, str):
            return [_plain(each) for each in value]
        case _:
            return value


def _made(kind: Any, plain: dict[str, Any]) -> Any:
    values = dict(plain)
    for name in _NUMBERS.get(kind, ()):
        values[name] = total_of(values[name]) if name in values else None
    for name in _DAYS.get(kind, ()):
        values[name] = date.fromisoformat(values[name]) if name in values else None
    for field in fields(kind):
        values.setdefault(field.name, None)
    return kind(**values)


def _settlement(plain: dict[str, Any]) -> Settlement:
    dues = []
    for due in plain["dues"]:
        cuts = tuple(_made(Cut, {**cut, "row": tuple(cut["row"])}) for cut in due["cuts"])
        next = _made(Next, due["next"]) if "next" in due else None
        dues.append(_made(Due, {**due, "cuts": cuts, "next": next, "posted": tuple(due["posted"])}))
    found: Settlement = _made(Settlement, {**plain, "dues": tuple(dues)})
    return found
