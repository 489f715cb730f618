"""The Markdown twin of a workbook: a heading names the sheet, a table with pipes is its content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from .sheets import KNOWN, Sheet

_HEADING = re.compile(r"##\s+(\S.*?)\s*#*\s*$")
_RULE = re.compile(r":?-+:?")
_BREAK = re.compile(r"<br ?/?>")


def tables_of(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Name and rows of each sheet, its headings first."""
    name = ""
    rows: list[list[str]] = []
    for line in text.replace("\r", "").split("\n"):
        heading = _HEADING.match(line)
        if heading:
            if name:
                yield name, rows
            name, rows = heading[1], []
        elif name and line.lstrip().startswith("|"):
            cells = _cells(line.strip())
            if len(rows) != 1 or not all(_RULE.fullmatch(cell) for cell in cells):
                rows.append(cells)
    if name:
        yield name, rows


def to_markdown(sheets: Mapping[str, Sheet], title: str = "") -> str:
    """The sheets as a Markdown file, which `tables_of` reads back; `title` is for people."""
    head = [f"# {title}\n"] if title else []
    tables = [f"## {name}\n\n{_table(sheets[name])}" for name in KNOWN if name in sheets]
    return "\n".join([*head, *tables])


def _table(sheet: Sheet) -> str:
    rows: list[Sequence[str]] = [sheet.columns, ["---"] * len(sheet.columns)]
    rows += [[row.cells.get(column, "") for column in sheet.columns] for row in sheet.rows]
    return "".join(f"| {' | '.join(map(_written, row))} |\n" for row in rows)


def _written(cell: str) -> str:
    cell = re.sub(r"\\(?=[\\|<]|$)", r"\\\\", cell)
    cell = _BREAK.sub(lambda found: "\\" + found[0], cell.replace("|", "\\|"))
    return cell.replace("\n", "<br>")


def _cells(line: str) -> list[str]:
    r"""The cells of a line that begins with a pipe; ``\|``, ``\\`` and ``\<`` are plain signs."""
    cells, cell, place = [], "", 1
    while place < len(line):
        sign = line[place]
        broken = _BREAK.match(line, place)
        if sign == "\\" and line[place + 1 : place + 2] in {"\\", "|", "<"}:
            cell += line[place + 1]
            place += 1
        elif sign == "|":
            cells.append(cell.strip())
            cell = ""
        elif broken:
            cell += "\n"
            place += len(broken[0]) - 1
        else:
            cell += sign
        place += 1
    return [*cells, cell.strip()] if cell.strip() else cells
