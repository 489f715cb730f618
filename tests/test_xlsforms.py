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
from diwan.services.rules.sheets import Sheets, Unreadable
from diwan.services.rules.workbook import Checked, check

FORMS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "xlsforms"
FILES = sorted(FORMS.glob("*.xls*"))
BEGINNINGS = {"en": "sheet", "fa": "برگه", "ar": "الورقة"}

pytestmark = [
    pytest.mark.skipif(not FILES, reason="../shared/corpus/xlsforms is not here"),
    # pyxform reads with a library that says what it leaves aside.
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


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


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def file(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_a_form_is_a_service_where_pyxform_takes_it(file: Path) -> None:
    _sheets, found = read(file)
    if not alone(file):
        assert found.definition is None
        for language, beginning in BEGINNINGS.items():
            with override(language):
                said = [sentence_of(fault) for fault in found.faults]
            assert said
            assert all(sentence.startswith(beginning) for sentence in said)
        return
    assert found.faults == ()
    assert found.definition is not None
    assert found.plain
    assert [state.key for state in found.definition.states] == ["new", "done", "refused"]
    assert found.definition.code
    assert any(found.definition.name.values())


def test_its_markdown_twin_is_the_same_form(file: Path) -> None:
    sheets, found = read(file)
    try:
        twin = read_workbook(to_markdown(sheets).encode(), f"{file.stem}.md")
    except Unreadable as error:
        pytest.fail(str(error))
    again = check(twin, Anything(), name=file.name)
    if found.form is not None and not any(sheet.twice for sheet in sheets.values()):
        assert (again.form, again.xform) == (found.form, found.xform)
