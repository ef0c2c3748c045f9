"""Throws rule texts at the reader, the checker and both evaluators: random bytes, samples with tokens and characters changed,
texts grown from the grammar, and small texts that say something else.

    python -m tests.fuzz.run --inputs 1000000 --seed 0

Whatever comes in, a tree and messages come out: no exception, at most ten seconds, and no more memory than stated. What
reads without error is laid out and read again, and must be the same tree. What is checked without error prices an order, or
refuses it by a code, and the evaluators agree. Seconds are those of the processor, so that a busy machine finds nothing that
an idle one would not.
"""

from __future__ import annotations

import gc
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from types import FrameType
from typing import Final

from rebates import reference
from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.memory import Memory
from rebates.model.nodes import RuleSet
from rebates.model.orders import LineIn, OrderIn
from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.format import format_file
from rebates.syntax.nodes import File
from rebates.syntax.parser import parse
from rebates.syntax.render import render
from rebates.syntax.source import Source
from tests.fuzz.texts import Writer
from tests.generated.compare import difference, outcome
from tests.model.checking import Tables

WATCHDOG_S: Final = 10
MOST_BYTES: Final = 512_000_000
MOST_TOLD: Final = 5
ORDER: Final = OrderIn(
    account="ACME",
    day=date(2026, 3, 10),
    lines=(
        LineIn("COLA", Fraction(60), "carton"),
        LineIn("NUTS", Fraction("2.5"), "piece", price=Fraction("4.20")),
        LineIn("COLA", Fraction(7), "piece", price=Fraction(1)),
    ),
    attributes={"order.channel": "web"},
)


class TooSlow(BaseException):
    """The watchdog bit."""


@dataclass
class Run:
    """What a run came to."""

    inputs: int = 0
    right: int = 0  # read without error, laid out and read again
    checked: int = 0  # whose meaning was checked
    sound: int = 0  # and found without error, so that an order was priced
    codes: Counter[str] = field(default_factory=Counter)  # of the findings
    slowest: list[tuple[float, int, str]] = field(default_factory=list)  # seconds, input, text
    by_kind: Counter[str] = field(default_factory=Counter)
    failed: list[int] = field(default_factory=list)
    seconds: float = 0.0  # of the processor

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


@dataclass
class Tried:
    """What came of a text: read without error and the same again from its layout; checked without error and priced."""

    right: bool = False
    sound: bool = False
    found: tuple[Diagnostic, ...] = ()


def try_text(text: str, tables: Tables | None = None, lays_out: bool = True, prices: bool = True) -> Tried:
    """Reads a text, draws what is found, and where nothing is wrong lays it out; with tables it is checked, and priced.

    Raises what the code under test lets out, which is nothing; AssertionError where the layout changes the meaning.
    """
    source, report, memory = Source("x.rebates", text), Report(), Memory()
    # as the loader remembers it, so that it is read once
    tree, _ = memory.once("tree", report, lambda: (parse(source, report), ""), values=(source.name, text))
    assert isinstance(tree, File)
    right = not report.diagnostics
    if right and lays_out:
        _lay_out(source, tree)
    if tables is None:
        render(report.diagnostics, "text")
        return Tried(right and lays_out, False, report.diagnostics)
    checked = Report()
    rules = load_rules({source.name: text}, tables, checked, memory)
    render(checked.diagnostics, "text")
    if rules is not None and prices:
        _price(rules)
    return Tried(right and lays_out, rules is not None and prices, checked.diagnostics)


def _lay_out(source: Source, tree: File) -> None:
    laid = Source("x.rebates", format_file(source))
    again = Report()
    other = parse(laid, again)
    assert not again.diagnostics, [one.message for one in again.diagnostics]
    assert other == tree
    assert laid.text == source.text or format_file(laid) == laid.text


def _price(rules: RuleSet) -> None:
    """Both evaluators answer the same, an outcome or a refusal that names its code and place."""
    expected = outcome(partial(reference.price, rules), ORDER)
    found = outcome(compile_rules(rules).outcome, ORDER)
    assert expected == found, difference(expected, found)


def run(
    inputs: int,
    seed: int,
    first: int = 0,
    seconds: float | None = None,
    shared: bool = False,
    goes_on: bool = False,
    progress: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Tries so many texts from the `first` of a seed on, or for so long; a text depends on its seed and number alone.

    Of right texts every second is laid out and read again, of those between an order is priced. `shared` where other tests ran in the process before, whose memory counts. What fails is raised, or told if it `goes_on`.
    """
    writer, done = Writer(random.Random(seed)), Run()
    gc.collect()
    gc.freeze()  # what the code under test brings along is not looked through again and again
    began, started = time.monotonic(), time.process_time()
    for number in range(first, first + inputs):
        if seconds is not None and time.monotonic() - began >= seconds:
            break
        writer.chance = random.Random(f"{seed}/{number}")
        kind, text, tables = writer.text()
        start = time.process_time()
        try:
            with watched():
                tried = try_text(text, tables, lays_out=number % 2 == 0, prices=number % 2 == 1)
                done.right += tried.right
                done.checked += tables is not None
                done.sound += tried.sound
                done.codes.update({one.code for one in tried.found})
            if done.memory > MOST_BYTES * (2 if shared else 1):
                raise AssertionError(f"{done.memory / 1e6:.0f} MB")
        except BaseException as wrong:
            print(
                f"input {number} of seed {seed} ({kind}): {text!r}: {type(wrong).__name__} {wrong}"[:4000], flush=True
            )
            if not goes_on or isinstance(wrong, KeyboardInterrupt):
                raise
            done.failed.append(number)
        spent = time.process_time() - start
        done.inputs += 1
        done.seconds = time.process_time() - started
        done.by_kind[kind] += 1
        if len(done.slowest) < MOST_TOLD or spent > done.slowest[-1][0]:
            done.slowest = sorted([*done.slowest, (spent, number, text)], reverse=True)[:MOST_TOLD]
        progress(done)
    return done
