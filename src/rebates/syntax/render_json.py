"""Findings as plain data, and as JSON. Lines and columns count from 1, columns in code points, ends are exclusive."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rebates.syntax.diagnostics import Diagnostic
from rebates.syntax.source import Span, line_column


def json_text(diagnostics: Sequence[Diagnostic]) -> str:
    """A list with one object for each finding."""
    return json.dumps([as_dict(diagnostic) for diagnostic in diagnostics], indent=2, ensure_ascii=False)


def as_dict(diagnostic: Diagnostic) -> dict[str, object]:
    """A finding as plain data."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        **_place(diagnostic.span),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "sample": diagnostic.sample,
        "witness": diagnostic.witness,
        "example": diagnostic.example,
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
