"""What members propose, on the desk of who serves the body: one item a body, when it is ready."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from diwan.councils.constants import PROPOSAL
from diwan.councils.policies import served_ids
from diwan.councils.queries.proposals import ready_of
from diwan.councils.queries.standing import own_bodies
from diwan.councils.queries.titles import in_languages
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting
from diwan.kernel.text import isolate, local, to_digits

LANGUAGES = {"fa": "", "ar": "", "en": ""}


def proposal_items(question: DeskQuestion) -> Iterator[DeskItem]:
    """Proposals with enough signatures; read in the question that asks what is to be planned."""
    if not question.as_secretary or not served_ids(question.actor):
        return
    for body in own_bodies(question.actor):
        count = ready_of(body) if body.pk in served_ids(question.actor) else 0
        if not count:
            continue
        url = reverse("councils:proposals", args=[body.pk])
        yield DeskItem(
            ref=Ref(PROPOSAL, body.pk),  # one item for all of a body's
            post_id=None,
            unit_id=body.unit_id,
            waiting=Waiting.PREPARE,
            title=in_languages(partial(_title, body.name, count), LANGUAGES),
            url=url,
            step=gettext_lazy("Put them on an agenda, or decline them"),
            step_url=url,
            state=gettext_lazy("enough members have signed"),
            count=count,
        )


def _title(name: dict[str, str], count: int, language: str) -> str:
    words = ngettext(
        "%(n)s proposal to %(body)s has its signatures",
        "%(n)s proposals to %(body)s have their signatures",
        count,
    )
    return words % {"n": to_digits(count, language), "body": isolate(local(name, language)[0])}
