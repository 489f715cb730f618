"""Retention periods as a record: for the trail of who changed which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diwan.kernel import exchange, retention
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.policies import Actor


class RetentionSubject:
    """A kind of record that is not kept for ever; elevated administrators see it."""

    kind = retention.RETENTION_KIND
    name: Sentence = _("retention period")
    verbs: Mapping[str, Sentence] = {
        "keep_for": _("changed how long these are kept"),
        "carry_out": _("cleared away what had reached its end"),
    }
    fields: Mapping[str, Sentence] = {
        "days": _("Kept for days"),
        "gone": _("Cleared away"),
        "kind": _("Kind"),
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of declared kinds, for elevated administrators."""
        if not actor.elevated:
            return {}
        found = ((pk, retention.kind_of(pk)) for pk in ids)
        url = reverse("ui:retention")
        return {
            pk: Card(ref=Ref(self.kind, pk), title=in_languages(kept.name), url=url)
            for pk, kept in found
            if kept is not None
        }


def in_languages(name: str | Promise) -> dict[str, str]:
    """The same words in every language."""
    found = {}
    for language in ("fa", "ar", "en"):
        with translation.override(language):
            found[language] = str(name)
    return found


def declare() -> None:
    """Declare the subject; called once when Django starts."""
    exchange.declare_subject(RetentionSubject())
