"""The texts of a rule set, as they stand in their files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span

Texts = Mapping[str, str]


def read_texts(rules: str | Path | Texts, report: Report) -> list[Source]:
    """The texts of a file, a folder, or those given by name; what cannot be read is in the report."""
    if isinstance(rules, Mapping):
        return [Source(name, text) for name, text in sorted(rules.items())]
    path = Path(rules)
    nowhere = Span(Source(str(rules), ""), 0, 0)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.rebates") if file.is_file())
        if not files:
            report.error(
                "R0703",
                nowhere,
                f"there is no `.rebates` file in `{rules}`",
                "name a folder with rule files, or a file",
            )
        return [x for file in files if (x := _read_file(file, path, report)) is not None]
    if not path.is_file():
        report.error("R0701", nowhere, f"there is no file or folder `{rules}`", "check the path")
        return []
    text = _read_file(path, path.parent, report)
    return [text] if text is not None else []


def _read_file(file: Path, folder: Path, report: Report) -> Source | None:
    name = file.relative_to(folder).as_posix()
    nowhere = Span(Source(name, ""), 0, 0)
    try:
        raw = file.read_bytes()
    except OSError as error:
        report.error(
            "R0702", nowhere, f"`{name}` cannot be read: {error.strerror}", "check the file and its permissions"
        )
        return None
    try:
        return Source(name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        report.error("R0704", nowhere, f"`{name}` is not UTF-8: line {line} has other bytes", "save the file as UTF-8")
        return None
