"""The reader: it never breaks, agrees with the published schema, and reads what is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from diwan.interop.rules.events import resolved
from diwan.interop.rules.faults import Enough, Faults
from diwan.interop.rules.format import read
from diwan.interop.rules.source import FORBIDDEN
from diwan.interop.rules.writing import scalar, written

quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def faults_of(data: bytes) -> Faults:
    faults = Faults()
    try:
        documents = read(data, "trial.yaml", faults)
    except Enough:
        return faults
    assert documents or faults
    return faults


@quick
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_and_never_break(data: bytes) -> None:
    assert faults_of(data)


@quick
@given(st.text(alphabet="abc:-[]{}#&*!|>'\"%@`,? \n\t0129~\\", max_size=120))
def test_what_looks_like_yaml_is_refused_and_never_breaks(text: str) -> None:
    assert faults_of(text.encode())
    assert faults_of(b"format: diwan-register/1\n" + text.encode())


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("null", None),
        ("~", None),
        ("true", True),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("2012-03-09", "2012-03-09"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(plain: str, value: object) -> None:
    assert resolved(plain) == value
    assert type(resolved(plain)) is type(value)


REGISTER = """\
format: diwan-register/1
register: trial
language: fa
country: IR   # where it lies
recorded: '2026-11-01'
units:
- {key: top, name: {fa: اداره کل}, kind: directorate}
- key: below
  name: {fa: "اداره \\"نخست\\"", en: 'The first''s'}
  kind: >-
    office of
    many
  parent: top
posts:
- {key: head, unit: top, name: {fa: مدیرکل}, roles: [head, officer]}
"""


@quick
@given(
    st.lists(
        st.tuples(st.integers(0, len(REGISTER)), st.sampled_from([*"{}[],:-'\"#>|?& \n\tax1", ""])),
        max_size=3,
    )
)
def test_both_parsers_read_the_same(changes: list[tuple[int, str]]) -> None:
    text = REGISTER
    for at, instead in changes:
        text = text[:at] + instead + text[at + 1 :]
    faults, others = Faults(), Faults()
    quickly = read(text.encode(), "trial.yaml", faults)
    with patch("yaml.__with_libyaml__", new=False):
        slowly = read(text.encode(), "trial.yaml", others)
    if not others:
        assert not faults
        assert [(document, document.lines) for document in quickly] == [
            (document, document.lines) for document in slowly
        ]


def test_what_libyaml_refuses_is_told_as_ruamel_tells_it() -> None:
    data = REGISTER.encode() + b"notes:\n- {key: a, kind: 'b\n"
    faults = faults_of(data)
    with patch("yaml.__with_libyaml__", new=False):
        assert faults.found == faults_of(data).found
    assert "YAML" in faults.found[0].sentence()


TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda text: not FORBIDDEN.search(text) and "\r" not in text
)


@quick
@given(st.lists(TEXT, min_size=1, max_size=5), st.sampled_from(["fa", "ar", "en"]))
def test_what_is_written_is_read_back(texts: list[str], language: str) -> None:
    notes = [
        {"key": f"n{index}", "kind": text[:60], "text": {language: text}}
        for index, text in enumerate(texts)
    ]
    document = {
        "format": "diwan-register/1",
        "register": "trial",
        "language": language,
        "country": "IR",
        "recorded": "2026-11-01",
        "notes": notes,
    }
    faults = Faults()
    assert read(written(document).encode(), "trial.yaml", faults) == [document]
    assert not faults


@quick
@given(TEXT)
def test_other_readers_take_what_is_written_for_the_same_text(text: str) -> None:
    assert YAML(typ="safe", pure=True).load(f"a: {scalar(text)}\n") == {"a": text}


# --- the schema ------------------------------------------------------------------------------


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(part, (*path, key))


ODD: list[Any] = [
    None, True, 0, 1, 3.0, -2, 2.5, "", "x", "many", "fa", "head", "done", "unit:a", "a/body:b",
    "A/unit:b", "2012", "2012-03", "2012-3-9", "FY2019/2020", "FY19/20", "2 months", "0 days",
    "1 month", "IR", "Iran", "IR-23", "-a", "a" * 64, "a" * 65, "province", "parent",
    [], ["x"], {}, {"fa": "x"}, {"de": "x"}, {"fa": ""}, {"jalali": "1390"}, {"event": "m1"},
    {"jalali": "1390", "hijri": "1446"}, {"post": "a", "role": "chair"}, {"role": "chair"},
]  # fmt: skip
KEYS = ["key", "name", "extra", "until", "event", "role", "seat", "except", "kind", "unit"]


Change = tuple[int, str, int, int]
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.sampled_from(["set", "drop", "add"]),
        st.integers(0, len(ODD) - 1),
        st.integers(0, len(KEYS) - 1),
    ),
    min_size=1,
    max_size=3,
)


def _mutated(document: Any, changes: list[Change]) -> Any:
    document = copy.deepcopy(document)
    for place, what, odd, key in changes:
        places = [path for path in _places(document) if path]
        if not places:
            return document
        path = places[place % len(places)]
        here = document
        for part in path[:-1]:
            here = here[part]
        if what == "set":
            here[path[-1]] = copy.deepcopy(ODD[odd])
        elif what == "drop":
            del here[path[-1]]
        elif isinstance(here, dict):
            here[KEYS[key]] = copy.deepcopy(ODD[odd])
    return document


class Published:
    """The schema and the registers beside it; no dataclass, too long to show when a test fails."""

    def __init__(self, schema: jsonschema.Draft202012Validator, registers: list[Any]) -> None:
        self.schema = schema
        self.registers = registers


@pytest.fixture(scope="module")
def published(shared: Path) -> Published:
    folder = shared / "meetings"
    schema = json.loads((folder / "register.schema.json").read_text(encoding="utf-8"))
    yaml = YAML(typ="safe", pure=True)
    registers = [yaml.load(path) for path in sorted(folder.glob("*.yaml"))]
    return Published(jsonschema.Draft202012Validator(schema), registers)


def _same_key_twice(document: Any) -> bool:
    """What the schema cannot say: a key that stands twice in one list."""
    if isinstance(document, dict):
        return any(_same_key_twice(part) for part in document.values())
    if isinstance(document, list):
        keys = [str(i["key"]) for i in document if isinstance(i, dict) and "key" in i]
        return len(keys) != len(set(keys)) or any(_same_key_twice(part) for part in document)
    return False


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(which=st.integers(0, 4), changes=CHANGES)
def test_the_reader_agrees_with_the_schema(
    published: Published, which: int, changes: list[Change]
) -> None:
    document = _mutated(published.registers[which % 5], changes)
    faults = faults_of(json.dumps(document, ensure_ascii=False).encode())
    told = [fault.sentence() for fault in faults.found]
    if _same_key_twice(document):
        return
    errors = [error.message for error in published.schema.iter_errors(document)]
    assert bool(told) == bool(errors), (told, errors)


def test_the_registers_as_they_stand_agree_with_the_schema(published: Published) -> None:
    for document in published.registers:
        assert not list(published.schema.iter_errors(document))
