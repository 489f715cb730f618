"""Sheets written as an .xlsx that people can go on with."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .sheets import KNOWN, Sheet

NARROW, WIDE = 12, 60


def to_xlsx(sheets: Mapping[str, Sheet]) -> bytes:
    """The sheets as a workbook; every cell is text, so that nothing is taken for a formula."""
    book = Workbook(write_only=True)
    for name in KNOWN:
        if name in sheets:
            _write(book.create_sheet(name), sheets[name])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(to: Any, sheet: Sheet) -> None:
    to.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns, start=1):
        longest = max([len(column), *(len(row.cells.get(column, "")) for row in sheet.rows)])
        to.column_dimensions[get_column_letter(place)].width = min(max(longest, NARROW), WIDE)
    to.append([_cell(to, column, bold=True) for column in sheet.columns])
    for row in sheet.rows:
        to.append([_cell(to, row.cells.get(column, "")) for column in sheet.columns])


def _cell(to: Any, text: str, *, bold: bool = False) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(to, text)
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
