"""XLSForms become our tree; their XForm is pyxform's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyxform.xls2json_backends import xls_to_dict, xlsx_to_dict
from pyxform.xls2xform import convert as pyxform_convert

from diwan.services.rules.formtree import Form
from diwan.services.rules.xlsform import NotAnXlsForm, convert
from diwan.services.rules.xlsform_words import language_of, type_of

SHEETS: dict[str, list[dict[str, str]]] = {
    "survey": [
        {"type": "text", "name": "name", "label::Persian (fa)": "نام", "applicant": "name"},
        {"type": "begin_repeat", "name": "kids", "label::Persian (fa)": "فرزندان"},
        {
            "type": "integer",
            "name": "age",
            "label::Persian (fa)": "سن فرزند ${name}",
            "constraint": ". < 18",
            "constraint_message::Persian (fa)": "زیر ۱۸ سال",
            "required": "yes",
        },
        {
            "type": "select_one towns",
            "name": "town",
            "label::Persian (fa)": "شهر",
            "choice_filter": "prov = ${age}",
        },
        {"type": "end_repeat"},
        {"type": "date", "name": "day", "label::Persian (fa)": "روز", "default": "today()"},
        {"type": "select_multiple towns or_other", "name": "all", "label::Persian (fa)": "همه"},
        {"type": "note", "name": "seen", "label::Persian (fa)": "دیده شد", "by": "office"},
        {"type": "select_one ${name}", "name": "who", "label::Persian (fa)": "که"},
        {"type": "calculate", "name": "sum", "calculation": "sum(${age})"},
    ],
    "choices": [
        {"list_name": "towns", "name": "a", "label::Persian (fa)": "الف", "prov": "7"},
        {"list_name": "towns", "name": "b", "label::Persian (fa)": "ب", "prov": "8"},
    ],
    "settings": [{"form_id": "kin", "version": "3", "default_language": "Persian (fa)"}],
}


def _sheets(without: str = "") -> dict[str, list[dict[str, str]]]:
    kept = [row for row in SHEETS["survey"] if row.get("name") != without]
    return {**SHEETS, "survey": kept}


def test_a_workbook_becomes_a_tree() -> None:
    form, xform = convert(_sheets(without="who"))
    age, town = form.by_path["/data/kids/age"], form.by_path["/data/kids/town"]
    assert (form.id, form.version, form.root, form.languages) == ("kin", "3", "data", ("fa",))
    assert age.label == {"fa": "سن فرزند ${/data/name}"}
    assert (age.constraint, age.required) == (". < 18", "true()")
    assert age.constraint_message == {"fa": "زیر ۱۸ سال"}
    assert (town.list, town.type) == ("towns", "select_one")
    assert town.filter.replace(" ", "") == "prov=current()/../age"
    assert form.by_path["/data/day"].default_expression == "today()"
    assert form.by_path["/data/name"].applicant == "name"
    assert form.by_path["/data/seen"].by == "office"
    assert form.by_path["/data/all_other"].label["fa"] == "لطفاً بنویسید کدام."
    assert [(c.name, c.extra) for c in form.lists["towns"]] == [
        ("a", {"prov": "7"}),
        ("b", {"prov": "8"}),
        ("other", {}),
    ]
    assert Form.from_json(form.to_json()) == form
    assert xform.startswith("<?xml")


def test_what_stands_in_a_group_of_the_office_is_the_offices() -> None:
    rows = [
        {"type": "begin group", "name": "g", "label": "g", "by": "Office"},
        {"type": "text", "name": "a", "label": "A"},
        {"type": "end group"},
        {"type": "text", "name": "b", "label": "B"},
    ]
    form, _xform = convert({"survey": rows})
    assert [form.by_path[f"/data/{name}"].by for name in ("g", "g/a", "b")] == [
        "office",
        "office",
        "",
    ]


def test_choices_may_be_answers_of_a_repeat() -> None:
    rows = [*SHEETS["survey"][:-2], {"type": "select_one ${age}", "name": "who", "label": "?"}]
    form, _xform = convert({**SHEETS, "survey": rows})
    who = form.by_path["/data/who"]
    assert (who.list, who.parameters["value"]) == ("/data/kids", "age")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"type": "select_one_from_file towns.csv", "name": "a", "label": "A"}], "external"),
        ([{"type": "text", "name": "a", "label": "A", "appearance": "search('x')"}], "external"),
        ([{"type": "text", "label": "A"}], "pyxform"),
        ([{"type": "begin group", "name": "a", "label": "A"}], "pyxform"),
        ([{"type": "text", "name": "a", "label": "${b}"}], "pyxform"),
        ([{"name": "a"}], "pyxform"),
        ([], "pyxform"),
    ],
)
def test_what_is_no_form_is_refused(rows: list[dict[str, str]], code: str) -> None:
    with pytest.raises(NotAnXlsForm) as refused:
        convert({"survey": rows})
    assert refused.value.code == code
    assert refused.value.message


def test_groups_may_not_be_nested_without_end() -> None:
    opened = [{"type": "begin group", "name": f"g{n}", "label": "g"} for n in range(13)]
    closed = [{"type": "end group"} for _n in range(13)]
    asked = [{"type": "text", "name": "a", "label": "A"}]
    with pytest.raises(NotAnXlsForm) as refused:
        convert({"survey": opened + asked + closed})
    assert refused.value.code == "nesting"


def test_words_of_workbooks() -> None:
    assert [language_of(name) for name in ("French (fr)", "ARABIC", "default", "ku")] == [
        "fr",
        "ar",
        "fa",
        "ku",
    ]
    assert type_of("q picture", {"type": "binary"}, {"tag": "upload", "mediatype": "image/*"}) == (
        "image"
    )
    assert type_of("int", {"type": "int"}, {}) == "integer"


def _read(path: Path) -> dict[str, Any]:
    read = xls_to_dict if path.suffix == ".xls" else xlsx_to_dict
    return {
        name: rows
        for name, rows in read(str(path)).items()
        if isinstance(rows, list) and not name.endswith("_header") and name != "sheet_names"
    }


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_whatever_pyxform_converts_is_converted_alike(shared: Path) -> None:
    equal = 0
    for path in sorted((shared / "corpus/xlsforms").iterdir()):
        try:
            wanted = pyxform_convert(str(path)).xform
        except Exception:  # noqa: BLE001, S112  whatever pyxform itself cannot read
            continue
        assert convert(_read(path), path.stem)[1] == wanted, path.name
        equal += 1
    assert equal >= 25
