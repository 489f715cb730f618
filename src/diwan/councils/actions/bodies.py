"""Founding, changing, correcting and dissolving those who meet; terms, and what they oversee."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diwan.councils.constants import BODY, MEETING
from diwan.councils.models import Body, Meeting, Membership, Oversight, Term
from diwan.councils.policies import BODIES, require_host
from diwan.councils.rules.invitations import MOST_HOURS
from diwan.councils.rules.keys import fresh_key
from diwan.councils.rules.numbers import check_rule
from diwan.directory.public import Register, Unit
from diwan.kernel import audit
from diwan.kernel.calendars import Calendar, PartialDate
from diwan.kernel.countries import country
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.numbering import DEFAULT_PATTERN, ImpossiblePattern, Reset, initials_code
from diwan.kernel.policies import Actor, Confidentiality, Through
from diwan.kernel.text import clean, local, normalise, search_key
from diwan.ui.show import show_number

from .fields import BodyFields
from .writing import (
    checked_choice,
    checked_confidentiality,
    checked_day,
    checked_reason,
    checked_span,
    checked_text,
    columns,
    existing,
    require_all,
    require_period,
    supersede,
    write,
)


@transaction.atomic
def make_body(actor: Actor, unit_id: UUID, fields: BodyFields) -> Body:
    """Found a body in a unit. Needs at least `name` and `kind`; the code is made of the initials.

    For heads and secretaries over the unit. Raises NotFound, Forbidden, Refused.
    """
    unit = Unit.objects.select_related("register").filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    through = require_host(actor, unit.pk, unit.country)
    # Two bodies founded at once must not take the same code.
    register = Register.objects.select_for_update().get(pk=unit.register_id)
    body = _blank(unit, register)
    given: BodyFields = {"name": {}, "kind": "", **fields}
    given["code"] = fields.get("code") or _free_code(register, fields)
    values = _values(body, given)
    for field, value in values.items():
        setattr(body, field, value)
    body.search = _search_of(body)
    body.save(force_insert=True)
    told = {field: [None, value] for field, value in values.items() if value}
    if body.parent is not None:
        told["parent"] = [None, body.parent.pk]
    audit.record(actor, "make", Ref(BODY, body.pk), changes=told, through=through)
    return body


def _blank(unit: Unit, register: Register) -> Body:
    """A body of a unit before anything was said of it."""
    id_ = new_id()
    return Body(
        id=id_,
        register=register,
        key=fresh_key("b", id_),
        unit=unit,
        calendar=country(unit.country).calendar.value,
        pattern=DEFAULT_PATTERN,
        confidentiality=Confidentiality.INTERNAL,
    )


def _free_code(register: Register, fields: BodyFields) -> str:
    """A code of the name's initials that no other body of the register has."""
    taken = Body.objects.filter(register=register).values_list("code", flat=True)
    name, _language = local(fields.get("name", {}), register.language)
    return initials_code(name, taken)[:12]


@transaction.atomic
def change_body(actor: Actor, body: Body, fields: BodyFields) -> Body:
    """Change what a body is from now on. Raises NotFound, Forbidden, Refused."""
    return _rewrite(actor, body, fields, verb="change", reason="")


@transaction.atomic
def correct_body(actor: Actor, body: Body, fields: BodyFields, *, reason: str) -> Body:
    """Mend a mistake in a body's record, with the reason. Raises NotFound, Forbidden, Refused."""
    return _rewrite(actor, body, fields, verb="correct", reason=checked_reason(reason))


def _rewrite(actor: Actor, body: Body, fields: BodyFields, *, verb: str, reason: str) -> Body:
    through = BODIES.require(actor, "manage", body)
    Register.objects.select_for_update().get(pk=body.register_id)
    body = Body.objects.select_for_update().get(pk=body.pk)
    changes = write(body, _values(body, fields))
    if "parent" in changes:
        changes["parent"] = [parent and parent.pk for parent in changes["parent"]]
    if changes:
        body.search = _search_of(body)
        body.save(update_fields=["search"])
        audit.record(
            actor, verb, Ref(BODY, body.pk), changes=changes, reason=reason, through=through
        )
    return body


@transaction.atomic
def dissolve_body(actor: Actor, body: Body, *, on: PartialDate, reason: str) -> Body:
    """End a body on a day: its memberships and term end, planned meetings from then on are off.

    What its resolutions ask for stays owed. Raises NotFound, Forbidden, Refused.
    """
    through = BODIES.require(actor, "manage", body)
    why = checked_reason(reason)
    body = Body.objects.select_for_update().get(pk=body.pk)
    require_period(body.since, on.first_day, "on")
    if body.until is not None and body.until <= on.first_day:
        raise Refused(_("This body has already been dissolved."), field="on")
    changes = write(body, columns("until", on))
    for rows in (Membership.objects.known(), Term.objects.known()):
        for row in rows.filter(body=body):
            if row.until is None or row.until > on.first_day:
                _end_by(actor, row, on)
    cancelled = _call_off(actor, body, on, why, through)
    if cancelled:
        changes["cancelled"] = [0, cancelled]
    audit.record(
        actor, "dissolve", Ref(BODY, body.pk), changes=changes, reason=why, through=through
    )
    return body


def _call_off(actor: Actor, body: Body, on: PartialDate, why: str, through: Through) -> int:
    """Call off what is planned from a day on, each with its own entry; how many that were.

    Raises Refused while one of them is open in the room.
    """
    planned = Meeting.objects.filter(body=body, state=Meeting.State.PLANNED)
    rows = planned.filter(date__gte=on.first_day).select_for_update(of=("self",)).order_by("pk")
    meetings = list(rows)
    if any(meeting.opened_at is not None for meeting in meetings):
        raise Refused(_("A meeting of this body is open in the room. Close it there first."))
    for meeting in meetings:
        told = write(meeting, {"state": Meeting.State.CANCELLED.value})
        ref = Ref(MEETING, meeting.pk)
        audit.record(actor, "cancel", ref, changes=told, reason=why, through=through)
    return len(meetings)


def _end_by(actor: Actor, row: Membership | Term, on: PartialDate) -> None:
    """End a row on a day; one that would only have begun by then is taken back."""
    if row.since is not None and row.since >= on.first_day:
        row.superseded_at = actor.at
        row.save(update_fields=["superseded_at"])
    elif isinstance(row, Membership):
        supersede(actor, row, columns("until", on), reason="")
    else:
        supersede(actor, row, columns("until", on), reason="")


@transaction.atomic
def start_term(actor: Actor, body: Body, *, since: PartialDate, number: int | None = None) -> Term:
    """Begin a term; the one before ends that day. Raises NotFound, Forbidden, Refused."""
    through = BODIES.require(actor, "manage", body)
    Body.objects.select_for_update().get(pk=body.pk)
    terms = Term.objects.known().filter(body=body)
    highest = terms.aggregate(n=Max("number"))["n"] or 0
    number = highest + 1 if number is None else number
    if number <= highest:
        raise Refused(
            _("Term %(n)s has already been. The next one is term %(next)s.")
            % {"n": show_number(number), "next": show_number(highest + 1)},
            field="number",
        )
    for earlier in terms:
        if earlier.until is None or earlier.until > since.first_day:
            require_period(earlier.since, since.first_day, "since")
            supersede(actor, earlier, columns("until", since), reason="")
    term = Term.objects.create(body=body, number=number, **columns("since", since))
    audit.record(
        actor,
        "start_term",
        Ref(BODY, body.pk),
        changes={"term": [highest or None, number], "since": [None, since.first_day]},
        through=through,
    )
    return term


@transaction.atomic
def oversee(actor: Actor, body: Body, unit_ids: Iterable[UUID]) -> Body:
    """Make exactly these units the ones that the body oversees."""
    through = BODIES.require(actor, "manage", body)
    wanted = set(unit_ids)
    require_all(Unit, list(wanted))
    before = set(Oversight.objects.filter(body=body).values_list("unit_id", flat=True))
    if before == wanted:
        return body
    Oversight.objects.filter(body=body, unit_id__in=before - wanted).delete()
    Oversight.objects.bulk_create(Oversight(body=body, unit_id=id_) for id_ in wanted - before)
    audit.record(
        actor,
        "oversee",
        Ref(BODY, body.pk),
        changes={"oversees": [sorted(map(str, before)), sorted(map(str, wanted))]},
        through=through,
    )
    return body


def _values(body: Body, fields: BodyFields) -> dict[str, Any]:
    """The columns of the fields that are given. Raises Refused."""
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = checked_text(fields["name"], "name")
    if "mandate" in fields:
        mandate = fields["mandate"]
        filled = mandate and any(text.strip() for text in mandate.values())
        values["mandate"] = checked_text(mandate, "mandate") if filled else None
    if "kind" in fields:
        values["kind"] = clean(fields["kind"])[:60] or "council"
    if "term_years" in fields:
        values["term_years"] = fields["term_years"]
    values |= _meeting_rule(body, fields)
    if "confidentiality" in fields:
        values["confidentiality"] = checked_confidentiality(fields["confidentiality"])
    if "since" in fields:
        values |= columns("since", fields["since"])
        require_period(values["since"], body.until, "since")
    if "parent_id" in fields:
        values["parent"] = _checked_parent(body, fields["parent_id"])
    return values | _numbering(body, fields)


def _meeting_rule(body: Body, fields: BodyFields) -> dict[str, Any]:
    """When it meets again, and how long before its members are asked."""
    values: dict[str, Any] = {}
    if "every" in fields:
        values["every"] = checked_span(fields["every"], "every")
    if fields.keys() & {"every", "every_on"}:
        every, on = values.get("every", body.every), fields.get("every_on", body.every_on)
        values["every_on"] = checked_day(every, on, "every_on")
    if "notice_hours" in fields:
        values["notice_hours"] = _checked_notice(fields["notice_hours"])
    return values


def _checked_notice(hours: int) -> int:
    if not 0 <= hours <= MOST_HOURS:
        raise Refused(
            _("Invitations go out at most %(n)s hours (two months) before the meeting.")
            % {"n": show_number(MOST_HOURS)},
            field="notice_hours",
        )
    return hours


def _numbering(body: Body, fields: BodyFields) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "calendar" in fields:
        values["calendar"] = checked_choice(fields["calendar"], list(Calendar), "calendar")
    if "reset" in fields:
        values["reset"] = checked_choice(fields["reset"], list(Reset), "reset")
    if "code" in fields:
        values["code"] = _checked_code(body, fields["code"])
    if "pattern" in fields:
        values["pattern"] = clean(fields["pattern"])
    if values.keys() & {"pattern", "reset"}:
        pattern = values.get("pattern", body.pattern)
        try:
            check_rule(pattern, Reset(values.get("reset", body.reset)))
        except ImpossiblePattern as error:
            raise Refused(_pattern_sentence(error), field="pattern") from error
    return values


def _pattern_sentence(error: ImpossiblePattern) -> str:
    sentences = {
        "shape": _("The pattern is not understood. Write for example {year}/{code}/{n}."),
        "n": _("The pattern must contain {n}, the count, exactly once."),
        "year": _("Numbers that begin again every year must contain {year}."),
        "apart": _("Put a mark, such as /, between the parts of the pattern."),
        "field": _("The pattern may contain {year}, {code} and {n}, and nothing else in braces."),
    }
    if error.why == "field" and error.field == "code":
        return _("Numbers that begin again every term must contain {code}.")
    return sentences[error.why]


def _checked_code(body: Body, code: str) -> str:
    cleaned = clean(code)
    if not cleaned or len(cleaned) > 12 or set(cleaned) & set("{}/"):
        raise Refused(
            _("A code has one to twelve letters or digits, without braces or slashes."),
            field="code",
        )
    others = Body.objects.filter(register=body.register).exclude(pk=body.pk)
    if normalise(cleaned) in {normalise(c) for c in others.values_list("code", flat=True)}:
        raise Refused(
            _("Another body has the code “%(code)s” already. Choose another one.")
            % {"code": cleaned},
            field="code",
        )
    return cleaned


def _checked_parent(body: Body, parent_id: UUID | None) -> Body | None:
    parent = existing(Body, parent_id, "parent")
    above, seen = parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == body.pk:
            raise Refused(
                _("A body cannot stand below itself. Choose another one above it."),
                field="parent",
            )
        seen.add(above.pk)
        above = above.parent
    return parent


def _search_of(body: Body) -> str:
    return search_key(*body.name.values(), body.code, *(body.mandate or {}).values())
