"""Minutes on desks, in notices and in trails; and what is left of a name that was erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, UUIDField
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.accounts.public import USER_KIND
from diwan.councils.actions.minutes import erase_names, erase_signer
from diwan.councils.constants import MEETING, MINUTES_SEALED, MINUTES_SIGNED
from diwan.councils.models import BodySeatUser, Meeting, MinutesSignature, MinutesVersion
from diwan.councils.policies import SIGNATURES, served_ids
from diwan.councils.policies.reach import NOBODY, among, any_of
from diwan.councils.queries.recipients import servers_of
from diwan.councils.queries.titles import in_languages, meeting_title
from diwan.directory.public import PERSON, authority_of, users_of_posts
from diwan.kernel import exchange, jobs, notices
from diwan.kernel.erasing import declare_erasure
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import DeskItem, DeskQuestion, Fact, Ref, Waiting
from diwan.kernel.notices import Telling, Words
from diwan.kernel.policies import Actor
from diwan.kernel.text import isolate, local
from diwan.ui.show import show_local

GROUP = "councils.minutes"
TO_SIGN = "councils.minutes_to_sign"
SIGNED = "councils.minutes_all_signed"
TELL = "councils.tell_minutes"

MINUTES_VERBS: Mapping[str, Sentence] = {
    "seal_minutes": gettext_lazy("sealed the minutes"),
    "sign_minutes": gettext_lazy("signed the minutes"),
    "withdraw_minutes": gettext_lazy("withdrew the minutes"),
    "begin_correction": gettext_lazy("began a correction of the minutes"),
    "end_correction": gettext_lazy("ended the correction of the minutes"),
}
MINUTES_FIELDS: Mapping[str, Sentence] = {
    "version": gettext_lazy("Version"),
    "sha256": gettext_lazy("Checksum"),
}


def signatures(question: DeskQuestion) -> Iterator[DeskItem]:
    """Minutes that wait for the signature of the posts, or of the actor's own named seats.

    Who serves a body reads those of the own desk with its meetings (`to_sign`), in one question.
    """
    actor, posts = question.actor, question.post_ids
    if reads_with_meetings(actor) and posts <= frozenset(authority_of(actor).post_ids):
        return
    mine = SIGNATURES.by_seat(actor) if question.as_secretary else NOBODY
    asked = any_of(among("post", posts), mine)
    if asked is NOBODY:
        return
    meetings = Meeting.objects.filter(pk__in=_waiting(asked).values("version__meeting"))
    yield from to_sign(_with_places(meetings.select_related("body"), asked).order_by("pk"))


def reads_with_meetings(actor: Actor) -> bool:
    """Whether the actor's desk reads meetings anyway; with one post alone (a sheet) it does not."""
    return actor.narrow is None and bool(served_ids(actor))


def with_signing(wanted: Q, actor: Actor) -> QuerySet[Meeting]:
    """Meetings that are wanted, and those whose minutes the actor is to sign; told in columns."""
    if not reads_with_meetings(actor):
        return Meeting.objects.filter(wanted)
    own = SIGNATURES.own(actor)
    signing = Q(pk__in=_waiting(own).values("version__meeting"))
    return _with_places(Meeting.objects.filter(wanted | signing), own)


def _waiting(asked: Q) -> QuerySet[MinutesSignature]:
    waiting = MinutesVersion.State.SEALED
    return MinutesSignature.objects.filter(asked, signed_at=None, version__state=waiting)


def _with_places(rows: QuerySet[Meeting], asked: Q) -> QuerySet[Meeting]:
    """Meetings with the first place for a signature that is asked for."""
    places = _waiting(asked).filter(version__meeting=OuterRef("pk")).order_by("position", "pk")
    names = {"sign_version": "version", "sign_post": "post", "sign_unit": "post__unit"}
    told = {
        column: Subquery(places.values(name)[:1], output_field=UUIDField())
        for column, name in names.items()
    }
    return rows.annotate(**told, sign_since=Subquery(places.values("version__sealed_at")[:1]))


def to_sign(meetings: Iterable[Meeting]) -> Iterator[DeskItem]:
    """The minutes among these meetings that wait for a signature."""
    for meeting in meetings:
        version = getattr(meeting, "sign_version", None)
        if version is None:
            continue
        title = meeting_title(meeting)
        yield DeskItem(
            ref=Ref(MEETING, meeting.pk),
            post_id=getattr(meeting, "sign_post", None),
            unit_id=getattr(meeting, "sign_unit", None) or meeting.body.unit_id,
            waiting=Waiting.SIGN,
            title=in_languages(partial(_title, title), title),
            url=reverse("councils:minutes", args=[meeting.pk]),
            step=gettext_lazy("Sign the minutes"),
            step_url=reverse("councils:sign_minutes", args=[version]),
            state=MinutesVersion.State.SEALED.label,
            since_at=getattr(meeting, "sign_since", None),
        )


def _title(title: Mapping[str, str], language: str) -> str:
    return _("Minutes: %(meeting)s") % {"meeting": isolate(local(title, language)[0])}


def declare_minutes() -> None:
    """Declare everything of minutes; called once when Django starts."""
    exchange.declare_desk(signatures)
    notices.declare_group(GROUP, gettext_lazy("Minutes of your bodies"))
    _declare(
        TO_SIGN,
        gettext_lazy("minutes waiting for your signature"),
        gettext_lazy("Please sign: %(title)s"),
        gettext_lazy("Sign the minutes"),
    )
    _declare(
        SIGNED,
        gettext_lazy("minutes signed by all"),
        gettext_lazy("Signed by all: %(title)s"),
        gettext_lazy("See the minutes"),
    )
    exchange.listen(MINUTES_SEALED, _on_sealed)
    exchange.listen(MINUTES_SIGNED, _on_signed)
    declare_erasure(PERSON, erase_names)
    declare_erasure(USER_KIND, erase_signer)


def _declare(kind: str, label: Sentence, subject: Sentence, step: Sentence) -> None:
    write = partial(_write, subject, step)
    notices.declare_kind(kind, label=label, write=write, group=GROUP)


def _write(subject: Sentence, step: Sentence, telling: Telling) -> Words | None:
    version = MinutesVersion.objects.filter(pk=telling.data["version"]).first()
    if version is None or version.state == MinutesVersion.State.WITHDRAWN:
        return None
    title = show_local(telling.data["title"])
    url = reverse("councils:minutes", args=[telling.ref.id])
    return Words(str(subject) % {"title": isolate(title)}, step=str(step), url=url)


def _on_sealed(fact: Fact) -> None:
    jobs.enqueue(TELL, {"version": fact.data["version"]}, actor=fact.actor)


_on_signed = _on_sealed


@jobs.job(TELL, label=gettext_lazy("Telling of minutes to sign"))
def tell_minutes(version: str) -> None:
    """Tell who signs that minutes wait for them; when all have, whoever serves the body."""
    rows = MinutesVersion.objects.select_related("meeting__body__unit").filter(pk=UUID(version))
    row = rows.first()
    if row is None:
        return
    ref = Ref(MEETING, row.meeting_id)
    data = {"version": version, "title": meeting_title(row.meeting)}
    if row.state == MinutesVersion.State.SIGNED and row.signed_at is not None:
        users = servers_of(row.meeting.body, row.signed_at)
        notices.tell(SIGNED, users, ref, data, once=f"{version} signed")
    elif row.state == MinutesVersion.State.SEALED:
        notices.tell(TO_SIGN, _signers(row), ref, data, once=f"{version} sealed")


def _signers(version: MinutesVersion) -> list[UUID]:
    """The users who can sign now: holders of the posts, and who acts for the named seats."""
    open_ = list(version.signatures.filter(signed_at__isnull=True))
    posts = [row.post_id for row in open_ if row.post_id]
    seats = [row.seat for row in open_ if row.post_id is None]
    held = users_of_posts(posts, version.sealed_at) if posts else {}
    found = [user for users in held.values() for user in users]
    if seats:
        acting = BodySeatUser.objects.filter(Q(until_at__isnull=True), lineage__in=seats)
        found += acting.values_list("user_id", flat=True)
    return found
