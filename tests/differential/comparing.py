"""Compares two results field by field, and says where they part."""

from __future__ import annotations

from dataclasses import fields

from rebates.model.outcome import Outcome


def differences(mine: Outcome, theirs: Outcome) -> list[str]:
    """One line for every field that differs: its path and both values."""
    found: list[str] = []
    for each in fields(Outcome):
        left, right = getattr(mine, each.name), getattr(theirs, each.name)
        if each.name == "totals":
            left, right = dict(left), dict(right)
        if left == right:
            continue
        if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
            for place, (a, b) in enumerate(zip(left, right, strict=True)):
                found += _parted(f"{each.name}[{place}]", a, b)
        else:
            found.append(f"{each.name}: {left} / {right}")
    return found


def _parted(path: str, left: object, right: object) -> list[str]:
    if left == right:
        return []
    if type(left) is type(right) and hasattr(left, "__dataclass_fields__"):
        names = [each.name for each in fields(left)]  # type: ignore[arg-type]
        apart = [name for name in names if getattr(left, name) != getattr(right, name)]
        rule = getattr(left, "rule", "")
        return [
            f"{path}{f' {rule}' if rule else ''}.{name}: {getattr(left, name)} / {getattr(right, name)}"
            for name in apart
        ]
    return [f"{path}: {left} / {right}"]
