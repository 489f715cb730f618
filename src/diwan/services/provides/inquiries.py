"""Inquiries: told to the department that is asked, and back to who asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.kernel import jobs, notices
from diwan.kernel.models import Heartbeat
from diwan.kernel.notices import Telling, Words
from diwan.kernel.text import isolate
from diwan.services.actions.telling_asked import ANSWERED, OVERDUE, look_for_overdue
from diwan.services.constants import TO_ASKED, TO_ASKER
from diwan.services.models import Inquiry
from diwan.services.rules.codes import first_signs
from diwan.ui.show import show_day, show_local

from .notices import GROUP

LOOK = "services.inquiries"
APART = timedelta(minutes=20)
FIRST = timedelta(days=1)
"""Where it was never looked before, no farther back than this."""


def declare_inquiries() -> None:
    """Declare the notices and what the minute's tick looks at; after the group of cases."""
    label = gettext_lazy("another unit asks yours")
    notices.declare_kind(TO_ASKED, label=label, write=_to_asked, group=GROUP)
    label = gettext_lazy("an answer of a unit that was asked")
    notices.declare_kind(TO_ASKER, label=label, write=_to_asker, group=GROUP)
    jobs.every_minute(LOOK, overdue)


def overdue(at: datetime) -> None:
    """Look a few times an hour for inquiries whose day has passed since the last look."""
    last = Heartbeat.objects.filter(name=LOOK).first()
    if last is not None and last.at > at - APART:
        return
    look_for_overdue(last.at if last else at - FIRST, at)
    Heartbeat.objects.update_or_create(name=LOOK, defaults={"at": at})


def _to_asked(telling: Telling) -> Words | None:
    """Nothing where it was answered or taken back before anybody was told."""
    one = _inquiry(telling)
    if one is None or one.answered_at or one.withdrawn_at:
        return None
    late = telling.data.get("when") == OVERDUE
    said = (
        _("Your unit has not answered yet: %(service)s, case %(code)s")
        if late
        else _("Your unit is asked: %(service)s, case %(code)s")
    )
    return Words(said % _values(one), _due(one), step=_("Answer what is asked"))


def _to_asker(telling: Telling) -> Words | None:
    one = _inquiry(telling)
    if one is None or one.withdrawn_at:
        return None
    answered = telling.data.get("when") == ANSWERED
    if answered:
        said = _("The unit that was asked has answered: %(service)s, case %(code)s")
        lines = [str(Inquiry.Opinion(one.opinion).label)] if one.opinion else []
        return Words(said % _values(one), lines, step=_("Open the case"))
    if one.answered_at:
        return None
    said = _("The unit that was asked has not answered in time: %(service)s, case %(code)s")
    return Words(said % _values(one), _due(one), step=_("Open the case"))


def _inquiry(telling: Telling) -> Inquiry | None:
    """The inquiry, None where its reader may not see the case any more."""
    if telling.card is None:
        return None
    rows = Inquiry.objects.filter(pk=telling.data["inquiry"], case=telling.ref.id)
    return rows.select_related("case__service").first()


def _values(one: Inquiry) -> dict[str, str]:
    """The case by its first signs alone: who is asked acts for no applicant."""
    return {
        "service": show_local(one.case.service.name),
        "code": isolate(first_signs(one.case.code)),
    }


def _due(one: Inquiry) -> list[str]:
    return [_("Due: %(date)s") % {"date": show_day(one.due_at)}] if one.due_at else []
