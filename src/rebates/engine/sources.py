"""What a rule set is read from, and a hash of its bytes, so that unchanged files need not be read anew."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from rebates.model.master import SCHEMAS
from rebates.model.read_tables import SUFFIXES, confined

Rules = str | Path | Mapping[str, str]

_TABLE_FILE = re.compile(rb'"([^"\n]+(?:%s))"' % "|".join(map(re.escape, SUFFIXES)).encode(), re.IGNORECASE)


def fingerprint(rules: Rules) -> str | None:
    """A hash of the rule files, of the tables that they name and of the master data; None where there are no files."""
    if isinstance(rules, Mapping):
        return None
    path = Path(rules)
    folder = path if path.is_dir() else path.parent
    try:
        contents = {file: file.read_bytes() for file in _texts(path)}
        digests = {str(file): hashlib.sha256(content).hexdigest() for file, content in contents.items()}
        for file in sorted(_tables(folder, contents.values())):
            digests[str(file)] = _digest(file) if file.is_file() else ""
    except OSError:
        return None
    return hashlib.sha256("\n".join(f"{name} {digest}" for name, digest in digests.items()).encode()).hexdigest()


def sources_of(path: Path) -> list[Path]:
    """The rule files of a file or folder, then every file that can be one of their tables, there or not."""
    texts, folder = _texts(path), path if path.is_dir() else path.parent
    return [*texts, *sorted(_tables(folder, [text.read_bytes() for text in texts]))]


def _texts(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*.rebates") if file.is_file()) if path.is_dir() else [path]


def _tables(folder: Path, texts: Iterable[bytes]) -> set[Path]:
    """Every file that can be a table: those of master data by their names, and whatever a text names in quotes."""
    found = {folder / f"{name}{suffix}" for name in SCHEMAS for suffix in SUFFIXES}
    for text in texts:
        for quoted in _TABLE_FILE.findall(text):
            name = quoted.decode("utf-8", "replace")
            if name.casefold().endswith(SUFFIXES) and (file := confined(folder, name)) is not None:
                found.add(file)
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
