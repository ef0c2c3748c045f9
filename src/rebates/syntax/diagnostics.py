"""What the author is told: one record, whatever draws it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.catalogue import Severity as Severity
from rebates.syntax.source import Span

Applicability = Literal["safe", "asks", "shown"]

MOST_PER_FILE = 50

# mended by leaving out what is underlined
_LEFT_OUT = frozenset(("R0301", "R0303", "R0321", "R0330", "R0339", "R0344", "R0433", "R0435"))


@dataclass(frozen=True, slots=True)
class Label:
    """A second place, with what it has to do with the first."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A mend: `safe` changes spelling only, `asks` changes a number or a scope, `shown` is an example of what to write."""

    span: Span
    replacement: str
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: stable code, place, what is wrong in the field's words, and how to mend it."""

    code: str
    severity: Severity
    span: Span
    message: str
    help: str = ""
    labels: tuple[Label, ...] = ()
    edits: tuple[Edit, ...] = ()
    witness: str = ""  # the waterfall of the smallest order that shows it
    example: str = ""  # that order, as an example of the language

    @property
    def sample(self) -> str:
        """A right text of the catalogue on one line, where neither an edit nor the help shows what to write."""
        if self.edits or "`" in self.help or self.code not in ENTRIES:
            return ""
        return " ".join(ENTRIES[self.code].right.split())


Offered = (
    Diagnostic | Callable[[], Sequence[Diagnostic]]
)  # what was told, or warnings and notes that are yet to be read


def opened(offered: Offered) -> Sequence[Diagnostic]:
    """What was told, read by now."""
    return (offered,) if isinstance(offered, Diagnostic) else offered()


class Report:
    """Collects findings. A pass reports and goes on; only the driver stops, between passes."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int, str], Diagnostic] = {}
        self._errors: dict[str, int] = {}
        self.not_shown = 0
        self.error_count = 0  # every time that an error was told: where it has not grown, what was looked at is right
        self.offered: list[Offered] = []  # all that was told, what was there already or too much among it
        self._entered = 0  # of these, those looked at; errors are at once, the others when someone asks

    def add(self, diagnostic: Diagnostic) -> None:
        """Keeps a finding; one of the same code at the same place stays alone, and after 50 errors a file only counts.

        A code that the catalogue does not have, or has with another severity, is our mistake: AssertionError.
        """
        entry = ENTRIES.get(diagnostic.code)
        assert entry is not None, f"{diagnostic.code} is not in the catalogue: add it to rebates.syntax.catalogue"
        assert entry.severity == diagnostic.severity, f"{diagnostic.code} is a finding of severity {entry.severity}"
        self.offered.append(diagnostic)
        if diagnostic.severity == "error":
            self._enter_error(diagnostic)

    def again(self, told: tuple[Offered, ...], errors: tuple[Diagnostic, ...]) -> None:
        """Adds findings that were told before, the errors among them once more by themselves."""
        self.offered += told
        for one in errors:
            self._enter_error(one)

    def _enter_error(self, error: Diagnostic) -> None:
        self.error_count += 1
        key = _key(error)
        if key in self._found:
            return
        count = self._errors.get(error.span.source.name, 0)
        if count >= MOST_PER_FILE:
            self.not_shown += 1
            return
        self._errors[error.span.source.name] = count + 1
        self._found[key] = error

    def _enter(self) -> None:
        """Enters warnings and notes that were told since."""
        for offered in self.offered[self._entered :]:
            for one in opened(offered):
                if one.severity != "error":
                    self._found.setdefault(_key(one), one)
        self._entered = len(self.offered)

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        help: str = "",
        labels: tuple[Label, ...] = (),
        edits: tuple[Edit, ...] = (),
    ) -> None:
        if code in _LEFT_OUT and not edits:
            edits = (Edit(span, "", "asks"),)
        self.add(Diagnostic(code, "error", span, message, help, labels, edits))

    def warning(
        self,
        code: str,
        span: Span,
        message: str,
        help: str = "",
        labels: tuple[Label, ...] = (),
        edits: tuple[Edit, ...] = (),
    ) -> None:
        self.add(Diagnostic(code, "warning", span, message, help, labels, edits))

    def note(
        self,
        code: str,
        span: Span,
        message: str,
        help: str = "",
        labels: tuple[Label, ...] = (),
        edits: tuple[Edit, ...] = (),
    ) -> None:
        self.add(Diagnostic(code, "note", span, message, help, labels, edits))

    def drop(self, echoes: Iterable[Diagnostic]) -> None:
        """Takes findings out again that only repeat another one."""
        self._enter()
        for one in echoes:
            if self._found.pop((one.span.source.name, one.span.start, one.span.end, one.code), None) is None:
                continue
            if one.severity == "error":
                self._errors[one.span.source.name] -= 1

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings by file, place and code; a row of a table that is no text is a source of its own."""
        self._enter()
        names = {name: _numbered(name) for name in {one.span.source.name for one in self._found.values()}}
        return tuple(
            sorted(self._found.values(), key=lambda d: (names[d.span.source.name], d.span.start, d.span.end, d.code))
        )

    @property
    def has_errors(self) -> bool:
        return self.not_shown > 0 or any(self._errors.values())


def _key(one: Diagnostic) -> tuple[str, int, int, str]:
    return one.span.source.name, one.span.start, one.span.end, one.code


def _numbered(name: str) -> list[tuple[int, str]]:
    """A name in an order in which row 19 comes before row 102."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(?<=row )([0-9]{1,9})$", name)]


class RuleErrors(Exception):
    """Rule files that cannot be used; carries every finding."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], not_shown: int = 0) -> None:
        self.diagnostics, self.not_shown = diagnostics, not_shown
        super().__init__(diagnostics, not_shown)

    def __str__(self) -> str:
        from rebates.syntax.render import render

        return render(self.diagnostics, "text", not_shown=self.not_shown)
