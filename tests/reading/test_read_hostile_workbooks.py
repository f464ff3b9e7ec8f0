"""Workbooks that are locked, damaged, or a trap: one clear error, in little time and memory."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import openpyxl
import pytest
from office_files import SECTOR, cell, compound, ods, row, xls

import followup_analysis as fa
from followup_analysis import LogError
from followup_analysis.reading import read_log

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["Company", "Applied", "Status"], ["Acme", "2026-01-05", "Rejected"]]


@pytest.fixture(autouse=True)
def in_bounded_time():
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 20


@pytest.fixture(scope="module")
def xlsx():
    book = openpyxl.Workbook()
    for line in ROWS:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(data, old, new, name=SHEET):
    """Return a workbook in which a text of one of its files is another."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for each in before.namelist():
            content = before.read(each)
            assert each != name or old in content
            after.writestr(each, content.replace(old, new) if each == name else content)
    return file.getvalue()


def refused(data, match):
    with pytest.raises(LogError, match=match) as caught:
        read_log(io.BytesIO(data))
    return str(caught.value)


def test_encrypted_workbook_says_how_to_unlock_it():
    told = refused(compound("EncryptedPackage", bytes(5000)), "protected by a password")
    assert "save the sheet as CSV" in told


def test_old_workbook_is_read():
    log = read_log(io.BytesIO(xls(ROWS)))
    assert log.events[["kind", "sheet", "line"]].to_numpy().tolist() == [["rejection", "Jobs", 2]]
    for end in (30, 100, 600, 1100, 1600):
        refused(xls(ROWS)[:end], "damaged, or not whole")


def test_old_workbook_that_is_locked_or_a_trap():
    refused(xls(ROWS, (0x2F, bytes(6))), "protected by a password")
    far = struct.pack("<4HB", 65535, 65535, 0, 1, 0) + b"x"
    refused(xls(ROWS, (0x204, far)), "so far apart")
    run = struct.pack("<3H", 65000, 0, 0) + bytes(6) + struct.pack("<H", 9999)
    refused(xls(ROWS, (0xBD, run)), "so far apart")
    endless = bytearray(xls(ROWS))
    endless[SECTOR + 4 * 4 : SECTOR + 4 * 5] = struct.pack("<I", 3)  # leads back
    refused(bytes(endless), "damaged")


@pytest.mark.parametrize("part", [0.05, 0.5, 0.99])
def test_half_a_workbook_is_said_to_be_so(xlsx, part):
    refused(xlsx[: int(part * len(xlsx))], "damaged, or not whole.*copy it anew")


@pytest.mark.parametrize("place", ["XFD1048576", "A99999999999", "ZZZZZZZ2", "z" * 5000 + "2"])
def test_cells_far_apart_are_refused_before_there_is_made_room_for_them(xlsx, place):
    far = changed(xlsx, b'r="B2"', b"z='>' r = '" + place.encode() + b"'")
    refused(far, "so far apart")


def test_what_looks_like_a_place_in_a_text_is_none(xlsx):
    data = changed(xlsx, b">Acme<", b'>r="XFD1048576" &lt;c r="XFD1048576"<')
    assert read_log(io.BytesIO(data)).applications["company"].str.startswith('r="XFD').all()


def test_ods_that_repeats_a_cell_without_end_is_refused():
    full, many = 'table:number-columns-repeated="16384"', 'table:number-rows-repeated="1048570"'
    head = row(cell("Company") + cell("Applied"))
    acme = row(cell("Acme") + cell("2026-01-05"))
    refused(ods(head + acme + row(cell("x", full), many)), "so far apart")
    # An empty sheet is written in the same way, and is none.
    empty = row(f"<table:table-cell {full}/>", many)
    assert len(read_log(io.BytesIO(ods(head + acme + empty))).applications) == 1


def test_merged_cells_that_overlap_without_end_are_refused(xlsx):
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:A2"/>' * 10_000 + b"</mergeCells>"
    refused(changed(xlsx, b"</sheetData>", merged), "overlap")


def test_workbook_that_unpacks_to_far_too_much_is_refused(xlsx):
    refused(changed(xlsx, b"Acme", b"A" * 150_000_000), "would unpack to 150,")


def test_entities_are_not_expanded(xlsx):
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
    data = changed(changed(xlsx, b"<worksheet", entities), b"Acme", b"&b;")
    refused(data, "damaged")


def test_binary_workbook_is_refused(xlsx):
    file = io.BytesIO(xlsx)
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr("xl/workbook.bin", b"")
    refused(file.getvalue(), "save it as XLSX")


def test_trap_is_no_written_log_either(xlsx, tmp_path):
    path = tmp_path / "log.xlsx"
    path.write_bytes(changed(xlsx, b'r="B2"', b'r="XFD1048576"'))
    with pytest.raises(LogError, match="log.xlsx has cells so far apart"):
        read_log(path)


def test_what_kills_the_library_is_an_error_of_the_file(xlsx, monkeypatch):
    class PanicException(BaseException):
        pass

    def die(file):
        raise PanicException("capacity overflow")

    monkeypatch.setattr("python_calamine.CalamineWorkbook.from_filelike", die, raising=True)
    refused(xlsx, r"damaged.*capacity overflow")


def test_workbook_and_database_with_nothing_in_them():
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    refused(file.getvalue(), "every sheet is empty")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("jobs.xlsx", file.getvalue())
    refused(packed.getvalue(), "every sheet is empty")


def test_written_log_still_comes_back(tmp_path, xlsx):
    log = read_log(io.BytesIO(xlsx))
    path = fa.write_log(log, tmp_path / "log.xlsx")
    assert read_log(path).applications["company"].tolist() == ["Acme"]
