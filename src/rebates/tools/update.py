"""Writes the values that examples came to into the rule files, token by token; everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rebates.syntax.source import Span
from rebates.tools.examples import Check, Result


def updates(results: Iterable[Result]) -> list[Check]:
    """The failed expectations whose value can be rewritten."""
    return [
        check
        for result in results
        for check in result.checks
        if not check.ok
        and check.token is not None
        and check.got not in ("nothing", "unknown")
        and not check.got.startswith("about")
    ]


def write(root: Path, checks: Iterable[Check]) -> list[Path]:
    """Rewrites the value tokens in their files and gives the files changed."""
    by_file: dict[str, list[tuple[Span, str]]] = {}
    for check in checks:
        assert check.token is not None
        by_file.setdefault(check.token.source.name, []).append((check.token, check.got))
    changed = []
    for name, edits in sorted(by_file.items()):
        path = root / name if root.is_dir() else root
        text = edits[0][0].source.text
        raw = path.read_bytes()
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        for span, value in sorted(edits, key=lambda edit: -edit[0].start):
            text = text[: span.start] + value + text[span.end :]
        path.write_bytes(mark + text.encode("utf-8"))
        changed.append(path)
    return changed
