"""Objections that wait for the body's answer are offered to its next meeting."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.councils.constants import RESOLUTION
from diwan.councils.models import Objection, Resolution
from diwan.councils.policies import RESOLUTIONS
from diwan.councils.queries.titles import in_languages
from diwan.kernel.exchange import AgendaPoint, AgendaQuestion, Ref, Weight
from diwan.kernel.policies import Confidentiality
from diwan.kernel.text import isolate, local, to_digits

MOST = 20
"""So many at once; the others are offered when these are answered."""


def objections_to_answer(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """Resolutions of the body that were objected to, the longest waiting first."""
    waiting = Objection.objects.filter(outcome=Objection.Outcome.WAITS)
    rows = Resolution.objects.filter(
        body=question.body_id, pk__in=waiting.values("resolution"), binding_date__isnull=False
    )
    seen = RESOLUTIONS.which(question.actor, "see", rows).prefetch_related("named_posts")
    for resolution in seen.order_by("binding_date", "pk")[:MOST]:
        yield AgendaPoint(
            ref=Ref(RESOLUTION, resolution.pk),
            text=_as_item(resolution),
            url=reverse("councils:resolution", args=[resolution.pk]),
            weight=Weight.WAITING,
            why=_("It was objected to; until the body answers, it does not bind."),
            number=resolution.number,
            confidentiality=Confidentiality(resolution.confidentiality),
            named_post_ids=tuple(post.pk for post in resolution.named_posts.all()),
        )


def _as_item(resolution: Resolution) -> dict[str, str]:
    """How the agenda says it, in each language of the resolution's own text."""

    def sentence(language: str) -> str:
        return _("Objection to resolution %(number)s: %(text)s") % {
            "number": isolate(to_digits(resolution.number, language)),
            "text": local(resolution.text, language)[0],
        }

    return in_languages(sentence, resolution.text)
