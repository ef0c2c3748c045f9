"""Rate tables are whole: every combination of their heads, and every value that the master data know (4.4 a)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, product

from rebates.model import nodes as m
from rebates.model.expressions import Typing
from rebates.model.master import Master
from rebates.model.reads import condition_reads

MOST_SHOWN = 3
MOST_CELLS = 200_000  # of the combinations looked at


def check_holes(rule: m.Rule, who: m.Who, typing: Typing) -> bool:
    """Reports values of `rates by` that meet no row: combinations of heads, and known values where no condition bars them."""
    table = rule.worth
    if not isinstance(table, m.RateTable) or not table.strict:
        return True
    master = typing.names.master
    listed = [_listed(table, place) for place in range(len(table.keys))]
    missing = _combinations(table, listed, master)
    for place, key in enumerate(table.keys):
        if missing:
            break
        for value in sorted(_known(key, rule, who, master)):
            if not any(name in listed[place] for name in path_of(key, value, master)):
                missing.append(f"{_axis(key)} `{value}`")
    if not missing:
        return True
    more = f" and {len(missing) - MOST_SHOWN} more" if len(missing) > MOST_SHOWN else ""
    typing.error(
        "R0381",
        table.span,
        f"this rate table has no row for {', '.join(missing[:MOST_SHOWN])}{more}",
        "add the rows; write `nothing` or `refused` where nothing is paid",
    )
    return False


def path_of(key: m.RateKey, value: str, master: Master) -> tuple[str, ...]:
    """The names under which a value may stand: of a family also those above it, the nearest first."""
    if isinstance(key, m.Attribute) and key.path == "item.family":
        return master.family_path(value)
    return (value,)


def _axis(key: m.RateKey) -> str:
    return key.path if isinstance(key, m.Attribute) else key


def _listed(table: m.RateTable, place: int) -> dict[object, None]:
    return dict.fromkeys(row.keys[place] for row in table.rows)


def _combinations(table: m.RateTable, listed: list[dict[object, None]], master: Master) -> list[str]:
    """The combinations of heads that no row has, one above a family counted."""
    whole = 1
    for values in listed:
        whole *= len(values)
    if whole == len(table.by_key) or whole > MOST_CELLS:
        return []
    found: Iterator[str] = (
        " and ".join(f"`{value}`" for value in keys)
        for keys in product(*listed)
        if not any(other in table.by_key for other in _above(table, keys, master))
    )
    return list(islice(found, MOST_SHOWN + 1))


def _above(table: m.RateTable, keys: tuple[object, ...], master: Master) -> Iterable[tuple[object, ...]]:
    return product(
        *(
            path_of(key, value, master) if isinstance(value, str) else (value,)
            for key, value in zip(table.keys, keys, strict=True)
        )
    )


def _known(key: m.RateKey, rule: m.Rule, who: m.Who, master: Master) -> set[str]:
    """The values of an attribute that the master data have, where every line or account may come with them."""
    if not isinstance(key, m.Attribute):
        return set()
    tested = {
        read.expr.attribute.subject
        for when in rule.when
        for read in condition_reads(when.condition)
        if isinstance(read.expr, m.AttributeValue)
    }
    if key.subject in tested or rule.base.where is not None:
        return set()
    match key.subject, key.name:
        case "item", "id":
            return set(master.items)
        case "item", "family":
            return {item.family for item in master.items.values() if item.family is not None}
        case "item", name:
            values = (item.attributes.get(name) for item in master.items.values())
        case "account", "id" if who.kind == "all":
            return set(master.accounts)
        case "account", name if who.kind == "all":
            values = (account.attributes.get(name) for account in master.accounts.values())
        case _:
            return set()
    return {value for value in values if isinstance(value, str)}
