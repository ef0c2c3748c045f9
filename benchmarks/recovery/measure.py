"""Makes mistakes in rule files, checks the files as `rebates check` does, and counts which lines were named."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from benchmarks.recovery.kind import Kind, Slip, line_of
from rebates.model.folder import load_rules
from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.tokens import tokenize

RULES = Path(__file__).parents[2] / "rules"


@dataclass
class Count:
    """What came of files with mistakes."""

    files: int = 0
    exact: int = 0
    mistakes: int = 0
    found: int = 0
    elsewhere: int = 0
    seconds: float = 0.0
    missed: Counter[str] = field(default_factory=Counter)
    blamed: Counter[str] = field(default_factory=Counter)  # kinds in files where another line was named


def rule_files() -> list[Path]:
    return sorted(RULES.glob("*/*.rebates"))


class Checker:
    """Checks a changed rule file where its tables are; the file itself is never touched."""

    def __init__(self, path: Path) -> None:
        self._home = tempfile.TemporaryDirectory()
        folder = Path(self._home.name)
        for beside in path.parent.iterdir():
            if beside.is_file() and beside != path:
                (folder / beside.name).write_bytes(beside.read_bytes())
        self.path, self.text = folder / path.name, path.read_text(encoding="utf-8")
        self._mistakes: dict[Slip, bool] = {}

    def errors(self, text: str) -> list[Diagnostic]:
        self.path.write_text(text, encoding="utf-8")
        report = Report()
        load_rules(self.path, None, report)
        return [finding for finding in report.diagnostics if finding.severity == "error"]

    def is_mistake(self, slip: Slip) -> bool:
        """Whether the change alone leaves a text that is not right: where nobody knows all items, any name is one."""
        if slip not in self._mistakes:
            self._mistakes[slip] = bool(self.errors(applied(self.text, [slip])))
        return self._mistakes[slip]


def places(kinds: Sequence[Kind], text: str) -> dict[str, list[Slip]]:
    return {kind.name: slips for kind in kinds if (slips := list(kind.slips(text)))}


def draw(chance: random.Random, text: str, sites: Mapping[str, Sequence[Slip]], count: int) -> list[Slip]:
    """So many mistakes of different kinds, on lines of their own, in the order of the text."""
    chosen: list[Slip] = []
    taken: set[int] = set()
    names = sorted(sites)
    chance.shuffle(names)
    for name in names:
        slip = chance.choice(sites[name])
        lines = {*slip.lines, *range(line_of(text, slip.start), line_of(text, slip.end) + 1)}
        if not taken & lines:
            chosen.append(slip)
            taken |= lines
            if len(chosen) == count:
                break
    return sorted(chosen, key=lambda slip: slip.start)


def placed(text: str, slips: Sequence[Slip]) -> list[Slip]:
    """The mistakes with their lines in the text that has all of them: one before may have added or taken lines."""
    added, found = 0, []
    for slip in slips:
        found.append(replace(slip, lines=frozenset(line + added for line in slip.lines)))
        added += slip.replacement.count("\n") - text.count("\n", slip.start, slip.end)
    return found


def applied(text: str, slips: Sequence[Slip]) -> str:
    for slip in sorted(slips, key=lambda slip: -slip.start):
        text = text[: slip.start] + slip.replacement + text[slip.end :]
    return text


def three_mistakes(kinds: Sequence[Kind], files: int, seed: int, told: int = 0) -> Count:
    """Files with three random mistakes each; `told` of the files that were not exact are printed."""
    chance, count = random.Random(seed), Count()
    checkers = [Checker(path) for path in rule_files()]
    sites = [places(kinds, checker.text) for checker in checkers]
    while count.files < files:
        which = chance.randrange(len(checkers))
        if len(sites[which]) < 3:
            continue
        slips = draw(chance, checkers[which].text, sites[which], 3)
        if len(slips) < 3 or not all(checkers[which].is_mistake(slip) for slip in slips):
            continue
        text = applied(checkers[which].text, slips)
        slips = placed(checkers[which].text, slips)
        began = perf_counter()
        errors = checkers[which].errors(text)
        count.seconds += perf_counter() - began
        named = {error.span.line for error in errors}
        missed = [slip for slip in slips if not named & slip.lines]
        strays = named - frozenset().union(*(slip.lines for slip in slips))
        count.files += 1
        count.mistakes += len(slips)
        count.found += len(slips) - len(missed)
        count.elsewhere += len(strays)
        count.missed.update(slip.kind for slip in missed)
        if missed or strays:
            count.blamed.update(slip.kind for slip in slips)
            if told > 0:
                told -= 1
                _tell(text, slips, errors, strays)
        else:
            count.exact += 1
    return count


def _tell(text: str, slips: Sequence[Slip], errors: Sequence[Diagnostic], strays: set[int]) -> None:
    lines = text.split("\n")
    for slip in slips:
        print(f"  made: {slip.kind} on {sorted(slip.lines)}: {lines[min(slip.lines) - 1].strip()[:90]}")
    for error in errors:
        mark = "  !! " if error.span.line in strays else "     "
        print(f"{mark}{error.code} {error.span.line}: {error.message} | {lines[error.span.line - 1].strip()[:60]}")
    print()


@dataclass
class EditCount:
    """What came of files with one token edited."""

    edits: int = 0
    right: int = 0
    near: int = 0
    messages: int = 0


def one_token_edits(path: Path, edits: int, seed: int, told: int = 0) -> EditCount:
    """Random edits of one token (deleted, doubled, two letters swapped); those that leave a right file do not count."""
    chance, count = random.Random(seed), EditCount()
    checker = Checker(path)
    tokens = [token for token in tokenize(checker.text) if token.terminals]
    tries = 0
    while count.edits < edits and tries < edits * 6:
        tries += 1
        token = chance.choice(tokens)
        text = token.text
        match chance.randrange(3):
            case 0:
                new = ""
            case 1:
                new = f"{text} {text}"
            case _:
                if len(text) < 3:
                    continue
                at = chance.randrange(len(text) - 1)
                new = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        changed = checker.text[: token.start] + new + checker.text[token.end :]
        if new == text or not (errors := checker.errors(changed)):
            continue
        line = checker.text.count("\n", 0, token.start) + 1
        count.edits += 1
        count.messages += len(errors)
        away = min(abs(error.span.line - line) for error in errors)
        count.right += away == 0
        count.near += away <= 1
        if (away or len(errors) > 1) and told > 0:
            told -= 1
            print(f"  line {line}: `{text}` -> `{new}`: {changed.split(chr(10))[line - 1].strip()[:90]}")
            for error in errors:
                print(f"     {error.code} {error.span.line}: {error.message}")
    return count
