"""Minutes are sealed, signed by the posts that must, and corrected by a next version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from diwan.councils.actions.minutes import (
    begin_correction,
    end_correction,
    erase_names,
    seal_minutes,
    sign_minutes,
    withdraw_minutes,
)
from diwan.councils.actions.statements import add_statement
from diwan.councils.models import (
    Action,
    Attendance,
    Bylaws,
    Meeting,
    Membership,
    MinutesSignature,
    MinutesVersion,
    Resolution,
    Statement,
    Vote,
)
from diwan.councils.queries.minutes import fits
from diwan.councils.queries.minutes_content import content_of
from diwan.councils.rules.minutes import checksum
from diwan.directory.public import PERSON
from diwan.directory.tests.factories import RegisterFactory, UnitFactory, staff
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry

from .conducted import Conducted, attend, conducted, recuse
from .factories import MeetingFactory, ResolutionFactory, again, council

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Conducted:
    return conducted()


def sealed(made: Conducted) -> MinutesVersion:
    return seal_minutes(again(made.secretary), made.meeting)


def signed(made: Conducted) -> MinutesVersion:
    version = sealed(made)
    for who in (made.chair, made.secretary):
        sign_minutes(again(who), version)
    return MinutesVersion.objects.get(pk=version.pk)


def test_the_content_is_everything_of_the_meeting_and_the_same_every_time(made: Conducted) -> None:
    recuse(made, "member", "My brother's firm")
    content = content_of(made.meeting)
    assert content["meeting"]["number"] == 12
    assert [row["status"] for row in content["attendance"]] == [
        "present", "present", "present", "excused",
    ]  # fmt: skip
    item = content["items"][0]
    assert item["recused"] == [{"who": content["attendance"][2]["who"]}]
    assert item["quorum"] == {"seats": 3, "present": 3, "recused": 0, "needed": 2}
    vote = content["votes"][0]
    assert [one["choice"] for one in vote["ballots"]] == ["for", "for", "against"]
    assert content["dissents"][0]["text"] == "زود است."
    assert content["actions"][0]["owner"]["post"]
    member = content["people"][content["attendance"][2]["who"]["person"]]
    assert member["name"] == made.council.member.person.name
    assert {**content, "people": 0} == {**content_of(made.meeting), "people": 0}


def test_why_somebody_stepped_out_or_did_not_come_is_not_sealed(made: Conducted) -> None:
    """Minutes are read by more than run the meeting, and nothing can be erased out of them."""
    recuse(made, "member", "My brother's firm")
    content = str(sealed(made).content)
    assert "brother" not in content
    assert "بیماری" not in content  # the note beside the adviser's seat


def test_a_secret_ballot_names_nobody(made: Conducted) -> None:
    Vote.objects.update(method=Vote.Method.SECRET)
    assert content_of(made.meeting)["votes"][0]["ballots"] == []


def test_chair_and_secretary_sign_and_then_the_minutes_are_signed(made: Conducted) -> None:
    version = sealed(made)
    assert [row.role for row in version.signatures.all()] == ["chair", "secretary"]
    assert fits(version)
    sign_minutes(again(made.chair), version)
    made.meeting.refresh_from_db()
    assert made.meeting.signed_at is None
    place = sign_minutes(again(made.secretary), version)
    version.refresh_from_db()
    made.meeting.refresh_from_db()
    assert (version.state, version.signed_at) == ("signed", made.meeting.signed_at)
    assert (place.name, place.person) == (made.secretary.person.name, made.secretary.person)
    entries = AuditEntry.objects.filter(subject_id=made.meeting.pk).order_by("pk")
    assert list(entries.values_list("verb", flat=True)) == [
        "seal_minutes",
        "sign_minutes",
        "sign_minutes",
    ]


def test_minutes_are_not_signed_by_the_secretary_alone(made: Conducted) -> None:
    """Where the chair did not come, the record says who chaired; a deputy chair needs no word."""
    member = made.seats["member"]
    Attendance.objects.filter(role="chair").update(status="absent")
    Attendance.objects.filter(role="adviser").update(status="present", votes=True)
    for named in (made.chair.post, None):
        Meeting.objects.update(chair=named)
        _refuses(made, "nobody who came is known to have chaired")
    Meeting.objects.update(chair=member.post)
    version = sealed(made)
    assert [row.post for row in version.signatures.all()] == [member.post, made.secretary.post]
    withdraw_minutes(again(made.secretary), version, reason="It was the deputy chair's")
    Attendance.objects.filter(pk=member.pk).update(role="deputy")
    Meeting.objects.update(chair=None)
    assert sealed(made).signatures.filter(role="deputy").exists()


def test_an_imported_record_without_a_chair_waits_for_one() -> None:
    seated = council()
    Membership.objects.filter(role="chair").update(role="member")
    meeting = MeetingFactory.create(body=seated.body, imported=True)
    with pytest.raises(Refused, match="nobody who came is known to have chaired"):
        seal_minutes(seated.secretary.actor, meeting)
    Meeting.objects.update(chair=seated.member.post)
    version = seal_minutes(again(seated.secretary), meeting)
    posts = [row.post for row in version.signatures.all()]
    assert posts == [seated.member.post, seated.secretary.post]


def test_a_post_signs_once(made: Conducted) -> None:
    version = sealed(made)
    sign_minutes(again(made.chair), version)
    with pytest.raises(Refused, match="A post signs once"):
        sign_minutes(again(made.chair), version)
    assert MinutesSignature.objects.filter(signed_at__isnull=False).count() == 1


def test_nobody_signs_for_another(made: Conducted) -> None:
    version = sealed(made)
    abroad = UnitFactory.create(register=RegisterFactory.create(country="EG"))
    with pytest.raises(Forbidden, match="of your post"):
        sign_minutes(again(made.council.member), version)
    with pytest.raises(NotFound):
        sign_minutes(staff(abroad).actor, version)
    elevated = replace(again(made.council.member), elevation_id=new_id())
    with pytest.raises(Forbidden):
        sign_minutes(elevated, version)


def test_every_member_present_signs_where_the_rules_say_so(made: Conducted) -> None:
    Bylaws.objects.create(body=made.council.body, signers="members_present")
    deputy = staff(made.council.body.unit)
    Attendance.objects.filter(pk=made.seats["member"].pk).update(
        status=Attendance.Status.DEPUTY, deputy_post=deputy.post
    )
    version = sealed(made)
    posts = [row.post for row in version.signatures.all()]
    assert posts == [made.chair.post, made.secretary.post, deputy.post]
    place = sign_minutes(deputy.actor, version)
    assert place.seat == made.council.member.post.pk


def test_what_is_not_ripe_is_not_sealed(made: Conducted) -> None:
    refused = "is neither adopted nor voted down"
    draft = ResolutionFactory.create(meeting=made.meeting, state="draft")
    _refuses(made, refused)
    Vote.objects.create(
        meeting=made.meeting, resolution=draft, question={"fa": "؟"}, method="secret",
        majority="simple", majority_of="present", opened_at=timezone.now(),
    )  # fmt: skip
    _refuses(made, "still being voted on")
    Vote.objects.filter(carried=None).update(closed_at=timezone.now(), carried=False)
    Attendance.objects.filter(role="adviser").update(status="expected")
    _refuses(made, "Of 1 seat nothing was said")
    Attendance.objects.filter(role="adviser").update(status="absent")
    Meeting.objects.update(date_precision="month")
    _refuses(made, "State its date first")
    Meeting.objects.update(date_precision="day", state="planned")
    _refuses(made, "Only a meeting that was held")
    Meeting.objects.update(state="held")
    assert sealed(made).number == 1


def _refuses(made: Conducted, why: str) -> None:
    with pytest.raises(Refused, match=why):
        sealed(made)
    assert not MinutesVersion.objects.exists()


def test_attendance_is_asked_for_but_of_an_imported_record() -> None:
    seated = council()
    meeting = MeetingFactory.create(body=seated.body)
    with pytest.raises(Refused, match="Take the attendance"):
        seal_minutes(seated.secretary.actor, meeting)
    Meeting.objects.update(imported=True)
    version = seal_minutes(again(seated.secretary), meeting)
    posts = [row.post for row in version.signatures.all()]
    assert posts == [seated.chair.post, seated.secretary.post]


def test_a_seat_for_which_nobody_acts_here_signs_on_paper_alone(made: Conducted) -> None:
    Bylaws.objects.create(body=made.council.body, signers="members_present")
    seat = attend(
        made.meeting, None, "member", lineage_seat=made.meeting.pk, name={"fa": "نماینده"}
    )
    version = sealed(made)
    assert version.signatures.count() == 3
    named = {row["id"]: row["electronic"] for row in version.content["signers"]}
    assert named[str(seat.seat)] is False


def test_the_record_of_sealed_and_of_signed_minutes_stays(made: Conducted) -> None:
    version = sealed(made)
    fields: Any = {"text": {"fa": "چیزی"}, "speaker_id": made.chair.post.pk}
    for _round in range(2):
        with pytest.raises(Refused, match="minutes of this meeting are"):
            add_statement(again(made.secretary), made.meeting, fields)
        for who in (made.chair, made.secretary):
            if version.state == "sealed":
                sign_minutes(again(who), version)
        version.refresh_from_db()
    assert Statement.objects.count() == 1
    with pytest.raises(Refused, match="are signed"):
        sealed(made)


def test_a_version_is_withdrawn_with_a_reason_before_the_last_signature(made: Conducted) -> None:
    version = sealed(made)
    sign_minutes(again(made.chair), version)
    actor = again(made.secretary)
    with pytest.raises(Refused, match="reason"):
        withdraw_minutes(actor, version, reason=" ")
    with pytest.raises(Forbidden):
        withdraw_minutes(again(made.council.member), version, reason="No")
    withdraw_minutes(actor, version, reason="A name is wrong")
    with pytest.raises(Conflict, match="was withdrawn"):
        sign_minutes(again(made.secretary), version)
    assert sealed(made).number == 2
    second = MinutesVersion.objects.get(number=2)
    assert not second.signatures.filter(signed_at__isnull=False).exists()


def test_a_signed_version_is_not_withdrawn(made: Conducted) -> None:
    version = signed(made)
    with pytest.raises(Conflict, match="All have signed"):
        withdraw_minutes(again(made.secretary), version, reason="Too late")


def test_a_correction_is_a_next_version_that_names_what_changed(made: Conducted) -> None:
    first = signed(made)
    secretary = made.secretary
    with pytest.raises(Refused, match="reason"):
        begin_correction(again(secretary), made.meeting, reason="")
    begin_correction(again(secretary), made.meeting, reason="Wrong hall")
    with pytest.raises(Refused, match="Nothing differs"):
        sealed(made)
    Meeting.objects.update(place={"fa": "تالار دیگر"})
    with pytest.raises(Refused, match="differs from the version"):
        end_correction(again(secretary), made.meeting)
    second = sealed(made)
    first.refresh_from_db()
    assert (first.state, second.corrects, second.reason) == ("signed", first, "Wrong hall")
    assert [(one["field"], one["after"]) for one in second.changes] == [
        ("place", {"fa": "تالار دیگر"})
    ]
    for who in (made.chair, made.secretary):
        sign_minutes(again(who), second)
    first.refresh_from_db()
    made.meeting.refresh_from_db()
    assert first.state == "superseded"
    assert made.meeting.signed_at is not None
    assert fits(first)


def test_what_became_of_an_action_is_no_correction(made: Conducted) -> None:
    signed(made)
    begin_correction(again(made.secretary), made.meeting, reason="Look again")
    Action.objects.update(owner=made.chair.post, due="2027-01-01")
    version = end_correction(again(made.secretary), made.meeting)
    made.meeting.refresh_from_db()
    assert made.meeting.signed_at == version.signed_at


def test_a_correction_is_begun_of_signed_minutes_alone(made: Conducted) -> None:
    sealed(made)
    with pytest.raises(Refused, match="not signed"):
        begin_correction(again(made.secretary), made.meeting, reason="Why not")
    with pytest.raises(Refused, match="sealed and wait"):
        end_correction(again(made.secretary), made.meeting)


def test_what_was_touched_in_the_database_is_found_and_not_signed(made: Conducted) -> None:
    version = sealed(made)
    content = {**version.content, "statements": []}
    MinutesVersion.objects.update(content=content)
    with pytest.raises(Refused, match="checksum does not fit"):
        sign_minutes(again(made.chair), version)
    MinutesVersion.objects.update(sha256=checksum(content))
    version.refresh_from_db()
    assert not fits(version)  # the audit's entry still knows the first one


def test_a_name_is_erased_and_the_seal_stays_whole(made: Conducted) -> None:
    version = signed(made)
    person = made.secretary.person
    erase_names(made.chair.actor, Ref(PERSON, person.pk))
    version.refresh_from_db()
    assert fits(version)
    assert person.name["fa"] not in str(version.content)
    row = version.signatures.get(person=person)
    assert row.name["en"] == "Erased person"


def test_resolutions_that_failed_are_not_minuted_as_such(made: Conducted) -> None:
    Resolution.objects.update(state="draft", number="")
    assert content_of(made.meeting)["resolutions"] == []
