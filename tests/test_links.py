"""Records of rooms that do not know each other are joined with a verb, said on either page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.accounts.models import User
from diwan.councils.models import Action, Meeting, Resolution
from diwan.councils.tests.factories import ActionFactory, ResolutionFactory
from diwan.kernel import links, search
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb
from diwan.kernel.models import AuditEntry, Link
from diwan.library.models import Document

from .house import House, build
from .sheets import main_sheet, sheets_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    with override("fa"):
        return reverse(name, args=args)


def indexed() -> House:
    """The house, with everything in it to be found by words."""
    house = build()
    Link.objects.all().delete()
    search.rebuild()
    return house


def joining(client: Client, kind: str, pk: object, relation: str, words: str) -> tuple[int, str]:
    """Fill in the form on a record's page: the status, and what came back or where it led."""
    url = page("ui:join", kind, pk)
    sheet = main_sheet(client.get(url).content.decode())
    answer = client.post(url, sheet.sent(relation=relation, words=words))
    return answer.status_code, answer.get("Location") or answer.content.decode()


def test_a_document_becomes_evidence_on_both_pages_and_in_both_trails() -> None:
    house = indexed()
    plan = Document.objects.get(pk=house.ids["document"])
    Document.objects.exclude(pk=plan.pk).delete()
    client, pk = house.client("secretary"), house.ids["resolution"]
    status, to = joining(client, "councils.resolution", pk, "evidenced_by", "برنامه")
    assert (status, to) == (302, page("councils:resolution", pk))
    shown = client.get(to).content.decode()
    assert "برنامه" in shown
    assert page("library:document", plan.pk) in shown
    assert page("councils:resolution", pk) in (
        client.get(page("library:document", plan.pk)).content.decode()
    )
    for kind, record in (("councils.resolution", pk), ("library.document", plan.pk)):
        entries = AuditEntry.objects.filter(subject_kind=kind, subject_id=record, verb="link")
        entry = entries.get(actor_kind="user")
        assert entry.post_id == house.staff["secretary"].post.pk
        told = client.get(page("ui:trail", kind, record)).content.decode()
        assert "councils.resolution" not in told.replace("/councils.resolution/", "")
    button = next(each for each in sheets_of(shown) if each.action.endswith("/part/"))
    assert client.post(button.action, button.values)["Location"] == to
    assert not Link.objects.exists()
    assert AuditEntry.objects.filter(verb="unlink").count() == 2


def test_a_resolution_says_how_much_of_what_carries_it_out_is_done() -> None:
    house = build()
    pk = house.ids["resolution"]
    target = Ref("councils.resolution", pk)
    for name in ("closed", "doing", "body_action"):
        source = Ref("councils.action", house.ids[name])
        links.join(house.staff["secretary"].actor, source, Verb.CARRIES_OUT, target)
    shown = house.client("secretary").get(page("councils:resolution", pk)).content.decode()
    assert "۱ از ۳ کار انجام شده است" in shown
    # Whoever may not see one of them is told of the others alone.
    less = house.client("colleague").get(page("councils:resolution", pk)).content.decode()
    assert "۱ از ۲ کار انجام شده است" in less
    assert str(house.ids["body_action"]) not in less


def test_what_several_records_are_called_is_chosen_from_a_list() -> None:
    house = indexed()
    client, pk = house.client("secretary"), house.ids["done"]
    meeting = Meeting.objects.get(pk=house.ids["meeting"])
    for number in ("۱۴۰۵/ش/۸۱", "۱۴۰۵/ش/۸۲"):
        ResolutionFactory.create(meeting=meeting, number=number, text={"fa": "ساخت پل نو"})
    search.rebuild()
    url = page("ui:join", "councils.action", pk)
    sheet = main_sheet(client.get(url).content.decode())
    asked = client.post(url, sheet.sent(relation="carries_out", words="ساخت پل"))
    assert asked.status_code == 422
    second = Resolution.objects.get(number="۱۴۰۵/ش/۸۲")
    assert "۱۴۰۵/ش/۸۱" in asked.content.decode()
    chosen = main_sheet(asked.content.decode()).sent(target=f"councils.resolution:{second.pk}")
    assert client.post(url, chosen).status_code == 302
    assert links.targets(Ref("councils.action", pk), Verb.CARRIES_OUT) == [
        Ref("councils.resolution", second.pk)
    ]
    assert Action.objects.get(pk=pk).state == "done"


def test_what_is_not_mine_to_say_is_refused_in_a_sentence() -> None:
    house = indexed()
    officer = house.client("officer")
    unknown = joining(officer, "councils.action", house.ids["action"], "carries_out", "هیچ‌کجا")
    assert unknown[0] == 422
    # The officer sees a resolution and may not write it: nobody else's decision is superseded so.
    Resolution.objects.filter(pk=house.ids["resolution"]).update(text={"fa": "تصمیم بزرگ"})
    search.stale("councils.resolution", [house.ids["resolution"]])
    search.catch_up()
    status, text = joining(
        officer, "councils.action", house.ids["action"], "supersedes", "تصمیم بزرگ"
    )
    assert status == 422
    assert "تصمیم بزرگ" in text
    assert not Link.objects.exists()
    assert not AuditEntry.objects.filter(verb="link").exclude(actor_kind="system").exists()


def test_a_record_that_may_not_be_seen_is_not_found_and_cannot_be_joined() -> None:
    house = indexed()
    hidden = Ref("councils.resolution", house.ids["body_resolution"])
    mine = Ref("councils.action", house.ids["action"])
    stranger: User | None = house.people["foreign"]
    assert stranger is not None
    with pytest.raises(NotFound):
        links.join(house.staff["foreign"].actor, mine, Verb.ANSWERS, hidden)
    assert not Link.objects.exists()


def test_nothing_is_joined_twice_with_itself_or_in_a_circle() -> None:
    house = build()
    Link.objects.all().delete()
    actor = house.staff["secretary"].actor
    one = Ref("councils.action", house.ids["doing"])
    resolution = ActionFactory.create(resolution_id=house.ids["resolution"]).pk
    two = Ref("councils.action", resolution)
    links.join(actor, one, Verb.ANSWERS, two)
    for source, target in ((one, two), (two, one), (one, one)):
        with pytest.raises(Refused):
            links.join(actor, source, Verb.ANSWERS, target)
    links.join(actor, two, Verb.CARRIES_OUT, one)
    assert Link.objects.count() == 2
