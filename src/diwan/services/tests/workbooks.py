"""Workbooks for tests, written as their Markdown twins."""

from __future__ import annotations

from pathlib import Path

from diwan.services.rules.checking import Anything, Known
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.sheets import Sheets
from diwan.services.rules.workbook import Checked, check

KIOSK = Path(__file__).parent / "kiosk.md"
WHOLE = KIOSK.read_text()
SERVICE, STEPS, SURVEY, NOTICES, RATING = (
    "## " + part for part in WHOLE.replace("## choices", "#:# choices").split("## ")[1:]
)
SURVEY = SURVEY.replace("#:# choices", "## choices")


def sheets(text: str = WHOLE) -> Sheets:
    """The sheets of a twin."""
    return read_workbook(text.encode(), "kiosk.md")


def checked(text: str = WHOLE, known: Known | None = None) -> Checked:
    """What comes of checking it."""
    return check(sheets(text), known or Anything(), name="kiosk.md")


def with_code(code: str, text: str = WHOLE) -> bytes:
    """The whole workbook under another code, as a file."""
    return text.replace("| kiosk-permit |", f"| {code} |").encode()
