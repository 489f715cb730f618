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
}
QUERIES = {"list_found": "?q=%D9%85%D8%B5%D9%88%D8%A8%D9%87"}


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
    path += QUERIES.get(line.operation, "")
    given = {"if-match": "*", "idempotency-key": f"{line}"[:200].replace(" ", ""), **headers}
    given["idempotency-key"] = given["idempotency-key"].encode("ascii", "ignore").decode()
    if place.method == "get":
        return str(client.get(path, headers=given).status_code)
    if line.operation == "attach_proofs":
        files = {"files": [SimpleUploadedFile("a.txt", b"done")]}
        return str(client.post(path, files, headers=given).status_code)
    body = json.dumps(_with_ids(BODIES.get(line.operation, {}), house))
    sent = client.generic(
        place.method.upper(), path, body, content_type="application/json", headers=given
    )
    return str(sent.status_code)


def _with_ids(body: Any, house: House) -> Any:
    """The body with names of records replaced by their identifiers."""
    if isinstance(body, Mapping):
        return {
            name: str(house.ids[value]) if name == "post_id" else _with_ids(value, house)
            for name, value in body.items()
        }
    if isinstance(body, list):
        return [_with_ids(each, house) for each in body]
    return body
