"""The files of a version as one archive: what a version was made of, as it was, for replay and for other machines."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

from rebates.engine.sources import sources_of

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes
MOST_BYTES = 512 * 1024 * 1024  # of an archive unpacked


def archive_of(path: Path) -> bytes:
    """The archive of a rule file or folder. Raises OSError."""
    folder = path if path.is_dir() else path.parent
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in filter(Path.is_file, sources_of(path)):
            info = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
            archive.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED)
        archive.comment = b"" if path.is_dir() else path.name.encode()
    return made.getvalue()


def unpack(sources: bytes, folder: Path) -> Path:
    """Writes the files into a folder; what to load there."""
    with zipfile.ZipFile(io.BytesIO(sources)) as archive:
        if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
            raise ValueError("the archive is too large")
        for info in archive.infolist():
            name = PurePosixPath(info.filename)
            if name.is_absolute() or ".." in name.parts:
                raise ValueError(f"the archive holds `{info.filename}`")
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(archive.read(info))
        return folder / archive.comment.decode() if archive.comment else folder


def texts_of(sources: bytes) -> dict[str, str]:
    """The files by name; those that are no text (Parquet, XLSX) are left out."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(sources)) as archive:
        for info in archive.infolist():
            try:
                found[info.filename] = archive.read(info).decode("utf-8")
            except UnicodeDecodeError:
                continue
    return found
