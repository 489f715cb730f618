"""What became of a body's decisions: counted as one by one, drawn, and told in a table."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import Action, Body
from diwan.councils.queries.progress import progress_of_body
from diwan.councils.tests.factories import Council, council, duty, meeting_of, resolution_of
from diwan.directory.tests.factories import staff
from diwan.kernel.calendars import Calendar, to_calendar
from diwan.kernel.working import today_in

pytestmark = pytest.mark.django_db
STATES = ("open", "doing", "done", "closed", "unconfirmed", "dropped")


@pytest.fixture
def made() -> Council:
    """A council with two years of decisions of every fate, the same on every day."""
    one = council()
    chance = random.Random(1405)
    owner = staff(one.body.unit)
    today = today_in("IR", one.secretary.actor.at)
    for back in range(5, 700, 23):
        day = today - timedelta(days=back)
        resolution = resolution_of(one.body, meeting=meeting_of(one.body, date=day))
        for state in chance.sample(STATES, 2):
            due = day + timedelta(days=chance.randint(5, 60)) if chance.random() < 0.8 else None
            done = day + timedelta(days=chance.randint(5, 90))
            action = duty(one.body, owner, resolution=resolution, state=state, due=due, reason="x")
            if state in ("done", "closed"):
                instant = datetime.combine(done, time(9), UTC)
                Action.objects.filter(pk=action.pk).update(done_at=instant)
    return one


def plainly(body: Body) -> dict[tuple[int, int], Counter[str]]:
    """The same counted slowly, by month of the Persian calendar."""
    found: dict[tuple[int, int], Counter[str]] = {}
    for action in Action.objects.filter(resolution__body=body):
        if action.state in ("unconfirmed", "dropped"):
            continue
        day = action.resolution.meeting.date
        assert day is not None
        named = to_calendar(day, Calendar.JALALI)
        fate = "owed"
        if action.done_at:
            fate = "late" if action.due and action.done_at.date() > action.due else "in_time"
        found.setdefault((named.year, named.month), Counter())[fate] += 1
    return found


def test_each_month_counts_as_a_slow_count_does(made: Council) -> None:
    slow = plainly(made.body)
    months = progress_of_body(made.secretary.actor, made.body)[1]
    assert len(months) == 12
    for month in months:
        named = to_calendar(month.first_day, Calendar.JALALI)
        fates = slow.get((named.year, named.month), Counter())
        assert named.day == 1
        assert (month.in_time, month.late, month.owed) == (
            fates["in_time"],
            fates["late"],
            fates["owed"],
        )
    assert sum(month.total for month in months) < sum(map(Counter.total, slow.values()))


def test_who_may_not_see_the_actions_counts_none(made: Council) -> None:
    Body.objects.update(confidentiality="named")
    made.body.resolutions.update(confidentiality="named")
    stranger = staff(made.body.unit)
    assert sum(month.total for month in progress_of_body(stranger.actor, made.body)[1]) == 0


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fa", ("در موعد انجام‌شده", "با تأخیر انجام‌شده", "در جریان")),
        ("ar", ("أُنجز في موعده", "أُنجز متأخرًا", "قيد التنفيذ")),
        ("en", ("done in time", "done late", "still owed")),
    ],
)
def test_the_bodys_page_shows_it_as_bars_and_as_a_table(
    client: Client, made: Council, language: str, names: tuple[str, ...]
) -> None:
    sign_in(client, made.secretary.user)
    page = client.get(f"/{language}/councils/bodies/{made.body.pk}/").content.decode()
    figure = page.partition('<figure class="stacks">')[2].partition("</figure>")[0]
    svg = ET.fromstring(figure[figure.index("<svg") : figure.index("</svg>") + 6])  # noqa: S314 - our own page
    months = progress_of_body(made.secretary.actor, made.body)[1]
    parts = [each.get("class") for each in svg.iter("rect")]
    assert parts.count("series-0") == sum(month.in_time > 0 for month in months)
    assert parts.count("series-2") == sum(month.owed > 0 for month in months)
    feet = [each.text or "" for each in svg.iter("text") if each.get("class") == "foot"]
    assert len(feet) == 12
    assert all(foot.startswith("\u2068") and foot.endswith("\u2069") for foot in feet)
    for name in names:
        assert page.count(name) > 2  # in the legend, in the words of the bars, in the table


def test_a_body_without_a_past_shows_no_bars(client: Client) -> None:
    one = council()
    duty(one.body, staff(one.body.unit), due=date(2026, 1, 1))
    sign_in(client, one.secretary.user)
    page = client.get(f"/fa/councils/bodies/{one.body.pk}/").content.decode()
    assert '<figure class="stacks">' not in page
