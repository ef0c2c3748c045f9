"""What was worked out is kept between starts, in a folder of the user's own: parse tables, and rules already checked.

What is kept holds data only and is trusted only where nobody else can have written it: the folder and the file belong to the
user, and neither group nor others may write them. A file that is foreign, cut short, damaged or of another version of
the engine counts as not there. Writers replace whole files, so that one never reads half of another's.

`REBATES_CACHE` names another folder; `REBATES_CACHE=off` keeps nothing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

MOST_FILES = 64  # the least recently written go first
MOST_BYTES = 1_000_000_000  # of all files together
_MAGIC = b"rebates kept 1\n"
_DIGEST = 32


def folder() -> Path | None:
    """Where things are kept; None where nothing is."""
    said = os.environ.get("REBATES_CACHE", "")
    if said.casefold() in ("off", "0", "no"):
        return None
    if said:
        return Path(said)
    try:
        if sys.platform == "win32":
            base = os.environ.get("LOCALAPPDATA")
            return Path(base) / "rebates" / "cache" if base else None
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "rebates"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rebates"
    except RuntimeError:  # nobody's home
        return None


@cache
def engine() -> str:
    """What this engine is: its version, that of Python, and the sizes and times of its own files."""
    top = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(f"{metadata.version('rebates')} {sys.version}".encode())
    for path in sorted((*top.rglob("*.py"), *top.rglob("*.lark"))):
        about = path.stat()
        digest.update(f"{path.relative_to(top)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def key_of(*parts: str) -> str:
    """A name for what was worked out from these parts by this engine."""
    return hashlib.sha256("\n".join((engine(), *parts)).encode("utf-8", "surrogatepass")).hexdigest()


def read(kind: str, key: str) -> bytes | None:
    """What is kept under a key; None if it is not there, or cannot be trusted."""
    top = folder()
    if top is None:
        return None
    try:
        if not _is_own(os.lstat(top), stat.S_ISDIR):
            return None
        descriptor = os.open(
            top / f"{kind}-{key}", os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        )
        with os.fdopen(descriptor, "rb") as file:
            if not _is_own(os.fstat(descriptor), stat.S_ISREG):
                return None
            whole = file.read()
    except (OSError, ValueError):
        return None
    start = len(_MAGIC) + _DIGEST
    content = memoryview(whole)[start:]
    sound = whole.startswith(_MAGIC) and whole[len(_MAGIC) : start] == _digest(key, content)
    return bytes(content) if sound else None


def write(kind: str, key: str, content: bytes) -> None:
    """Keeps something. Where that cannot be done nothing is kept, and nothing is said."""
    top = folder()
    if top is None:
        return
    with suppress(OSError, ValueError):
        top.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(os.lstat(top), stat.S_ISDIR):
            return
        descriptor, name = tempfile.mkstemp(prefix=".new-", dir=top)  # readable by the user alone
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + _digest(key, memoryview(content)))
                file.write(content)
            Path(name).replace(top / f"{kind}-{key}")
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _prune(top)


def _digest(key: str, content: memoryview) -> bytes:
    """Of the content and the key, so that a file under another's name is not taken for it."""
    digest = hashlib.blake2b(key.encode(), digest_size=_DIGEST)
    digest.update(content)
    return digest.digest()


def _is_own(about: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Whether a file or folder is the user's, of the right kind, and nobody else may write it."""
    if not kind(about.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True  # the rights of the user's profile guard it
    return about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _prune(top: Path) -> None:
    """Lets the oldest files go where there are too many."""
    there: list[tuple[os.stat_result, Path]] = []
    for path in top.iterdir():
        with suppress(FileNotFoundError):  # another process tidies up, too
            there.append((path.lstat(), path))
    there.sort(key=lambda pair: -pair[0].st_mtime_ns)
    size = 0
    for number, (about, path) in enumerate(there):
        size += about.st_size
        if number >= MOST_FILES or size > MOST_BYTES:
            path.unlink(missing_ok=True)
