"""Workbooks: uploading, publishing, discarding; closing a service and opening it again.

A version's content never changes. What is uploaded is a draft, which replaces the draft before it;
published it stands for ever, and the version before it is retired with all cases on it.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from diwan.directory.public import Unit, day_in
from diwan.kernel import audit, exchange
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.files import store
from diwan.kernel.policies import Actor, Confidentiality, Through
from diwan.kernel.seals import canonical_json
from diwan.kernel.text import clean, search_key
from diwan.services.constants import PUBLISHED, SERVICE, VERSION
from diwan.services.errors import WorkbookFaults
from diwan.services.models import Offer, Service, ServiceVersion
from diwan.services.policies.services import require_owner, services
from diwan.services.queries.definitions import definition_of, form_of
from diwan.services.queries.services import House, unit_of_key
from diwan.services.rules.definition import Definition
from diwan.services.rules.expressions import expression_faults
from diwan.services.rules.formtree import Form
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.sheets import Fault, Sheets, Unreadable
from diwan.services.rules.spreadsheet import to_xlsx
from diwan.services.rules.workbook import check

LONGEST_NOTE = 2_000
LONGEST_NAME = 200
State = ServiceVersion.State


@dataclass(frozen=True)
class _Workbook:
    """A workbook without faults."""

    sheets: Sheets
    definition: Definition
    form: Form
    xform: str
    plain: bool

    @property
    def checksum(self) -> str:
        content = [self.definition.to_json(), self.form.to_json(), self.xform]
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def upload(
    actor: Actor, content: bytes, name: str, *, owner: Unit, service: Service | None = None
) -> ServiceVersion:
    """Take a workbook in as the draft of a service, which replaces an earlier draft.

    The service is found by the workbook's code, and made if there is none; `service` says which
    one it must be. `owner` answers for a new one, unless the workbook names another unit. The same
    content as the draft or the published version gives that version. Raises WorkbookFaults,
    NotFound, Forbidden, Conflict; nothing is stored then.
    """
    workbook = _checked(actor, content, name, owner)
    code = workbook.definition.code
    if service is not None and service.code != code:
        raise WorkbookFaults([Fault("service", 0, "", "code_of_this", {"given": code})])
    try:
        with transaction.atomic():
            return _take_in(actor, workbook, content, name, owner)
    except IntegrityError as error:
        raise Conflict(
            _("Somebody else uploaded a workbook of this service just now. Look at it first.")
        ) from error


def _checked(actor: Actor, content: bytes, name: str, owner: Unit) -> _Workbook:
    house = _house(actor, owner)
    try:
        sheets = read_workbook(content, name)
    except Unreadable as error:
        raise WorkbookFaults([error.fault]) from error
    found = check(sheets, house, name=name)
    if found.faults or found.definition is None or found.form is None:
        raise WorkbookFaults(found.faults)
    return _Workbook(sheets, found.definition, found.form, found.xform, found.plain)


def _house(actor: Actor, owner: Unit) -> House:
    """What a workbook of `owner` may name, for who writes or publishes it."""
    day = day_in(owner.country, actor)
    return House(owner.country, day, register_id=owner.register_id, actor=actor)


def _take_in(
    actor: Actor, workbook: _Workbook, content: bytes, name: str, owner: Unit
) -> ServiceVersion:
    service, through = _service(actor, workbook.definition, owner)
    checksum = workbook.checksum
    standing = service.versions.filter(state__in=[State.DRAFT, State.PUBLISHED])
    same = standing.filter(checksum=checksum).order_by("state").first()
    if same is not None:
        return same
    before = service.versions.order_by("-number").values_list("number", flat=True).first() or 0
    service.versions.filter(state=State.DRAFT).update(state=State.DISCARDED)
    version = ServiceVersion(
        service=service,
        number=before + 1,
        definition=workbook.definition.to_json(),
        form=workbook.form.to_json(),
        xform=workbook.xform,
        checksum=checksum,
        plain=workbook.plain,
        made_at=actor.at,
    )
    if name.lower().endswith(".xls"):
        # The old format is read and never handed on: what others fetch holds the same cells.
        content, name = to_xlsx(workbook.sheets), f"{name}x"
    ref, book = Ref(VERSION, version.pk), io.BytesIO(content)
    version.file = store(actor, ref, book, name, confidentiality=Confidentiality.INTERNAL)
    version.file_name = version.file.name[-LONGEST_NAME:]
    version.save(force_insert=True)
    changes: dict[str, list[Any]] = {"version": [None, version.number]}
    audit.record(actor, "prepare", Ref(SERVICE, service.pk), changes=changes, through=through)
    return version


def _service(actor: Actor, definition: Definition, owner: Unit) -> tuple[Service, Through]:
    """The service of the workbook's code, locked, and what gives the right to write it."""
    day = day_in(owner.country, actor)
    named = definition.owner
    unit = unit_of_key(owner.country, day, named, owner.register_id) if named else owner
    if unit is None:
        raise WorkbookFaults([Fault("service", 0, "", "unknown_unit", {"given": named})])
    standing = Service.objects.select_for_update(of=("self",))
    service = standing.filter(country=unit.country, code=definition.code).first()
    if service is None:
        through = require_owner(actor, unit)
        return _new_service(actor, definition, unit), through
    if service.owner_id != unit.pk or not services.may(actor, "manage", service):
        values = {"given": definition.code}
        raise WorkbookFaults([Fault("service", 0, "", "code_of_another", values)])
    if service.state == Service.State.DRAFT:
        _say(service, definition)
        service.save()
    elif definition.kind != service.kind:
        # Its cases are seen by the rules of its kind: who was complained of would read complaints.
        values = {"given": definition.code}
        raise WorkbookFaults([Fault("service", 0, "kind", "kind_of_before", values)])
    return service, services.require(actor, "manage", service)


def _new_service(actor: Actor, definition: Definition, owner: Unit) -> Service:
    service = Service(country=owner.country, code=definition.code, owner=owner, made_at=actor.at)
    _say(service, definition)
    service.save(force_insert=True)
    return service


def _say(service: Service, definition: Definition) -> None:
    """Give a service the words of a version."""
    service.kind, service.audience = definition.kind, definition.audience
    service.name, service.summary = dict(definition.name), dict(definition.summary)
    service.events = list(definition.events)
    texts = (definition.name, definition.summary, definition.synonyms, definition.description)
    service.search = search_key(*(text for each in texts for text in each.values()))


@transaction.atomic
def publish(actor: Actor, version: ServiceVersion, *, note: str = "") -> Service:
    """Let a draft be what citizens ask for from now on; the version before it is retired.

    Cases stay on the version under which they were filed. Raises NotFound, Forbidden, Refused where
    a formula of its form cannot be worked out or a unit it names is gone, and Conflict where the
    version is no draft any more.
    """
    service, version, through = _locked(actor, version)
    _demand_draft(version)
    _demand_formulas(version)
    words = clean(note)
    if len(words) > LONGEST_NOTE:
        raise Refused(_("The note is too long. Shorten it."), field="note")
    definition = definition_of(version)
    before = service.current.number if service.current is not None else None
    service.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED)
    version.state, version.published_at, version.note = State.PUBLISHED, actor.at, words
    version.save(update_fields=["state", "published_at", "note"])
    _offer(actor, service, definition)
    _say(service, definition)
    service.current = version
    if service.state == Service.State.DRAFT:
        service.state = Service.State.OPEN
    service.save()
    changes: dict[str, list[Any]] = {"version": [before, version.number]}
    ref = Ref(SERVICE, service.pk)
    audit.record(actor, "publish", ref, changes=changes, reason=words, through=through)
    data = {"service": service.pk, "unit": service.owner_id, "version": version.pk}
    exchange.publish(Fact(PUBLISHED, ref, actor, actor.at, data))
    return service


def _demand_draft(version: ServiceVersion) -> None:
    if version.state != State.DRAFT:
        state = State(version.state).label
        raise Conflict(_("This version is no draft any more, but: %(state)s.") % {"state": state})


def _demand_formulas(version: ServiceVersion) -> None:
    faults = expression_faults(form_of(version))
    if faults:
        names = dict.fromkeys(fault.path.rpartition("/")[2] for fault in faults)
        raise Refused(
            _(
                "Formulas of these questions cannot be worked out: %(names)s. Mend them in the "
                "workbook and upload it again."
            )
            % {"names": ", ".join(names)}
        )


def _offer(actor: Actor, service: Service, definition: Definition) -> None:
    """Write down anew where the service is offered; steps lie at no unit of others either."""
    house = _house(actor, service.owner)
    wanted: set[tuple[Any, str]] = set()
    for offering in definition.offered:
        unit = _named(house, offering.unit) if offering.unit else service.owner
        wanted.add((unit.pk, offering.kind))
    for state in definition.states:
        word, _colon, key = state.where.partition(":")
        if word == "unit":
            _named(house, key)
    wanted = wanted or {(service.owner_id, "")}
    Offer.objects.filter(service=service).delete()
    Offer.objects.bulk_create(
        Offer(service=service, unit_id=unit_id, unit_kind=kind) for unit_id, kind in sorted(wanted)
    )


def _named(house: House, key: str) -> Unit:
    """A unit that the workbook names and whoever publishes it may give work to."""
    unit = house.find(key)
    if unit is None:
        raise Refused(
            _("There is no unit with the key “%(key)s” any more. Correct the workbook.")
            % {"key": key}
        )
    if not house.ours(key):
        raise Refused(
            _(
                "The unit “%(key)s” is not yours to offer: it is neither one that you run nor "
                "below one. Name another in the workbook, or have it published by who runs it."
            )
            % {"key": key}
        )
    return unit


@transaction.atomic
def discard(actor: Actor, version: ServiceVersion) -> ServiceVersion:
    """Put a draft aside. Raises NotFound, Forbidden, and Conflict where it is no draft any more."""
    service, version, through = _locked(actor, version)
    _demand_draft(version)
    version.state = State.DISCARDED
    version.save(update_fields=["state"])
    changes: dict[str, list[Any]] = {"version": [version.number, None]}
    audit.record(actor, "discard", Ref(SERVICE, service.pk), changes=changes, through=through)
    return version


@transaction.atomic
def close_service(actor: Actor, service: Service, *, reason: str) -> Service:
    """Take no new cases; those that run go on. Raises NotFound, Forbidden, Refused, Conflict."""
    why = clean(reason)
    if not why:
        raise Refused(_("Say in a few words why: who asks for it will wonder."), field="reason")
    return _turn(actor, service, "close", Service.State.CLOSED, why)


@transaction.atomic
def open_service(actor: Actor, service: Service) -> Service:
    """Take new cases again. Raises NotFound, Forbidden, Conflict."""
    return _turn(actor, service, "open", Service.State.OPEN, "")


def _turn(actor: Actor, service: Service, verb: str, state: str, reason: str) -> Service:
    through = services.require(actor, "manage", service)
    row = Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
    if row.state in (Service.State.DRAFT, state):
        label = Service.State(row.state).label
        raise Conflict(_("The service is already: %(state)s.") % {"state": label})
    changes: dict[str, list[Any]] = {"state": [row.state, state]}
    row.state = state
    row.save(update_fields=["state"])
    ref = Ref(SERVICE, row.pk)
    audit.record(actor, verb, ref, changes=changes, reason=reason, through=through)
    return row


def _locked(actor: Actor, version: ServiceVersion) -> tuple[Service, ServiceVersion, Through]:
    """Service and version as they stand now, and the right to write them."""
    through = services.require(actor, "manage", version.service)
    rows = Service.objects.select_for_update(of=("self",)).select_related("owner", "current")
    service = rows.get(pk=version.service_id)
    return service, ServiceVersion.objects.get(pk=version.pk), through
