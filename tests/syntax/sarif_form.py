"""What SARIF 2.1.0 requires of the parts of a log that we write, by the names of its schema's definitions.

Of each definition: the properties it allows, which of them it requires, and what each holds; written from the OASIS
standard, so that a log can be checked without the network. Like the schema, it lets no other property stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

LEVELS = frozenset(("none", "note", "warning", "error"))

# definition: (required, what each property holds); a list holds what stands in it, a frozenset the words it may be
FORM: Mapping[str, tuple[frozenset[str], Mapping[str, object]]] = {
    "sarifLog": (frozenset(("version", "runs")), {"$schema": str, "version": frozenset(("2.1.0",)), "runs": ["run"]}),
    "run": (
        frozenset(("tool",)),
        {"tool": "tool", "results": ["result"], "columnKind": frozenset(("utf16CodeUnits", "unicodeCodePoints"))},
    ),
    "tool": (frozenset(("driver",)), {"driver": "toolComponent"}),
    "toolComponent": (
        frozenset(("name",)),
        {"name": str, "version": str, "informationUri": str, "rules": ["reportingDescriptor"]},
    ),
    "reportingDescriptor": (
        frozenset(("id",)),
        {
            "id": str,
            "name": str,
            "shortDescription": "multiformatMessageString",
            "fullDescription": "multiformatMessageString",
            "help": "multiformatMessageString",
            "defaultConfiguration": "reportingConfiguration",
        },
    ),
    "multiformatMessageString": (frozenset(("text",)), {"text": str, "markdown": str}),
    "reportingConfiguration": (frozenset(), {"level": LEVELS}),
    "result": (
        frozenset(("message",)),
        {
            "ruleId": str,
            "level": LEVELS,
            "message": "message",
            "locations": ["location"],
            "relatedLocations": ["location"],
            "fixes": ["fix"],
        },
    ),
    "message": (frozenset(("text",)), {"text": str}),  # or an id of a text elsewhere, which we never write
    "location": (frozenset(), {"physicalLocation": "physicalLocation", "message": "message"}),
    "physicalLocation": (
        frozenset(("artifactLocation",)),
        {"artifactLocation": "artifactLocation", "region": "region"},
    ),
    "artifactLocation": (frozenset(), {"uri": str}),
    "region": (frozenset(), {"startLine": int, "startColumn": int, "endLine": int, "endColumn": int}),
    "fix": (frozenset(("artifactChanges",)), {"description": "message", "artifactChanges": ["artifactChange"]}),
    "artifactChange": (
        frozenset(("artifactLocation", "replacements")),
        {"artifactLocation": "artifactLocation", "replacements": ["replacement"]},
    ),
    "replacement": (frozenset(("deletedRegion",)), {"deletedRegion": "region", "insertedContent": "artifactContent"}),
    "artifactContent": (frozenset(), {"text": str}),
}


def slips(value: object, form: object = "sarifLog", place: str = "$") -> Iterator[str]:
    """Where a log is not what the standard requires."""
    if isinstance(form, list):
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        for number, each in enumerate(value):
            yield from slips(each, form[0], f"{place}[{number}]")
    elif isinstance(form, frozenset):
        if value not in form:
            yield f"{place} is {value!r}"
    elif form is int:  # of a region: lines and columns are counted from 1
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            yield f"{place} is {value!r}"
    elif form is str:
        if not isinstance(value, str):
            yield f"{place} is {value!r}"
    elif not isinstance(value, dict):
        yield f"{place} is no object"
    else:
        required, properties = FORM[str(form)]
        yield from (f"{place} lacks {name}" for name in sorted(required - value.keys()))
        for name, held in value.items():
            if name not in properties:
                yield f"{place} has {name}"
            else:
                yield from slips(held, properties[name], f"{place}.{name}")
