"""Catalogues are compiled when they are newer, and a broken one is named."""

import gettext
import os
from pathlib import Path

import pytest

from diwan.config.messages import catalogues, compile_all

CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "desk"
msgstr "کارتابل"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "room/locale/fa/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def test_a_catalogue_is_compiled_and_read_by_gettext(tmp_path: Path, catalogue: Path) -> None:
    assert compile_all(tmp_path) == [catalogue.with_suffix(".mo")]
    with catalogue.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("desk") == "کارتابل"


def test_only_what_changed_is_compiled_again(tmp_path: Path, catalogue: Path) -> None:
    compile_all(tmp_path)
    assert compile_all(tmp_path) == []
    later = catalogue.with_suffix(".mo").stat().st_mtime + 1
    os.utime(catalogue, (later, later))
    assert len(compile_all(tmp_path)) == 1
    assert len(compile_all(tmp_path, force=True)) == 1


def test_a_broken_catalogue_is_named_with_its_line(tmp_path: Path, catalogue: Path) -> None:
    catalogue.write_text(CATALOGUE + "\nnonsense here\n", encoding="utf-8")
    with pytest.raises(OSError, match=r"django\.po.*line 7"):
        compile_all(tmp_path)
    assert [file.name for file in catalogue.parent.iterdir()] == ["django.po"]


def test_every_room_speaks_persian_and_arabic() -> None:
    found = list(catalogues())
    rooms = {path.parents[3].name for path in found}
    assert {path.parents[1].name for path in found} == {"fa", "ar"}
    assert len(found) == 2 * len(rooms)
