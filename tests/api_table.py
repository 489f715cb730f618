"""The permission table of the API as data: tests/api_permissions.txt explains its lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from diwan.config.api import document

from .house import PEOPLE, House

TABLE = Path(__file__).with_name("api_permissions.txt")
WHY = {"reason": "دلیل"}
TEXT = {"text": {"fa": "متن"}}
LATER = {"to": {"date": "2031-01-01"}, **WHY}
ANSWERS = {"name": "سارا بهاری", "trees": "2"}
# What a write sends; what is not here sends an empty object.
BODIES: dict[str, Mapping[str, Any]] = {
    "confirm_action": {"choice": "open"},
    "assign_action": {"post_id": "vacant"},
    "progress_action": {"progress": 10},
    "return_action": WHY,
    "drop_action": WHY,
    "reopen_action": WHY,
    "ask_action_date": LATER,
    "answer_action_date": {"grant": True},
    "re_date_action": LATER,
    "pass_action_down": {"parts": [{"post_id": "vacant"}]},
    "correct_action": {**TEXT, **WHY},
    "make_meeting": {"state": "planned", "date": {"date": "2031-01-01"}},
    "change_meeting": {"number": 77},
    "hold_meeting": {"date": {"date": "2026-01-01"}},
    "cancel_meeting": WHY,
    "add_agenda_item": TEXT,
    "draft_resolution": {"kind": "resolved", **TEXT},
    "change_resolution": TEXT,
    "add_actions": TEXT,
    "make_document": {"kind": "plan", "name": {"fa": "برنامه"}},
    "correct_document_": {"kind": "plan", "name": {"fa": "برنامه"}, **WHY},
    "make_webhook": {"address": "https://example.org/", "kinds": ["councils.action_*"]},
    "change_webhook": {"on": False},
    "make_case": {"unit_id": "unit", "answers": ANSWERS},
    "assign_case": {"post_id": None},
    "act_on_case": {"action": "grant"},
    "return_case": {"asked": [{"paper": "deed"}]},
    "note_case": {"text": "یادداشت"},
    "link_case": {"other_id": "case_done", "verb": "together"},
    "bring_for_applicant": {"words": "سند را آوردم"},
    "reopen_case": WHY,
    "ask_departments": {"unit_ids": ["unit"], "question": "نظر شما؟"},
    "answer_inquiry": {"opinion": "agrees"},
    "make_rating": {"stars": 4},
}
# What a form sends beside its file.
FORMS: dict[str, Mapping[str, str]] = {
    "attach_proofs": {},
    "attach_case_files": {},
    "make_case_with_files": {"case": "make_case"},
    "act_on_case_with_files": {"step": "act_on_case"},
    "bring_files_for_applicant": {"brought": "bring_for_applicant"},
}
QUERIES = {"list_found": "?q=%D9%85%D8%B5%D9%88%D8%A8%D9%87", "get_case_figures": "?unit={unit}"}


@dataclass(frozen=True)
class Line:
    """One line: an operation, the records of its address, an answer for each kind of person."""

    operation: str
    records: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where an operation is."""

    method: str
    path: str
    scope: str


def places() -> dict[str, Place]:
    """Every operation of the document."""
    return {
        details["operationId"]: Place(method, path, details["x-scope"])
        for path, methods in document()["paths"].items()
        for method, details in methods.items()
    }


def lines() -> list[Line]:
    """The table's lines: those that are indented."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            operation, records, *answers = line.split()
            named = () if records == "-" else tuple(records.split(","))
            assert len(answers) == len(PEOPLE), line
            found.append(Line(operation, named, tuple(answers)))
    return found


def send(client: Client, place: Place, line: Line, house: House, **headers: str) -> str:
    """What an operation answers: its status."""
    path = place.path
    for word in line.records:
        begin, end = path.index("{"), path.index("}")
        value = word[1:] if word.startswith("=") else str(house.ids[word])
        path = path[:begin] + value + path[end + 1 :]
    path += QUERIES.get(line.operation, "").format(unit=house.ids["unit"])
    given = {"if-match": "*", "idempotency-key": f"{line}"[:200].replace(" ", ""), **headers}
    given["idempotency-key"] = given["idempotency-key"].encode("ascii", "ignore").decode()
    if place.method == "get":
        return str(client.get(path, headers=given).status_code)
    if line.operation in FORMS:
        sent: dict[str, Any] = {
            name: json.dumps(_with_ids(BODIES[body], house))
            for name, body in FORMS[line.operation].items()
        }
        sent["files"] = [SimpleUploadedFile("a.txt", b"done")]
        return str(client.post(path, sent, headers=given).status_code)
    body = json.dumps(_with_ids(BODIES.get(line.operation, {}), house))
    answer = client.generic(
        place.method.upper(), path, body, content_type="application/json", headers=given
    )
    return str(answer.status_code)


def _with_ids(body: Any, house: House) -> Any:
    """The body with names of records replaced by their identifiers."""
    if isinstance(body, Mapping):
        return {
            name: _id(value, house) if name in NAMED else _with_ids(value, house)
            for name, value in body.items()
        }
    if isinstance(body, list):
        return [_with_ids(each, house) for each in body]
    return body


NAMED = ("post_id", "unit_id", "unit_ids", "other_id")


def _id(value: Any, house: House) -> Any:
    if isinstance(value, list):
        return [_id(each, house) for each in value]
    return value if value is None else str(house.ids[value])
