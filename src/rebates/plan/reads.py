"""Which attributes and codes a rule set reads: what an order brings beside them cannot change a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from rebates.model.nodes import Attribute, InClass, Moment, Rule, RuleSet, Scope, Term, Total
from rebates.model.tables import Table
from rebates.plan.moments import BUILT_IN, TIMES


@dataclass(frozen=True, slots=True)
class Reads:
    """Names of attributes of orders and lines, the codes rules ask for, the other dates that can govern."""

    order: tuple[str, ...]
    line: tuple[str, ...]
    codes: frozenset[str]
    code_tables: tuple[str, ...]
    days: tuple[str, ...]
    moments: tuple[str, ...]  # of the order's dates, those that its day alone does not tell
    hours: tuple[str, ...]  # "order", "delivery": the dates whose hour is read
    facts: tuple[str, ...] = ()
    classes_choose: bool = False  # an agreement is for the members of a class


def reads_of(rules: RuleSet) -> Reads:
    """Walks every agreement once."""
    names: dict[str, set[str]] = {"order": set(), "line": set(), "account": set(), "item": set(), "fact": set()}
    codes: set[str] = set()
    tables: set[str | None] = set()
    days: set[str] = set()
    for node in (
        node
        for agreement in rules.agreements
        for part in (agreement.who, agreement.exchange, *agreement.rules, *agreement.guards, *agreement.terms)
        for node in nodes_in(part)
    ):
        if isinstance(node, Attribute):
            names[node.subject].add(node.name)
        elif isinstance(node, Term) and node.word == "delivery window":
            names["order"].add("delivery_time")
        elif isinstance(node, Rule):
            codes.update(node.codes)
            tables |= {node.code_table} - {None}
            days.add(node.dated_by)
        elif isinstance(node, Moment) and node.event is not None and node.event.endswith(" date"):
            days.add(node.event.removesuffix(" date"))
        elif isinstance(node, Total | Scope) and getattr(node, "scope", node) is Scope.DELIVERY:
            names["line"].add("delivery")
        elif isinstance(node, Total | Scope) and getattr(node, "scope", node) is Scope.END_CUSTOMER:
            names["order"].add("end_customer")
    return Reads(
        tuple(sorted(names["order"] - BUILT_IN)),
        tuple(sorted(names["line"] - {"unit"})),
        frozenset(codes),
        tuple(sorted(str(name) for name in tables)),
        tuple(sorted(days - {"order"})),
        tuple(sorted((names["order"] & BUILT_IN) - {"date", "weekday", *TIMES})),
        tuple(sorted(TIMES[name] for name in names["order"] & set(TIMES))),
        tuple(sorted(names["fact"])),
        any(isinstance(node, InClass) for agreement in rules.agreements for node in nodes_in(agreement.who)),
    )


def codes_read(reads: Reads, codes: frozenset[str], tables: Mapping[str, Table]) -> frozenset[str]:
    """Those of an order's codes that some rule knows, by its text or its table."""
    if not codes:
        return codes
    listed = {code for code in codes if any(tables[name].find((code,)) for name in reads.code_tables)}
    return codes & reads.codes | listed


def nodes_in(root: object) -> Iterator[object]:
    """The node and all below it."""
    waiting = [root]
    while waiting:
        at = waiting.pop()
        yield at
        if isinstance(at, tuple):
            waiting.extend(at)
        else:
            kind: Any = type(at)
            waiting.extend(getattr(at, name) for name in _parts(kind))


@cache
def _parts(kind: Any) -> tuple[str, ...]:
    """The fields of a class of nodes; none of anything else."""
    return tuple(each.name for each in fields(kind) if each.name != "span") if is_dataclass(kind) else ()
