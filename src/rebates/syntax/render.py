"""Draws findings: for a terminal with the place underlined, in one line each, or as data for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from rebates.syntax.diagnostics import Diagnostic
from rebates.syntax.draw import draw, one_line
from rebates.syntax.render_json import json_text
from rebates.syntax.render_sarif import sarif_text
from rebates.syntax.source import line_column

Format = Literal["text", "short", "json", "github", "sarif"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(
    diagnostics: Sequence[Diagnostic], format: Format, color: bool = False, version: str = "", not_shown: int = 0
) -> str:
    """The findings in a format; text ends with a line that counts them.

    `version` is ours, for SARIF; `not_shown` counts the errors that a report kept no more.
    """
    match format:
        case "text":
            drawn = [draw(diagnostic, color) for diagnostic in diagnostics]
            return "\n".join([*drawn, summary(diagnostics, not_shown)]) if drawn else ""
        case "short":
            return "\n".join(_short(diagnostic) for diagnostic in diagnostics)
        case "json":
            return json_text(diagnostics)
        case "github":
            return "\n".join(_github(diagnostic) for diagnostic in diagnostics)
        case "sarif":
            return sarif_text(diagnostics, version)


def summary(diagnostics: Iterable[Diagnostic], not_shown: int = 0) -> str:
    """`2 errors, 1 warning`, and after 50 errors of a file `50 errors and 3 more that are not shown`."""
    counts = dict.fromkeys(("error", "warning", "note"), 0)
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    listed = [f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count]
    if not_shown:
        listed[0] += f" and {not_shown} more that {'is' if not_shown == 1 else 'are'} not shown"
    return ", ".join(listed)


def _short(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    help = f" ({one_line(diagnostic.help)})" if diagnostic.help else ""
    head = f"{one_line(span.source.name)}:{span.line}:{span.column}: {diagnostic.severity} {diagnostic.code}"
    return f"{head}: {one_line(diagnostic.message)}{help}"


def _github(diagnostic: Diagnostic) -> str:
    """A workflow command; its own signs in a text are escaped."""
    word = "notice" if diagnostic.severity == "note" else diagnostic.severity
    span = diagnostic.span
    end_line, end_column = line_column(span.source, span.end)
    fields: dict[str, object] = {"file": span.source.name, "line": span.line, "col": span.column}
    if end_line == span.line:  # GitHub takes columns only where both ends lie on one line
        fields |= {"endColumn": end_column}
    else:
        fields |= {"endLine": end_line}
    fields |= {"title": diagnostic.code}
    listed = ",".join(f"{name}={_escaped(value, inside=True)}" for name, value in fields.items())
    help = f" ({diagnostic.help})" if diagnostic.help else ""
    return f"::{word} {listed}::{_escaped(diagnostic.message + help, inside=False)}"


def _escaped(text: object, inside: bool) -> str:
    plain = str(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return plain.replace(":", "%3A").replace(",", "%2C") if inside else plain
