"""Draws findings: for a terminal with the place underlined, in one line each, or as data for other programs."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from rebates.syntax.diagnostics import Diagnostic
from rebates.syntax.source import Span, line_column

Format = Literal["text", "short", "json", "github", "sarif"]
FORMATS: tuple[Format, ...] = get_args(Format)

WIDEST = 160
_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_BLUE, _PLAIN = "\x1b[1;34m", "\x1b[0m"


def render(diagnostics: Sequence[Diagnostic], format: Format, color: bool = False, version: str = "") -> str:
    """The findings in a format; text ends with a line that counts them."""
    match format:
        case "text":
            drawn = [draw(diagnostic, color) for diagnostic in diagnostics]
            return "\n".join([*drawn, summary(diagnostics)]) if drawn else ""
        case "short":
            return "\n".join(_short(diagnostic) for diagnostic in diagnostics)
        case "json":
            return json.dumps([as_dict(diagnostic) for diagnostic in diagnostics], indent=2, ensure_ascii=False)
        case "github":
            return "\n".join(_github(diagnostic) for diagnostic in diagnostics)
        case "sarif":
            return json.dumps(_sarif(diagnostics, version), indent=2, ensure_ascii=False)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    counts = dict.fromkeys(("error", "warning", "note"), 0)
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count)


# --- text


def draw(diagnostic: Diagnostic, color: bool = False) -> str:
    """One finding with its source lines, the place underlined with ^ and further places with -."""
    paint = _COLORS[diagnostic.severity] if color else ""
    blue, plain = (_BLUE, _PLAIN) if color else ("", "")
    span = diagnostic.span
    out = [f"{paint}{diagnostic.severity} {diagnostic.code}{plain}: {_one_line(diagnostic.message)}"]
    places = [(span, "^", "")] + [(label.span, "-", label.text) for label in diagnostic.labels]
    here = [place for place in places if place[0].source == span.source]
    width = max(len(str(place[0].line)) for place in here)
    margin = " " * width
    out.append(f"{blue}{margin}--> {plain}{span.source.name}:{span.line}:{span.column}")
    if span.source.text:
        out.append(f"{blue}{margin} |{plain}")
        last = None
        for place, mark, text in sorted(here, key=lambda p: (p[0].line, p[1] == "-")):
            line = place.line
            shown, offset = _cut(place)
            if line != last:
                if last is not None and line > last + 1:
                    out.append(f"{blue}{'.' * max(width, 3)}{plain}")
                out.append(f"{blue}{line:>{width}} |{plain} {_untabbed(shown)}")
            last = line
            under = _underline(place, shown, offset, mark)
            ink = paint if mark == "^" else blue
            out.append(f"{blue}{margin} |{plain} {ink}{under}{' ' + text if text else ''}{plain}")
    for label in diagnostic.labels:
        if label.span.source != span.source and label.span.source.name:
            out.append(f"{blue}{margin} :{plain} {label.span.source.name}:{label.span.line}: {label.text}")
    if diagnostic.help:
        out.append(f"{blue}{margin} ={plain} help: {_one_line(diagnostic.help)}")
    return "\n".join(out) + "\n"


def _one_line(text: str) -> str:
    """Control characters of what the author wrote never reach a terminal."""
    return "".join(c if c.isprintable() else " " if c in "\t\r\n" else "�" for c in text)


def _untabbed(text: str) -> str:
    return _one_line(text.replace("\t", "    "))


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    width = 0
    for character in text.replace("\t", "    "):
        if not unicodedata.combining(character):
            width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def _cut(place: Span) -> tuple[str, int]:
    """The line around a place, cut where it is long; and how many characters were cut off in front."""
    text = place.source.line_text(place.line)
    if len(text) <= WIDEST:
        return text, 0
    start = max(0, place.column - 1 - WIDEST // 3)
    piece = text[start : start + WIDEST]
    return ("…" + piece if start else piece) + ("…" if start + WIDEST < len(text) else ""), start - (1 if start else 0)


def _underline(place: Span, shown: str, offset: int, mark: str) -> str:
    line, column = line_column(place.source, place.start)
    end_line, end_column = line_column(place.source, max(place.end, place.start))
    first = column - 1 - offset
    last = end_column - 1 - offset if end_line == line else len(shown)
    last = min(max(last, first + 1), len(shown) + 1)
    return " " * _width(shown[:first]) + mark * max(1, _width(shown[first:last]))


# --- data


def as_dict(diagnostic: Diagnostic) -> dict[str, object]:
    """A finding as plain data."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        **_place(diagnostic.span),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "labels": [{**_place(label.span), "text": label.text} for label in diagnostic.labels],
        "edits": [
            {**_place(edit.span), "replacement": edit.replacement, "applicability": edit.applicability}
            for edit in diagnostic.edits
        ],
    }


def _place(span: Span) -> dict[str, object]:
    line, column = line_column(span.source, span.start)
    end_line, end_column = line_column(span.source, span.end)
    return {
        "file": span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _short(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    help = f" ({_one_line(diagnostic.help)})" if diagnostic.help else ""
    head = f"{span.source.name}:{span.line}:{span.column}: {diagnostic.severity} {diagnostic.code}"
    return f"{head}: {_one_line(diagnostic.message)}{help}"


def _github(diagnostic: Diagnostic) -> str:
    """A workflow command; its own signs in a text are escaped."""
    word = "notice" if diagnostic.severity == "note" else diagnostic.severity
    place = _place(diagnostic.span)

    def escaped(text: object, inside: bool) -> str:
        plain = str(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        return plain.replace(":", "%3A").replace(",", "%2C") if inside else plain

    fields = {"file": place["file"], "line": place["line"], "col": place["column"], "title": diagnostic.code}
    listed = ",".join(f"{name}={escaped(value, True)}" for name, value in fields.items())
    help = f" ({diagnostic.help})" if diagnostic.help else ""
    return f"::{word} {listed}::{escaped(diagnostic.message + help, False)}"


def _sarif(diagnostics: Sequence[Diagnostic], version: str) -> dict[str, object]:
    """SARIF 2.1.0, one run."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "rebates",
                        "version": version,
                        "rules": [{"id": code} for code in sorted({d.code for d in diagnostics})],
                    }
                },
                "results": [_result(diagnostic) for diagnostic in diagnostics],
            }
        ],
    }


def _result(diagnostic: Diagnostic) -> dict[str, object]:
    help = f"; {diagnostic.help}" if diagnostic.help else ""
    return {
        "ruleId": diagnostic.code,
        "level": diagnostic.severity,
        "message": {"text": diagnostic.message + help},
        "locations": [_location(diagnostic.span)],
        "relatedLocations": [{**_location(label.span), "message": {"text": label.text}} for label in diagnostic.labels],
    }


def _location(span: Span) -> dict[str, object]:
    line, column = line_column(span.source, span.start)
    end_line, end_column = line_column(span.source, span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": span.source.name}, "region": region}}
