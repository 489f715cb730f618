"""Small forms for tests: rows of a survey in, our tree out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from diwan.services.rules.evaluation import Evaluated, evaluate
from diwan.services.rules.formtree import Form
from diwan.services.rules.xlsform import convert

TEHRAN = timezone(timedelta(hours=3, minutes=30))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=TEHRAN)
TOWNS = (
    {"list_name": "towns", "name": "rey", "label": "ری", "province": "tehran"},
    {"list_name": "towns", "name": "karaj", "label": "کرج", "province": "alborz"},
    {"list_name": "towns", "name": "hashtgerd", "label": "هشتگرد", "province": "alborz"},
)


def row(kind: str, name: str, **columns: str) -> dict[str, str]:
    """A row of the sheet `survey`."""
    return {"type": kind, "name": name, "label": name, **columns}


def form_of(*rows: Mapping[str, str], choices: Sequence[Mapping[str, str]] = TOWNS) -> Form:
    """The form of these rows."""
    return convert({"survey": list(rows), "choices": list(choices)})[0]


def worked(expression: str, **answers: Any) -> str:
    """What a calculation makes of answers to text questions of these names."""
    asked = [row("text", name) for name in answers]
    form = form_of(*asked, row("calculate", "result", calculation=expression))
    return str(evaluate(form, answers, now=NOON).answers["result"])


def tried(form: Form, answers: Mapping[str, Any], **more: Any) -> Evaluated:
    """The form worked out on a fixed noon."""
    return evaluate(form, answers, now=NOON, **more)


def codes(found: Evaluated) -> list[tuple[str, str]]:
    """Names of the questions at fault, and what is wrong."""
    return [(fault.path.rpartition("/")[2], fault.code) for fault in found.faults]
