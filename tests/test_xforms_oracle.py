"""Forms worked out by us and by the engine of ODK Web Forms: the same answers, the same outcome.

Relevance, required, constraints and calculated values of every question are compared, for forms of
our own and for those beside the project that pyxform converts. Known differences, on purpose:

- what is divided by nought or is no number stays blank with us; there it is ``Infinity``, ``NaN``;
- a constraint is not worked out for a blank answer or one that is not asked (there: it is valid);
- answers that are no choice are refused by us, dropped there: none are given here;
- `and` and `or` answer truth with us; there they may answer the text of an operand;
- what is always read-only keeps its default with us, whatever is sent;
- what only the office answers is never missing with us: the steps say what they need;
- `regex` needs the whole text with us, as ODK's documentation says.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyxform.xls2json_backends import xls_to_dict, xlsx_to_dict

from diwan.interop.rules.openrosa import app_form
from diwan.services.rules.evaluation import Evaluated, begin, evaluate
from diwan.services.rules.expressions import expression_faults
from diwan.services.rules.formtree import Form, Node
from diwan.services.rules.reading import first_rows, read_workbook
from diwan.services.rules.submission import to_xml
from diwan.services.rules.xlsform import convert

from .oracle.forms import FORMS

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("DIWAN_SHARED", "") or ROOT.parent / "shared") / "corpus/xlsforms"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PACKS = ROOT / "packs/services"
EACH, OWN = 5, 15  # sets of answers for a form; for one of those made to be compared
_TEXTS = ("", "", "a", "7", "rey", "x y", "سلام", "2026-01-31", "-3.5", "0")
_DAYS = ("", "2026-11-22", "2025-03-01", "2028-02-29", "1999-12-31", "2030-01-01")


def _answers(form: Form, nodes: tuple[Node, ...], draw: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in nodes:
        if node.kind == "group":
            found[node.name] = _answers(form, node.children, draw)
        elif node.kind == "repeat":
            many = range(draw.randint(1, 3))
            found[node.name] = [_answers(form, node.children, draw) for _one in many]
        else:
            found[node.name] = _answer(form, node, draw)
    return found


def _answer(form: Form, node: Node, draw: random.Random) -> str:
    names = [choice.name for choice in form.lists.get(node.list, ())]
    by_type: dict[str, Callable[[], str]] = {
        "integer": lambda: draw.choice(("", "0", "1", "2", str(draw.randint(-5, 120)))),
        "decimal": lambda: draw.choice(("", "0", "2.5", _written(str(draw.randint(-50, 990) / 8)))),
        "date": lambda: draw.choice(_DAYS),
        "text": lambda: draw.choice(_TEXTS),
        "select_one": lambda: draw.choice(("", *names)),
        "select_multiple": lambda: " ".join(
            draw.sample(names, draw.randint(0, min(3, len(names))))
        ),
    }
    if node.readonly == "true()" or node.type not in by_type:
        return ""
    return by_type[node.type]()


def _put(answers: Any, place: tuple[str, ...], index: tuple[int, ...], value: str) -> None:
    numbers = iter(index)
    for name in place[:-1]:
        answers = answers[name]
        if isinstance(answers, list):
            answers = answers[next(numbers) - 1]
    answers[place[-1]] = value


def _tried(form: Form, draw: random.Random) -> tuple[dict[str, Any], Evaluated]:
    """Random answers without any that is no choice, and what we make of them."""
    answers = _answers(form, form.nodes, draw)
    while True:
        found = evaluate(form, answers, now=datetime.now(UTC), office=True)
        wrong = [fault for fault in found.faults if fault.code in ("choice", "type")]
        if not wrong:
            return answers, found
        for fault in wrong:
            _put(answers, tuple(fault.path.split("/")[2:]), fault.index, "")


def _ours(form: Form, found: Evaluated) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    faults = {(_place(form, fault.path, fault.index), fault.code) for fault in found.faults}
    for place, value in _values(f"/{form.root}", form.nodes, found.answers):
        told[place] = {
            "required": place in found.required,
            "constraint": (place, "constraint") not in faults,
            "missing": (place, "required") in faults,
            "value": value,
        }
    return {place: fact for place, fact in told.items() if place in found.relevant}


def _place(form: Form, path: str, index: tuple[int, ...]) -> str:
    at, numbers = f"/{form.root}", iter(index)
    for name in path.split("/")[2:]:
        at = f"{at}/{name}"
        plain = "".join(sign for sign in at if sign not in "[]0123456789") if "[" in at else at
        node = form.by_path.get(plain)
        if node is not None and node.kind == "repeat":
            at = f"{at}[{next(numbers, 0)}]"
    return at


def _values(at: str, nodes: tuple[Node, ...], answers: Mapping[str, Any]) -> Iterator[Any]:
    for node in nodes:
        given = answers.get(node.name)
        if node.kind == "repeat":
            for place, one in enumerate(given or (), start=1):
                yield from _values(f"{at}/{node.name}[{place}]", node.children, one)
        elif node.kind == "group":
            yield from _values(f"{at}/{node.name}", node.children, given or {})
        elif node.type not in ("note", "start", "end", "today", "deviceid"):
            yield f"{at}/{node.name}", given


@cache
def _forms() -> dict[str, tuple[Form, str]]:
    found = {name: convert(sheets) for name, sheets in FORMS.items()}
    for path in sorted(PACKS.glob("*.md")):
        if path.name != "README.md":
            sheets = read_workbook(path.read_bytes(), path.name)
            rows = {name: first_rows(sheets[name]) for name in _SHEETS if name in sheets}
            found[path.name] = convert(rows, path.stem)
    for path in sorted(CORPUS.iterdir()) if CORPUS.is_dir() else ():
        read = xls_to_dict if path.suffix == ".xls" else xlsx_to_dict
        try:
            book = read(str(path))
            form, xform = convert({n: r for n, r in book.items() if n in _SHEETS}, path.stem)
        except Exception:  # noqa: BLE001, S112  what pyxform itself cannot read
            continue
        if not expression_faults(form):
            found[path.name] = form, xform
    return found


_SHEETS = ("survey", "choices", "settings")


def _theirs(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    node = shutil.which("node")
    assert node is not None, "the forms' engine needs Node"
    done = subprocess.run(
        [node, str(ROOT / "tests/oracle/xforms.mjs")],
        input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120,
        env={**os.environ, "TZ": "UTC"}, cwd=ROOT,
    )  # fmt: skip
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def _differing(form: Form, found: Evaluated, theirs: Mapping[str, Any]) -> Iterator[Any]:
    """Places where we and they differ, with both outcomes."""
    for place, fact in _ours(form, found).items():
        there = {**theirs[place], "value": _written(theirs[place]["value"])}
        node = form.by_path.get(_plain(place))
        if node is not None and node.by == "office":
            there["missing"] = False
        if {"relevant": True, **fact} != there:
            yield place, fact, there
    # Instances of a repeat stand together in an item of theirs that is none of ours.
    repeats = {path for path, node in form.by_path.items() if node.kind == "repeat"}
    for place, fact in theirs.items():
        known = place in found.relevant or place == f"/{form.root}" or "/meta" in place
        if fact["relevant"] and not known and _plain(place) not in repeats:
            yield place, "irrelevant here", fact


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_same_answers_have_the_same_outcome_elsewhere() -> None:
    draw = random.Random(20261122)
    asked, ours = [], []
    for name, (form, xform) in _forms().items():
        tried = [_tried(form, draw) for _one in range(OWN if name in FORMS else EACH)]
        xmls = [to_xml(form, answers, f"uuid:{n}") for n, (answers, _found) in enumerate(tried)]
        asked.append({"xform": xform, "instances": xmls})
        ours.append((name, form, tried))
    differing, compared = [], 0
    for (name, form, tried), told in zip(ours, _theirs(asked), strict=True):
        assert "failure" not in told, (name, told)
        for (answers, found), theirs in zip(tried, told["instances"], strict=True):
            compared += len(_ours(form, found))
            differing += [(name, answers, *one) for one in _differing(form, found, theirs)]
    assert not differing, differing[:5]
    assert compared > 1000


def test_forms_without_what_the_office_answers_are_still_forms() -> None:
    forms = [one for name, one in _forms().items() if name.endswith(".md")]
    asked = []
    for form, xform in forms:
        office = frozenset(node.path for node in form.by_path.values() if node.by == "office")
        sent = app_form(xform, "ir-service", "7", office)
        assert all(f'ref="{path}"' not in sent for path in office)
        theirs = replace(form, id="ir-service", version="7")
        xml = to_xml(theirs, begin(theirs, now=NOW), "uuid:1")
        asked.append({"xform": sent, "instances": [xml]})
    assert all("failure" not in told for told in _theirs(asked))


def _plain(place: str) -> str:
    """A place without the numbers of its repeats."""
    return "/".join(name.partition("[")[0] for name in place.split("/"))


def _written(value: str) -> str:
    """A value of theirs as we write it."""
    if value in ("NaN", "Infinity", "-Infinity"):
        return ""
    return value.removesuffix(".0")
