"""What anybody may take of the counting: how each service went, month by month."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel import exchange
from diwan.kernel.calendars import Calendar
from diwan.kernel.exchange import FieldType, OpenField, OpenTable, Row, Suppression
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor
from diwan.services.models import Service
from diwan.services.policies.services import services
from diwan.services.queries.figures import last_months
from diwan.services.queries.measures import Counted, Tally, months
from diwan.services.queries.stretches import Stretch


def declare_tables() -> None:
    """Declare the table."""
    exchange.declare_table(SERVICES_BY_MONTH)


def services_by_month() -> Iterator[Row]:
    """The last twelve whole months of each public service, by service and month."""
    now = timezone.now()
    periods = last_months(Period.of(now.date(), Kind.MONTH, Calendar.GREGORIAN).previous())
    public = services.which(Actor.anonymous(), "see", Service.objects.order_by("country", "code"))
    rows = list(public.values_list("pk", "country", "code"))
    stretches = [Stretch(p.key(), p.first_day, p.until_day) for p in periods]
    found = months(Counted(stretches, now, "service", [pk for pk, *_names in rows]))
    for pk, country, code in rows:
        for period in periods:
            tally = found.get((pk, period.key()), Tally())
            yield {
                "country": country,
                "service": code,
                "month": period.first_day,
                "received": tally["received"],
                "in_time": tally["on_time"],
                "late": tally["dated"] - tally["on_time"],
            }


SERVICES_BY_MONTH = OpenTable(
    key="services-by-month",
    name=_("Services by month"),
    about=_("How many cases of each service came in, and were finished in time or late."),
    fields=(
        OpenField("country", FieldType.STRING, _("Code of the country"), required=True),
        OpenField("service", FieldType.STRING, _("Code of the service"), required=True),
        OpenField("month", FieldType.DATE, _("First day of the month"), required=True),
        OpenField("received", FieldType.INTEGER, _("Cases received")),
        OpenField("in_time", FieldType.INTEGER, _("Cases finished in time")),
        OpenField("late", FieldType.INTEGER, _("Cases finished late")),
    ),
    primary_key=("country", "service", "month"),
    rows=services_by_month,
    suppression=Suppression(counts=("received", "in_time", "late"), within=("country", "service")),
)
