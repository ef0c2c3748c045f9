"""Compares the evaluators on generated rule sets and orders, and counts what the generator covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import Any

from rebates import reference
from rebates.compile import Compiled, compile_rules
from rebates.model.folder import load_rules
from rebates.model.nodes import RuleSet
from rebates.model.orders import OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.syntax import build_settle
from rebates.syntax.build import BUILDERS
from rebates.syntax.diagnostics import Report
from rebates.syntax.lalr import Driver, load_tables
from rebates.syntax.leaves import leaf
from rebates.syntax.source import Source, Span
from rebates.syntax.tokens import split
from tests.generated import orders, rules
from tests.generated.areas import AREAS
from tests.generated.world import World

ORDERS_EACH = 4
MOST_DRAWN = 40_000  # rule sets drawn to find pairs of features not seen yet; drawing is cheap, pricing is not


@dataclass
class Seen:
    """What occurred in a run."""

    pairs: int = 0
    texts: int = 0
    priced: int = 0
    features: Counter[str] = field(default_factory=Counter)
    couples: Counter[tuple[str, str]] = field(default_factory=Counter)
    productions: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def note(self, features: set[str]) -> None:
        self.features.update(features)
        self.couples.update(combinations(sorted(features), 2))

    def add(self, other: Seen) -> None:
        """Joins another run's counts to these."""
        for each in fields(self):
            mine, more = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Counter):
                mine.update(more)
            else:
                setattr(self, each.name, mine + more)

    def unseen(self) -> set[tuple[str, str]]:
        """The pairs of features that can stand together and have not."""
        return {
            (a, b)
            for a, b in combinations(sorted(rules.FEATURES), 2)
            if not self.couples[a, b] and not rules.apart(a, b)
        }

    @property
    def rule_numbers(self) -> Counter[str]:
        """How often each rule of the calculation was exercised."""
        out: Counter[str] = Counter()
        for feature, count in self.features.items():
            for number in rules.FEATURES[feature]:
                out[number] += count
        return out

    def missing(self) -> list[str]:
        """What never occurred: features, pairs of features that can stand together, productions, reasons."""
        out = [f"feature {name}" for name in rules.FEATURES if not self.features[name]]
        out += [f"production {name}" for name in sorted(production_names()) if not self.productions[name]]
        out += [f"pair {a} + {b}" for a, b in sorted(self.unseen())]
        return out


def production_names() -> set[str]:
    """The named alternatives of the grammar that an order can meet; what is settled is drawn by `histories`."""
    return {
        production.name
        for production in load_tables().productions
        if production.name in BUILDERS and not production.passes and production.name not in NOT_OF_ORDERS
    }


NOT_OF_ORDERS = frozenset(
    (
        "error", "broken", "amended_window", "cadence_word", "carried", "failing_word", "for_all", "form_word", "point_word",
        "rebate_amount", "retroactively", "returns_how", "settle_word", "value_at",
        *(name for name, build in BUILDERS.items() if build.__module__ == build_settle.__name__),
    )
)  # fmt: skip


class Productions:
    """Counts the grammar's alternatives in a text."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._driver = Driver(
            load_tables(), {name: self._counted(name, build) for name, build in BUILDERS.items()}, leaf
        )

    def _counted(self, name: str, build: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: Any, **named: Any) -> object:
            self.counts[name] += 1
            return build(*arguments, **named)

        return counted

    def read(self, text: str) -> None:
        self._driver.parse(split(text), partial(Span, Source("generated", text)))


# a rule set made by chance can hold more group rules than `best` compares (3.10), or a condition that an exclusive may
# undo (3.5 b): it is drawn again
REFUSED = frozenset(("R0342", "R0372"))


def accepted(text: str) -> RuleSet | None:
    """The rule set of a generated text, or None where the checker refuses it; the generator makes no other mistakes."""
    report = Report()
    found = load_rules({"generated.rebates": text}, World(), report)
    errors = [(d.code, d.message, d.span.text[:60]) for d in report.diagnostics if d.severity == "error"]
    assert found is not None or {code for code, *_ in errors} <= REFUSED, errors
    return found


def ruleset(text: str) -> RuleSet:
    """The rule set of a generated text that the checker accepts."""
    found = accepted(text)
    assert found is not None
    return found


def outcome(evaluate: Callable[[OrderIn], Outcome], order: OrderIn) -> Outcome | tuple[str, str]:
    """What an evaluator answers: an outcome, or the code and place of its refusal."""
    try:
        return evaluate(order)
    except OrderError as error:
        return error.code, error.where


def difference(a: Outcome | tuple[str, str], b: Outcome | tuple[str, str]) -> str:
    """The first field in which two answers differ."""
    if not isinstance(a, Outcome) or not isinstance(b, Outcome):
        return (
            f"{a if not isinstance(a, Outcome) else 'priced'} against {b if not isinstance(b, Outcome) else 'priced'}"
        )
    for name in (entry.name for entry in fields(Outcome)):
        x, y = getattr(a, name), getattr(b, name)
        if x == y:
            continue
        if isinstance(x, tuple) and len(x) == len(y):
            return next(f"{name}: {one} against {other}" for one, other in zip(x, y, strict=True) if one != other)
        return f"{name}: {x} against {y}"
    return ""


Values = list[tuple[Fraction, Fraction, Fraction]]


def values(answer: Outcome) -> Values:
    """Gross, net and invoice value of every line."""
    return [(line.gross_value, line.net_value, line.invoice_value) for line in answer.lines]


def amounts(compiled: Compiled, order: OrderIn) -> Values | tuple[str, str]:
    """The same of the short way, on which generated code prices what it can."""
    try:
        priced = compiled.price(order)
    except OrderError as error:
        return error.code, error.where
    scale = 10**priced.digits
    found = zip(priced.gross_values, priced.net_values, priced.invoice_values, strict=True)
    return [(Fraction(gross, scale), Fraction(net, scale), Fraction(invoice, scale)) for gross, net, invoice in found]


def parts(compiled: Compiled, order: OrderIn, expected: Outcome) -> str:
    """Where lines, charges, goods and what was taken differ when nobody asks for the other decisions; "" if nowhere."""
    priced = compiled.price(order)
    for name in ("lines", "charges", "free"):
        if getattr(priced, name) != getattr(expected, name):
            return f"{name}: {getattr(priced, name)} against {getattr(expected, name)}"
    for decision in expected.decisions:
        if decision.because == "taken" and (found := priced.decision(decision.rule, decision.line)) != decision:
            return f"{found} against {decision}"
    return ""


def pocket_parts(loaded: RuleSet, compiled: Compiled, order: OrderIn, expected: Outcome) -> str:
    """Where what the order is expected to earn differs; "" if nowhere."""
    if not any(each.rebates for each in loaded.agreements if each.name in expected.agreements):
        return ""
    wanted = reference.pocket(loaded, order, expected.agreements, expected.currency, expected.lines)
    found = compiled.price(order).pocket
    if found == wanted:
        return ""
    for mine, theirs in zip(found.expected, wanted.expected, strict=True):
        if mine != theirs:
            return f"{mine} against {theirs}"
    return f"{found.totals} against {wanted.totals}"


def run(pairs: int, seed: int = 0, progress: Callable[[int], None] = lambda _: None) -> Seen:
    """Compares so many pairs of rule set and order, from a seed on."""
    seen = Seen()
    productions = Productions()
    for at in _seeds(seed):
        if seen.pairs >= pairs:
            break
        made = rules.make(at)
        productions.read(made.text)
        drawn = [
            (f"seed {at}, order {number}", *orders.make(number))
            for number in range(at * ORDERS_EACH, (at + 1) * ORDERS_EACH)
        ]
        _compare(seen, made, drawn)
        progress(seen.pairs)
    seen.productions = productions.counts
    return seen


def cover(seen: Seen, seed: int = 0, most: int = MOST_DRAWN) -> Seen:
    """Goes on until every pair of features that can stand together has been compared, or `most` rule sets were drawn.

    Rule sets are drawn dense, and only those are priced that bring a pair not seen yet. Adds to `seen` and returns it.
    """
    unseen = seen.unseen()
    productions = Productions()
    for at in range(seed, seed + most):
        if not unseen:
            break
        made = rules.make(at, dense=True)
        drawn = []
        new: set[tuple[str, str]] = set()
        for number in range(at * ORDERS_EACH, (at + 1) * ORDERS_EACH):
            order, features = orders.make(number)
            more = unseen.intersection(combinations(sorted(made.features | features), 2)) - new
            if more:
                new |= more
                drawn.append((f"dense seed {at}, order {number}", order, features))
        if drawn and _compare(seen, made, drawn):
            unseen -= new
            productions.read(made.text)
    seen.productions.update(productions.counts)
    return seen


def _compare(seen: Seen, made: rules.Made, drawn: list[tuple[str, OrderIn, set[str]]]) -> bool:
    """Compares the evaluators on these orders; False where the checker refuses the rule set."""
    compiled_rules = accepted(made.text)
    if compiled_rules is None:
        return False
    compiled, forgetful = compile_rules(compiled_rules), Compiled(compiled_rules, plans=2)
    seen.texts += 1
    for name, order, features in drawn:
        seen.pairs += 1
        seen.note(made.features | features)
        expected = outcome(partial(reference.price, compiled_rules), order)
        found = outcome(compiled.outcome, order)
        if isinstance(expected, Outcome):
            seen.priced += 1
            seen.reasons.update(decision.because for decision in expected.decisions)
        if expected != found:
            seen.differences.append(f"{name}: {difference(expected, found)}")
            continue
        if isinstance(expected, Outcome) and (parted := pocket_parts(compiled_rules, compiled, order, expected)):
            seen.differences.append(f"{name}, pocket: {parted}")
        # the short way, with nothing remembered, with all remembered, and where hardly anything is
        for how, short in (("cold", compiled), ("warm", compiled), ("evicting", forgetful)):
            said = amounts(short, order)
            wanted = values(expected) if isinstance(expected, Outcome) else expected
            if said != wanted:
                seen.differences.append(f"{name}, {how}: {said} against {wanted}")
            elif isinstance(expected, Outcome) and (parted := parts(short, order, expected)):
                seen.differences.append(f"{name}, {how}, without decisions: {parted}")
    return True


def _seeds(first: int) -> Iterator[int]:
    while True:
        yield first
        first += 1


def report(seen: Seen) -> str:
    """The counts of a run, for people."""
    lines = [
        f"{seen.pairs:,} pairs of {seen.texts:,} rule sets, {seen.priced:,} priced, {len(seen.differences)} differences"
    ]
    lines.append(
        "rule numbers: " + " ".join(f"{number}:{count}" for number, count in sorted(seen.rule_numbers.items()))
    )
    lines.append("features: " + ", ".join(f"{name} {count}" for name, count in sorted(seen.features.items())))
    lines.append("productions: " + ", ".join(f"{name} {seen.productions[name]}" for name in sorted(production_names())))
    lines.append("reasons: " + ", ".join(f"{name} {count}" for name, count in sorted(seen.reasons.items())))
    lines.append(table_of_pairs(seen))
    return "\n".join(lines)


def table_of_pairs(seen: Seen) -> str:
    """Areas against areas: how many pairs of features can stand together, how often the rarest did, and on average."""
    whose = dict.fromkeys(rules.CORE, "core") | {name: area.name for area in AREAS for name in area.features}
    counts: dict[tuple[str, str], list[int]] = {}
    for a, b in combinations(sorted(rules.FEATURES), 2):
        if not rules.apart(a, b):
            one, other = sorted((whose[a], whose[b]))
            counts.setdefault((one, other), []).append(seen.couples[a, b])
    rows = [
        f"  {f'{one} + {other}':40}{len(found):8,}{min(found):10,}{sum(found) // len(found):10,}{found.count(0):8,}"
        for (one, other), found in sorted(counts.items())
    ]
    every = [count for found in counts.values() for count in found]
    rows.append(f"  {'all':40}{len(every):8,}{min(every):10,}{sum(every) // len(every):10,}{every.count(0):8,}")
    return "\n".join([f"  {'pairs of features':40}{'pairs':>8}{'rarest':>10}{'average':>10}{'never':>8}", *rows])


def every_pair(seen: Seen) -> str:
    """The whole table, one line for each pair of features: count, the two names; rarest first."""
    found = [(seen.couples[a, b], a, b) for a, b in combinations(sorted(rules.FEATURES), 2) if not rules.apart(a, b)]
    return "\n".join(f"{count}\t{a}\t{b}" for count, a, b in sorted(found))
