"""Meetings, motions and votes as Popolo's events, motions and vote events."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import tzinfo
from uuid import UUID

from diwan.councils.public import (
    OpenMeeting,
    OpenResolution,
    OpenVote,
    meeting_ids_shown,
    meetings_with,
)
from diwan.interop.rules.popolo import OPTIONS, STATUS, Object, counts, filled, instant, when
from diwan.kernel.policies import Actor

from .oparl_shown import exact, moment, page_url, said, zone_of


class Meetings:
    """What happened in the bodies that the actor may see, read anew for each section.

    So a document of any length is never held in memory. `people` are those who may be told to have
    been there; None for all.
    """

    def __init__(
        self, actor: Actor, language: str, bodies: Set[UUID], people: Set[UUID] | None
    ) -> None:
        self.actor, self.language, self.bodies, self.people = actor, language, bodies, people

    def _all(self, *, ballots: bool = False) -> Iterator[OpenMeeting]:
        ids = meeting_ids_shown(self.actor, voted=ballots)
        for meeting in meetings_with(self.actor, ids, ballots=ballots):
            if meeting.body_id in self.bodies:
                yield meeting

    def events(self) -> Iterator[Object]:
        """The meetings."""
        for meeting in self._all():
            if meeting.visible:
                yield self._event(meeting)

    def _event(self, meeting: OpenMeeting) -> Object:
        zone, day = zone_of(meeting.country), exact(meeting.day)
        start = moment(day, meeting.starts, zone) if meeting.starts else when(meeting.day)
        page = page_url("councils:meeting", self.language, meeting.id)
        return filled(
            {
                "id": str(meeting.id),
                "name": said(meeting.title, self.language),
                "classification": "meeting",
                "organization_id": str(meeting.body_id),
                "start_date": start,
                "end_date": moment(day, meeting.ends, zone) if meeting.ends else None,
                "location": said(meeting.place, self.language),
                "status": STATUS[meeting.state],
                "attendees": [{"id": str(pk)} for pk in meeting.attendees if self._told(pk)],
                "sources": [{"url": page}],
            }
        )

    def motions(self) -> Iterator[Object]:
        """What was adopted, and what was put to the vote without becoming a resolution."""
        for meeting in self._all():
            zone = zone_of(meeting.country)
            asked = {vote.resolution_id: vote for vote in meeting.votes if vote.resolution_id}
            for one in meeting.resolutions:
                yield self._resolution(one, meeting, asked.get(one.id), zone)
            for vote in meeting.votes:
                if vote.resolution_id is None:
                    yield self._question(vote, meeting, zone)

    def _resolution(
        self, one: OpenResolution, meeting: OpenMeeting, vote: OpenVote | None, zone: tzinfo
    ) -> Object:
        page = page_url("councils:resolution", self.language, one.id)
        return filled(
            {
                "id": str(one.id),
                "organization_id": str(one.body_id),
                "legislative_session_id": str(meeting.id) if meeting.visible else None,
                "text": said(one.text, self.language),
                "identifier": one.number,
                "classification": one.kind,
                "date": instant(one.adopted_at, zone),
                "requirement": vote.majority if vote else None,
                "result": "pass",
                "sources": [{"url": page}],
            }
        )

    def _question(self, vote: OpenVote, meeting: OpenMeeting, zone: tzinfo) -> Object:
        return filled(
            {
                "id": str(vote.id),
                "organization_id": str(meeting.body_id),
                "legislative_session_id": str(meeting.id),
                "text": said(vote.question, self.language),
                "classification": "question",
                "date": instant(vote.opened_at, zone),
                "requirement": vote.majority,
                "result": _result(vote),
            }
        )

    def vote_events(self) -> Iterator[Object]:
        """The votes that were closed: counts, and of roll calls who said what where it is told."""
        for meeting in self._all(ballots=True):
            zone = zone_of(meeting.country)
            for vote in meeting.votes:
                yield filled(
                    {
                        "id": str(vote.id),
                        "organization_id": str(meeting.body_id),
                        "legislative_session_id": str(meeting.id),
                        "motion_id": str(vote.resolution_id or vote.id),
                        "classification": vote.method,
                        "start_date": instant(vote.opened_at, zone),
                        "end_date": instant(vote.closed_at, zone),
                        "result": _result(vote),
                        "counts": counts(
                            yes=vote.in_favour, no=vote.against, abstain=vote.abstained
                        ),
                        "votes": self._votes(vote),
                    }
                )

    def _votes(self, vote: OpenVote) -> list[Object]:
        """A voter whom nobody may know says nothing that the counts do not say."""
        return [
            {
                "id": str(ballot.id),
                "vote_event_id": str(vote.id),
                "voter_id": str(ballot.person_id),
                "option": OPTIONS[ballot.choice],
                "role": ballot.role,
            }
            for ballot in vote.ballots
            if self._told(ballot.person_id)
        ]

    def _told(self, person: UUID | None) -> bool:
        return person is not None and (self.people is None or person in self.people)


def _result(vote: OpenVote) -> str:
    return "pass" if vote.carried else "fail"
