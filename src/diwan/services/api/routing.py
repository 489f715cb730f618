"""Where this room's operations are declared, and what many of them need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils.translation import gettext as _

from diwan.kernel.api import problems
from diwan.kernel.api.problems import Fault, Problem
from diwan.kernel.api.routes import Routes
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.services.errors import FormFaults
from diwan.services.models import Service, ServiceVersion
from diwan.services.policies.services import services
from diwan.services.queries.answer_faults import sentence_of
from diwan.services.queries.definitions import form_of
from diwan.services.rules.evaluation import AnswerFault
from diwan.services.rules.formtree import Form

routes = Routes("services", reads="services:read", writes="services:write")
FIELDS = {"unit": "unit_id", "units": "unit_ids", "other": "other_id", "post": "post_id"}
"""How a body calls what an action calls otherwise."""


def service_seen(actor: Actor, service_id: UUID) -> tuple[Service, ServiceVersion]:
    """A service that the actor may see, and the version that holds. Raises NotFound."""
    rows = Service.objects.filter(pk=service_id).select_related("current", "owner")
    heavy = ("search", "current__definition", "current__form", "current__xform")
    found = services.which(actor, "see", rows.defer(*heavy)).first()
    if found is None or found.current is None:
        raise NotFound
    found.current.service = found
    return found, found.current


@contextmanager
def told(version: ServiceVersion) -> Iterator[None]:
    """Tell what is wrong with answers: of each where it is, a word for programs, a sentence."""
    try:
        yield
    except FormFaults as wrong:
        form = form_of(version)
        faults = [
            Fault(sentence_of(one, form), pointer=pointer_of(form, one), code=one.code)
            for one in wrong.faults
        ]
        raise Problem(problems.REFUSED, wrong.sentence, faults=faults) from wrong
    except Refused as refused:
        if refused.field in FIELDS:
            refused.field = FIELDS[refused.field]
        raise


def pointer_of(form: Form, fault: AnswerFault) -> str:
    """Where in the body an answer stands, as a JSON Pointer; repeats count from nought there."""
    numbers = list(fault.index)
    path, pointer = "", "/answers"
    for place, name in enumerate(fault.path.split("/")[1:]):
        path = f"{path}/{name}"
        if place == 0:
            continue
        pointer += f"/{name}"
        node = form.by_path.get(path)
        if node is not None and node.kind == "repeat" and numbers:
            pointer += f"/{numbers.pop(0) - 1}"
    return pointer


def refuse_unknown(found: list[str]) -> None:
    """Raise Problem for answers to what is not asked: a slip must not lose an answer."""
    if found:
        sentence = _("The form asks the applicant nothing of this name.")
        faults = [Fault(sentence, pointer=pointer, code="unknown") for pointer in found]
        raise Problem(problems.INVALID, faults=faults)
