"""Drafting, adopting and correcting resolutions, and giving them their official numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from diwan.councils.constants import RESOLUTION, RESOLUTION_ADOPTED
from diwan.councils.models import AgendaItem, Body, Meeting, Resolution, Term
from diwan.councils.policies import MEETINGS, RESOLUTIONS
from diwan.councils.rules.keys import fresh_key
from diwan.councils.rules.numbers import NumberRule
from diwan.kernel import audit, links
from diwan.kernel.calendars import Calendar
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.ids import new_id
from diwan.kernel.numbering import Reset
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_key

from .adopting import require_adoptable, require_kind
from .binding import give_days, require_same_days
from .fields import ResolutionFields
from .room import require_same_meeting, require_unsealed
from .writing import (
    checked_choice,
    checked_confidentiality,
    checked_reason,
    checked_span,
    checked_text,
    existing,
    name_posts,
    today_of,
    write,
)


@transaction.atomic
def draft_resolution(actor: Actor, meeting: Meeting, fields: ResolutionFields) -> Resolution:
    """Draft a resolution of a meeting. Needs `kind` and `text`; it has no number yet."""
    through = MEETINGS.require(actor, "run", meeting)
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This meeting was cancelled and resolves nothing."))
    require_unsealed(meeting)
    last = Resolution.objects.filter(meeting=meeting).aggregate(n=Max("position"))["n"]
    id_ = new_id()
    resolution = Resolution(
        id=id_,
        meeting=meeting,
        body_id=meeting.body_id,
        key=fresh_key("r", id_),
        position=0 if last is None else last + 1,
        state=Resolution.State.DRAFT,
        confidentiality=meeting.confidentiality,
    )
    given: ResolutionFields = {"kind": Resolution.Kind.RESOLVED.value, "text": {}}
    for field, value in _values(resolution, {**given, **fields}).items():
        setattr(resolution, field, value)
    resolution.search = search_of(resolution)
    resolution.save(force_insert=True)
    _relations(resolution, fields)
    changes = {"kind": [None, resolution.kind], "text": [None, resolution.text]}
    ref = Ref(RESOLUTION, resolution.pk)
    audit.record(actor, "draft", ref, changes=changes, through=through)
    return resolution


@transaction.atomic
def change_draft(actor: Actor, resolution: Resolution, fields: ResolutionFields) -> Resolution:
    """Change a draft; what was put to the vote stays as it was put.

    Raises NotFound, Forbidden, Refused once it is adopted.
    """
    through = RESOLUTIONS.require(actor, "run", resolution)
    resolution = _locked(resolution)
    require_unsealed(resolution.meeting)
    _require_draft(resolution)
    _require_as_put(resolution, fields)
    changes = _rewrite(resolution, fields)
    if changes:
        ref = Ref(RESOLUTION, resolution.pk)
        audit.record(actor, "change", ref, changes=changes, through=through)
    return resolution


@transaction.atomic
def remove_draft(actor: Actor, resolution: Resolution) -> None:
    """Throw a draft away; the audit keeps its text."""
    through = RESOLUTIONS.require(actor, "run", resolution)
    resolution = _locked(resolution)
    require_unsealed(resolution.meeting)
    _require_draft(resolution)
    if resolution.votes.exists() or resolution.dissents.exists():
        raise Refused(_("This draft was put to the vote, and what was decided on it stays."))
    ref = Ref(RESOLUTION, resolution.pk)
    links.forget(ref)
    changes = {"text": [resolution.text, None]}
    audit.record(actor, "remove", ref, changes=changes, through=through)
    resolution.delete()


@transaction.atomic
def adopt_resolution(actor: Actor, resolution: Resolution) -> Resolution:
    """Adopt a draft of a meeting that was held or is open: it gets the body's next number.

    Where the bylaws give a right to object, it binds so many calendar days after today.
    The body's row is locked, so two adoptions at once get two numbers in a row, without a gap.
    Raises NotFound, Forbidden, Refused.
    """
    through = RESOLUTIONS.require(actor, "run", resolution)
    counter = Counter.of(Body.objects.select_for_update().get(pk=resolution.body_id))
    resolution = _locked(resolution)
    _require_draft(resolution)
    standing = require_adoptable(actor, resolution)
    today = today_of(actor, counter.body)
    counter.give(resolution, on=today)
    days = give_days(resolution, today)
    resolution.state = Resolution.State.ADOPTED.value
    resolution.adopted_at = actor.at
    if standing is not None:  # written with it, and never counted again
        resolution.seats, resolution.present = standing.seats, standing.present
        resolution.recused, resolution.needed = standing.recused, standing.needed
    resolution.search = search_of(resolution)
    resolution.save()
    changes: dict[str, list[Any]] = {
        "state": ["draft", "adopted"],
        "number": [None, resolution.number],
        **days,
    }
    ref = Ref(RESOLUTION, resolution.pk)
    audit.record(actor, "adopt", ref, changes=changes, through=through)
    publish(Fact(RESOLUTION_ADOPTED, ref, actor, actor.at, {"number": resolution.number}))
    return resolution


@transaction.atomic
def correct_resolution(
    actor: Actor, resolution: Resolution, fields: ResolutionFields, *, reason: str
) -> Resolution:
    """Mend a mistake in an adopted resolution's record, until the minutes are signed."""
    through = RESOLUTIONS.require(actor, "run", resolution)
    why = checked_reason(reason)
    resolution = _locked(resolution)
    require_unsealed(resolution.meeting)
    _require_as_put(resolution, fields)
    require_kind(resolution, fields.get("kind", resolution.kind))
    require_same_days(resolution, fields.get("kind", resolution.kind))
    changes = _rewrite(resolution, fields)
    if changes:
        ref = Ref(RESOLUTION, resolution.pk)
        audit.record(actor, "correct", ref, changes=changes, reason=why, through=through)
    return resolution


class Counter:
    """Gives a body's numbers one after another. Whoever makes one holds the lock on the body."""

    def __init__(self, body: Body, rule: NumberRule, terms: Sequence[Term] | None) -> None:
        self.body = body
        self.rule = rule
        self.terms = terms

    @classmethod
    def of(cls, body: Body, terms: Sequence[Term] | None = None) -> Counter:
        """The counter of a (locked) body; `terms` are all that are known of it, where at hand."""
        rule = NumberRule(
            pattern=body.pattern,
            reset=Reset(body.reset),
            code=body.code,
            calendar=Calendar(body.calendar),
            language=body.register.language,
        )
        return cls(body, rule, terms)

    def give(self, resolution: Resolution, *, on: date) -> None:
        """Set the number of a resolution: the one after the highest of its series.

        The year is that of the meeting's date; `on` is the day it is, which tells the term of an
        undated meeting. Nothing is saved.
        """
        meeting = resolution.meeting
        year = self.rule.year_of(meeting.date)
        term = self._term_on(meeting.date or on)
        n = self._highest(year, term) + 1
        number = self._written(n, year, term)
        # A stated number of another shape may stand where counting comes to.
        while self.is_taken(number):
            n += 1
            number = self._written(n, year, term)
        resolution.number = number
        resolution.number_year = year
        resolution.number_n = n
        resolution.number_term = term

    def state(self, resolution: Resolution, number: str, *, on: date) -> None:
        """Set a number that was stated; counting goes on after it where it follows the rule."""
        term = self._term_on(resolution.meeting.date or on)
        read = self.rule.read(number, term=term.number if term else None)
        resolution.number = number
        resolution.number_stated = True
        resolution.number_term = term
        resolution.number_n = read.n if read else None
        year = self.rule.year_of(resolution.meeting.date)
        resolution.number_year = read.year if read and "{year}" in self.rule.pattern else year

    def is_taken(self, number: str) -> bool:
        """True if a resolution of the body has this number."""
        return Resolution.objects.filter(body=self.body, number=number).exists()

    def _term_on(self, day: date) -> Term | None:
        if self.terms is None:
            return Term.objects.as_of(day).filter(body=self.body).first()
        running = (term for term in self.terms if term.holds_on(day))
        return min(running, key=lambda term: term.pk, default=None)

    def _highest(self, year: int | None, term: Term | None) -> int:
        rows = Resolution.objects.filter(body=self.body)
        if self.rule.reset is Reset.YEAR:
            undated = Q(number_year__isnull=True)
            rows = rows.filter(undated if year is None else Q(number_year=year))
        if self.rule.reset is Reset.TERM:
            termless = Q(number_term__isnull=True)
            # A term that was corrected keeps its number, not its row.
            rows = rows.filter(termless if term is None else Q(number_term__number=term.number))
        return rows.aggregate(n=Max("number_n"))["n"] or 0

    def _written(self, n: int, year: int | None, term: Term | None) -> str:
        return self.rule.written(n, year=year, term=term.number if term else None)


def search_of(resolution: Resolution) -> str:
    """The search key of a resolution: its number and its text."""
    return search_key(resolution.number, *resolution.text.values())


def _rewrite(resolution: Resolution, fields: ResolutionFields) -> dict[str, list[Any]]:
    changes = write(resolution, _values(resolution, fields))
    if "item" in changes:
        changes["item"] = [item and item.text for item in changes["item"]]
    changes |= _relations(resolution, fields)
    if changes:
        resolution.search = search_of(resolution)
        resolution.save(update_fields=["search"])
    return changes


def _values(resolution: Resolution, fields: ResolutionFields) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "kind" in fields:
        values["kind"] = checked_choice(fields["kind"], Resolution.Kind.values, "kind")
    if "text" in fields:
        values["text"] = checked_text(fields["text"], "text")
    if "every" in fields:
        values["every"] = checked_span(fields["every"], "every")
    if "confidentiality" in fields:
        values["confidentiality"] = checked_confidentiality(fields["confidentiality"])
    if "item_id" in fields:
        values["item"] = _item(resolution, fields["item_id"])
    return values


def _item(resolution: Resolution, id_: UUID | None) -> AgendaItem | None:
    """The agenda item under which it is taken. Raises Refused for one of another meeting."""
    item = existing(AgendaItem, id_, "item")
    if item is not None:
        require_same_meeting(resolution.meeting, item)
    return item


def _relations(resolution: Resolution, fields: ResolutionFields) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    if "named_post_ids" in fields:
        changes |= name_posts(resolution, fields["named_post_ids"])
    if "about" in fields:
        changes |= _link(resolution, "about", links.Verb.ABOUT, fields["about"])
    if "together_with" in fields:
        changes |= _link(resolution, "together_with", links.Verb.WITH, fields["together_with"])
    return changes


def _link(
    resolution: Resolution, name: str, verb: links.Verb, refs: Sequence[Ref]
) -> dict[str, list[Any]]:
    ref = Ref(RESOLUTION, resolution.pk)
    before = [str(target.id) for target in links.targets(ref, verb)]
    changed = links.set_links(ref, verb, refs)
    return {name: [before, [str(target.id) for target in refs]]} if changed else {}


def _locked(resolution: Resolution) -> Resolution:
    """The row as it stands now; the meeting first, so that nobody seals its minutes meanwhile."""
    Meeting.objects.select_for_update().get(pk=resolution.meeting_id)
    """The resolution as it stands under its meeting's lock.

    What is said of the room waits: nobody leaves it, puts it to the vote or seals its minutes
    between the question and the answer.
    """
    Meeting.objects.select_for_update().get(pk=resolution.meeting_id)
    rows = Resolution.objects.select_related("meeting").select_for_update(of=("self",))
    return rows.get(pk=resolution.pk)


def _require_as_put(resolution: Resolution, fields: ResolutionFields) -> None:
    """Raise Refused where what was voted on would read otherwise, or belong to another item.

    The words of an adopted one are still corrected with a reason; its vote stays under its item.
    """
    if not resolution.votes.exists():
        return
    adopted = resolution.state == Resolution.State.ADOPTED
    frozen = ("item",) if adopted else ("text", "kind", "item")
    values = _values(resolution, fields)
    if not any(name in values and values[name] != getattr(resolution, name) for name in frozen):
        return
    if adopted:
        raise Refused(_("It was voted on under its item, and stays there."), field="item")
    raise Refused(
        _(
            "This draft was put to the vote as it stands. Draft the other wording anew, or break "
            "the vote off while it is open."
        )
    )


def _require_draft(resolution: Resolution) -> None:
    if resolution.state != Resolution.State.DRAFT:
        raise Refused(_("This resolution has been adopted. Correct its record, with a reason."))
