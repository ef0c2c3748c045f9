"""A version of the rules made ready aside: parsed, checked, its examples run, its evaluator made. Requests go on meanwhile."""

from __future__ import annotations

import gc
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rebates import Book, Diagnostic, RuleErrors, load
from rebates.engine.book import load_once
from rebates.tools.examples import run_examples
from rebates_api.rules.archive import archive_of, unpack

SWITCH_S = 0.001  # how soon a request gets its turn while rules are read in a thread beside it
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version that can come into force, and the archive of its files."""

    book: Book
    sources: bytes


class RulesBroken(Exception):
    """Rules that cannot come into force; `reason` is told by `readyz` and names no rule."""

    def __init__(self, reason: str, findings: tuple[Diagnostic, ...] = (), failed: tuple[str, ...] = ()) -> None:
        self.reason, self.findings, self.failed = reason, findings, failed
        super().__init__(reason)


def load_files(path: Path, before: Book | None = None) -> Loaded:
    """The version that the files are of now; `before` was read of them earlier. Raises RulesBroken."""
    try:
        with others_first():
            book = _ready(load(path) if before is None else before.reload())
            return Loaded(book, archive_of(path))
    except RuleErrors as errors:
        count = sum(found.severity == "error" for found in errors.diagnostics) + errors.not_shown
        raise RulesBroken(f"the rules have {count} errors", tuple(errors.diagnostics)) from None
    except OSError as error:
        raise RulesBroken(f"the rules cannot be read: {error.strerror}") from None


def load_archive(sources: bytes) -> Loaded:
    """A version from its archive. Raises RulesBroken."""
    with tempfile.TemporaryDirectory(prefix="rebates-") as folder:
        try:
            with others_first():
                return Loaded(_ready(load_once(unpack(sources, Path(folder)))), sources)
        except (RuleErrors, OSError, ValueError) as error:
            raise RulesBroken(f"a kept version cannot be read: {type(error).__name__}") from None


def _ready(book: Book) -> Book:
    """The book with its evaluator made and its examples run. Raises RulesBroken."""
    failed = tuple(result.title for result in run_examples(book) if not result.ok)
    if failed:
        raise RulesBroken(f"{len(failed)} examples fail", failed=failed[:MOST_TOLD])
    _ = book.ground, book.compiled, book.quick, book.memory  # the last is for the next reload
    return book


@contextmanager
def others_first() -> Iterator[None]:
    """Lets requests have their turn often, and keeps the collector from walking through the rules, now and ever after."""
    before, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(min(before, SWITCH_S))
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
        sys.setswitchinterval(before)
