"""OParl's Meeting with AgendaItem, Paper, Consultation, File and Location, as everybody may see it.

An adopted resolution and a paper laid before an item are Papers; the Consultation leads from each
to the item with which the meeting looked at it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import tzinfo
from uuid import UUID

from django.utils.translation import gettext as _

from diwan.councils.public import (
    OpenItem,
    OpenMeeting,
    OpenPaper,
    OpenResolution,
    OpenVote,
    meetings_with,
)
from diwan.directory.public import tops_of
from diwan.interop.models import PublishedObject
from diwan.interop.rules.oparl import Kind, Object, shown_day
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor

from .oparl_shown import (
    Shown,
    derived,
    exact,
    instant,
    moment,
    page_url,
    root,
    said,
    speaking,
    thing,
    url_of,
    zone_of,
)

STATES: Mapping[str, str] = {
    "planned": "terminiert",
    "held": "durchgeführt",
    "cancelled": "terminiert",
}
"""The specification recommends these words."""
OF_MEETING = (
    Kind.MEETING, Kind.AGENDA_ITEM, Kind.PAPER, Kind.CONSULTATION, Kind.FILE, Kind.LOCATION,
)  # fmt: skip


def shown_of_meetings(ids: Iterable[UUID], kinds: Collection[Kind] = OF_MEETING) -> Iterator[Shown]:
    """The objects of these meetings of some kinds, as far as anybody may see them."""
    meetings = list(meetings_with(Actor.anonymous(), ids))
    tops = tops_of(meeting.unit_id for meeting in meetings)
    came = {person for meeting in meetings for person in meeting.attendees}
    people = PublishedObject.objects.filter(kind=Kind.PERSON, deleted_at__isnull=True)
    out = set(people.filter(record__in=came).values_list("record", flat=True)) if came else set()
    for meeting in meetings:
        with speaking(meeting.language):
            top = tops.get(meeting.unit_id, meeting.unit_id)
            for kind in kinds:
                yield from _Objects(meeting, top, out).of(kind)


def content_url(record: UUID) -> str:
    """Where the content of a file is."""
    return f"{root()}file/{record}/content"


def paper_file(paper_id: UUID, meeting_id: UUID) -> StoredFile | None:
    """The file of a paper laid before a meeting, if everybody may read it now."""
    for meeting in meetings_with(Actor.anonymous(), [meeting_id]):
        for paper in meeting.papers:
            if paper.id == paper_id:
                return paper.file
    return None


class _Objects:
    """The objects of one meeting. `people` are the persons that are published."""

    def __init__(self, meeting: OpenMeeting, top: UUID, people: set[UUID]) -> None:
        self.meeting, self.top, self.people = meeting, top, people
        self.zone: tzinfo = zone_of(meeting.country)
        self.papers: dict[UUID, list[OpenPaper]] = defaultdict(list)
        for paper in meeting.papers:
            self.papers[paper.item_id].append(paper)
        self.resolutions: dict[UUID | None, list[OpenResolution]] = defaultdict(list)
        for resolution in meeting.resolutions:
            self.resolutions[resolution.item_id].append(resolution)

    def of(self, kind: Kind) -> Iterator[Shown]:
        """Every object of a kind."""
        for content in self._contents(kind):
            yield self._shown(kind, UUID(content["id"].rpartition("/")[2]), content)

    def _contents(self, kind: Kind) -> Iterator[Object]:
        meeting = self.meeting
        if kind is Kind.PAPER:
            yield from map(self._paper, meeting.papers)
            yield from map(self._resolution, meeting.resolutions)
        elif kind is Kind.FILE:
            yield from map(self._file, meeting.papers)
            yield from map(self._text_file, meeting.resolutions)
        if meeting.visible:
            yield from self._of_the_meeting(kind)

    def _of_the_meeting(self, kind: Kind) -> Iterator[Object]:
        """What is told only where the meeting itself is."""
        meeting = self.meeting
        if kind is Kind.MEETING:
            yield self._meeting()
        elif kind is Kind.LOCATION and meeting.place:
            yield self._location()
        elif kind is Kind.AGENDA_ITEM:
            yield from map(self._item, meeting.items)
        elif kind is Kind.FILE:
            yield from filter(None, (self._invitation(), self._minutes()))
        elif kind is Kind.CONSULTATION:
            laid = [(paper.id, paper.item_id) for paper in meeting.papers]
            adopted = [(one.id, one.item_id) for one in meeting.resolutions]
            for record, item_id in (*laid, *adopted):
                yield self._consultation(record, item_id)

    def _shown(self, kind: Kind, record: UUID, content: Object) -> Shown:
        meeting = self.meeting
        return Shown(kind, record, meeting.id, self.top, content, meeting.body_id)

    @property
    def _body(self) -> str:
        return url_of(Kind.ORGANIZATION, self.meeting.body_id)

    def _meeting(self) -> Object:
        meeting = self.meeting
        day = exact(meeting.day)
        came = [url_of(Kind.PERSON, pk) for pk in meeting.attendees if pk in self.people]
        return thing(
            Kind.MEETING,
            meeting.id,
            name=said(meeting.title, meeting.language),
            meetingState=STATES[meeting.state],
            cancelled=meeting.state == "cancelled",
            start=moment(day, meeting.starts, self.zone),
            end=moment(day, meeting.ends, self.zone) if meeting.ends else None,
            location=self._location() if meeting.place else None,
            organization=[self._body],
            participant=came if meeting.state == "held" else None,
            invitation=self._invitation(),
            resultsProtocol=self._minutes(),
            agendaItem=[self._item(item) for item in meeting.items],
            web=page_url("councils:meeting", meeting.language, meeting.id),
        )

    def _location(self) -> Object:
        meeting = self.meeting
        return thing(
            Kind.LOCATION,
            meeting.id,
            description=said(meeting.place, meeting.language),
            meetings=[url_of(Kind.MEETING, meeting.id)],
        )

    def _item(self, item: OpenItem) -> Object:
        language = self.meeting.language
        adopted = self.resolutions.get(item.id, ())
        votes = [vote for vote in self.meeting.votes if vote.item_id == item.id]
        papers = self.papers.get(item.id, ())
        laid = [one.id for one in (*adopted, *papers)]
        return thing(
            Kind.AGENDA_ITEM,
            item.id,
            meeting=url_of(Kind.MEETING, self.meeting.id),
            number=str(item.order + 1),
            order=item.order,
            name=said(item.text, language),
            public=True,
            consultation=url_of(Kind.CONSULTATION, laid[0]) if laid else None,
            result="; ".join([*(one.kind_label for one in adopted), *map(_counted, votes)]),
            resolutionText="\n\n".join(said(one.text, language) for one in adopted),
            auxiliaryFile=[self._file(paper) for paper in papers],
            start=instant(item.opened_at, self.zone),
            end=instant(item.closed_at, self.zone),
        )

    def _consultation(self, record: UUID, item_id: UUID | None) -> Object:
        meeting = self.meeting
        return thing(
            Kind.CONSULTATION,
            record,
            paper=url_of(Kind.PAPER, record),
            agendaItem=url_of(Kind.AGENDA_ITEM, item_id) if item_id else None,
            meeting=url_of(Kind.MEETING, meeting.id),
            organization=[self._body],
            authoritative=any(one.id == record for one in meeting.resolutions),
        )

    def _paper(self, paper: OpenPaper) -> Object:
        added = paper.file.added_at.astimezone(self.zone).date()
        return thing(
            Kind.PAPER,
            paper.id,
            body=url_of(Kind.BODY, self.top),
            name=paper.name,
            date=shown_day(added),
            paperType=_("Paper for an agenda item"),
            underDirectionOf=[self._body],
            mainFile=self._file(paper),
            consultation=[self._consultation(paper.id, paper.item_id)],
        )

    def _file(self, paper: OpenPaper) -> Object:
        stored: StoredFile = paper.file
        blob = stored.blob
        assert blob is not None  # noqa: S101 - asked for with its content
        return thing(
            Kind.FILE,
            paper.id,
            name=paper.name,
            fileName=stored.name,
            mimeType=blob.media_type,
            size=blob.size,
            date=shown_day(stored.added_at.astimezone(self.zone).date()),
            accessUrl=content_url(paper.id),
            downloadUrl=content_url(paper.id),
            agendaItem=[url_of(Kind.AGENDA_ITEM, paper.item_id)],
            paper=[url_of(Kind.PAPER, paper.id)],
        )

    def _resolution(self, one: OpenResolution) -> Object:
        adopted = one.adopted_at.astimezone(self.zone).date() if one.adopted_at else None
        seen = self.meeting.visible
        return thing(
            Kind.PAPER,
            one.id,
            body=url_of(Kind.BODY, self.top),
            name=_title(said(one.text, self.meeting.language)),
            reference=one.number,
            date=shown_day(adopted or (exact(self.meeting.day) if seen else None)),
            paperType=one.kind_label,
            originatorOrganization=[self._body],
            underDirectionOf=[self._body],
            mainFile=self._text_file(one),
            consultation=[self._consultation(one.id, one.item_id)] if seen else None,
            web=page_url("councils:resolution", self.meeting.language, one.id),
        )

    def _text_file(self, one: OpenResolution) -> Object:
        """The page of a resolution as a file, with its text."""
        language = self.meeting.language
        return thing(
            Kind.FILE,
            one.id,
            name=one.number,
            mimeType="text/html",
            text=said(one.text, language),
            accessUrl=page_url("councils:resolution", language, one.id),
            paper=[url_of(Kind.PAPER, one.id)],
        )

    def _invitation(self) -> Object | None:
        """The page to which the invitation leads: where, when and what about."""
        meeting = self.meeting
        if not meeting.items:
            return None
        return thing(
            Kind.FILE,
            derived("invitation", meeting.id),
            name=_("Invitation with the agenda"),
            mimeType="text/html",
            accessUrl=page_url("councils:meeting", meeting.language, meeting.id),
            meeting=[url_of(Kind.MEETING, meeting.id)],
        )

    def _minutes(self) -> Object | None:
        """The signed minutes, where nothing in them is kept from anybody."""
        meeting = self.meeting
        if meeting.minutes_id is None or not meeting.whole:
            return None
        signed = meeting.minutes_signed_at
        address = page_url("councils:minutes_pdf", meeting.language, meeting.minutes_id)
        return thing(
            Kind.FILE,
            meeting.minutes_id,
            name=_("Signed minutes"),
            mimeType="application/pdf",
            date=shown_day(signed.astimezone(self.zone).date() if signed else None),
            accessUrl=address,
            downloadUrl=address,
            meeting=[url_of(Kind.MEETING, meeting.id)],
        )


def _counted(vote: OpenVote) -> str:
    """A vote by its counts, in the active language."""
    counts = {"yes": vote.in_favour, "no": vote.against, "rest": vote.abstained}
    if vote.carried:
        return _("carried with %(yes)s for, %(no)s against, %(rest)s abstaining") % counts
    return _("not carried: %(yes)s for, %(no)s against, %(rest)s abstaining") % counts


def _title(text: str, longest: int = 200) -> str:
    """The first line of a text, cut at a word."""
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= longest else f"{line[:longest].rpartition(' ')[0] or line}…"
