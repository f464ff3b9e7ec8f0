"""A zip archive or a folder -> the files in it, without unpacking anything.

The convention owned here: how much is read. Names in an archive are only names: nothing is ever
written, and what would unpack to more than the limit is refused before it is unpacked.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..errors import LogError

SUFFIXES = (
    ".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".md",
    ".markdown", ".parquet", ".db", ".sqlite", ".sqlite3",
)  # fmt: skip
_MOST_FILES = 500
_MOST_BYTES = 2 * 10**9
_TIGHTEST = 200  # times: what is packed tighter is a trap


def is_workbook(data: bytes) -> bool:
    """Return whether a zip archive is a workbook."""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except Exception:
        return True  # a broken one: the reader of workbooks says so
    return "[Content_Types].xml" in names or ("content.xml" in names and "mimetype" in names)


def members(data: bytes, file: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file in an archive that may hold a table."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = [
            info
            for info in archive.infolist()
            if not info.is_dir()
            and PurePosixPath(info.filename).suffix.lower() in SUFFIXES
            and "__MACOSX" not in info.filename
        ]
        check_size(inside, file)
        if not 0 < len(inside) <= _MOST_FILES:
            raise LogError(f"{file} holds {len(inside)} tables: give those of the log.")
        for info in inside:
            try:
                content = archive.open(info).read(info.file_size + 1)
            except Exception as error:  # what a broken archive raises is not written down
                raise LogError(f"{file}: {info.filename!r} cannot be unpacked: {error}.") from None
            if len(content) > info.file_size:
                raise LogError(f"{file}: {info.filename!r} is larger than it says.")
            yield info.filename, content


def check_size(inside: list[zipfile.ZipInfo], file: str) -> None:
    """Raise an error for files that would unpack to more than anybody packs."""
    size = sum(info.file_size for info in inside)
    packed = sum(info.compress_size for info in inside)
    if size > _MOST_BYTES or (size > 10**8 and size > _TIGHTEST * packed):
        raise LogError(f"{file} would unpack to {size:,} bytes: give the tables of the log as CSV.")


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder, and of those in it, that may hold a table."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not path.name.startswith((".", "~$"))
    ]
    if not found:
        raise LogError(f"The folder {str(folder)!r} holds no table ({', '.join(SUFFIXES)}).")
    if len(found) > _MOST_FILES:
        raise LogError(
            f"The folder {str(folder)!r} holds {len(found)} tables: give those of the log."
        )
    return found
