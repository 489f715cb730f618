"""What administrators do to the house itself, as records: for the trail of who did what.

Retention periods, jobs that were tried anew or dropped, notices that were sent again or left.
"""

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
from diwan.kernel.jobs.mending import JOB
from diwan.kernel.models import Job, Notice
from diwan.kernel.notices.mending import NOTICE
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


class JobSubject:
    """A job of the worker; elevated administrators see it."""

    kind = JOB
    name: Sentence = _("job")
    verbs: Mapping[str, Sentence] = {
        "restart": _("had the job tried anew"),
        "drop": _("dropped the job"),
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of jobs, for elevated administrators."""
        if not actor.elevated:
            return {}
        return {
            row.pk: Card(
                ref=Ref(self.kind, row.pk),
                title={"en": row.label or row.name},
                url=reverse("ui:job", args=[row.pk]),
            )
            for row in Job.objects.filter(pk__in=ids)
        }


class NoticeSubject:
    """A notice of the outbox; elevated administrators see it, without its words."""

    kind = NOTICE
    name: Sentence = _("notice")
    verbs: Mapping[str, Sentence] = {
        "send_again": _("had the notice sent again"),
        "leave": _("left the notice as it was"),
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of notices, for elevated administrators."""
        if not actor.elevated:
            return {}
        url = reverse("ui:outbox")
        rows = Notice.objects.filter(pk__in=ids).values_list("pk", "kind")
        return {pk: Card(ref=Ref(self.kind, pk), title={"en": kind}, url=url) for pk, kind in rows}


def in_languages(name: str | Promise) -> dict[str, str]:
    """The same words in every language."""
    found = {}
    for language in ("fa", "ar", "en"):
        with translation.override(language):
            found[language] = str(name)
    return found


def declare() -> None:
    """Declare the subjects; called once when Django starts."""
    exchange.declare_subject(RetentionSubject())
    exchange.declare_subject(JobSubject())
    exchange.declare_subject(NoticeSubject())
