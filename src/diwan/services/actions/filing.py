"""Filing a case: what was answered becomes a case with a code, a promise and its first step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.directory.public import (
    Post,
    Unit,
    authority_of,
    calendars_of,
    day_in,
    unit_names,
)
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, ActorKind, Through
from diwan.services.constants import CASE, FILED, LANGUAGES
from diwan.services.errors import FormFaults
from diwan.services.models import Applicant, Case, CaseAnswers, CaseStep, Service, ServiceVersion
from diwan.services.policies import WORKING, counter_units
from diwan.services.policies.services import services
from diwan.services.queries.complaints import complained_of
from diwan.services.queries.definitions import definition_of, form_of, offered_at
from diwan.services.queries.places import place_of
from diwan.services.queries.working import at_home, owed_by, promised_by, step_due
from diwan.services.rules.codes import digest, new_code
from diwan.services.rules.definition import Definition
from diwan.services.rules.evaluation import evaluate

from .facts import facts_kept, facts_said, title_of
from .flowing import Turn, facts_of, shown
from .given import ApplicantFields, GivenFile, for_themselves
from .papers import keep
from .telling import tell

AT_A_COUNTER = (Case.Channel.COUNTER, Case.Channel.PHONE)
TRIES = 5
NOBODY_SAID = ApplicantFields()


@dataclass(frozen=True)
class Filing:
    """How a case comes: by which channel, in which language, for whom, with which papers.

    `key` is the client's own name of this filing: under the same one again there is one case.
    `instance_id` is OpenRosa's. `about` is the case that a complaint complains of.
    """

    channel: str
    language: str = ""
    applicant: ApplicantFields = NOBODY_SAID
    files: Sequence[GivenFile] = ()
    key: str = ""
    about: Case | None = None
    filed_by: Post | None = None
    instance_id: str = ""


def file_case(  # noqa: PLR0913 - a filing has that many sides; all but four are named
    actor: Actor,
    version: ServiceVersion,
    unit: Unit,
    answers: Mapping[str, Any],
    *,
    channel: str,
    language: str = "",
    applicant: ApplicantFields = NOBODY_SAID,
    files: Sequence[GivenFile] = (),
    key: str = "",
    about: Case | None = None,
    filed_by: Post | None = None,
    instance_id: str = "",
) -> Case:
    """File a case; the same `key` (or `instance_id`) again answers with the case of the first time.

    The citizen is nobody of the house (`Actor.anonymous`); who files for somebody at a counter or
    on the telephone does so where they have a post for it. Raises NotFound for a service that is
    not there for the actor, Forbidden at a counter of others, Refused where it cannot be asked for
    there or so, FormFaults for answers that the form does not take. Nothing is stored then.
    """
    how = Filing(
        channel,
        language,
        applicant,
        files,
        digest(key) if key else "",
        about,
        filed_by,
        instance_id,
    )
    return _known(how, version) or _once(actor, version, unit, answers, how)


def _once(
    actor: Actor, version: ServiceVersion, unit: Unit, answers: Mapping[str, Any], how: Filing
) -> Case:
    """File it; where somebody files the same at this moment theirs, and a taken code is changed."""
    for _time in range(TRIES):
        try:
            with transaction.atomic():
                return _file(actor, version, unit, answers, how)
        except IntegrityError:
            known = _known(how, version)
            if known is not None:
                return known
    raise Refused(_("The case could not be filed just now. Nothing was stored; send it again."))


def _known(how: Filing, version: ServiceVersion) -> Case | None:
    """The case that was filed under the same key, or from the same submission.

    Raises Refused where that is of another service: what is sent now would be lost unheard.
    """
    found, field = None, None
    if how.key:
        found = Case.objects.filed_under(how.key).first()
    if found is None and how.instance_id:
        found, field = Case.objects.of_submission(how.instance_id).first(), "instance_id"
    if found is not None and found.service_id != version.service_id:
        raise Refused(
            _("Under this name a case of another service was filed. Send it under a new one."),
            field=field,
        )
    return found


def _file(
    actor: Actor, version: ServiceVersion, unit: Unit, answers: Mapping[str, Any], how: Filing
) -> Case:
    definition, form = definition_of(version), form_of(version)
    service = version.service
    _require_asked_for(actor, service, version, definition, how)
    _require_offered(actor, service, unit)
    through = _through(actor, unit, how)
    evaluated = evaluate(form, answers, now=at_home(actor.at, unit.country), language=how.language)
    if evaluated.faults:
        raise FormFaults(evaluated.faults)
    case = _made(actor, version, unit, how)
    case.about = complained_of(service, form, evaluated.answers, how.about)
    case.title = title_of(form, definition, evaluated.answers, case.language)
    case.filed_by_id = _filed_by(actor, through, how)
    _begin(actor, case, definition)
    facts = facts_kept(how.applicant, facts_said(form, evaluated.answers))
    who = Applicant.objects.create(case=case, **facts)
    CaseAnswers.objects.create(
        case=case, answers=evaluated.answers, instance_id=how.instance_id, changed_at=actor.at
    )
    teller = for_themselves(actor, office=case.filed_by_id is not None)
    keep(teller, case, how.files, by_applicant=True)
    _told(teller, case, who, definition, through)
    return case


def _require_asked_for(
    actor: Actor,
    service: Service,
    version: ServiceVersion,
    definition: Definition,
    how: Filing,
) -> None:
    """Raise where the service cannot be asked for: by nobody, not by them, not in this way."""
    staff_only = service.audience == Service.Audience.STAFF
    if staff_only and not services.may(actor, "see", service):
        raise NotFound
    if service.state != Service.State.OPEN:
        raise Refused(
            _("“%(service)s” cannot be asked for at present: it is closed to new cases.")
            % {"service": shown(service.name)}
        )
    if version.state not in (ServiceVersion.State.PUBLISHED, ServiceVersion.State.RETIRED):
        raise Refused(_("This version of the service is not published; nothing can be filed yet."))
    if how.channel not in definition.channels:
        ways = _(", ").join(
            str(Case.Channel(way).label)
            for way in definition.channels
            if way in Case.Channel.values
        )
        raise Refused(
            _("“%(service)s” cannot be asked for in this way. It can be asked for: %(ways)s.")
            % {"service": shown(service.name), "ways": ways}
        )


def _require_offered(actor: Actor, service: Service, unit: Unit) -> None:
    day = day_in(unit.country, actor)
    if unit.pk not in offered_at(service, [unit.pk], day):
        raise Refused(
            _("“%(service)s” is not offered at %(unit)s. Choose one of the places that offer it.")
            % {
                "service": shown(service.name),
                "unit": shown(unit_names([unit.pk], day).get(unit.pk, {})),
            },
            field="unit",
        )


def _through(actor: Actor, unit: Unit, how: Filing) -> Through:
    """By which right it is filed. Raises Forbidden at a counter where the actor has no post."""
    if actor.kind is not ActorKind.USER:
        return Through()
    if how.channel in AT_A_COUNTER and not actor.elevated and unit.pk not in counter_units(actor):
        raise Forbidden(_("You may file for others only where you hold a post at the counter."))
    if how.channel not in AT_A_COUNTER:
        return Through()
    return Through(post_id=_own_post(actor, unit.pk), elevation_id=actor.elevation_id)


def _own_post(actor: Actor, unit_id: UUID) -> UUID | None:
    """The post from which the actor files: the chosen one or another that stands there."""
    words = {str(role) for role in WORKING}
    there = [
        h.post_id for h in authority_of(actor).held if h.unit_id == unit_id and h.roles & words
    ]
    return actor.post_id if actor.post_id in there else next(iter(there), None)


def _filed_by(actor: Actor, through: Through, how: Filing) -> UUID | None:
    if how.filed_by is not None:
        if not actor.elevated and how.filed_by.pk not in authority_of(actor).post_ids:
            raise Forbidden
        return how.filed_by.pk
    return through.post_id


def _made(actor: Actor, version: ServiceVersion, unit: Unit, how: Filing) -> Case:
    """The case as it is filed, not yet in a state and not yet stored."""
    language = how.language if how.language in LANGUAGES else (get_language() or "")[:2]
    return Case(
        code=new_code(),
        service=version.service,
        version=version,
        unit=unit,
        filed_unit=unit,
        unit_since_at=actor.at,
        round_at=actor.at,
        channel=how.channel,
        language=language if language in LANGUAGES else LANGUAGES[0],
        filed_at=actor.at,
        state_since_at=actor.at,
        filing_key=how.key,
    )


def _begin(actor: Actor, case: Case, definition: Definition) -> None:
    """Let it into its first state, with a promise; what has no step to take is ended at once."""
    start = definition.start
    # What offers the service exists.
    owner_id = case.service.owner_id
    place = place_of(start.where, case.unit, actor.at, owner_id=owner_id, lives=True)
    at_unit = case.unit if place == case.unit_id else Unit.objects.get(pk=place)
    calendars = calendars_of({at_unit.pk, case.unit_id}, at=actor.at)
    here, there = calendars[at_unit.pk], calendars[case.unit_id]
    case.at_unit, case.state, case.role = at_unit, start.key, start.role
    due_at = step_due(definition, start.key, actor.at, here)
    case.promised_at = promised_by(definition, actor.at, there)
    case.due_at = owed_by(due_at, case.promised_at)
    case.save(force_insert=True)
    CaseStep.objects.create(
        case=case,
        number=1,
        state=start.key,
        role=start.role,
        unit=at_unit,
        entered_at=actor.at,
        due_at=due_at,
    )


def _told(
    actor: Actor, case: Case, who: Applicant, definition: Definition, through: Through
) -> None:
    ref = Ref(CASE, case.pk)
    facts = {name: getattr(who, name) for name in ("name", "phone", "email", "identity")}
    audit.record(
        actor,
        "file",
        ref,
        changes={
            "service": [None, case.service_id],
            "unit": [None, case.unit_id],
            "channel": [None, case.channel],
            "state": [None, dict(definition.start.name)],
            "promised_at": [None, case.promised_at],
        },
        personal={name: [None, value] for name, value in facts.items() if value},
        through=through,
    )
    publish(Fact(FILED, ref, actor, actor.at, facts_of(case)))
    at = Turn(actor, case, definition, through, None)
    tell(at, "filed", f"entered:{case.state}")
