"""The permission table as data: tests/permissions.txt explains its lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .house import PEOPLE


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    how: str
    records: tuple[str, ...]
    answers: dict[str, str]

    def __str__(self) -> str:
        return self.name if not self.records else f"{self.name}({','.join(self.records)})"


# What a `post` needs in order to be more than an empty form.
DATA: dict[str, dict[str, str]] = {
    "set_language": {"language": "ar"},
}

TABLE = Path(__file__).with_name("permissions.txt")


def rows() -> list[Row]:
    """All lines of the table: those that are indented."""
    text = TABLE.read_text(encoding="utf-8").partition("\n# address")[2]
    lines = [line.split() for line in text.splitlines()[1:] if line.startswith("  ")]
    found = []
    for name, how, records, *answers in lines:
        assert len(answers) == len(PEOPLE), f"{name}: {len(answers)} answers"
        named = () if records == "-" else tuple(records.split(","))
        found.append(Row(name, how, named, dict(zip(PEOPLE, answers, strict=True))))
    return found
