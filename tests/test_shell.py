"""The shell of every page: the ways through the house, and from which post one acts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.ui.components import Link, Standing

pytestmark = pytest.mark.django_db


def ways(client: Client, where: str) -> list[Link]:
    nav: list[Link] = client.get(where).context["nav"]
    return nav


def test_who_hasnt_signed_in_finds_what_is_public(client: Client) -> None:
    urls = [link.url for link in ways(client, "/fa/")]
    assert not any("/directory/" in url for url in urls)
    assert "/fa/councils/register/" in urls
    assert client.get("/fa/").context.get("standing") is None
    assert "next=" in client.get("/fa/search/").context["sign_in_url"]


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("/fa/", "کارتابل"),
        ("/fa/posts/mine/", "کارتابل"),
        ("/fa/councils/register/", "مصوبات"),
        ("/fa/councils/meetings/", "جلسه‌ها"),
        ("/fa/directory/units/", "واحدها"),
        ("/fa/directory/posts/", "واحدها"),
        ("/fa/directory/people/", "اشخاص"),
        ("/fa/directory/", "راهبری"),
        ("/fa/directory/partners/", "راهبری"),
        ("/fa/account/invitations/", "راهبری"),
    ],
)
def test_the_way_one_is_on_is_marked(client: Client, where: str, name: str) -> None:
    sign_in(client, staff(UnitFactory.create(), "head").user)
    assert [str(link.label) for link in ways(client, where) if link.current] == [name]


def test_a_page_about_a_record_is_marked_where_the_record_lies(client: Client) -> None:
    head = staff(UnitFactory.create(), "head")
    sign_in(client, head.user)
    for page, kind, record, name in (
        ("trail", "directory.unit", head.post.unit_id, "واحدها"),
        ("numbers", "directory.unit", head.post.unit_id, "واحدها"),
        ("trail", "directory.person", head.person.pk, "اشخاص"),
        ("trail", "directory.register", head.post.register_id, "راهبری"),
    ):
        nav = ways(client, f"/fa/{page}/{kind}/{record}/")
        assert [str(link.label) for link in nav if link.current] == [name], (page, kind)


def test_administration_is_offered_to_who_may(client: Client) -> None:
    def offered() -> list[str]:
        return [link.url for link in ways(client, "/fa/") if str(link.label) == "راهبری"]

    unit = UnitFactory.create()
    sign_in(client, staff(unit).user)
    assert offered() == []
    sign_in(client, staff(unit, "head").user)
    assert offered() == ["/fa/directory/"]
    user = UserFactory.create(may_elevate=True)
    sign_in(client, user)
    assert offered() == ["/fa/account/elevate/"]
    sign_in(client, user, elevated=True)
    assert offered() == ["/fa/directory/"]


def test_one_sees_from_which_post_one_acts_and_until_when(client: Client) -> None:
    unit = UnitFactory.create()
    ends = timezone.now() + timedelta(days=10)
    me = staff(unit, until_at=ends)
    name = {"fa": "کارشناس آمار"}
    me.post.versions.update(name=name)
    staff(unit, user=me.user, kind="acting")
    sign_in(client, me.user)
    standing = client.get("/fa/").context["standing"]
    assert isinstance(standing, Standing)
    assert (standing.post, standing.others, standing.switch_url) == (
        "کارشناس آمار",
        1,
        "/fa/posts/mine/",
    )
    assert standing.until is not None


def test_who_holds_nothing_is_called_by_name_alone(client: Client) -> None:
    user = UserFactory.create(name="مهمان")
    sign_in(client, user)
    standing = client.get("/fa/").context["standing"]
    assert (standing.name, standing.post, standing.until) == ("مهمان", "", None)


def test_ones_account_and_what_lies_behind_it_are_found_from_every_page(client: Client) -> None:
    sign_in(client, staff(UnitFactory.create()).user)
    assert '<a href="/fa/account/profile/">' in client.get("/fa/library/").content.decode()
    sign_in(client, UserFactory.create())  # without a post the name stands alone
    assert '<a href="/fa/account/profile/">' in client.get("/fa/library/").content.decode()
    account = client.get("/fa/account/profile/").content.decode()
    for page in ("account/notices/", "account/tokens/", "exchange/webhooks/"):
        assert f'href="/fa/{page}"' in account


def test_open_tables_and_the_api_are_found_by_everybody(client: Client) -> None:
    page = client.get("/fa/").content.decode()
    assert 'href="/fa/exchange/open/"' in page
    assert 'href="/api/docs"' in page


def test_administration_leads_to_every_page_of_its_own(client: Client) -> None:
    sign_in(client, UserFactory.create(may_elevate=True), elevated=True)
    page = client.get("/fa/directory/").content.decode()
    owned = ("exchange/", "exchange/open/", "account/users/", "account/invitations/")
    for address in (*owned, "jobs/", "outbox/", "seals/", "retention/"):
        assert f'href="/fa/{address}"' in page
        links = ways(client, f"/fa/{address}")
        assert [str(link.label) for link in links if link.current] == ["راهبری"]
