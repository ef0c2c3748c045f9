"""Throws rule texts at the reader: random bytes, sample files with tokens and characters changed, and texts grown from the grammar.

    python -m tests.fuzz.run --inputs 1000000 --seed 0

Whatever comes in, a tree and messages come out: no exception, at most ten seconds, and no more memory than stated. What
reads without error is laid out and read again, and must be the same tree. Seconds are those of the processor, so that a
busy machine finds nothing that an idle one would not.
"""

from __future__ import annotations

import random
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from rebates.syntax.diagnostics import Report
from rebates.syntax.format import format_file
from rebates.syntax.keywords import CURRENCIES, KEYWORDS, PHRASES
from rebates.syntax.lalr import load_tables
from rebates.syntax.nodes import File
from rebates.syntax.parser import parse
from rebates.syntax.render import render
from rebates.syntax.source import Source
from rebates.syntax.tokens import split
from tests.syntax.samples import ALL

WATCHDOG_S = 10
MOST_BYTES = 512_000_000
RULES = Path(__file__).parents[2] / "rules"

_VALUES = {
    "NAME": ("a", "volume", "from", "zzz"),
    "NUMBER": ("1", "1_000", "0.5", "999999999999999999", "1e9"),
    "INTEGER": ("0", "2", "13"),
    "PERCENT": ("5%", "0 %", "5.5%", "100%"),
    "CURRENCY": ("EUR", "IDR", "JPY"),
    "STRING": ('"x"', '""', '"COLA-330"', '"é"'),
    "DATE": ("2026-01-31", "2026-02-30", "0000-00-00"),
    "PATH": ("order.channel", "item.family", "a.b.c"),
    "COMPARE": ("<", "<=", ">", ">="),
    "PLUS_MINUS": ("+", "-"),
    "TIMES": ("*", "/"),
    "TIME_OF_DAY": ("14:30", "00:00"),
}
_ODD = (
    "\0",
    "\ufeff",
    "\u202e",
    "“",
    "'",
    "\\",
    "%",
    "{",
    "}",
    "(",
    ")",
    '"',
    "\r",
    "\t",
    "\n",
    "１",
    "é",
    "𝔘",
    "#",
    ",",
    ";",
    "\ud800",
)


class TooSlow(BaseException):
    """The watchdog bit."""


@dataclass
class Run:
    """What a run came to."""

    inputs: int = 0
    right: int = 0  # read without error, laid out and read again
    slowest: float = 0.0
    slowest_text: str = ""
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def memory(self) -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def watched(seconds: int = WATCHDOG_S) -> Iterator[None]:
    def bite(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, bite)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Writer:
    """Makes texts of several kinds; each starts from something that is nearly right."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        texts = [path.read_text(encoding="utf-8") for path in sorted(RULES.glob("*/*.rebates"))]
        self.texts = [*ALL.values(), *texts]
        self.words = sorted({w for text in self.texts for w in split(text) if not w.isspace()} | set(KEYWORDS))
        self.tables = load_tables()

    def text(self) -> tuple[str, str]:
        """A kind and a text."""
        match self.chance.randrange(10):
            case 0:
                return "characters", self._characters()
            case 1 | 2:
                return "changed characters", self._changed_characters()
            case 3 | 4 | 5:
                return "changed words", self._changed_words()
            case _:
                return "grown", self._grown()

    def _characters(self) -> str:
        return "".join(self.chance.choice((*_ODD, "a", "1", " ")) for _ in range(self.chance.randrange(80)))

    def _sample(self) -> str:
        """A piece of a sample, so that most inputs are small."""
        text = self.chance.choice(self.texts)
        lines = text.splitlines(keepends=True)
        start = self.chance.randrange(len(lines))
        piece = lines[start : start + self.chance.randrange(1, 12)]
        return 'agreement a "A" {\n' + "".join(piece) + ("}\n" if self.chance.random() < 0.7 else "")

    def _changed_characters(self) -> str:
        text = list(self._sample())
        for _ in range(self.chance.randint(1, 4)):
            at = self.chance.randrange(len(text))
            match self.chance.randrange(3):
                case 0:
                    text[at] = self.chance.choice(_ODD)
                case 1:
                    text.insert(at, self.chance.choice(_ODD))
                case _:
                    text[at] = ""
        return "".join(text)

    def _changed_words(self) -> str:
        words = split(self._sample())
        for _ in range(self.chance.randint(0, 4)):
            at = self.chance.randrange(len(words))
            match self.chance.randrange(4):
                case 0:
                    words[at] = self.chance.choice(self.words)
                case 1:
                    words.insert(at, f" {self.chance.choice(self.words)} ")
                case 2:
                    words[at] = ""
                case _:
                    other = self.chance.randrange(len(words))
                    words[at], words[other] = words[other], words[at]
        return "".join(words)

    def _grown(self) -> str:
        """Words that fit one after the other by the grammar's own tables, for a while; then the open blocks are closed."""
        tables, chance = self.tables, self.chance
        states, out = [tables.start], list[str]()
        for _ in range(chance.randrange(1, 60)):
            fit = [s for s in self._fitting(states) if s not in ("ERROR", "$END")]
            if not fit:
                break
            symbol = chance.choice(fit)
            states = tables.after(states, tables.numbers[symbol])
            out.append(self._word(symbol))
        for _ in range(80):
            closing = [s for s in ("$END", "RBRACE", "RPAR") if tables.can_shift(states, tables.numbers[s])]
            if closing[:1] == ["$END"]:
                break
            symbol = closing[0] if closing else chance.choice(self._fitting(states) or ["RBRACE"])
            if symbol in ("ERROR", "$END") or not tables.can_shift(states, tables.numbers[symbol]):
                break
            states = tables.after(states, tables.numbers[symbol])
            out.append(self._word(symbol))
        if chance.random() < 0.1 and out:
            out[chance.randrange(len(out))] = chance.choice(self.words)
        return " ".join(out)

    def _fitting(self, states: list[int]) -> list[str]:
        tables = self.tables
        return sorted(
            symbol
            for number in tables.actions[states[-1]]
            if (symbol := tables.symbols[number]).isupper() and tables.can_shift(states, number)
        )

    def _word(self, symbol: str) -> str:
        if symbol in PHRASES:
            return self.chance.choice(PHRASES[symbol][1])
        if symbol == "CURRENCY":
            return self.chance.choice(sorted(CURRENCIES)[:20])
        if symbol in _VALUES:
            return self.chance.choice(_VALUES[symbol])
        return self.tables.keywords.get(symbol) or symbol.lower().replace("_", " ")  # a phrase whose words say its name


def try_text(text: str) -> bool:
    """Reads a text, draws what is found, and where nothing is wrong lays it out: whether it was right.

    Raises what the reader lets out, which is nothing; AssertionError where the layout changes the meaning.
    """
    report = Report()
    tree = parse(Source("x.rebates", text), report)
    assert isinstance(tree, File)
    render(report.diagnostics, "text")
    if report.diagnostics:
        return False
    laid = format_file(Source("x.rebates", text))
    again = Report()
    other = parse(Source("x.rebates", laid), again)
    assert not again.diagnostics, [one.message for one in again.diagnostics]
    assert other == tree
    assert format_file(Source("x.rebates", laid)) == laid
    return True


def run(inputs: int, seed: int, seconds: float | None = None, shared: bool = False) -> Run:
    """Tries so many texts, or for so long; `shared` where other tests ran in the process before, whose memory counts."""
    writer, done = Writer(random.Random(seed)), Run()
    began = time.monotonic()
    while done.inputs < inputs and (seconds is None or time.monotonic() - began < seconds):
        kind, text = writer.text()
        start = time.process_time()
        try:
            with watched():
                done.right += try_text(text)
        except BaseException:
            print(f"input {done.inputs} of seed {seed} ({kind}): {text!r}")
            raise
        if done.memory > MOST_BYTES * (2 if shared else 1):
            raise AssertionError(f"{done.memory / 1e6:.0f} MB after input {done.inputs} of seed {seed}: {text!r}")
        spent = time.process_time() - start
        done.inputs += 1
        done.by_kind[kind] = done.by_kind.get(kind, 0) + 1
        if spent > done.slowest:
            done.slowest, done.slowest_text = spent, text
    return done
