"""Which attributes and codes a rule set reads: what an order brings beside them cannot change a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Any

from rebates.model.nodes import Agreement, Attribute, InClass, Moment, Rule, RuleSet, Scope, Term, Total
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
    """What all agreements read together; each is walked once."""
    names: dict[str, set[str]] = {"order": set(), "line": set(), "account": set(), "item": set(), "fact": set()}
    codes: set[str] = set()
    tables: set[str] = set()
    days: set[str] = set()
    choose = False
    for agreement in rules.agreements:
        its_names, its_codes, its_tables, its_days, chooses = _read_by(agreement)
        for subject, name in its_names:
            names[subject].add(name)
        codes |= its_codes
        tables |= its_tables
        days |= its_days
        choose = choose or chooses
    return Reads(
        tuple(sorted(names["order"] - BUILT_IN)),
        tuple(sorted(names["line"] - {"unit"})),
        frozenset(codes),
        tuple(sorted(tables)),
        tuple(sorted(days - {"order"})),
        tuple(sorted((names["order"] & BUILT_IN) - {"date", "weekday", *TIMES})),
        tuple(sorted(TIMES[name] for name in names["order"] & set(TIMES))),
        tuple(sorted(names["fact"])),
        choose,
    )


_ReadBy = tuple[frozenset[tuple[str, str]], frozenset[str], frozenset[str], frozenset[str], bool]


def _read_by(agreement: Agreement) -> _ReadBy:
    """Attributes by subject and name, codes, tables of codes, governing dates; whether a class chooses the agreement."""
    known = agreement.noted.get("reads")
    if known is not None:
        return known  # type: ignore[return-value]
    names: set[tuple[str, str]] = set()
    codes: set[str] = set()
    tables: set[str] = set()
    days: set[str] = set()
    for part in (agreement.who, agreement.exchange, *agreement.rules, *agreement.guards, *agreement.terms):
        for node in nodes_in(part):
            if isinstance(node, Attribute):
                names.add((node.subject, node.name))
            elif isinstance(node, Term) and node.word == "delivery window":
                names.add(("order", "delivery_time"))
            elif isinstance(node, Rule):
                codes.update(node.codes)
                tables |= {node.code_table} if node.code_table is not None else set()
                days.add(node.dated_by)
            elif isinstance(node, Moment) and node.event is not None and node.event.endswith(" date"):
                days.add(node.event.removesuffix(" date"))
            elif isinstance(node, Total | Scope) and getattr(node, "scope", node) is Scope.DELIVERY:
                names.add(("line", "delivery"))
            elif isinstance(node, Total | Scope) and getattr(node, "scope", node) is Scope.END_CUSTOMER:
                names.add(("order", "end_customer"))
    chooses = any(isinstance(node, InClass) for node in nodes_in(agreement.who))
    found = frozenset(names), frozenset(codes), frozenset(tables), frozenset(days), chooses
    agreement.noted["reads"] = found
    return found


def codes_read(reads: Reads, codes: frozenset[str], tables: Mapping[str, Table]) -> frozenset[str]:
    """Those of an order's codes that some rule knows, by its text or its table."""
    if not codes:
        return codes
    listed = {code for code in codes if any(tables[name].find((code,)) for name in reads.code_tables)}
    return codes & reads.codes | listed


def nodes_in(root: object) -> Iterator[object]:
    """The node and all below it; texts, numbers and days are none."""
    waiting = [root]
    while waiting:
        at = waiting.pop()
        kind: Any = type(at)
        if kind is tuple:
            waiting.extend(at)  # type: ignore[arg-type]
        elif kind not in _LEAVES:
            yield at
            parts = _parts(kind)
            if parts is not None:
                waiting.extend(parts(at))


_LEAVES = frozenset((str, int, bool, Fraction, date, type(None)))


@cache
def _parts(kind: Any) -> Callable[[Any], tuple[object, ...]] | None:
    """How to get at the fields of a class of nodes; None of anything else."""
    names = [each.name for each in fields(kind) if each.name != "span"] if is_dataclass(kind) else []
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda at: (getattr(at, names[0]),)) if names else None
