"""Writes the values that examples came to into the rule files, token by token; everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rebates.syntax.source import Span
from rebates.tools.examples import Result
from rebates.tools.expectations import Check


class FileChanged(Exception):
    """A file is no longer what was tested: its numbers have moved, and nothing was written."""


def updates(results: Iterable[Result]) -> list[Check]:
    """The failed expectations whose value can be rewritten so that they hold."""
    return [check for result in results for check in result.checks if not check.ok and check.rewrite]


def write(root: Path, checks: Iterable[Check]) -> list[Path]:
    """Rewrites the value tokens in their files and gives the files changed. Raises FileChanged before anything is written."""
    by_file: dict[str, list[tuple[Span, str]]] = {}
    for check in checks:
        assert check.token is not None and check.rewrite
        by_file.setdefault(check.token.source.name, []).append((check.token, check.rewrite))
    changed: dict[Path, bytes] = {}
    for name, edits in sorted(by_file.items()):
        path = root / name if root.is_dir() else root
        text = edits[0][0].source.text
        raw, plain = path.read_bytes(), text.encode("utf-8")
        if not raw.endswith(plain) or raw[: len(raw) - len(plain)] not in (b"", b"\xef\xbb\xbf"):
            raise FileChanged(f"`{name}` has changed since it was tested")
        for span, value in sorted(edits, key=lambda edit: -edit[0].start):
            text = text[: span.start] + value + text[span.end :]
        changed[path] = raw[: len(raw) - len(plain)] + text.encode("utf-8")
    for path, content in changed.items():
        path.write_bytes(content)
    return list(changed)
