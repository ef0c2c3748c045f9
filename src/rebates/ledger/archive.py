"""Everything that can change a number, packed with a settlement: rule texts, tables, master data, byte by byte.

What is packed is what was loaded: rules that changed on the disk since then are refused.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from rebates.engine.book import Book, load
from rebates.engine.sources import sources_of
from rebates.ledger.errors import LedgerError

_THEN = (1980, 1, 1, 0, 0, 0)  # the same rules give the same bytes


def packed(book: Book, archive: bytes | None = None) -> bytes:
    """The files of a book, where an archive of them is not given. Raises LedgerError (R0838) where tables of it are in no file."""
    if book.tables is not None:
        raise LedgerError(
            "R0838",
            "these rules take tables from a program, which cannot be kept",
            "put the tables beside the rule files",
        )
    content = _zipped(book) if archive is None else archive
    if unpacked(content).version != book.version:
        raise LedgerError("R0838", "the rules have changed since they were loaded", "load them again")
    return content


def _zipped(book: Book) -> bytes:
    files: dict[str, bytes] = {}
    if isinstance(book.path, Mapping):
        files = {name: text.encode("utf-8", "surrogatepass") for name, text in book.path.items()}
    else:
        path = Path(book.path)
        folder = path if path.is_dir() else path.parent
        files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in sources_of(path) if file.is_file()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _THEN), files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def unpacked(archive: bytes) -> Book:
    """The book of packed files. Raises RuleErrors, or LedgerError where they are no archive."""
    try:
        with TemporaryDirectory() as folder:
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                content.extractall(folder)
            return load(folder)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise LedgerError("R0835", f"the rules that were kept cannot be read: {error}", "restore the ledger") from None
