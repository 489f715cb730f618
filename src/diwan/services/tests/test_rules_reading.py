"""Workbooks' files: what is read of them, and what is refused before it can do harm."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date, time
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from diwan.services.rules.markdown import to_markdown
from diwan.services.rules.reading import MOST_ROWS, first_rows, read_workbook
from diwan.services.rules.sheets import Row, Sheet, Sheets, Unreadable
from diwan.services.rules.spreadsheet import to_xlsx

XML = '<?xml version="1.0" encoding="UTF-8"?>'
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u00a0")
    | st.sampled_from("\\|<\n"),
    max_size=12,
)


def book(**sheets: list[list[object]]) -> bytes:
    """An .xlsx with these sheets."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """An .xlsx with some parts put in or replaced, by their names (``__`` for a slash)."""
    new = {name.replace("__", "/").replace("_xml", ".xml"): body for name, body in parts.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        for name in old.namelist():
            if name not in new:
                to.writestr(name, old.read(name))
        for name, body in new.items():
            to.writestr(name, body)
    return out.getvalue()


def written(rows: str) -> bytes:
    """An .xlsx whose first sheet has these rows, and does not say how many."""
    kind = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = f'{XML}<worksheet xmlns="{kind}"><sheetData>{rows}</sheetData></worksheet>'
    return repacked(book(survey=[["type"]]), xl__worksheets__sheet1_xml=body.encode())


def refused(content: bytes, name: str = "form.xlsx") -> str:
    """The code under which it is refused."""
    with pytest.raises(Unreadable) as caught:
        read_workbook(content, name)
    return caught.value.code


def test_cells_are_text_as_form_tools_write_it() -> None:
    rows: list[list[object]] = [
        ["type", "label::Persian  (fa)", None, "n", "type"],
        ["integer", " سن ", "a remark", 1.0, "again"],
        [],
        ["# rem", "x"],
        [True, 2.5, None, date(2026, 3, 21)],
        ["note", time(10, 30), None, 10**6],
    ]
    sheets = read_workbook(book(Survey=rows, notes=[["x"]]), "form.XLSX")
    sheet = sheets["survey"]
    assert sheet.columns == ("type", "label::Persian (fa)", "n")
    assert sheet.twice == ("type",)
    assert [row.number for row in sheet.rows] == [2, 5, 6]
    assert [dict(row.cells) for row in sheet.rows] == [
        {"type": "integer", "label::Persian (fa)": "سن", "n": "1"},
        {"type": "TRUE", "label::Persian (fa)": "2.5", "n": "2026-03-21"},
        {"type": "note", "label::Persian (fa)": "10:30:00", "n": "1000000"},
    ]
    assert sheets.others == ("notes",)
    assert [bool(row) for row in first_rows(sheet)] == [True, False, False, True, True]


def test_what_its_name_does_not_say_is_refused() -> None:
    plain = book(survey=[["type"]])
    assert refused(plain, "form.xls") == "not_its_type"
    assert refused(plain, "form.pdf") == "type"
    assert refused(plain, "form.xlsm") == "macro"
    assert refused(b"%PDF-1.7 \xff\xfe", "form.xlsx") == "not_its_type"
    assert refused(b"\xff\xd8\xff\xe0", "form.md") == "not_a_workbook"
    assert refused(b"just words", "form.md") == "no_sheet"
    assert refused(plain[:2000]) == "broken"
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refused(empty.getvalue()) == "not_a_workbook"


def test_macros_entities_and_bombs_are_refused_before_they_are_parsed() -> None:
    plain = book(survey=[["type"]])
    assert refused(repacked(plain, **{"xl__vbaProject.bin": b"x"})) == "macro"
    laughs = f'{XML}<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    sheet = "xl__worksheets__sheet1_xml"
    assert refused(repacked(plain, **{sheet: laughs.encode()})) == "entities"
    assert refused(repacked(plain, **{sheet: laughs.encode("utf-16")})) == "entities"
    assert refused(repacked(plain, **{sheet: laughs.encode("utf-16-be")})) == "entities"
    bomb = b"<sst>" + b" " * 61_000_000
    assert refused(repacked(plain, xl__sharedStrings_xml=bomb)) == "bomb"
    assert refused(repacked(plain, **{sheet: bomb})) == "too_many_rows"


def test_five_million_rows_are_refused_in_a_second() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 400_000))
    content = written(rows)
    begun = perf_counter()
    assert refused(content) == "too_many_rows"
    assert perf_counter() - begun < 2
    assert MOST_ROWS < 400_000


def test_a_formatted_sheet_without_end_is_read_to_where_it_says_nothing() -> None:
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c></row>'
    content = written(first + '<row r="1048576"/>')
    assert read_workbook(content, "a.xlsx")["survey"].rows == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=4))
def test_the_markdown_twin_says_the_same(values: list[list[str]]) -> None:
    columns = ("type", "name", "label::fa")
    rows = []
    for number, cells in enumerate(values, start=2):
        told = {c: v.strip() for c, v in zip(columns, cells, strict=True) if v.strip()}
        if told and not told.get("type", "").startswith("#"):
            rows.append(Row(number, told))
    sheets = Sheets([Sheet("survey", columns, tuple(rows))])
    twin = read_workbook(to_markdown(sheets, "A form").encode(), "form.md")
    again = read_workbook(to_xlsx(twin), "form.xlsx")
    expected = [dict(row.cells) for row in rows]
    assert [dict(row.cells) for row in twin["survey"].rows] == expected
    assert [dict(row.cells) for row in again["survey"].rows] == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=30))
def test_a_damaged_file_is_read_or_refused(place: int, put: bytes) -> None:
    good = book(survey=[["type", "name"], ["text", "a"]], choices=[["list_name"], ["x"]])
    place %= len(good)
    with suppress(Unreadable):  # nothing else
        read_workbook(good[:place] + put + good[place + len(put) :], "a.xlsx")
