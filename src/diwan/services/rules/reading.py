"""A workbook's file into sheets of plain text: .xlsx, .xls, or its twin in Markdown.

What the file is is judged by its content, and the name must agree. Nothing of it is unpacked before
its table of contents says that it is of a sound size, and reading stops where a sheet is too long.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XLRDError, open_workbook
from xlrd.xldate import xldate_as_datetime

from .markdown import tables_of
from .sheets import KNOWN, Row, Sheet, Sheets, Unreadable

MOST_BYTES = 10_000_000
MOST_UNPACKED = 60_000_000
MOST_PARTS = 2_000
MOST_ROWS = 20_000
MOST_ROWS_WRITTEN = 100_000
"""Also empty ones: the library goes through all of them where a sheet does not say its size."""
MOST_COLUMNS = 200
MOST_CELLS = 400_000
LONGEST_CELL = 32_767
EMPTY_ROWS = 1_000
"""After so many empty rows nothing is expected any more (formatted sheets end never)."""
EMPTY_COLUMNS = 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_VBA_IN_OLE = "_VBA_PROJECT".encode("utf-16-le")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ROW = re.compile(rb"[<:]row[ >/]")
_BLANKS = re.compile(r" +")
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
    InvalidFileException,
    XLRDError,
)
"""What the two libraries raise on files that are broken or made to break them."""


def read_workbook(content: bytes, name: str) -> Sheets:
    """The sheets of a workbook; `name` is the file's. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large", size=str(MOST_BYTES // 1_000_000))
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in {"xlsm", "xltm", "xlsb", "xlam", "xla"}:
        raise Unreadable("macro")
    kind, read = _kind_of(content)
    if ending not in {"xlsx": ("xlsx",), "xls": ("xls",)}.get(kind, ("md", "markdown", "txt")):
        raise Unreadable("not_its_type" if ending in {"xlsx", "xls", "md"} else "type", name=name)
    try:
        sheets = read(content)
    except Unreadable:
        raise
    except _BROKEN as error:
        raise Unreadable("broken", name=name) from error
    if not sheets:
        raise Unreadable("no_sheet", name=name)
    return sheets


def _kind_of(content: bytes) -> tuple[str, Callable[[bytes], Sheets]]:
    if content.startswith(b"PK\x03\x04"):
        return "xlsx", _read_xlsx
    if content.startswith(_OLE):
        return "xls", _read_xls
    return "md", _read_markdown


def _read_markdown(content: bytes) -> Sheets:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not_a_workbook") from error
    if "\x00" in text:
        raise Unreadable("not_a_workbook")
    return _sheets_of((name, iter(rows)) for name, rows in tables_of(text))


def _read_xlsx(content: bytes) -> Sheets:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _guard(archive)
    with warnings.catch_warnings():
        # The library says which parts of a workbook it leaves aside: pictures, rules, extensions.
        warnings.simplefilter("ignore", UserWarning)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return _sheets_of((sheet.title, _xlsx_rows(sheet)) for sheet in book.worksheets)
        finally:
            book.close()


def _guard(archive: zipfile.ZipFile) -> None:
    """Raise Unreadable for macros, bombs and declarations, before anything is parsed."""
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Unreadable("macro")
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise Unreadable("not_a_workbook")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        sheets = [p for p in parts if p.filename.lower().startswith("xl/worksheets/")]
        if sum(part.file_size for part in sheets) > MOST_UNPACKED // 2:
            raise Unreadable("too_many_rows", rows=str(MOST_ROWS))
        raise Unreadable("bomb", size=str(MOST_UNPACKED // 1_000_000))
    for part, name in zip(parts, names, strict=True):
        if name.endswith((".xml", ".rels")):
            _guard_part(archive, part)


def _guard_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No declarations: they are all that entities and foreign files can come in by. Few rows."""
    last, rows = b"", 0
    with archive.open(part) as stream:
        while piece := stream.read(1 << 20):
            start = piece.lstrip(b"\xef\xbb\xbf \t\r\n")[:2]
            # With two bytes a letter what follows could not be searched.
            if not last and (start[:1] != b"<" or start[1:] == b"\x00"):
                raise Unreadable("entities")
            if b"<!DOCTYPE" in last + piece or b"<!ENTITY" in last + piece:
                raise Unreadable("entities")
            rows += _ROW.subn(b"", piece)[1]
            if rows > MOST_ROWS_WRITTEN:
                raise Unreadable("too_many_rows", rows=str(MOST_ROWS))
            last = piece[-16:]


def _xlsx_rows(sheet: Any) -> Iterator[Sequence[object]]:
    sheet.reset_dimensions()
    rows: Iterator[Sequence[object]] = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    return rows


def _read_xls(content: bytes) -> Sheets:
    if _VBA_IN_OLE in content:
        raise Unreadable("macro")
    book = open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True)
    try:
        return _sheets_of(
            (name, _xls_rows(book, name)) for name in book.sheet_names() if isinstance(name, str)
        )
    finally:
        book.release_resources()


def _xls_rows(book: Any, name: str) -> Iterator[Sequence[object]]:
    sheet = book.sheet_by_name(name)
    for place in range(sheet.nrows):
        yield [_xls_value(cell, book.datemode) for cell in sheet.row(place)]


def _xls_value(cell: Any, datemode: int) -> object:
    if cell.ctype == XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == XL_CELL_ERROR:
        return None
    if cell.ctype == XL_CELL_DATE:
        moment = xldate_as_datetime(cell.value, datemode)
        return moment.time() if cell.value < 1 else moment
    return cell.value


def _sheets_of(tables: Iterable[tuple[str, Iterator[Sequence[object]]]]) -> Sheets:
    """The sheets we know; a workbook's only sheet is its survey, whatever it is called."""
    named = list(tables)
    found, others, cells = [], [], 0
    for title, rows in named:
        name = title.strip().lower()
        if name not in KNOWN and len(named) > 1:
            others.append(title)
            continue
        sheet = _sheet(name if name in KNOWN else "survey", rows)
        cells += sum(len(row.cells) for row in sheet.rows)
        if cells > MOST_CELLS:
            raise Unreadable("too_many_cells", cells=str(MOST_CELLS))
        found.append(sheet)
    return Sheets(found, others)


def _sheet(name: str, rows: Iterator[Sequence[object]]) -> Sheet:
    headings = _headings(name, next(rows, ()))
    first = {heading: place for place, heading in reversed(headings)}
    columns = {place: heading for place, heading in headings if first[heading] == place}
    twice = [heading for place, heading in headings if first[heading] != place]
    return Sheet(name, tuple(columns.values()), tuple(_rows(name, columns, rows)), tuple(twice))


def _headings(name: str, first: Sequence[object]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for place, value in enumerate(first):
        heading = _BLANKS.sub(" ", text_of(value).replace("\n", " ")).strip()
        if heading:
            found.append((place, heading))
        elif place - (found[-1][0] if found else 0) > EMPTY_COLUMNS:
            break
    if found and found[-1][0] >= MOST_COLUMNS:
        raise Unreadable("too_many_columns", sheet=name, columns=str(MOST_COLUMNS))
    return found


def _rows(name: str, columns: dict[int, str], rows: Iterator[Sequence[object]]) -> Iterator[Row]:
    empty = 0
    for number, values in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            raise Unreadable("too_many_rows", sheet=name, rows=str(MOST_ROWS))
        cells = {}
        for place, column in columns.items():
            text = text_of(values[place]) if place < len(values) else ""
            if text:
                cells[column] = text
        if cells and not text_of(values[0]).startswith("#"):
            yield Row(number, cells)
        empty = 0 if cells else empty + 1
        if empty > EMPTY_ROWS:
            return


def text_of(value: object) -> str:
    """A cell's value as text, as form tools write it: 1 for 1.0, TRUE, ISO dates.

    >>> text_of(1.0), text_of(True), text_of(" a\u00a0b ")
    ('1', 'TRUE', 'a b')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value)[:LONGEST_CELL].replace("\u00a0", " ").replace("\r\n", "\n")
    return _UNSEEN.sub("", text).strip()


def first_rows(sheet: Sheet) -> list[dict[str, str]]:
    """The rows as form tools want them, row 2 first; rows that say nothing are empty."""
    last = sheet.rows[-1].number if sheet.rows else 1
    by_number = {row.number: dict(row.cells) for row in sheet.rows}
    return [by_number.get(number, {}) for number in range(2, last + 1)]
