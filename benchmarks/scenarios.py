"""What is asked of the house, as pages that people open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from diwan.councils.models import Action

from .measure import Measured, measure
from .people import Cast, Somebody

Work = Callable[[], Measured]
HOST = {"SERVER_NAME": "127.0.0.1"}


class Failed(RuntimeError):
    """A page answered otherwise than it should."""


def client_of(somebody: Somebody) -> Client:
    """A browser in which somebody has signed in."""
    client = Client(**HOST)
    client.force_login(somebody.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(name: str, somebody: Somebody, told: list[str], *, times: int) -> Work:
    """Opening a page."""

    def work() -> Measured:
        client = client_of(somebody)

        def request(n: int) -> str:
            address = told[n % len(told)]
            answer = client.get(address)
            if answer.status_code != 200:
                raise Failed(f"{address} answered {answer.status_code}")
            return f"{len(answer.content) // 1024} KB"

        return measure(name, request, times=times)

    return work


def scenarios(cast: Cast, *, times: int) -> Iterator[tuple[str, Work]]:
    """Every scenario by its name, in the order of the table."""
    with translation.override("fa"):
        yield "bare view", lambda: _bare(times)
        for name, somebody, told in _pages(cast):
            yield name, page(name, somebody, told, times=times)
        yield "one action done", lambda: _one_done(cast, times)


def _bare(times: int) -> Measured:
    with override_settings(ROOT_URLCONF="benchmarks.bare", MIDDLEWARE=[]):
        client = Client(**HOST)

        def request(_n: int) -> str:
            return "" if client.get("/").status_code == 200 else "?"

        return measure("bare view", request, times=max(times, 50))


def _pages(cast: Cast) -> Iterator[tuple[str, Somebody, list[str]]]:
    register = reverse("councils:register")
    search = reverse("desk:search")
    yield "desk of an officer", cast.officer, [reverse("desk:home")]
    yield "desk of a secretary", cast.secretary, [reverse("desk:home")]
    yield "desk of a head", cast.head, [reverse("desk:home")]
    yield "desk of a minister", cast.top_head, [reverse("desk:home")]
    yield "a unit's desk", cast.head, [reverse("desk:unit")]
    yield "a minister's unit desk", cast.top_head, [reverse("desk:unit")]
    yield "word desk", cast.secretary, [reverse("desk:word")]
    yield "register", cast.officer, [register]
    yield "register: page 200", cast.officer, [f"{register}?page=200"]
    asked = {
        "register: late": {"standing": "late"},
        "register: unit below, late": {"unit": str(cast.big_unit), "standing": "late"},
        "register: body, tasked": {"body": str(cast.busiest_body), "kind": "tasked"},
        "register: one word": {"q": "گزارش"},
        "register: two words, rare": {"q": "مناقصه دی"},
    }
    for name, query in asked.items():
        yield name, cast.officer, [f"{register}?{urlencode(query)}"]
    yield (
        "register: common word (ar)",
        cast.top_head,
        [f"{register}?{urlencode({'q': 'المواطنين'})}"],
    )
    for name, word in (("common word", "سامانه"), ("rare word", "چکاوک"), ("name", "نسترن")):
        yield f"search: {name}", cast.officer, [f"{search}?{urlencode({'q': word})}"]
    numbers = [f"{search}?{urlencode({'q': number})}" for number in cast.numbers]
    yield "search: a number", cast.officer, numbers
    yield from _records(cast)


def _records(cast: Cast) -> Iterator[tuple[str, Somebody, list[str]]]:
    """Pages of one record, and of all of a kind."""

    def each(name: str, ids: list[UUID]) -> list[str]:
        return [reverse(name, args=[pk]) for pk in ids]

    past = (timezone.now().date() - timedelta(days=300)).isoformat()
    units = each("directory:unit", cast.unit_ids)
    yield "units", cast.top_head, [reverse("directory:units")]
    yield "a unit", cast.head, units
    yield "a unit as of a date", cast.head, [f"{url}?on={past}" for url in units]
    yield "the top unit", cast.top_head, each("directory:unit", [cast.big_unit])
    yield "bodies", cast.officer, [reverse("councils:bodies")]
    yield "a body", cast.secretary, each("councils:body", cast.body_ids)
    yield "meetings", cast.secretary, [reverse("councils:meetings")]
    yield "a meeting", cast.secretary, each("councils:meeting", cast.meeting_ids)
    yield "a resolution", cast.secretary, each("councils:resolution", cast.resolution_ids)
    yield "an action", cast.officer, each("councils:action", cast.action_ids)
    yield "posts", cast.officer, [reverse("directory:posts")]
    yield "people", cast.officer, [reverse("directory:people")]
    yield "a handover's sheet", cast.successor, each("directory:handover", cast.handover_ids)


def _one_done(cast: Cast, times: int) -> Measured:
    """Report an action done with a proof; taken back at the end, so that the house stays."""
    client = client_of(cast.officer)
    owed = Action.objects.filter(owner=cast.officer.post, state="doing", children__isnull=True)
    waiting = list(owed.order_by("key").values_list("pk", flat=True))

    def request(n: int) -> str:
        with transaction.atomic():
            note = _report(client, n, waiting)
            transaction.set_rollback(True)
        return note

    return measure("one action done", request, times=times)


def _report(client: Client, n: int, waiting: list[UUID]) -> str:
    url = reverse("councils:action_step", args=[waiting[n % len(waiting)], "report"])
    proof = SimpleUploadedFile("گزارش.txt", b"done " + str(n).encode())
    answer = client.post(url, {"note": "انجام شد", "proofs": proof})
    if answer.status_code != 302:
        raise Failed(f"{url} answered {answer.status_code}: {_why(answer)}")
    return ""


def _why(answer: HttpResponse) -> str:
    """What the page says is wrong."""
    text = answer.content.decode()
    found = re.findall(r'class="[^"]*error[^"]*"[^>]*>(.*?)</', text, re.DOTALL)
    return json.dumps([re.sub(r"<[^>]+>|\s+", " ", part) for part in found][:4], ensure_ascii=False)
