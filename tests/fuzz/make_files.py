"""The seed files of the fuzzer: one of each kind and oddity, all made up.

The convention owned here: a name says what is odd about a file; one that begins with ``bad_`` is
no log, and must be one clear error.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import sys
import zipfile
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "files"
ROWS = [
    ["Company", "Role", "Applied", "Interview", "Follow-up sent", "Status", "Notes"],
    ["Acme", "Clerk", "2026-01-05", "2026-01-12", "2026-01-13", "Rejected", "called, no answer"],
    ["Bölt", "Nurse", "2026-01-06", "", "", "Ghosted 👻", "followed up 2026-01-20"],
]
EVENTS = [{"status": "interview", "date": "2026-01-12"}, {"status": "offer", "date": "2026-02-01"}]
RECORD = {"company": "Acme", "role": "Clerk", "applied": "2026-01-05", "events": EVENTS}
TEXTS = {
    "dates_without_year.csv": "company,applied,interview\nA,12-Dec,8-Jan\nB,2026-02-01,9 Feb\n",
    "days_first.csv": "Firma;Beworben am;Absage am\nA;13.1.2026;2.2.2026\nB;14/1/2026;\n",
    "months_first.csv": "company,date,status\nA,1/13/2026,Inter + Rejec\nB,1/4/26 8:15 AM,oa\n",
    "two_dates.csv": "company,interview\nA,2026-01-05 & 2026-01-12\nB,46031\nC,Before 2026\n",
    "preamble.csv": "Jobs,,\nExported 2026-03-31,,\n,,\ncompany,applied,status\nA,2026-01-05,\n",
    "ragged.csv": "company,applied,notes\nA,2026-01-05,called, nobody there\n,,,two weeks off\nB\n",
    "open_quote.csv": 'company,applied,notes\nA,2026-01-05,"never closed\nB,2026-01-06,\n',
    "quoted_lines.csv": 'company,applied,notes\nA,2026-01-05,"one\ntwo, three"\n',
    "formulas.csv": "company,applied,notes\n=1+1,2026-01-05,@SUM(A1)\n-A,2026-01-06,\n",
    "long_word.csv": f"company,applied,status\nA,2026-01-05,{'rejected and ' * 40}\n",
    "rounds.csv": "company,interview 1 date,interview 1 result,round 2 date,round 2 type\n"
    "A,2026-01-05,passed,2026-01-12,onsite\n",
    "ticks.csv": "company,applied,follow-up due,thank you sent\nA,2026-01-05,2026-01-09 ✓,yes\n",
    "ratings.csv": "company,date,stress,control\nA,2026-01-05,7/10,3\nB,2026-01-06,12,?\n",
    "event_list.csv": "company,date,event,how\nA,2026-01-05,applied,\nA,2026-01-09,follow up,call",
    "ids.csv": "id,company,applied,status\n1,A,2026-01-05,applied\n1,B,2026-01-06,offer declined\n",
    "table.md": "# Jobs\n\n| Company | Applied | Status |\n|---|---|---|\n| A | 2026-01-05 | oa |\n"
    "\nnext #1 2026-02-01\n",
    "records.json": json.dumps([RECORD, {"company": "B", "applied": 1e999}, 3, None]),
    "nested.json": json.dumps({"data": {"jobs": [{"employer": {"name": "A"}} | RECORD]}}),
    "half_character.json": '[{"company": "A\\ud800", "applied": "2026-01-05"}]',
    "lines.jsonl": "\n".join(json.dumps(RECORD) for _ in range(2)),
    "bad_half.json": '[{"company": "A", "applied": "2026-01-',
    "bad_deep.json": "[" * 400,
    "bad_question.csv": "company,applied\nA,3/4/2026\nB,5/6/2026\n",
    "bad_bank.csv": "booked,amount,purpose\n2026-01-05,-12.50,bread\n",
    "bad_page.html": "<html><table><tr><td>company</td></tr></table></html>",
    "bad_header_only.csv": "\n",
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in (TEXTS | encodings() | packed()).items():
        data = content.encode() if isinstance(content, str) else content
        (FOLDER / name).write_bytes(data)


def text_of(delimiter: str, end: str = "\n") -> str:
    lines = [delimiter.join(f'"{c}"' if delimiter in c else c for c in row) for row in ROWS]
    return end.join(lines) + end


def encodings() -> dict[str, bytes]:
    plain = text_of(",")
    return {
        "commas.csv": plain.encode(),
        "semicolons.csv": text_of(";", "\r\n").encode("utf-8-sig"),
        "tabs.tsv": text_of("\t", "\r").encode("utf-16"),
        "pipes.txt": text_of("|").encode("utf-16-le", "replace"),
        "windows.csv": plain.replace("👻", "").encode("cp1252"),
        "bad_nul.csv": plain.replace("Nurse", "Nu\0rse").encode(),
        "bad_bytes.bin": bytes(range(256)),
        "bad_picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(20),
        "bad_empty.csv": b"\xef\xbb\xbf \n",
    }


def packed() -> dict[str, bytes]:
    sys.path.insert(0, str(Path(__file__).parents[1] / "reading"))
    from office_files import cell, compound, ods, row, xls

    frame = pd.DataFrame(ROWS[1:], columns=ROWS[0])
    book, parquet, archive = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.to_excel(book, index=False, sheet_name="Jobs")
    frame.to_parquet(parquet, index=False)
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../jobs.csv", text_of(","))
        file.writestr("follow-ups.csv", "company,date,channel\nAcme,2026-01-14,call\n")
    book, archive = undated(book), undated(archive)
    latin = [[cell.encode("latin-1", "ignore").decode("latin-1") for cell in row] for row in ROWS]
    return {
        "book.xlsx": book.getvalue(),
        "old_book.xls": xls(latin),
        "book.ods": undated(
            io.BytesIO(ods("".join(row("".join(map(cell, each))) for each in ROWS)))
        ).getvalue(),
        "bad_locked.xlsx": compound("EncryptedPackage", b""),
        "bad_half.xlsx": book.getvalue()[:2000],
        "table.parquet": parquet.getvalue(),
        "bad_half.parquet": parquet.getvalue()[:-20],
        "table.db": database(),
        "bad_half.db": database()[:700],
        "archive.zip": archive.getvalue(),
        "bad_half.zip": archive.getvalue()[:-30],
        "bad_places.zip": b"PK\3\4" + archive.getvalue()[60:],
    }


def undated(archive: io.BytesIO) -> io.BytesIO:
    """Return the same archive, made at no time: it is the same whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-01-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA page_size = 512")
    marks = ", ".join("?" * len(ROWS[0]))
    connection.execute(f"CREATE TABLE jobs ({', '.join(map(repr, ROWS[0]))})")
    connection.executemany(f"INSERT INTO jobs VALUES ({marks})", ROWS[1:])
    connection.commit()
    return connection.serialize()


if __name__ == "__main__":
    main()
