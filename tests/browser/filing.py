"""A service as one Markdown workbook, for those who fill in its form in a browser."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from diwan.directory.models import Unit
from diwan.services.models import Service
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.workbook import check
from diwan.services.tests import factories

WORKBOOK = (Path(__file__).parent / "school-place.md").read_text(encoding="utf-8")
"""What a form can have: a cascade, a date, a photo, a repeat, a calculation."""


class Anything:
    """A house that knows every name."""

    def unit(self, key: str) -> bool:
        """Yes."""
        return True

    def ours(self, key: str) -> bool:
        """Yes."""
        return True

    def kinds(self) -> tuple[str, ...]:
        """Any kind."""
        return ()

    def service(self, code: str) -> bool:
        """Yes."""
        return True


def opened(unit: Unit, text: str = WORKBOOK) -> Service:
    """The service of a Markdown workbook, open at a unit."""
    read = read_workbook(text.encode(), "service.md")
    checked = check(read, Anything(), name="service.md")
    assert checked.faults == (), checked.faults
    assert checked.definition is not None
    assert checked.form is not None
    made = factories.service(unit, checked.definition, checked.form)
    assert made.current is not None
    made.current.xform = checked.xform
    made.current.save()
    return made


def photo(folder: Path) -> Path:
    """A small picture as a telephone takes it."""
    path = folder / "photo.jpg"
    Image.new("RGB", (320, 240), "teal").save(path)
    return path
