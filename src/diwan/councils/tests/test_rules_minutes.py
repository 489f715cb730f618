"""What sealed minutes are made of: checksum, code, differences. No database."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.rules.minutes import (
    LISTS,
    SIGNS,
    checksum,
    differences,
    draw_code,
    part_of,
    person_of,
    read_code,
    without_name,
    written_code,
)

WHO = {"person": "p1", "post": {"fa": "رئیس"}, "unit": {"fa": "اداره"}}


def content() -> dict[str, Any]:
    return {
        "format": "diwan-minutes/1",
        "body": {"name": {"fa": "شورا"}},
        "meeting": {"number": 4, "place": {"fa": "تهران"}, "chair": WHO, "starts": "09:00"},
        "attendance": [{"id": "s1", "who": WHO, "status": "present"}],
        "items": [
            {"id": "i1", "text": {"fa": "یک"}, "quorum": {"needed": 2}, "recused": []},
            {"id": "i2", "text": {"fa": "دو"}, "quorum": None, "recused": []},
        ],
        "statements": [{"id": "t1", "who": WHO, "text": {"fa": "گفت"}}],
        "resolutions": [
            {"id": "r1", "number": "1", "item": "i1", "text": {"fa": "الف"}},
            {"id": "r2", "number": "2", "item": "i2", "text": {"fa": "ب"}},
        ],
        "votes": [
            {"id": "v1", "item": "i1", "resolution": "r1"},
            {"id": "v2", "item": "i2", "resolution": None},
        ],
        "dissents": [{"id": "d1", "resolution": "r2", "who": WHO, "text": "نه"}],
        "actions": [{"id": "a1", "resolution": "r1", "due": "2026-12-01"}],
        "signers": [{"id": "s1", "who": WHO, "role": "chair", "electronic": True}],
        "people": {"p1": person_of({"fa": "نام"})},
    }


@given(st.data())
def test_one_wrong_sign_is_no_code(data: st.DataObject) -> None:
    code = draw_code()
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(sorted(set(SIGNS) - {code[place]})))
    assert read_code(code[:place] + other + code[place + 1 :]) is None


@given(st.data())
def test_two_signs_exchanged_are_no_code(data: st.DataObject) -> None:
    code = draw_code()
    place = data.draw(st.integers(0, len(code) - 3))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (read_code(swapped) is None) == (swapped != code)


def test_a_code_is_read_however_it_is_typed() -> None:
    code = draw_code()
    assert read_code(written_code(code)) == code
    assert read_code(f"  {code.lower()} ") == code
    persian = code.translate(str.maketrans("23456789", "۲۳۴۵۶۷۸۹"))
    assert read_code(" ".join(persian)) == code
    for nonsense in ("", "ABC", "O" * 12, "<script>", code + "2"):
        assert read_code(nonsense) is None


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9), max_size=4))
def test_the_checksum_is_of_what_is_said_not_of_its_order(more: dict[str, Any]) -> None:
    one = {**content(), "meeting": more}
    other = dict(reversed(list(one.items())))
    assert checksum(one) == checksum({**other, "meeting": dict(reversed(list(more.items())))})


def test_the_checksum_breaks_when_anything_is_changed() -> None:
    sealed = content()
    before = checksum(sealed)
    for change in (
        lambda c: c["resolutions"][0]["text"].update(fa="دیگر"),
        lambda c: c["people"]["p1"]["name"].update(fa="نام دیگر"),
        lambda c: c["items"].reverse(),
        lambda c: c["votes"].pop(),
    ):
        touched = copy.deepcopy(sealed)
        change(touched)
        assert checksum(touched) != before


def test_a_name_can_be_erased_under_the_checksum() -> None:
    sealed = content()
    erased = without_name(sealed, "p1")
    assert "name" not in erased["people"]["p1"]
    assert checksum(erased) == checksum(sealed)
    assert differences(sealed, erased) == []
    assert without_name(sealed, "p2") == sealed


def test_differences_name_what_was_changed_added_removed_and_moved() -> None:
    before, after = content(), content()
    after["meeting"]["place"] = {"fa": "قم"}
    after["people"]["p1"] = person_of({"fa": "نام تازه"})
    after["statements"].clear()
    after["resolutions"][1]["text"] = {"fa": "پ"}
    after["items"].reverse()
    after["actions"].append({"id": "a2", "resolution": "r1", "due": None})
    found = differences(before, after)
    told = [(one["part"], one["how"], one.get("field")) for one in found]
    assert told == [
        ("meeting", "changed", "place"),
        ("people", "changed", "name"),
        ("items", "moved", None),
        ("statements", "removed", None),
        ("resolutions", "changed", "text"),
        ("actions", "added", None),
    ]
    assert (found[4]["of"]["number"], found[4]["before"], found[4]["after"]) == (
        "2",
        {"fa": "ب"},
        {"fa": "پ"},
    )


def test_nothing_differs_between_the_same() -> None:
    assert differences(content(), content()) == []


def test_a_part_leaves_out_what_hangs_on_what_is_left_out() -> None:
    seen = part_of(content(), items={"i1"}, resolutions={"r1"}, actions=set(), full=True)
    assert {part: [row["id"] for row in seen[part]] for part in LISTS} == {
        "attendance": ["s1"],
        "items": ["i1"],
        "statements": ["t1"],
        "resolutions": ["r1"],
        "votes": ["v1"],
        "dissents": [],
        "actions": [],
        "signers": ["s1"],
    }


def test_a_vote_at_large_stays_where_nothing_is_left_out() -> None:
    every = {**content(), "votes": [{"id": "v3", "item": None, "resolution": None}]}
    for items, resolutions, votes in (
        ({"i1", "i2"}, {"r1", "r2"}, ["v3"]),
        ({"i1"}, {"r1", "r2"}, []),
        ({"i1", "i2"}, {"r1"}, []),
    ):
        seen = part_of(every, items=items, resolutions=resolutions, actions=set(), full=True)
        assert [row["id"] for row in seen["votes"]] == votes


def test_who_may_not_read_the_meeting_gets_their_own_resolution_alone() -> None:
    seen = part_of(content(), items=set(), resolutions={"r1"}, actions={"a1"}, full=False)
    kept = {part: [row["id"] for row in seen[part]] for part in LISTS if seen[part]}
    assert kept == {"resolutions": ["r1"], "actions": ["a1"]}
    assert seen["meeting"]["chair"] is None
