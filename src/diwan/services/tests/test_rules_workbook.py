"""What a workbook says, and everything that can be wrong with it."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from django.utils import translation

from diwan.services.queries.faults import SENTENCES, sentence_of
from diwan.services.rules.checking import Anything
from diwan.services.rules.definition import Deadline, Definition, Notice
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.sheets import Fault
from diwan.services.rules.spreadsheet import to_xlsx
from diwan.services.rules.workbook import Checked, check

from .workbooks import NOTICES, RATING, SERVICE, STEPS, SURVEY, WHOLE, checked, sheets


class Register(Anything):
    """A house of one town."""

    def unit(self, key: str) -> bool:
        return key == "town"

    def kinds(self) -> Collection[str]:
        return ("municipality", "district")

    def service(self, code: str) -> bool:
        return code == "complaint"


def test_a_whole_workbook_is_a_service() -> None:
    result = checked()
    assert (result.faults, result.warnings, result.plain) == ((), (), False)
    said = result.definition
    assert said is not None
    assert said.code == "kiosk-permit"
    assert said.name == {"fa": "مجوز دکه", "ar": "تصريح كشك", "en": "Permit for a kiosk"}
    assert [(p.key, p.required, p.question) for p in said.papers] == [
        ("card", True, ""),
        ("plan", False, "/data/plan"),
    ]
    assert (said.costs[0].amount, said.costs[0].currency) == ("2500000", "IRR")
    assert said.target == Deadline(10, "working_days")
    assert said.cased == "/data/who"
    assert [state.key for state in said.states] == ["new", "visit", "done"]
    grant = said.state("visit").action("grant")
    assert grant is not None
    assert grant.requires == ("/data/width", "output")
    back = said.state("new").action("return")
    assert back is not None
    assert (back.to, back.pauses, back.requires) == ("new", True, ("said",))
    assert said.state("visit").where == "above"
    assert said.notices[0] == Notice(
        "entered:visit",
        "applicant",
        {"fa": "{code}: بازدید", "ar": "{code}: معاينة", "en": "{code}: a visit"},
    )
    rating = said.rating
    assert (rating.days, rating.visits, rating.questions[0].kind) == (20, False, "yesno")
    assert Definition.from_json(said.to_json()) == said


def test_the_spreadsheet_says_the_same_as_its_twin() -> None:
    book = check(read_workbook(to_xlsx(sheets()), "kiosk.xlsx"), Anything(), name="kiosk.xlsx")
    twin = checked()
    assert book.definition == twin.definition
    assert (book.form, book.xform) == (twin.form, twin.xform)


def test_a_plain_form_gets_a_code_a_name_and_one_step() -> None:
    result = check(sheets(SURVEY.replace("office", "")), Anything(), name="My form (2).md")
    assert result.faults == ()
    assert result.plain
    said = result.definition
    assert said is not None
    assert said.code == "my-form-2"
    assert [a.key for a in said.start.actions] == ["finish", "return", "refuse"]
    settings = "\n## settings\n\n| form_title | form_id | default_language |\n| --- | --- | --- |\n"
    named = check(sheets(SURVEY + settings + "| فرم | 12 | fa |\n"), Anything()).definition
    assert named is not None
    assert (named.code, named.name) == ("form-12", {"fa": "فرم"})


def test_a_pack_may_name_kinds_of_units_that_are_elsewhere() -> None:
    rows = [f"| offered_by | kind:{kind} | | | |" for kind in ("district", "office")]
    name = next(line for line in WHOLE.splitlines() if line.startswith("| name | |"))

    def offered(*wanted: str) -> Checked:
        told = WHOLE.replace(name, "\n".join((name, *wanted)))
        return check(sheets(told), Register())

    both = offered(*rows)
    warned = [one.values["given"] for one in both.warnings if one.code == "kind_elsewhere"]
    assert (warned, [one for one in both.faults if one.code == "unknown_kind"]) == (["office"], [])
    assert "unknown_kind" in [one.code for one in offered(rows[1]).faults]


LATE = "| | | | | | | | | late |"
FAULTS = [
    ("| code | kiosk-permit |", "| kode | kiosk-permit |", "service", "property", "unknown_word"),
    ("kiosk-permit", "Kiosk permit", "service", "value", "code_shape"),
    ("kiosk-permit", "work", "service", "value", "code_taken"),
    ("| name | |", "| output | |", "service", "property", "property_needed"),
    ("| event | business |", "| event | bussiness |", "service", "value", "unknown_word"),
    ("plan? = plan", "plan? = plam", "service", "value", "unknown_question"),
    ("plan? = plan", "plan? = width", "service", "value", "of_the_office"),
    ("2,500,000 irr", "much", "service", "value", "cost_shape"),
    ("| target | 10 working_days |", "| waiting | 3 |", "service", "value", "not_a_number"),
    ("10 working_days", "ten days", "service", "value", "deadline_shape"),
    ("10 working_days", "5000 calendar_days", "service", "value", "deadline_long"),
    ("| label::en | role |", "| labl::en | role |", "steps", "labl::en", "unknown_column"),
    ("| clerk |", "| clark |", "steps", "role", "unknown_word"),
    ("| above |", "| kind:town hall |", "steps", "where", "unknown_kind"),
    ("| above |", "| unit:nowhere |", "steps", "where", "unknown_unit"),
    ("| above |", "| beside |", "steps", "where", "where_shape"),
    ("| Pass on | visit |", "| Pass on | visits |", "steps", "to", "unknown_state"),
    ("| Pass on | visit |", "| Pass on | |", "steps", "to", "to_needed"),
    ("| Grant | done |", "| Grant | visit |", "steps", "to", "endless"),
    ("clerk | | ۲ working_days | |", "| | | done |", "steps", "end", "start_is_end"),
    ("| Return | | said | yes |", "| Return | done | said | yes |", "steps", "to", "pause_to_end"),
    ("| Granted | | | | done |", "| Granted | | | | |", "steps", "end", "no_end"),
    ("| Up | new | | | system |", "| Up | visit | | | system |", "steps", "by", "system_loop"),
    ("| Up | new | |", "| Up | new | note |", "steps", "requires", "system_requires"),
    ("8 working_hours", "", "steps", "deadline", "system_without_deadline"),
    (LATE, "| new | | | | | | | | late |", "steps", "state", "state_twice"),
    (LATE, "| | | | | head | | | | late |", "steps", "role", "belongs_to_state"),
    (LATE, "| | | | | | | | | grant |", "steps", "action", "action_twice"),
    ("width, output", "wide output", "steps", "requires", "unknown_question"),
    ("width, output", "who", "steps", "requires", "not_of_the_office"),
    ("| yes | |\n| visit", "| perhaps | |\n| visit", "steps", "pauses", "yes_or_no"),
    ("entered:visit", "entered:visits", "notices", "when", "unknown_state"),
    ("{code}: a visit", "{kode}: a visit", "notices", "label::fa", "unknown_place"),
    ("| days | 20 |", "| days | 900 |", "rating", "value", "not_a_number"),
    ("| yesno |", "| smileys |", "rating", "kind", "unknown_word"),
    ("| | . > 0 |", "| | . > 1 div 0 |", "survey", "constraint", "x_division"),
    ("| | . > 0 |", "| | regex(., '(?=a)b') |", "survey", "constraint", "x_pattern"),
    ("| | . > 0 |", "| | ${widht} > 0 |", "survey", "constraint", "unknown_question"),
    ("| Width | | . > 0 |", "| Width ${widht} | | |", "survey", "label::en", "unknown_question"),
    ("| | . > 0 |", "| | . >> 0 |", "survey", "constraint", "x_syntax"),
    ("| Kind | | | | | |", "| Kind | | | | | name |", "survey", "applicant", "applicant_twice"),
    ("| select_one kinds |", "| select_one kind |", "survey", "type", "unknown_list"),
    ("| integer | width |", "| intger | width |", "survey", "", "xlsform"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "sheet", "column", "code"), FAULTS)
def test_each_fault_is_told_where_it_is(
    good: str, bad: str, sheet: str, column: str, code: str
) -> None:
    assert good in WHOLE
    result = checked(WHOLE.replace(good, bad, 1), Register())
    assert result.definition is None
    found = [fault for fault in result.faults if fault.code == code]
    assert found, result.faults
    assert (found[0].sheet, found[0].column) == (sheet, column)
    with translation.override("fa"):
        sentence = sentence_of(found[0])
    assert sheet in sentence
    assert "برگه" in sentence


def test_all_faults_are_told_at_once_in_the_order_of_the_sheets() -> None:
    bad = WHOLE.replace("clerk", "clark").replace("| business |", "| busy |").replace("yesno", "no")
    bad = bad.replace("| text | who |", "| text | who | | | | | | | x |\n| text | whom |")
    found = [(fault.sheet, fault.code) for fault in checked(bad).faults]
    assert [sheet for sheet, _code in found] == sorted(
        [sheet for sheet, _code in found], key=["survey", "service", "steps", "rating"].index
    )
    assert len(found) >= 4


def test_what_may_be_meant_otherwise_is_a_warning() -> None:
    lonely = WHOLE.replace(
        "| done | صادر",
        "| lost | گ | ض | Lost | | | | | on | ا | م | On | done | | | |\n| done | صادر",
    )
    lonely = lonely.replace("| Visit | officer", "| | officer")
    lonely += "\n## setings\n\n| form_id |\n| --- |\n"
    result = checked(lonely)
    assert result.faults == ()
    codes = [(fault.sheet, fault.row, fault.code) for fault in result.warnings]
    assert codes == [
        ("setings", 0, "sheet_name"),
        ("steps", 4, "language_missing"),
        ("steps", 6, "unreachable"),
    ]


def test_formulas_that_fail_keep_a_plain_form_from_nothing_but_division() -> None:
    plain = SURVEY.replace("office", "")
    result = checked(plain.replace(". > 0", "frob(.)"))
    assert result.faults == ()
    assert [(w.code, w.row, w.column) for w in result.warnings] == [("x_function", 5, "constraint")]
    assert [f.code for f in checked(plain.replace(". > 0", ". > 1 div 0")).faults] == ["x_division"]


def test_a_form_without_end_is_refused_before_it_is_converted() -> None:
    rows = "".join(f"| text | q{n} | x | x | x | | | | | |\n" for n in range(4_000))
    plain = SURVEY.replace("office", "").replace("| text | who |", f"{rows}| text | who |")
    assert [fault.code for fault in checked(plain).faults] == ["form_too_long"]


def test_a_sheet_of_ours_without_the_service_or_the_survey_is_not_enough() -> None:
    assert [f.code for f in checked(STEPS + SURVEY).faults] == ["sheet_needed"]
    assert "sheet_needed" in [f.code for f in checked(SERVICE + STEPS + NOTICES + RATING).faults]


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_every_sentence_takes_its_values(language: str) -> None:
    names = "given known nearest name size rows row columns cells least most languages message"
    values = dict.fromkeys(names.split(), "7")
    with translation.override(language):
        for code in SENTENCES:
            told = sentence_of(Fault("steps", 7, "to", code, values))
            assert "%(" not in told
            assert told.startswith({"en": "sheet", "fa": "برگه", "ar": "الورقة"}[language])
