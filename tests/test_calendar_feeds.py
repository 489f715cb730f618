"""Calendar feeds: whose they are, what stands in them, and what others' readers make of it."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from diwan.accounts.models import User
from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.meetings import cancel_meeting, change_meeting
from diwan.councils.models import Meeting, Membership
from diwan.councils.tests.factories import Council, council, duty, meeting_of, on
from diwan.interop.actions.feeds import make_feed, remove_feed, renew_feed
from diwan.interop.models import CalendarFeed
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.ics import CalendarEvent, Status, calendar_text
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

ROOT = Path(__file__).resolve().parents[1]
TEHRAN = ZoneInfo("Asia/Tehran")
NOON = time(12, 0)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def made(db: None) -> Council:
    found = council(name={"en": "River council", "fa": "شورای رود"})
    User.objects.update(language="en")
    return found


def coming(made: Council, days: int = 10, **more: Any) -> Meeting:
    day = timezone.now().date() + timedelta(days=days)
    more = {"date": day, "starts": NOON, "ends": time(14, 0), "state": "planned", **more}
    return meeting_of(made.body, **more)


def read(feed: CalendarFeed, **headers: str) -> Any:
    return Client().get(f"/calendar/{feed.token}.ics", headers=headers)


def events(feed: CalendarFeed) -> dict[str, Any]:
    answer = read(feed)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).events}


# --- whose they are ------------------------------------------------------------------------------


def test_an_address_is_made_once_renewed_and_taken_away(made: Council) -> None:
    actor = made.member.actor
    feed = make_feed(actor)
    assert make_feed(actor).pk == feed.pk
    before = feed.token
    feed = renew_feed(actor, feed.pk)
    assert Client().get(f"/calendar/{before}.ics").status_code == 404
    assert read(feed).status_code == 200
    remove_feed(actor, feed.pk)
    assert read(feed).status_code == 404
    told = AuditEntry.objects.filter(subject_id=feed.pk)
    assert sorted(told.values_list("verb", flat=True)) == ["make", "remove", "renew"]
    assert before not in json.dumps(list(told.values_list("changes", flat=True)))


def test_an_address_is_its_users_alone(made: Council) -> None:
    feed = make_feed(made.member.actor)
    for step in (renew_feed, remove_feed):
        with pytest.raises(NotFound):
            step(made.secretary.actor, feed.pk)
    with pytest.raises(NotFound):
        make_feed(Actor.anonymous())
    with pytest.raises(Forbidden):
        make_feed(made.member.actor.narrowed(made.member.post.pk))


def test_nobody_gets_the_calendar_of_a_body_that_they_may_not_see(made: Council) -> None:
    foreign = council(confidentiality="body")
    with pytest.raises(NotFound):
        make_feed(made.member.actor, foreign.body.pk)
    assert not CalendarFeed.objects.exists()


def test_who_may_not_sign_in_reads_nothing(made: Council) -> None:
    feed = make_feed(made.member.actor)
    User.objects.filter(pk=feed.user_id).update(is_active=False)
    assert read(feed).status_code == 404


# --- what stands in them -------------------------------------------------------------------------


def test_a_meeting_keeps_its_identity_when_it_moves_and_when_it_is_cancelled(made: Council) -> None:
    meeting = coming(made)
    day = timezone.now().date() + timedelta(days=10)
    feed = make_feed(made.member.actor)
    (first,) = events(feed).values()
    assert str(first["UID"]) == str(meeting.pk)
    assert first.decoded("DTSTART") == datetime.combine(day, NOON, TEHRAN)
    change_meeting(made.secretary.actor, meeting, {"date": on(day + timedelta(days=1))})
    (moved,) = events(feed).values()
    assert moved["UID"] == first["UID"]
    assert int(moved["SEQUENCE"]) >= int(first["SEQUENCE"])
    assert moved.decoded("DTSTART") == datetime.combine(day + timedelta(days=1), NOON, TEHRAN)
    cancel_meeting(made.secretary.actor, meeting, reason="no quorum")
    (gone,) = events(feed).values()
    assert (str(gone["STATUS"]), gone["UID"]) == ("CANCELLED", first["UID"])
    assert int(gone["SEQUENCE"]) > int(moved["SEQUENCE"])


def test_what_one_may_not_see_any_more_is_gone_from_the_calendar(made: Council) -> None:
    coming(made, confidentiality="body")
    feed = make_feed(made.member.actor)
    assert len(events(feed)) == 1
    yesterday = timezone.now().date() - timedelta(days=1)
    Membership.objects.filter(post=made.member.post).update(until=yesterday)
    assert events(feed) == {}


def test_the_rule_tells_two_years_ahead_after_what_is_planned(made: Council) -> None:
    made.body.every, made.body.every_on = "1 month", "first monday"
    made.body.save()
    planned = coming(made, days=20)
    found = events(make_feed(made.member.actor, made.body.pk))
    by_rule = [event for event in found.values() if str(event["STATUS"]) == "TENTATIVE"]
    assert 22 <= len(by_rule) <= 25
    days = sorted(event.decoded("DTSTART") for event in by_rule)
    assert planned.date is not None
    assert all(day > planned.date for day in days)
    assert {str(event["TRANSP"]) for event in by_rule} == {"TRANSPARENT"}
    assert len(found) == len(by_rule) + 1


def test_ones_own_calendar_has_the_days_on_which_something_is_due(made: Council) -> None:
    due = timezone.now().date() + timedelta(days=5)
    action = duty(made.body, made.member, text={"en": "Mend the pump"}, due=due)
    (event,) = [one for uid, one in events(make_feed(made.member.actor)).items() if "due" in uid]
    assert str(event["SUMMARY"]) == "Due: Mend the pump"
    assert event.decoded("DTSTART") == due
    assert str(action.pk) in str(event["URL"])
    assert str(event["URL"]).startswith("http")


def test_the_calendar_speaks_its_users_language(made: Council) -> None:
    coming(made)
    feed = make_feed(made.member.actor)
    User.objects.filter(pk=feed.user_id).update(language="fa")
    (event,) = events(feed).values()
    assert "شورای رود" in str(event["SUMMARY"])
    assert "\u2068" not in str(event["SUMMARY"])


def test_what_did_not_change_is_not_sent_again(made: Council) -> None:
    coming(made)
    feed = make_feed(made.member.actor)
    etag = read(feed)["ETag"]
    assert read(feed, if_none_match=etag).status_code == 304
    coming(made, days=30)
    assert read(feed, if_none_match=etag).status_code == 200


def test_the_page_gives_the_address_to_its_user(client: Client, made: Council) -> None:
    sign_in(client, made.member.user)
    page = reverse("interop:feeds")
    assert "No calendar reads your meetings yet" in client.get(page).content.decode()
    client.post(reverse("interop:make_feed"))
    client.post(reverse("interop:make_body_feed", args=[made.body.pk]))
    feeds = list(CalendarFeed.objects.all())
    shown = client.get(page).content.decode()
    assert len(feeds) == 2
    assert all(f"/calendar/{feed.token}.ics" in shown for feed in feeds)
    client.post(reverse("interop:remove_feed", args=[feeds[0].pk]))
    assert CalendarFeed.objects.get() == feeds[1]


# --- what others' readers make of it -------------------------------------------------------------

STAMP = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
CAIRO = ZoneInfo("Africa/Cairo")
EVENTS = [
    CalendarEvent(
        uid="winter",
        summary="جلسه ۳ شورا؛ گزارش، بودجه\nو کارهای مانده",
        start=datetime(2027, 1, 5, 9, 0, tzinfo=TEHRAN),
        end=datetime(2027, 1, 5, 11, 0, tzinfo=TEHRAN),
        stamp=STAMP,
        sequence=3,
    ),
    CalendarEvent(
        uid="summer",
        summary="اجتماع المجلس",
        start=datetime(2027, 7, 5, 9, 0, tzinfo=CAIRO),  # summer time: UTC+3
        stamp=STAMP,
        status=Status.CANCELLED,
        location="قاعة; الاجتماعات, ١",
    ),
    CalendarEvent(
        uid="day",
        summary="Due: \u2068x\u2069",
        start=date(2027, 3, 21),
        end=date(2027, 3, 22),
        stamp=STAMP,
        status=Status.TENTATIVE,
        transparent=True,
    ),
]


def test_ical_js_reads_the_same_instants(node: str) -> None:
    done = subprocess.run(
        [node, str(ROOT / "tests/readers/ical.mjs")],
        input=calendar_text("Diwan", "fa", EVENTS),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "TZ": "UTC"},
    )
    found = {event["uid"]: event for event in json.loads(done.stdout)}
    assert found["winter"]["start"] == "2027-01-05T05:30:00.000Z"
    assert found["summer"]["start"] == "2027-07-05T06:00:00.000Z"
    assert found["day"]["start"] == "2027-03-21"
    assert [found[uid]["status"] for uid in ("winter", "summer", "day")] == [
        "CONFIRMED",
        "CANCELLED",
        "TENTATIVE",
    ]
    assert found["winter"]["summary"] == EVENTS[0].summary
    assert (found["winter"]["sequence"], found["day"]["summary"]) == (3, "Due: x")


def test_libical_finds_no_fault(libical: ctypes.CDLL) -> None:
    library = libical
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalcomponent_count_errors.argtypes = [ctypes.c_void_p]
    library.icalcomponent_count_components.argtypes = [ctypes.c_void_p, ctypes.c_int]
    parsed = library.icalparser_parse_string(calendar_text("Diwan", "fa", EVENTS))
    assert parsed
    assert library.icalcomponent_count_errors(parsed) == 0
    any_kind, event = 1, 4  # ICAL_ANY_COMPONENT, ICAL_VEVENT_COMPONENT of icalenums.h
    assert library.icalcomponent_count_components(parsed, event) == len(EVENTS)
    assert library.icalcomponent_count_components(parsed, any_kind) > len(EVENTS)
