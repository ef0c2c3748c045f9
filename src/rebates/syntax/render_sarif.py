"""Findings as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.diagnostics import Diagnostic, Edit
from rebates.syntax.source import Span, line_column


def sarif_text(diagnostics: Sequence[Diagnostic], version: str) -> str:
    """One run; the rules are the codes that occur, with title and help of the catalogue."""
    driver: dict[str, object] = {
        "name": "rebates",
        "rules": [_rule(code) for code in sorted({d.code for d in diagnostics})],
    }
    if version:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic) for diagnostic in diagnostics],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _rule(code: str) -> dict[str, object]:
    entry = ENTRIES[code]
    return {
        "id": code,
        "name": entry.name,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": f"{entry.title}: {entry.why}"},
        "help": {"text": entry.mend},
        "defaultConfiguration": {"level": entry.severity},
    }


def _result(diagnostic: Diagnostic) -> dict[str, object]:
    help = f"; {diagnostic.help}" if diagnostic.help else ""
    if diagnostic.sample:
        help += f"; right: {diagnostic.sample}"
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "level": diagnostic.severity,
        "message": {"text": diagnostic.message + help},
        "locations": [_location(diagnostic.span)],
        "relatedLocations": [{**_location(label.span), "message": {"text": label.text}} for label in diagnostic.labels],
    }
    if diagnostic.edits:
        result["fixes"] = [_fix(edit) for edit in diagnostic.edits]
    return result


def _fix(edit: Edit) -> dict[str, object]:
    """An edit as a program can apply it; whether to ask first stands in its description."""
    place = _location(edit.span)["physicalLocation"]
    assert isinstance(place, dict)
    replacement = {"deletedRegion": place["region"], "insertedContent": {"text": edit.replacement}}
    said = f"write `{edit.replacement}`" if edit.replacement else "leave it out"
    asked = "" if edit.applicability == "safe" else " (changes what is meant: look at it first)"
    change = {"artifactLocation": place["artifactLocation"], "replacements": [replacement]}
    return {"description": {"text": said + asked}, "artifactChanges": [change]}


def _location(span: Span) -> dict[str, object]:
    line, column = line_column(span.source, span.start)
    end_line, end_column = line_column(span.source, span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(span.source.name)}, "region": region}}
