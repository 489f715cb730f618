"""Forms whose outcome is compared with another engine's, as rows of their sheets."""

from __future__ import annotations

from diwan.services.tests.forms import TOWNS, row

# Calculations over the answers `a`, `b` (texts), `n` (whole), `x` (decimal), `d` (day), `s`, `m`.
CALCULATED = (
    "${n} + ${x}", "${n} - ${x}", "${n} * ${x}", "${n} div ${x}", "${n} mod 7", "-${n}",
    "${n} > ${x}", "${n} <= 2", "${n} = 2", "${n} != 2", "${a} = ${b}", "${a} != ${b}", "${a} = 7",
    "(${n} > 1) and (${x} > 1)", "(${n} > 1) or (${x} > 1)", "not(${n})",
    "not(${a} = '')", "boolean(${a})",
    "string-length(${a})", "concat(${a}, '-', ${b}, ${n})", "contains(${a}, 'a')",
    "starts-with(${a}, '2')", "ends-with(${a}, 'y')", "substr(${a}, 1, 3)", "substr(${a}, 2)",
    "substring-before(${a}, '-')", "substring-after(${a}, '-')", "translate(${a}, 'axy', 'AXY')",
    "normalize-space(concat('  ', ${a}, '   ', ${b}))", "if(${n} > 2, ${a}, ${b})",
    "coalesce(${a}, ${b})", "selected(${m}, 'rey')", "count-selected(${m})", "selected-at(${m}, 0)",
    "selected-at(${m}, 1)", "jr:choice-name(${s}, '${s}')", "int(${x})", "round(${x})",
    "round(${x}, 1)", "round(${n}, -1)", "floor(${x})", "ceiling(${x})", "abs(${x})",
    "pow(${n}, 2)",
    "sqrt(16)", "number(${a})", "string(${n})", "min(${n}, ${x}, 3)", "max(${n}, ${x}, 3)",
    "${d} < today()", "${d} >= '2026-01-01'", "today() > date('2020-01-01')", "date(${d})",
    "format-date(${d}, '%Y/%m/%d')", "decimal-date-time('2026-01-01T00:00:00Z')",
    "if(${d} != '', decimal-date-time(concat(${d}, 'T12:00:00Z')), 0)", "regex(${a}, '^[0-9]+$')",
    "checklist(1, 2, ${n} > 2, ${x} > 2, ${a} = 'a')", "boolean-from-string(${a})",
    "weighted-checklist(3, 9, ${n} > 2, 3, ${x} > 2, 4)", "${a} + 1", "sin(0) + cos(0)", "pi() > 3",
    "'text'", "1.50", "100000 * 100000", "0.1 + 0.2", "count(${a})", "count-non-empty(${a})",
    "join(', ', ${a}, ${b})", "true()", "digest(${b}, 'SHA-1', 'hex')", "date('2026-01-01') + 1",
    "decimal-time('12:00:00.000')", "position(..)", "${n} - 1 - 1", "2 + 3 * 4 - 6 div 2",
    "substring(${a}, 2, 3)", "once(${a})", "log10(100)", "exp(0)", "int(-3.9)", "round(-2.5)",
)  # fmt: skip
_ASKED = (
    row("text", "a"),
    row("text", "b"),
    row("integer", "n"),
    row("decimal", "x"),
    row("date", "d"),
    row("select_one towns", "s"),
    row("select_multiple towns", "m"),
)
_SETTINGS = [{"form_id": "oracle", "version": "1"}]


def _sheets(*rows: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    return {"survey": list(rows), "choices": list(TOWNS), "settings": _SETTINGS}


FORMS: dict[str, dict[str, list[dict[str, str]]]] = {
    "functions": _sheets(
        *_ASKED,
        *(row("calculate", f"c{n}", calculation=text) for n, text in enumerate(CALCULATED)),
    ),
    "conditions": _sheets(
        *_ASKED,
        row("text", "r1", relevant="${n} > 1", required="${x} > 1"),
        row("begin group", "g1", relevant="selected(${m}, 'rey')"),
        row("integer", "i1", constraint=". > ${n} and . < 100", required="yes"),
        row("begin group", "g2", relevant="${i1} > 2 or ${a} = 'a'"),
        row("text", "t2", required="${i1} mod 2 = 1", constraint="string-length(.) > 1"),
        row("date", "d2", constraint=". <= today() and . >= ${d}"),
        row("end group", "g2_end"),
        row("end group", "g1_end"),
        row("calculate", "seen", calculation="concat(${t2}, '/', ${i1}, '/', ${r1})"),
        row(
            "calculate", "next", calculation="string-length(${seen}) + ${n}", relevant="${b} != ''"
        ),
        row("calculate", "last", calculation="coalesce(${next}, 'none')"),
    ),
    "choices": _sheets(
        row("select_one provinces", "province"),
        row("select_one towns", "town", choice_filter="province = ${province}"),
        row("select_multiple towns", "more", choice_filter="name != ${town}"),
        row("calculate", "label", calculation="jr:choice-name(${town}, '${town}')"),
        row("text", "why", relevant="${town} = 'karaj' or count-selected(${more}) > 1"),
    ),
    "repeats": _sheets(
        row("integer", "many"),
        row("begin repeat", "kids"),
        row("text", "kid", required="yes"),
        row("integer", "age", constraint=". >= 0 and . < 18"),
        row("integer", "since", relevant="${age} >= 7", default="2"),
        row("text", "school", relevant="${age} >= 7"),
        row("calculate", "place", calculation="position(..)"),
        row("calculate", "twice", calculation="${age} * 2 + ${many}"),
        row("begin repeat", "illnesses"),
        row("text", "illness", relevant="${age} > 1"),
        row("calculate", "of", calculation="concat(${kid}, ':', ${illness}, position(..))"),
        row("end repeat", "illnesses_end"),
        row("calculate", "ills", calculation="count(${illnesses})"),
        row("end repeat", "kids_end"),
        row("calculate", "count", calculation="count(${kids})"),
        row("calculate", "sum", calculation="sum(${twice})"),
        row("calculate", "oldest", calculation="max(${age})"),
        row("calculate", "names", calculation="join(', ', ${kid})"),
        row("calculate", "second", calculation="indexed-repeat(${kid}, ${kids}, 2)"),
        row("calculate", "schools", calculation="count-non-empty(${school})"),
        row("calculate", "years", calculation="sum(${since})"),
        row("calculate", "many_since", calculation="count(${since})"),
        row("calculate", "all_since", calculation="join('+', ${since})"),
        row("calculate", "big", calculation="count(/data/kids[age > 10])"),
    ),
    "counted": _sheets(
        row("select_multiple towns", "m"),
        row("begin repeat", "visits", repeat_count="count-selected(${m})"),
        row("calculate", "town", calculation="selected-at(${m}, position(..) - 1)"),
        row("integer", "days"),
        row("end repeat", "visits_end"),
        row("calculate", "towns", calculation="join(' ', ${town})"),
    ),
}
FORMS["choices"]["choices"] = [
    *TOWNS,
    {"list_name": "provinces", "name": "tehran", "label": "تهران"},
    {"list_name": "provinces", "name": "alborz", "label": "البرز"},
]
