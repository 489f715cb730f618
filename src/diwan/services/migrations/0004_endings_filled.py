"""The rounds of the cases that are there already, as far as their rows still tell of them."""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.db.models import F

from diwan.kernel.ids import new_id

ENDED = ("done", "refused", "withdrawn")
BATCH = 1000
DAY = timedelta(days=1)


def fill(apps: Any, _schema_editor: Any) -> None:
    case = apps.get_model("services", "Case")
    case.objects.filter(filed_unit=None).update(
        filed_unit=F("unit_id"), unit_since_at=F("filed_at"), round_at=F("filed_at")
    )
    _rounds_begun(apps, case)
    _endings(apps, case)


def _rounds_begun(apps: Any, case: Any) -> None:
    """A case that was reopened began its round when the trail says so last."""
    entries = apps.get_model("kernel", "AuditEntry").objects
    reopened = case.objects.filter(reopened__gt=0).values_list("pk", flat=True)
    for pk in list(reopened):
        entry = entries.filter(subject_id=pk, verb="reopen").order_by("-at").first()
        if entry is not None:
            case.objects.filter(pk=pk).update(round_at=entry.at, unit_since_at=entry.at)


def _endings(apps: Any, case: Any) -> None:
    """The last ending of each case that is ended; earlier ones were written over."""
    ending = apps.get_model("services", "Ending")
    pauses = apps.get_model("services", "CasePause").objects
    rows = []
    for one in case.objects.filter(phase__in=ENDED).iterator(chunk_size=BATCH):
        rows.append(_ending(ending, one, pauses.filter(case=one, since_at__gte=one.round_at)))
        if len(rows) == BATCH:
            ending.objects.bulk_create(rows)
            rows = []
    ending.objects.bulk_create(rows)
    links = apps.get_model("services", "RatingLink").objects
    ending.objects.filter(case__in=links.values("case")).exclude(outcome="withdrawn").update(
        asked=True
    )
    for judged in apps.get_model("services", "Rating").objects.iterator(chunk_size=BATCH):
        ending.objects.filter(case=judged.case_id).update(
            asked=True, stars=judged.stars, promise_kept=judged.promise_kept
        )


def _ending(ending: Any, one: Any, pauses: Any) -> Any:
    held = [(pause.since_at, pause.until_at or one.ended_at) for pause in pauses]
    days = int((one.ended_at - one.round_at) / DAY + 0.00001)
    return ending(
        id=new_id(),
        case_id=one.pk,
        service_id=one.service_id,
        unit_id=one.unit_id,
        channel=one.channel,
        number=one.reopened + 1,
        outcome=one.phase,
        round_at=one.round_at,
        began_at=one.round_at,
        ended_at=one.ended_at,
        promised_at=one.promised_at,
        on_time=one.on_time,
        returned=len(held),
        visits=one.visits,
        waited_seconds=sum(int((until - since).total_seconds()) for since, until in held),
        days=days,
        # The unit's calendar is not at hand here; five of seven days is near enough for the past.
        working_days=days * 5 // 7,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0003_endings"),
        ("kernel", "0009_notice_files"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
