"""The shape of answers, told to programs."""

from __future__ import annotations

from jsonschema import Draft202012Validator

from diwan.services.rules.formschema import json_schema

from .forms import codes, form_of, row, tried

FORM = form_of(
    row("text", "name", required="yes"),
    row("select_one towns", "town"),
    row("date", "born"),
    row("text", "decision", by="office"),
    row("calculate", "year", calculation="substr(${born}, 0, 4)"),
    row("begin repeat", "kids"),
    row("integer", "age", required="yes", relevant="${town} = 'rey'"),
    row("end repeat", "kids_end"),
)


def test_a_form_tells_its_shape() -> None:
    schema = json_schema(FORM)
    Draft202012Validator.check_schema(schema)
    assert sorted(schema["properties"]) == ["born", "kids", "name", "town"]
    assert schema["required"] == ["name"]
    assert {"const": "rey", "title": "ری"} in schema["properties"]["town"]["oneOf"]
    valid = Draft202012Validator(schema)
    good = {"name": "a", "town": "rey", "born": "2026-01-01", "kids": [{"age": "3"}]}
    assert valid.is_valid(good)
    assert codes(tried(FORM, good)) == []
    for wrong in ({"town": "rey"}, {**good, "town": "x"}, {**good, "kids": {}}, {**good, "z": "1"}):
        assert not valid.is_valid(wrong)
