"""What a new version changes."""

from __future__ import annotations

from diwan.services.rules.definition import Deadline, Definition
from diwan.services.rules.difference import differences, lost
from diwan.services.rules.formtree import Form

from .workbooks import WHOLE, checked


def version(*changes: tuple[str, str]) -> tuple[Definition, Form]:
    text = WHOLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    result = checked(text)
    assert result.definition is not None, result.faults
    assert result.form is not None
    return result.definition, result.form


def told(*changes: tuple[str, str]) -> list[tuple[object, ...]]:
    found = differences(version(), version(*changes))
    return [(c.thing.section, c.thing.key, c.what, c.part, c.before, c.after) for c in found]


def test_nothing_changed_is_nothing_told() -> None:
    assert told() == []


def test_each_change_is_told_once_where_it_is() -> None:
    assert told(("8 working_hours", "2 working_days"), ("| officer |", "| reviewer |")) == [
        ("steps", "visit", "changed", "role", "officer", "reviewer"),
        (
            "steps",
            "visit",
            "changed",
            "deadline",
            Deadline(8, "working_hours"),
            Deadline(2, "working_days"),
        ),
    ]
    assert told(("Pass on", "Hand on"), ("10 working_days", "12 working_days")) == [
        ("steps", "new/pass", "changed", "name", "Pass on", "Hand on"),
        (
            "service",
            "",
            "changed",
            "target",
            Deadline(10, "working_days"),
            Deadline(12, "working_days"),
        ),
    ]


def test_how_long_the_applicant_is_waited_for() -> None:
    title = "| title | who |"
    assert told((title, f"| waiting | ۹۰ | | | |\n{title}")) == [
        ("service", "", "changed", "waiting_days", 180, 90)
    ]


def test_of_the_form_its_papers_and_words_too() -> None:
    assert told(("| kinds | flowers |", "| kinds | plants |")) == [
        ("choices", "kinds/plants", "added", "", None, None),
        ("choices", "kinds/flowers", "removed", "", None, None),
    ]
    assert told(("plan? = plan", "plan = plan"), ("| Name | yes |", "| Your name | |")) == [
        ("questions", "/data/who", "changed", "label", "Name", "Your name"),
        ("questions", "/data/who", "changed", "required", "true()", ""),
        ("papers", "plan", "changed", "required", False, True),
    ]
    assert told(("a visit", "they come"), ("| days | 20", "| days | 10")) == [
        (
            "notices",
            "entered:visit applicant",
            "changed",
            "text",
            "{code}: a visit",
            "{code}: they come",
        ),
        ("rating", "", "changed", "days", 20, 10),
    ]


def test_figures_that_no_longer_add_up_are_warned_of() -> None:
    changes = [
        ("| kinds | flowers |", "| kinds | plants |"),
        ("| integer | width", "| text | width"),
    ]
    changes += [("| text | who |", "| text | name |"), ("| title | who |", "| title | kind |")]
    found = lost(version()[1], version(*changes, (". > 0", ". != ''"))[1])
    assert [(w.code, w.values["given"]) for w in found] == [
        ("question_gone", "who"),
        ("type_changed", "width"),
        ("choice_gone", "flowers"),
    ]
