"""A form worked out with answers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diwan.services.rules.evaluation import begin
from diwan.services.rules.filling import MOST_REPEATS

from .forms import NOON, codes, form_of, row, tried

KIN = form_of(
    row("text", "name", required="yes", required_message="نام را بنویسید"),
    row("integer", "kids_count"),
    row("begin repeat", "kids", repeat_count="${kids_count}"),
    row("integer", "age", constraint=". < 18", constraint_message="زیر ۱۸", required="yes"),
    row("calculate", "double", calculation="${age} * 2"),
    row("end repeat", "kids_end"),
    row("calculate", "sum", calculation="sum(${age})"),
    row("begin group", "more", relevant="${sum} > 10"),
    row("select_one towns", "town", required="yes"),
    row("text", "street", relevant="${town} = 'rey'"),
    row("end group", "more_end"),
)


def test_what_is_missing_wrong_and_calculated() -> None:
    found = tried(KIN, {"kids_count": "2", "kids": [{"age": "7"}, {"age": "20"}]})
    assert codes(found) == [("name", "required"), ("age", "constraint"), ("town", "required")]
    assert found.faults[0].message == {"fa": "نام را بنویسید"}
    assert found.faults[1].index == (2,)
    assert found.answers["sum"] == "27"
    assert found.answers["kids"] == [{"age": "7", "double": "14"}, {"age": "20", "double": "40"}]
    assert "/data/kids[2]/age" in found.relevant
    assert "/data/more/street" not in found.relevant
    assert found.required >= {"/data/name", "/data/kids[1]/age", "/data/more/town"}


def test_what_is_irrelevant_is_not_asked_nor_kept() -> None:
    answers = {"name": "a", "kids_count": "1", "kids": [{"age": "3"}]}
    found = tried(KIN, {**answers, "more": {"town": "rey", "street": "x"}})
    assert codes(found) == []
    assert "more" not in found.answers
    found = tried(KIN, {**answers, "kids": [{"age": "17"}], "more": {"town": "rey", "street": "x"}})
    assert found.answers["more"] == {"town": "rey", "street": "x"}
    found = tried(KIN, {**answers, "kids": [{"age": "17"}], "more": {"town": "karaj"}})
    assert found.answers["more"] == {"town": "karaj"}


def test_a_repeat_is_repeated_as_often_as_the_form_says() -> None:
    found = tried(KIN, {"name": "a", "kids_count": "3", "kids": [{"age": "1"}]})
    assert [kid["age"] for kid in found.answers["kids"]] == ["1", "", ""]
    assert tried(KIN, {"kids": [{"age": "1"}]}).answers["kids"] == []
    found = tried(KIN, {"name": "a", "kids_count": "100000"})
    assert ("kids", "too_many") in codes(found)
    assert len(found.answers["kids"]) == MOST_REPEATS


def test_a_day_that_has_come_is_before_today() -> None:
    form = form_of(row("date", "born", constraint=". <= today()"))
    assert codes(tried(form, {"born": "2026-11-22"})) == []
    assert codes(tried(form, {"born": "2026-11-23"})) == [("born", "constraint")]
    assert codes(tried(form, {"born": ""})) == []
    assert tried(form, {"born": "۲۰۲۶-۱۱-۰۱"}).answers == {"born": "2026-11-01"}


def test_choices_are_filtered_and_nothing_else_is_taken() -> None:
    form = form_of(
        row("text", "province"),
        row("select_one towns", "town", choice_filter="province = ${province}"),
        row("select_multiple towns", "all"),
    )
    found = tried(form, {"province": "alborz", "town": "rey", "all": "rey  karaj rey"})
    assert codes(found) == [("town", "choice")]
    assert found.answers["all"] == "rey karaj"
    assert [choice.name for choice in found.choices("/data/town")] == ["karaj", "hashtgerd"]
    assert codes(tried(form, {"all": "rey nowhere"})) == [("all", "choice")]
    assert found.choices("/data/nothing") == ()


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        ("integer", "۱۲", "1.5"),
        ("decimal", "۱٫۵", "1e9"),
        ("date", "2026-02-28", "2026-02-30"),
        ("time", "12:30", "25:00"),
        ("dateTime", "2026-02-28T10:00:00+03:30", "2026-02-28"),
        ("geopoint", "35.7 51.4 1200 5", "91 51"),
        ("geotrace", "35 51;36 52", "35 51"),
        ("geoshape", "35 51;36 52;35 52;35 51", "35 51;36 52;35 52;37 51"),
        ("image", "photo.jpg", "../photo.jpg"),
        ("acknowledge", "OK", "perhaps"),
        ("select_one towns", "rey", "rey karaj"),
    ],
)
def test_answers_are_of_their_types(kind: str, taken: str, refused: str) -> None:
    form = form_of(row(kind, "q"))
    assert codes(tried(form, {"q": taken})) == []
    assert [code for _name, code in codes(tried(form, {"q": refused}))] in (["type"], ["choice"])


def test_a_number_from_a_range() -> None:
    form = form_of(row("range", "q", parameters="start=1 end=10 step=0.5"))
    assert [codes(tried(form, {"q": q})) == [] for q in ("1.5", "10", "10.5", "1.2", "0")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_what_nobody_asked_is_dropped_and_told() -> None:
    found = tried(KIN, {"name": "a", "zz": "1", "kids": [{"yy": "2"}], "more": "text"})
    told = {(fault.path, fault.index) for fault in found.warnings if fault.code == "unknown"}
    assert told == {("/data/zz", ()), ("/data/kids/yy", (1,)), ("/data/more", ())}
    assert "zz" not in found.answers


def test_only_the_office_answers_what_it_is_asked() -> None:
    form = form_of(
        row("text", "name"), row("text", "decided", by="office", required="yes"),
        row("calculate", "both", calculation="concat(${name}, ${decided})"),
    )  # fmt: skip
    forged = tried(form, {"name": "a", "decided": "granted"})
    assert (forged.answers["decided"], codes(forged)) == ("", [])
    kept = tried(form, {"name": "b", "decided": "granted"}, before={"decided": "refused"})
    assert kept.answers["both"] == "brefused"
    assert tried(form, {"decided": "granted"}, office=True).answers["decided"] == "granted"


def test_what_is_read_only_is_not_written() -> None:
    form = form_of(row("text", "fixed", read_only="yes", default="5"), row("text", "free"))
    found = tried(form, {"fixed": "7"})
    assert found.answers["fixed"] == "5"
    assert found.readonly == {"/data/fixed"}


def test_a_form_begins_with_its_defaults() -> None:
    form = form_of(
        row("date", "day", default="today()"),
        row("text", "word", default="سلام"),
        row("begin repeat", "kids"), row("text", "kid", default="x"), row("end repeat", "e"),
    )  # fmt: skip
    begun = begin(form, now=NOON)
    assert begun == {"day": "2026-11-22", "word": "سلام", "kids": [{"kid": "x"}]}
    assert tried(form, {**begun, "word": ""}).answers["word"] == ""
    assert tried(form, {"day": "2026-01-01"}).answers["kids"] == []


def test_a_trigger_works_out_anew_when_its_question_changes() -> None:
    form = form_of(row("text", "a"), row("text", "seen", calculation="now()", trigger="${a}"))
    first = tried(form, {"a": "1"}).answers
    assert first["seen"].startswith("2026-11-22T12:00")
    same = tried(form, {**first, "seen": "then"}, before=first)
    assert same.answers["seen"] == "then"
    assert tried(form, {**first, "a": "2", "seen": "then"}, before=first).answers["seen"] != "then"


def test_texts_show_answers() -> None:
    form = form_of(row("select_one towns", "town"), row("text", "why", hint="چرا ${town}؟"))
    hint = form.by_path["/data/why"].hint["fa"]
    assert tried(form, {"town": "rey"}).filled(hint, "/data/why") == "چرا ری؟"


def test_a_number_divided_by_nought_is_left_blank() -> None:
    form = form_of(row("integer", "n"), row("calculate", "share", calculation="100 div ${n}"))
    found = tried(form, {"n": "0"})
    assert found.answers["share"] == ""
    assert [(fault.path, fault.code) for fault in found.warnings] == [("/data/share", "division")]
    assert codes(found) == []


def test_fifty_questions_take_less_than_ten_milliseconds() -> None:
    rows = [row("integer", f"q{n}", constraint=". >= 0 and . < 1000", required="yes")
            if n % 2 else
            row("select_one towns", f"q{n}", relevant=f"${{q{n - 1}}} > 3" if n else "",
                choice_filter="province = 'alborz' or selected(${q1}, '5')")
            for n in range(50)]  # fmt: skip
    form = form_of(*rows, row("calculate", "sum", calculation="${q1} + ${q3} + ${q5}"))
    answers = {f"q{n}": "5" if n % 2 else "karaj" for n in range(50)}
    assert codes(tried(form, answers)) == []
    best = 1.0
    for _round in range(5):
        begun = time.perf_counter()
        tried(form, answers)
        best = min(best, time.perf_counter() - begun)
    assert best < 0.010


_NAMES = st.sampled_from(["name", "kids_count", "kids", "age", "more", "town", "street", "zz"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _JSON, max_size=6))
@settings(max_examples=60, deadline=None)
def test_whatever_json_brings_is_judged(answers: dict[str, Any]) -> None:
    found = tried(KIN, answers, before=answers)
    again = tried(KIN, found.answers)
    assert again.answers == found.answers
