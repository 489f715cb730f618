"""schemathesis over every operation: no 500, no answer that the document does not name.

The programs of a secretary and of an officer send what the document allows and what it does not, to
records that are there. Few examples each, the same every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from ninja import Schema
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from diwan.config.api import document

from .api_house import token_of
from .house import House
from .kept import KeptHouse

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
RECORDS = {
    "units": ("unit", "top"),
    "posts": ("post", "vacant"),
    "people": ("person",),
    "bodies": ("body",),
    "meetings": ("planned", "meeting", "undated"),
    "resolutions": ("draft", "resolution"),
    "actions": ("action", "doing", "done", "asked", "closed", "unowned", "unconfirmed"),
    "documents": ("document",),
    "files": ("proof",),
    "services": ("service",),
    "cases": ("case", "case_waiting", "case_done"),
}
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}


@pytest.fixture
def house(standing_house: KeptHouse, db: None) -> Iterator[House]:
    """The house; its database stays open between the requests, as in Django's own client."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    yield standing_house
    for each in signals:
        each.connect(close_old_connections)


def operations() -> list[Any]:
    found: Any = schemathesis.openapi.from_dict(document()).get_all_operations()
    return [each.ok() for each in found]


def test_shapes_of_one_name_are_one_shape() -> None:
    """The document keeps one of each name: another room's would take its place."""
    found: dict[str, list[Any]] = {}
    for shape in shapes(Schema):
        if shape.__module__.startswith("diwan."):
            told = shape.model_json_schema()
            found.setdefault(shape.__name__, []).append(told.get("properties"))
    assert [name for name, known in found.items() if any(one != known[0] for one in known)] == []


def shapes(above: type[Schema]) -> Iterator[type[Schema]]:
    for shape in above.__subclasses__():
        yield shape
        yield from shapes(shape)


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.name.lower())
def test_no_answer_that_the_document_does_not_name(
    house: House, mode: GenerationMode, settings: Any
) -> None:
    settings.DIWAN_API_RATE = 1_000_000
    app = get_wsgi_application()
    people = [house.people["secretary"], house.people["officer"]]
    tokens = cycle([token_of(user) for user in people if user is not None])
    wrong = []
    for operation in operations():
        operation.app = app
        try:
            try_out(operation, mode, house, tokens)
        except FailureGroup as failures:
            wrong += [f"{operation.label}: {failure}" for failure in failures.exceptions]
    assert wrong == []


def try_out(operation: Any, mode: GenerationMode, house: House, tokens: Iterator[str]) -> None:
    """Send a few requests of one operation, each undone afterwards."""
    chance = random.Random(operation.label)

    @seed(1)
    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        aim(case, house, chance)
        headers = {"Authorization": f"Bearer {next(tokens)}"}
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    run()


def aim(case: Any, house: House, chance: random.Random) -> None:
    """Let the request name records that are there, where that is not what is wrong with it."""
    parts = case.meta.components
    fine = {where for where, part in parts.items() if part.mode is GenerationMode.POSITIVE}
    words = case.operation.path.split("/")
    if ParameterLocation.PATH in fine and "id" in (case.path_parameters or {}):
        room = words[words.index("{id}") - 1]
        if room in RECORDS:
            case.path_parameters["id"] = str(house.ids[chance.choice(RECORDS[room])])
    if ParameterLocation.HEADER in fine and "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = "*"
    if ParameterLocation.HEADER in fine and case.headers is not None:
        case.headers.pop("Diwan-Post", None)
