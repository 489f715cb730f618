"""Functions of expressions, and what makes an expression a fault of its workbook."""

from __future__ import annotations

import time

import pytest

from diwan.services.rules.expressions import expression_faults
from diwan.services.rules.formtree import Form, Node
from diwan.services.rules.xpath.functions import CALLED

from .forms import codes, form_of, row, tried, worked


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("1 + 2 * 3 - 4 div 2", "5"),
        ("-7 mod 3", "-1"),
        ("if(${a} = '3', 'yes', 'no')", "yes"),
        ("coalesce('', ${a}, 'x')", "3"),
        ("selected('x y', 'y')", "true"),
        ("selected-at('x y', 1)", "y"),
        ("count-selected('x y z')", "3"),
        ("int(3.9) + int(-3.9)", "0"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(3.14159, 2)", "3.14"),
        ("round(1234, -2)", "1200"),
        ("pow(2, 10)", "1024"),
        ("concat('a', ${a}, 1.50)", "a31.5"),
        ("join('-', 'a', 'b')", "a-b"),
        ("substr('سلام', 1, 3)", "لا"),
        ("substr('hello', -2)", "lo"),
        ("substring('12345', 2, 3)", "234"),
        ("substring-before('1999/04', '/')", "1999"),
        ("substring-after('1999/04', '/')", "04"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("normalize-space('  a   b ')", "a b"),
        ("string-length('نامه')", "4"),
        ("regex('09121234567', '09[0-9]{9}')", "true"),
        ("regex('a09121234567', '09[0-9]{9}')", "false"),
        ("contains('abc', 'b') and starts-with('abc', 'a') and ends-with('abc', 'c')", "true"),
        ("not(false()) or boolean('')", "true"),
        ("boolean-from-string('1')", "true"),
        ("min(3, 1, 2) + max(3, 1, 2)", "4"),
        ("checklist(1, 2, true(), false())", "true"),
        ("weighted-checklist(5, 9, true(), 4, true(), 2)", "true"),
        ("date('2026-01-31') + 1", "20485"),
        ("date(20485)", "2026-02-01"),
        ("today()", "2026-11-22"),
        ("format-date('2026-03-05', '%d/%n/%Y %b %a')", "05/3/2026 Mar Thu"),
        ("format-date-time(now(), '%H:%M')", "12:00"),
        ("decimal-time('12:00:00')", "0.5"),
        ("string(decimal-date-time('1970-01-02T00:00:00Z'))", "1"),
        ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
        ("round(distance('0 0;0 1'))", "111319"),
        ("string-length(uuid())", "36"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("10000000000 * 10000000000", "100000000000000000000"),
        ("number('abc')", ""),
        ("pulldata('a', 'b', 'c', 'd')", ""),
        ("'a' = 'a' and 3 != 4 and 3 <= 3", "true"),
        ("once('x')", "x"),
        ("sqrt(-1)", ""),
    ],
)
def test_functions(expression: str, result: str) -> None:
    assert worked(expression, a="3") == result


def test_repeats_are_counted_summed_and_picked() -> None:
    form = form_of(
        row("begin repeat", "kids"),
        row("text", "kid"),
        row("integer", "age"),
        row("calculate", "n", calculation="position(..)"),
        row("calculate", "older", calculation="count(../../kids[age > current()/../age])"),
        row("end repeat", "e"),
        row("calculate", "all", calculation="join(', ', ${kid})"),
        row("calculate", "second", calculation="indexed-repeat(${kid}, ${kids}, 2)"),
        row("calculate", "many", calculation="concat(count(${kids}), '/', max(${age}))"),
    )
    kids = [{"kid": "a", "age": "9"}, {"kid": "b", "age": "5"}, {"kid": "c", "age": "7"}]
    found = tried(form, {"kids": kids}).answers
    assert [(kid["n"], kid["older"]) for kid in found["kids"]] == [
        ("1", "0"),
        ("2", "2"),
        ("3", "1"),
    ]
    assert (found["all"], found["second"], found["many"]) == ("a, b, c", "b", "3/9")


def test_the_sum_of_what_is_not_all_known_is_not_known() -> None:
    form = form_of(
        row("begin repeat", "kids"),
        row("integer", "age"),
        row("end repeat", "e"),
        row("calculate", "all", calculation="sum(${age})"),
        row("calculate", "known", calculation="sum(/data/kids/age[. != ''])"),
    )
    found = tried(form, {"kids": [{"age": "9"}, {"age": ""}]}).answers
    assert (found["all"], found["known"]) == ("", "9")


@pytest.mark.parametrize(
    ("columns", "column", "code"),
    [
        ({"relevant": "${a} >"}, "relevant", "syntax"),
        ({"constraint": "secret(.)"}, "constraint", "function"),
        ({"constraint": "regex(.)"}, "constraint", "arguments"),
        ({"constraint": r"regex(., '(a)\1')"}, "constraint", "pattern"),
        ({"constraint": "regex(., '(?=a)b')"}, "constraint", "pattern"),
        ({"relevant": "/data/nobody = 1"}, "relevant", "path"),
        ({"constraint": "count(instance('none')/root/item) > 1"}, "constraint", "list"),
        ({"constraint": ". > 1 div 0"}, "constraint", "division"),
        ({"required": "(" * 70 + "1" + ")" * 70}, "required", "too_deep"),
        ({"required": "1" + " + 1" * 2000}, "required", "too_long"),
        ({"required": "1" + " + 1" * 200}, "required", "too_deep"),
        ({"relevant": "${c} = 1"}, "calculation", "cycle"),
    ],
)
def test_faults_are_found_when_the_workbook_is_checked(
    columns: dict[str, str], column: str, code: str
) -> None:
    form = form_of(
        row("text", "a"), row("text", "b", **columns), row("text", "c", calculation="${b}")
    )
    (fault,) = expression_faults(form)
    assert (fault.column, fault.code) == (column, code)


def test_a_pattern_that_hangs_others_takes_no_time() -> None:
    form = form_of(row("text", "a", constraint="regex(., '(a+)+b')"))
    begun = time.perf_counter()
    assert codes(tried(form, {"a": "a" * 5000})) == [("a", "constraint")]
    assert time.perf_counter() - begun < 0.2


def test_texts_that_double_themselves_are_stopped() -> None:
    rows = [row("text", "n0")]
    rows += [
        row("calculate", f"n{n}", calculation=f"concat(${{n{n - 1}}}, ${{n{n - 1}}})")
        for n in range(1, 40)
    ]
    begun = time.perf_counter()
    assert codes(tried(form_of(*rows), {"n0": "abc"}))[-1][1] == "too_much"
    assert time.perf_counter() - begun < 1


def test_work_in_the_square_of_the_data_is_stopped() -> None:
    form = form_of(
        row("begin repeat", "r"),
        row("text", "a"),
        row("calculate", "c", calculation="count(/data/r[count(/data/r[a = '1']) > 1])"),
        row("end repeat", "e"),
    )
    begun = time.perf_counter()
    assert "too_much" in {code for _n, code in codes(tried(form, {"r": [{"a": "1"}] * 200}))}
    assert time.perf_counter() - begun < 5


def test_a_form_made_by_hand_is_worked_out() -> None:
    asked = Node("n", "/data/n", "question", "integer", constraint=". > 0")
    form = Form("f", "1", "data", {}, ("fa",), (asked,))
    assert codes(tried(form, {"n": "0"})) == [("n", "constraint")]
    assert expression_faults(form) == ()


@pytest.mark.parametrize(
    "nasty",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31",
        "-" * 3,
        "1" * 400,
        "/data/a",
        "NaN",
        "\u0000",
        "91 181;0 0;1 1;91 181",
        "=",
    ],
)
def test_no_answer_makes_a_function_fail(nasty: str) -> None:
    given = ["${a}", "${b}", "${a}", "${b}", "${n}"]
    calls = [
        f"{name}({', '.join(given[:count])})"
        for name, called in sorted(CALLED.items())
        for count in range(called.least, min(called.most, called.least + 2) + 1)
    ]
    calls += [call.replace("${a}", "number(${a})") for call in calls]
    calls += ["date(number(${a}))", "uuid(${n})", "round(1 div ${n})", "int(1 div ${n})"]
    rows = [row("calculate", f"c{n}", calculation=call) for n, call in enumerate(calls)]
    form = form_of(row("text", "a"), row("text", "b"), row("integer", "n"), *rows)
    for other in (nasty, "", "5", "2026-11-22T10:00:00"):
        for n in ("0", "-3", ""):
            tried(form, {"a": nasty, "b": other, "n": n})
