"""The sheets of a workbook as plain text, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

XLSFORM = ("survey", "choices", "settings", "external_choices", "entities", "osm")
OURS = ("service", "steps", "notices", "rating")
KNOWN = (*XLSFORM, *OURS)


@dataclass(frozen=True)
class Row:
    """One row by its columns' headings; empty cells are left out. `number` as a sheet counts."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet: the headings of its first row and the rows that say something.

    `twice` are headings that stand in two columns: of those the first is read.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    twice: tuple[str, ...] = ()


class Sheets(dict[str, Sheet]):
    """The sheets we know, by their names in small letters; `others` are the names of the rest."""

    def __init__(self, sheets: Iterable[Sheet] = (), others: Iterable[str] = ()) -> None:
        """A sheet with a name that stood before is left aside."""
        super().__init__()
        for sheet in sheets:
            self.setdefault(sheet.name, sheet)
        self.others = tuple(others)


@dataclass(frozen=True)
class Fault:
    """What is wrong, where. `row` 0: the whole sheet; `sheet` "": the whole workbook.

    `code` and `values` make the sentence (`queries.faults`).
    """

    sheet: str
    row: int
    column: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


class Unreadable(ValueError):
    """The file is no workbook that can be read at all; `code` and `values` make the sentence."""

    def __init__(self, code: str, **values: str) -> None:
        """`values` go into the sentence."""
        super().__init__(code)
        self.code, self.values = code, values

    @property
    def fault(self) -> Fault:
        """The same as a fault of the whole workbook."""
        where = self.values.get("sheet", "")
        return Fault(where, 0, "", self.code, self.values)
