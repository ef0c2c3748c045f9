"""Compares both evaluators of settling on agreements and histories made by chance, and counts pairs of features.

From the command line: `python -m tests.generated.settled --histories 20000`; it fails on a difference, or on a pair that never occurred.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import combinations, zip_longest
from typing import Any

from rebates import reference
from rebates.compile import settle as compiled
from rebates.model.folder import load_rules
from rebates.model.nodes import RuleSet
from rebates.model.outcome import OrderError
from rebates.model.settlement import Due, Settled, Settlement
from rebates.syntax.diagnostics import Report
from tests.generated import histories, posted
from tests.generated.histories import APART, agreement
from tests.generated.posted import Made, history
from tests.generated.world import World

# rules of a cap or a stage with other windows, a bound of a narrower one, circles, an amendment that removes a rule another one names,
# goods or points as a value, a programme of accounts that earn together,
# a letter that has others earn: drawn again
REFUSED = frozenset(("R0664", "R0370", "R0234", "R0211", "R0653", "R0654", "R0660", "R0665"))


FEATURES = histories.FEATURES | posted.FEATURES
CHUNK = 500
HISTORIES = 3  # of each agreement: to read and check its text takes as long as to settle one


@dataclass
class Seen:
    """What occurred in a run."""

    histories: int = 0
    rows: int = 0
    features: Counter[str] = field(default_factory=Counter)
    couples: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """Counts another run in."""
        self.histories += other.histories
        self.rows += other.rows
        self.differences += other.differences
        for mine, theirs in (
            (self.features, other.features),
            (self.couples, other.couples),
            (self.statuses, other.statuses),
        ):
            mine.update(theirs)  # type: ignore[arg-type]  # of the same kind

    def unseen(self) -> list[tuple[str, str]]:
        """Pairs of features that can stand together and have not."""
        return [
            pair
            for pair in combinations(sorted(FEATURES), 2)
            if not self.couples[pair] and frozenset(pair) not in APART
        ]


def accepted(text: str) -> RuleSet | None:
    """The rule set of a text, or None where the checker refuses it for one of the stated reasons."""
    report = Report()
    found = load_rules({"t.rebates": text}, World(), report)
    errors = [(d.code, d.message, d.span.text[:60]) for d in report.diagnostics if d.severity == "error"]
    assert found is not None or {code for code, *_ in errors} <= REFUSED, errors
    return found


def booked(rules: RuleSet, made: Made) -> list[Settled] | None:
    """What a settlement before the period has booked, where the caller says so."""
    if made.before is None:
        return None
    [found] = reference.settle(rules, "t", made.posted, date(2025, 1, 1), made.before, as_of=made.as_of)
    return [Settled(due.rule, due.earner, due.payee, due.first, due.day, due.due) for due in found.dues if due.due]


def answers(evaluator: Any, rules: RuleSet, made: Made, settled: list[Settled] | None) -> list[Settlement | str]:
    """What an evaluator settles, and what has accrued where that is asked, or the code of its refusal."""
    found: list[Settlement | str] = []
    try:
        found += evaluator.settle(rules, "t", made.posted, made.first, made.last, as_of=made.as_of, settled=settled)
        if made.accrued is not None:
            found += evaluator.accrued(rules, "t", made.posted, made.accrued, as_of=made.as_of)
    except OrderError as error:
        found.append(error.code)
    return found


def difference(a: Settlement | str, b: Settlement | str) -> str:
    """The first row and field in which two answers differ."""
    if isinstance(a, str) or isinstance(b, str):
        return f"{a if isinstance(a, str) else 'settled'} against {b if isinstance(b, str) else 'settled'}"
    for one, other in zip(a.dues, b.dues, strict=False):
        for name in (entry.name for entry in fields(Due)):
            if getattr(one, name) != getattr(other, name):
                where = f"{one.rule} {one.earner} {one.payee} {one.first} on {one.day}"
                return f"{where}: {name} {getattr(one, name)} against {getattr(other, name)}"
    return f"{len(a.dues)} rows against {len(b.dues)}"


def run(agreements: int, seed: int = 0) -> Seen:
    """Compares the histories of so many agreements, from a seed on; those that the checker refuses are none."""
    seen = Seen()
    for at in range(seed, seed + agreements):
        text = agreement(at)
        rules = accepted(text.body)
        for number in range(HISTORIES if rules is not None else 0):
            assert rules is not None
            made = history(at, number)
            features = text.features | made.features
            seen.histories += 1
            seen.features.update(features)
            seen.couples.update(combinations(sorted(features), 2))
            settled = booked(rules, made)
            expected, found = answers(reference, rules, made, settled), answers(compiled, rules, made, settled)
            for one in expected:
                if isinstance(one, Settlement):
                    seen.rows += len(one.dues)
                    seen.statuses.update(due.status for due in one.dues)
            if expected != found:
                pair = next((a, b) for a, b in zip_longest(expected, found, fillvalue="none") if a != b)
                seen.differences.append(f"seed {at} history {number}: {difference(*pair)}")
    return seen


def report(seen: Seen) -> str:
    """The counts of a run, for people; pairs of features, the rarest first."""
    pairs = sorted((seen.couples[p], *p) for p in combinations(sorted(FEATURES), 2) if frozenset(p) not in APART)
    lines = [f"{seen.histories:,} histories, {seen.rows:,} rows, {len(seen.differences)} differences"]
    lines.append("features: " + ", ".join(f"{name} {seen.features[name]}" for name in sorted(FEATURES)))
    lines.append("statuses: " + ", ".join(f"{name} {count}" for name, count in sorted(seen.statuses.items())))
    lines += [f"  {count}\t{a}\t{b}" for count, a, b in pairs[:20]]
    return "\n".join([*lines, f"pairs: {len(pairs)}, never: {len(seen.unseen())}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    started, seen, at = time.monotonic(), Seen(), chosen.seed
    while seen.histories < chosen.histories:
        found = run(CHUNK, at)
        at += CHUNK
        seen.add(found)
        print(
            f"seeds to {at}: {seen.histories} histories, {len(seen.differences)} differences, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        for difference in found.differences[:5]:
            print(f"  {difference}")
    print(report(seen))
    sys.exit(1 if seen.differences or seen.unseen() else 0)


if __name__ == "__main__":
    main()
