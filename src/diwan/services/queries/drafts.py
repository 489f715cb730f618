"""Forms that are being filled in: whose they are, where they stand, what is still wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.services.models import Case, Draft, DraftFile, Service, ServiceVersion
from diwan.services.policies import counter_units
from diwan.services.rules.codes import digest
from diwan.services.rules.definition import Definition
from diwan.services.rules.evaluation import Evaluated, evaluate
from diwan.services.rules.formtree import Form, Node

from .definitions import definition_of, form_of
from .pages import FormPage, pages_of

KEPT = timedelta(days=30)
LATELY, MANY = timedelta(days=14), 200
AT_A_COUNTER = (Case.Channel.COUNTER, Case.Channel.PHONE)


@dataclass(frozen=True)
class Filling:
    """A form as somebody has filled it in so far, and how it is judged.

    `draft` is None where nothing is stored yet. `files` are what was given, by place.
    """

    version: ServiceVersion
    form: Form
    definition: Definition
    answers: Mapping[str, Any]
    evaluated: Evaluated
    draft: Draft | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, list[DraftFile]] = field(default_factory=dict)

    @property
    def pages(self) -> list[FormPage]:
        """The pages that are asked now."""
        relevant = self.evaluated.relevant
        return [page for page in pages_of(self.form) if _is_asked(page, relevant)]

    @property
    def shown(self) -> dict[str, Any]:
        """The answers as inputs show them: as they were typed; calculated ones as they are."""
        return _overlaid(self.form.nodes, self.answers, self.evaluated.answers)


def _overlaid(
    nodes: Sequence[Node], typed: Mapping[str, Any], worked: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in nodes:
        ours, theirs = typed.get(node.name), worked.get(node.name)
        if node.kind == "group":
            found[node.name] = _overlaid(node.children, ours or {}, theirs or {})
        elif node.kind == "repeat":
            ours, theirs = ours or [], theirs or []
            size = len(theirs) if node.count else len(ours)
            pairs = zip([*ours, *[{}] * size], [*theirs, *[{}] * size], strict=False)
            found[node.name] = [
                _overlaid(node.children, one, other) for one, other in list(pairs)[:size]
            ]
        else:
            found[node.name] = theirs if ours is None or node.calculation else ours
    return found


def _is_asked(page: FormPage, relevant: frozenset[str]) -> bool:
    if page.top is not None and page.top.kind == "group":
        return page.top.path in relevant
    if page.top is not None:
        # A repeat without a repetition is asked: one may be added.
        path = page.top.path
        return f"{path}[1]" in relevant or not any(one.startswith(f"{path}[") for one in relevant)
    return any(node.path in relevant for node in page.nodes)


def judged(
    version: ServiceVersion, answers: Mapping[str, Any], at: datetime, draft: Draft | None = None
) -> Filling:
    """Answers to a version's form, evaluated as they stand where the reader is."""
    form = form_of(version)
    evaluated = evaluate(form, answers, now=at.astimezone(current().zone))
    files: dict[str, list[DraftFile]] = {}
    if draft is not None:
        for one in draft.files.select_related("file__blob"):
            files.setdefault(one.question, []).append(one)
    contact = dict(draft.contact) if draft is not None else {}
    return Filling(version, form, definition_of(version), answers, evaluated, draft, contact, files)


def drafts() -> QuerySet[Draft]:
    """Drafts with what their pages need; the version's content is kept by `definitions`."""
    heavy = ("version__definition", "version__form", "version__xform", "version__service__search")
    return Draft.objects.select_related("version__service", "case", "unit", "by_post").defer(*heavy)


def draft_of(actor: Actor, secret: str) -> Draft:
    """The draft whose link has this secret.

    One of a counter is besides the business of those who serve there. Raises NotFound where there
    is none (any more); the answer is the same for a wrong secret and one that is over.
    """
    found = drafts().filter(key=digest(secret), tried=False, expires_at__gt=actor.at).first()
    if found is None or (found.by_post_id is not None and not _serves(actor, found)):
        raise NotFound
    return found


def _serves(actor: Actor, draft: Draft) -> bool:
    return actor.elevated or draft.unit_id in counter_units(actor)


def may_begin(service: Service, channel: str) -> bool:
    """Whether somebody may begin to fill in the service's form in this way, now."""
    if service.state != Service.State.OPEN or service.current is None:
        return False
    return channel in definition_of(service.current).channels


def last_used(post_ids: frozenset[UUID], at: datetime) -> list[UUID]:
    """The services for which these posts filed lately, the last one first."""
    lately = Case.objects.filter(filed_by__in=post_ids, filed_at__gte=at - LATELY)
    rows = lately.order_by("-filed_at", "-id").values_list("service_id", flat=True)
    return list(dict.fromkeys(rows[:MANY]))
