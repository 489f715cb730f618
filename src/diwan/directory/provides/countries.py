"""A country's working time as strangers show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from diwan.directory.policies import authority_of
from diwan.kernel.calendars import weekday_name
from diwan.kernel.countries import COUNTRIES
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card
from diwan.kernel.policies import Actor
from diwan.kernel.working import COUNTRY_KIND, country_ref

Words = Mapping[str, Sentence]


def _weekday(number: int) -> str:
    return weekday_name(number, translation.get_language() or "en")


_lazy_weekday = lazy(_weekday, str)
WEEKDAYS: Words = {str(number): _lazy_weekday(number) for number in range(7)}


class CountrySubject:
    """A country's working time."""

    kind = COUNTRY_KIND
    name: Sentence = gettext_lazy("working time")
    verbs: Words = {
        "declare_holiday": gettext_lazy("declared a holiday"),
        "remove_holiday": gettext_lazy("removed a holiday"),
        "set_weekend": gettext_lazy("set the weekend"),
        "set_office_hours": gettext_lazy("set the office hours"),
        "remove_office_hours": gettext_lazy("removed office hours"),
        "fill_holidays": gettext_lazy("filled in the holidays"),
    }
    fields: Words = {
        "day": gettext_lazy("Day"),
        "status": gettext_lazy("Status"),
        "days": gettext_lazy("Days of the weekend"),
        "hours": gettext_lazy("Hours"),
        "weekday": gettext_lazy("Day of the week"),
        "holidays": gettext_lazy("Holidays"),
    }
    choices: Mapping[str, Words] = {
        "status": {"declared": gettext_lazy("declared"), "estimated": gettext_lazy("estimated")},
        "days": WEEKDAYS,
        "weekday": WEEKDAYS,
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of the actor's countries; all of them for an elevation."""
        mine = set(COUNTRIES) if actor.elevated else authority_of(actor).countries
        refs = {country_ref(code): code for code in sorted(mine)}
        return {
            ref.id: Card(
                ref=ref,
                title=COUNTRIES[code].names,
                url=reverse("directory:working_time", args=[code]),
            )
            for ref, code in refs.items()
            if ref.id in ids and code in COUNTRIES
        }
