"""Is the record of what was done whole? For elevated administrators, with the seals to take."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diwan.kernel import jobs, proofs, sealing, verifying
from diwan.kernel.models import Verification
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Pair
from diwan.ui.show import show_moment, show_number
from diwan.ui.views.guards import elevated_only


@elevated_only
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """Show the last seal, what waits for one, and what the last verification found.

    Opened by an administrator whom an auditor asks whether the register can be trusted. Next:
    verify now, or take the seals to somebody outside.
    """
    now = timezone.now()
    last = Verification.objects.order_by("-at").first()
    fault = verifying.first_of(last) if last else None
    context = {
        "last": last,
        "fault": fault.sentence() if fault else "",
        "facts": _facts(sealing.standing(now), last),
        "crumbs": [Link(_("Administration"), reverse("directory:administration"))],
    }
    return render(request, "ui/seals.html", context)


def _facts(how: sealing.Standing, last: Verification | None) -> list[Pair]:
    """What is known, quietest last."""
    waiting = show_number(how.waiting)
    if how.waiting_since:
        waiting = _("%(count)s, the first since %(moment)s") % {
            "count": waiting,
            "moment": show_moment(how.waiting_since),
        }
    seal = _("none yet")
    if how.last:
        seal = _("number %(number)s, %(moment)s") % {
            "number": show_number(how.last.number),
            "moment": show_moment(how.last.sealed_at),
        }
    pairs = [Pair(_("Last seal"), seal), Pair(_("Entries not sealed yet"), waiting)]
    if last is None:
        return pairs
    return [
        *pairs,
        Pair(_("Last verified"), show_moment(last.at)),
        Pair(_("Entries verified"), show_number(last.entries)),
        Pair(_("Seals verified"), show_number(last.seals)),
    ]


@elevated_only
@require_POST
def verify_seals(request: HttpRequest) -> HttpResponse:
    """Have everything verified by the worker. Next: the page of the job."""
    actor = actor_of(request)
    with transaction.atomic():
        job = jobs.enqueue(verifying.VERIFY_JOB, {}, key=verifying.VERIFY_JOB, actor=actor)
    return redirect("ui:job", job.pk)


@elevated_only
@require_safe
def seals_file(_request: HttpRequest) -> HttpResponse:
    """Give the chain of seals as a file, as `diwan audit publish` writes it."""
    now = timezone.now()
    answer = HttpResponse(proofs.chain_as_json(now), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="diwan-seals-{now:%Y%m%d-%H%M}.json"'
    return answer
