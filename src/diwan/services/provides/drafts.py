"""Forms that were begun: their link as a notice, how long they are kept, their trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from diwan.kernel import exchange, notices
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card
from diwan.kernel.notices import Telling, Words
from diwan.kernel.policies import Actor
from diwan.kernel.retention import declare_retention
from diwan.kernel.text import isolate
from diwan.services.actions.drafts import LINK, forget_drafts
from diwan.services.constants import DRAFT
from diwan.services.queries.drafts import KEPT
from diwan.ui.show import show_day, show_local


def declare() -> None:
    """Declare the room's part in forms that are not filed yet."""
    exchange.declare_subject(DraftSubject())
    notices.declare_kind(
        LINK, label=gettext_lazy("the link of a form that was begun"), write=_words, secret=True
    )
    declare_retention(
        DRAFT,
        gettext_lazy("forms of services that were begun and not filed"),
        KEPT.days,
        forget_drafts,
    )


class DraftSubject:
    """Forms that were begun. They are nobody's to look at: whoever has the link has the form."""

    kind = DRAFT
    name: Sentence = gettext_lazy("the application form of a service, begun")
    verbs: Mapping[str, Sentence] = {
        "begin": gettext_lazy("began a form"),
        "send_link": gettext_lazy("had the link of a form sent"),
        "throw_away": gettext_lazy("threw a form away"),
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:  # noqa: ARG002 - nobody sees them
        """No cards."""
        return {}


def _words(telling: Telling) -> Words:
    name = isolate(show_local(telling.data["service"]))
    until = datetime.fromisoformat(telling.data["until"])
    told = _("Under the link you go on where you stopped, until %(day)s.")
    return Words(
        subject=_("Go on with: %(service)s") % {"service": name},
        lines=[told % {"day": show_day(until)}],
        step=_("Go on with the form"),
        url=f"/{get_language()}/services/draft/{telling.data['secret']}/",
    )
