"""By what the room's records are found, and who sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from diwan.councils.constants import ACTION, ACTION_EVENT, BODY, MEETING, PROOF, RESOLUTION
from diwan.councils.models import Action, ActionEvent, Body, Meeting, Resolution
from diwan.councils.policies import ACTIONS, BODIES, MEETINGS, RESOLUTIONS, countries_of
from diwan.kernel import search
from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Confidentiality
from diwan.kernel.search import CLOSED, Source, Texts, made_on, reach_of

from .proofs import readable

OPEN = (Confidentiality.PUBLIC, Confidentiality.INTERNAL)
ADOPTED = Resolution.State.ADOPTED


def body_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Bodies by name, code and mandate."""
    for row in Body.objects.filter(pk__in=ids).select_related("unit"):
        yield Texts(
            row.pk,
            row.since or made_on(row.pk),
            reach_of(row.confidentiality, row.unit.country),
            list(row.name.values()),
            list((row.mandate or {}).values()),
            row.code,
        )


def meeting_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Meetings by number, place and the name of their body."""
    for row in Meeting.objects.filter(pk__in=ids).select_related("body__unit"):
        texts = [*(row.place or {}).values(), *row.body.name.values()]
        number = "" if row.number is None else str(row.number)
        reach = reach_of(row.confidentiality, row.body.unit.country)
        yield Texts(row.pk, row.date, reach, (), texts, number)


def resolution_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Resolutions by number and text."""
    rows = Resolution.objects.filter(pk__in=ids).values_list(
        "pk", "text", "number", "confidentiality", "state", "meeting__date", "body__unit__country"
    )
    for pk, text, number, confidentiality, state, day, country in rows:
        reach = reach_of(confidentiality, country) if state == ADOPTED else CLOSED
        yield Texts(pk, day, reach, (), list(text.values()), number)


def action_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Actions by text and, among the words, by the number of their resolution."""
    rows = Action.objects.filter(pk__in=ids).values_list(
        "pk",
        "text",
        "arrived_at",
        "resolution__number",
        "resolution__confidentiality",
        "resolution__state",
        "resolution__body__unit__country",
    )
    for pk, text, arrived_at, number, confidentiality, state, country in rows:
        # The public sees no actions, also not those of public resolutions.
        reach = country if confidentiality in OPEN and state == ADOPTED else CLOSED
        yield Texts(pk, arrived_at.date(), reach, (), [*text.values(), number])


def proof_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Proofs by the name of the file."""
    files = list(StoredFile.objects.filter(pk__in=ids, subject_kind=ACTION_EVENT))
    events = {file.subject_id for file in files}
    countries = dict(
        ActionEvent.objects.filter(pk__in=events).values_list(
            "pk", "action__resolution__body__unit__country"
        )
    )
    for file in files:
        if file.subject_id in countries:
            open_ = file.confidentiality in OPEN
            reach = countries[file.subject_id] if open_ else CLOSED
            yield Texts(file.pk, file.added_at.date(), reach, [file.name])


def meetings_of(ids: Sequence[UUID]) -> Iterator[Ref]:
    """Meetings are found by the name of their body."""
    rows = Meeting.objects.filter(body_id__in=ids).values_list("pk", flat=True)
    return (Ref(MEETING, pk) for pk in rows)


def resolutions_of(ids: Sequence[UUID]) -> Iterator[Ref]:
    """Resolutions belong to the day of their meeting."""
    rows = Resolution.objects.filter(meeting_id__in=ids).values_list("pk", flat=True)
    return (Ref(RESOLUTION, pk) for pk in rows)


def actions_of(ids: Sequence[UUID]) -> Iterator[Ref]:
    """Actions are found by the number of their resolution, and are as confidential."""
    rows = Action.objects.filter(resolution_id__in=ids).values_list("pk", flat=True)
    return (Ref(ACTION, pk) for pk in rows)


SOURCES = (
    Source(
        RESOLUTION,
        _("Resolutions"),
        resolution_texts,
        Resolution.objects.all,
        search.seen_by(RESOLUTIONS),
        follows=actions_of,
        named=False,
        list_url="councils:register",
    ),
    Source(
        ACTION,
        _("Actions"),
        action_texts,
        Action.objects.all,
        search.seen_by(ACTIONS),
        named=False,
    ),
    Source(
        MEETING,
        _("Meetings"),
        meeting_texts,
        Meeting.objects.all,
        search.seen_by(MEETINGS),
        follows=resolutions_of,
        list_url="councils:meetings",
    ),
    Source(
        BODY,
        _("Bodies"),
        body_texts,
        Body.objects.all,
        search.seen_by(BODIES),
        follows=meetings_of,
        list_url="councils:bodies",
    ),
    Source(
        PROOF,
        _("Files"),
        proof_texts,
        lambda: StoredFile.objects.filter(subject_kind=ACTION_EVENT),
        lambda ids, actor: set(readable(ids, actor).values_list("pk", flat=True)),
    ),
)


def declare_searches() -> None:
    """Declare all of them, and whose internal records an actor may see."""
    search.declare_reach(countries_of)
    for source in SOURCES:
        search.declare_source(source)
