"""Pages of those who write workbooks."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.accounts.tests.factories import sign_in
from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.services.actions.definitions import publish, upload
from diwan.services.models import Service, ServiceVersion
from diwan.services.rules.checking_service import RESERVED
from diwan.services.rules.reading import read_workbook
from diwan.services.urls import urlpatterns

from .workbooks import WHOLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Unit:
    return UnitFactory.create(kind="municipality", key="town")


@pytest.fixture
def head(town: Unit) -> Staff:
    return staff(town, "head")


@pytest.fixture
def client(head: Staff) -> Client:
    return signed_in(head)


def signed_in(who: Staff) -> Client:
    client = Client()
    sign_in(client, who.user)
    return client


def at(name: str, *args: Any) -> str:
    with override("en"):
        return reverse(f"services:{name}", args=args)


def send(client: Client, where: str, text: str, name: str = "kiosk.md") -> Any:
    return client.post(where, {"file": SimpleUploadedFile(name, text.encode())})


def test_a_workbook_is_uploaded_looked_at_and_published(client: Client) -> None:
    sent = send(client, at("upload"), WHOLE)
    version = ServiceVersion.objects.get()
    assert sent.headers["Location"] == at("version", version.pk)
    page = client.get(at("version", version.pk)).content.decode()
    for words in ("is a draft", "Permit for a kiosk", "8 working hours", "words to the applicant"):
        assert words in page
    assert page.count('class="flow-spot') == 3
    assert at("try", version.pk) in page
    asked = client.get(at("publish", version.pk)).content.decode()
    assert "never changes" in asked
    done = client.post(at("publish", version.pk), {"note": "first"})
    assert done.headers["Location"] == at("manage_service", version.service_id)
    listed = client.get(at("manage")).content.decode()
    assert "1 service is yours" in listed
    assert "version 1" in listed


def test_where_it_is_offered_is_told_by_the_units_name(
    client: Client, head: Staff, town: Unit
) -> None:
    name = {"fa": "پیشخوان شمال", "en": "The northern counter"}
    UnitFactory.create(parent=town, register=town.register, key="north", name=name)
    row = "| event | business | | | |"
    assert row in WHOLE
    offered = WHOLE.replace(row, f"{row}\n| offered_by | north | | | |")
    version = upload(head.actor, offered.encode(), "kiosk.md", owner=town)
    made = publish(head.actor, version)
    page = client.get(at("manage_service", made.pk)).content.decode()
    assert "The northern counter" in page
    assert "north\u2069" not in page


def test_faults_are_a_table_and_nothing_is_stored(client: Client) -> None:
    page = send(client, at("upload"), WHOLE.replace("clerk", "clark").replace("yesno", "smile"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "The workbook is not right yet" in text
    assert "<td" in text
    assert "clark" in text
    assert "smile" in text
    assert not Service.objects.exists()
    odd = send(client, at("upload"), "MZ", "kiosk.xlsx")
    assert odd.status_code == 422
    assert "is not what its name says" in odd.content.decode()


def test_a_new_version_shows_what_it_changes(client: Client, head: Staff, town: Unit) -> None:
    first = upload(head.actor, WHOLE.encode(), "kiosk.md", owner=town)
    publish(head.actor, first)
    changed = WHOLE.replace("8 working_hours", "2 working_days").replace(
        "| flowers |", "| plants |"
    )
    send(client, at("upload_version", first.service_id), changed)
    draft = ServiceVersion.objects.get(state="draft")
    page = client.get(at("version", draft.pk)).content.decode()
    assert "no longer offered" in page
    text = client.get(at("difference", draft.pk)).content.decode()
    for words in ("3 differences", "8 working hours", "2 working days", "deadline"):
        assert words in text
    assert client.get(at("difference", first.pk)).status_code == 404
    client.post(at("discard", draft.pk))
    draft.refresh_from_db()
    assert draft.state == "discarded"


def test_the_workbook_comes_back_as_it_came_and_as_its_twin(
    client: Client, head: Staff, town: Unit
) -> None:
    version = upload(head.actor, WHOLE.encode(), "kiosk.md", owner=town)
    came = client.get(at("workbook", version.pk))
    assert b"".join(came.streaming_content) == WHOLE.encode()  # type: ignore[attr-defined]
    twin = client.get(at("workbook_twin", version.pk))
    sheet = client.get(at("workbook_sheet", version.pk))
    told = read_workbook(WHOLE.encode(), "kiosk.md")
    assert read_workbook(twin.content, "kiosk.md") == told
    again = read_workbook(BytesIO(sheet.content).read(), "kiosk.xlsx")
    assert [row.cells for row in again["steps"].rows] == [row.cells for row in told["steps"].rows]


def test_a_service_is_closed_with_a_reason_and_opened_again(
    client: Client, head: Staff, town: Unit
) -> None:
    version = upload(head.actor, WHOLE.encode(), "kiosk.md", owner=town)
    service = publish(head.actor, version)
    assert client.post(at("close_service", service.pk), {"reason": ""}).status_code == 422
    client.post(at("close_service", service.pk), {"reason": "being looked at"})
    service.refresh_from_db()
    assert service.state == "closed"
    client.post(at("open_service", service.pk))
    service.refresh_from_db()
    assert service.state == "open"


def test_the_picture_is_mirrored_for_readers_from_right_to_left(
    client: Client, head: Staff, town: Unit
) -> None:
    version = upload(head.actor, WHOLE.encode(), "kiosk.md", owner=town)
    where = at("version", version.pk)
    left = client.get(where).content.decode()
    right = client.get(where.replace("/en/", "/fa/")).content.decode()
    assert 'direction="rtl"' in right
    assert 'direction="rtl"' not in left
    assert left.count('class="flow-way by-') == right.count('class="flow-way by-') == 4
    assert "پیش‌نویس است" in right


def test_whoever_heads_nothing_has_no_business_here(town: Unit, head: Staff) -> None:
    version = upload(head.actor, WHOLE.encode(), "kiosk.md", owner=town)
    clerk = signed_in(staff(town, "clerk"))
    assert clerk.get(at("manage")).status_code == 403
    assert clerk.get(at("upload")).status_code == 403
    assert clerk.get(at("version", version.pk)).status_code == 404
    assert Client().get(at("manage")).status_code == 302


def test_no_service_can_take_an_address_of_the_room() -> None:
    firsts = {str(route.pattern).split("/")[0] for route in urlpatterns}
    words = {first for first in firsts if re.fullmatch("[a-z-]+", first)}
    assert words <= RESERVED
