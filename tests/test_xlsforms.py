"""Forms of other tools become services as they are: what pyxform converts alone is accepted.

The forms are read from ../shared and never copied; what pyxform refuses is refused with a sentence
in the reader's language.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from diwan.services.queries.faults import sentence_of
from diwan.services.rules.checking import Anything
from diwan.services.rules.markdown import to_markdown
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.sheets import Sheets
from diwan.services.rules.workbook import Checked, check

BEGINNINGS = {"en": "sheet", "fa": "برگه", "ar": "الورقة"}

# pyxform reads with a library that says what it leaves aside.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def forms(shared: Path) -> list[Path]:
    found = sorted((shared / "corpus" / "xlsforms").glob("*.xls*"))
    assert found
    return found


def alone(file: Path) -> bool:
    """Whether pyxform converts the form by itself."""
    try:
        convert(file.read_bytes(), file_type=file.suffix)
    except PyXFormError:
        return False
    return True


def read(file: Path) -> tuple[Sheets, Checked]:
    sheets = read_workbook(file.read_bytes(), file.name)
    return sheets, check(sheets, Anything(), name=file.name)


def test_a_form_is_a_service_where_pyxform_takes_it(forms: list[Path]) -> None:
    for file in forms:
        found = read(file)[1]
        assert (found.definition is not None) == alone(file), file.name
        if found.definition is not None:
            assert found.plain, file.name
            keys = [state.key for state in found.definition.states]
            assert keys == ["new", "done", "refused"], file.name
            assert found.definition.code, file.name
            assert any(found.definition.name.values()), file.name


@pytest.mark.parametrize("language", sorted(BEGINNINGS))
def test_the_rest_is_refused_with_a_sentence(forms: list[Path], language: str) -> None:
    refused = {file.name: read(file)[1] for file in forms if not alone(file)}
    assert refused
    for name, found in refused.items():
        with override(language):
            said = [sentence_of(fault) for fault in found.faults]
        assert said, name
        assert all(sentence.startswith(BEGINNINGS[language]) for sentence in said), (name, said)


def test_the_markdown_twin_of_each_is_the_same_form(forms: list[Path]) -> None:
    for file in forms:
        sheets, found = read(file)
        twin = read_workbook(to_markdown(sheets).encode(), f"{file.stem}.md")
        again = check(twin, Anything(), name=file.name)
        if not any(sheet.twice for sheet in sheets.values()):
            assert (again.form, again.xform) == (found.form, found.xform), file.name
