"""Rows of text -> the bytes of an ODS workbook, one of before 2007, or an encrypted one.

The convention owned here: the least that such a file needs (OpenDocument, MS-CFB, MS-XLS).
"""

from __future__ import annotations

import io
import struct
import zipfile

SECTOR = 512
FREE, END, FAT, NO_ENTRY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def compound(name: str, stream: bytes) -> bytes:
    """Return a compound file with one stream of at least 4096 bytes, in the sectors behind."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % SECTOR)
    n_sectors = len(stream) // SECTOR
    header = struct.pack(
        "<8s16s5H6x9I", bytes.fromhex("d0cf11e0a1b11ae1"), b"", 62, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, END, 0, END, 0,
    ) + struct.pack("<109I", 0, *[FREE] * 108)  # fmt: skip
    chain = [FAT, END, *range(3, n_sectors + 2), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    entries = _entry("Root Entry", 5, 1, END, 0) + _entry(name, 2, NO_ENTRY, 2, len(stream))
    return header + table + entries.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    links = struct.pack("<HBB3I", len(text) + 2, kind, 1, NO_ENTRY, NO_ENTRY, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def xls(rows: list[list[str]], *more: tuple[int, bytes]) -> bytes:
    """Return a workbook with one sheet of text, and further records in it."""
    start = _record(0x809, struct.pack("<4H2I", 0x600, 5, 0, 0, 0, 0))
    name = b"\x04\x00Jobs"
    body = _record(0x809, struct.pack("<4H2I", 0x600, 16, 0, 0, 0, 0))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            text = cell.encode("latin-1")
            body += _record(0x204, struct.pack("<4HB", at, column, 0, len(text), 0) + text)
    body += b"".join(_record(kind, data) for kind, data in more)
    place = len(start) + 4 + 6 + len(name) + 4
    sheet = _record(0x85, struct.pack("<IH", place, 0) + name)
    return compound("Workbook", start + sheet + _record(0xA, b"") + body + _record(0xA, b""))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<2H", kind, len(data)) + data


def ods(rows: str) -> bytes:
    """Return a workbook with one sheet, from the XML of its rows."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Jobs">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", kind)
        packed.writestr("content.xml", content)
        packed.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{space}">{entry}</manifest:manifest>',
        )
    return file.getvalue()


def cell(text: str, more: str = "") -> str:
    """Return the XML of a cell of text."""
    typed = f'<table:table-cell office:value-type="string" {more}>'
    return f"{typed}<text:p>{text}</text:p></table:table-cell>"


def row(cells: str, more: str = "") -> str:
    """Return the XML of a row."""
    return f"<table:table-row {more}>{cells}</table:table-row>"
