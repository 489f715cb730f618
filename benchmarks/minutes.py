"""The minutes of a large meeting: 200 members, 60 items, 60 votes; gathered, summed up and set."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from diwan.councils.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Body,
    Meeting,
    Resolution,
    Vote,
)
from diwan.councils.queries.minutes_content import content_of
from diwan.councils.rules.minutes import checksum
from diwan.councils.views.minutes_paper import Paper, minutes_pdf
from diwan.directory.models import Post
from diwan.kernel.ids import new_id

MEMBERS, ITEMS = 200, 60
TEXT = {
    "fa": "مقرر شد گزارش پیشرفت کار تا پایان ماه به دبیرخانه فرستاده و در جلسه بعد بررسی شود.",
    "ar": "تقرر إرسال تقرير سير العمل إلى الأمانة قبل نهاية الشهر وعرضه في الاجتماع القادم.",
}


def large_meeting(method: str) -> Meeting:
    """A held meeting of a body of the house, with everything that was written down in the room.

    `method` of its votes: after roll calls 12,000 names stand in the long form.
    """
    body = Body.objects.select_related("unit", "register").order_by("pk")[0]
    opened = timezone.now() - timedelta(hours=5)
    meeting = Meeting.objects.create(
        register=body.register,
        key="benchmark",
        body=body,
        number=1,
        date=opened.date(),
        confidentiality=body.confidentiality,
        opened_at=opened,
        closed_at=opened + timedelta(hours=4),
    )
    posts = list(Post.objects.order_by("pk")[:MEMBERS])
    seats = Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            seat=posts[n].pk if n < len(posts) else new_id(),
            post=posts[n] if n < len(posts) else None,
            name={"fa": f"عضو شماره {n}", "ar": f"العضو رقم {n}"},
            role="member",
            votes=True,
            status="present",
            position=n,
        )
        for n in range(MEMBERS)
    )
    for n in range(ITEMS):
        _item(meeting, n, seats if method == "roll_call" else [])
    return meeting


def _item(meeting: Meeting, n: int, seats: list[Attendance]) -> None:
    """An item with its resolution and its vote: by the seats named, else by show of hands."""
    item = AgendaItem.objects.create(
        meeting=meeting,
        key=f"i{n}",
        position=n,
        text=TEXT,
        confidentiality=meeting.confidentiality,
    )
    resolution = Resolution.objects.create(
        meeting=meeting,
        body=meeting.body,
        item=item,
        key=f"r{n}",
        position=n,
        kind="resolved",
        text=TEXT,
        number=f"benchmark/{n}",
        confidentiality=meeting.confidentiality,
    )
    vote = Vote.objects.create(
        meeting=meeting,
        item=item,
        resolution=resolution,
        question=TEXT,
        method="roll_call" if seats else "show_of_hands",
        majority="simple",
        majority_of="present",
        opened_at=timezone.now(),
        closed_at=timezone.now(),
        seats=MEMBERS,
        present=MEMBERS,
        needed=101,
        threshold=101,
        in_favour=MEMBERS,
        carried=True,
    )
    Ballot.objects.bulk_create(Ballot(vote=vote, attendance=seat, choice="for") for seat in seats)


def minutes_of(meeting: Meeting) -> tuple[float, str]:
    """Seconds for the content, its checksum and the long PDF; and how it was spent."""
    started = time.perf_counter()
    content = content_of(meeting)
    checksum(content)
    written = time.perf_counter()
    made = minutes_pdf(Paper(content), at=timezone.now())
    done = time.perf_counter()
    parts = f"content {written - started:.2f} s, PDF {done - written:.2f} s"
    whole = f"{MEMBERS} members, {ITEMS} items, {ITEMS} votes"
    return done - started, f"{whole}: {parts}, {len(made) // 1024} KB"
