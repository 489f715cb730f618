"""The outbox for administrators: what waits, what is in doubt, what was refused."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diwan.kernel import notices
from diwan.kernel.models import Notice, NoticeState
from diwan.kernel.requests import actor_of
from diwan.ui.components import Choice, Link
from diwan.ui.pages import page_of
from diwan.ui.states import notice_tag
from diwan.ui.views.guards import elevated_only

NOTICES_A_PAGE = 40
STUCK = (NoticeState.IN_DOUBT, NoticeState.FAILED, NoticeState.DEAD)


@elevated_only
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show notices by state, without their words: those are the recipient's.

    Opened by an administrator when somebody heard nothing. Next: send again, or leave it.
    """
    counts = dict(Notice.objects.order_by().values_list("state").annotate(n=Count("pk")))
    state = request.GET.get("state", "")
    if state not in NoticeState.values:
        state = next((s.value for s in STUCK if counts.get(s)), NoticeState.QUEUED.value)
    here = reverse("ui:outbox")
    order = (
        *STUCK,
        NoticeState.QUEUED,
        NoticeState.SENDING,
        NoticeState.SENT,
        NoticeState.CARRIED,
        NoticeState.LEFT,
        NoticeState.SKIPPED,
    )
    chips = [
        Choice(s.label, f"{here}?state={s.value}", current=s == state, count=counts.get(s.value, 0))
        for s in order
    ]
    rows = Notice.objects.filter(state=state).order_by("-told_at", "-id")
    page = page_of(rows, request, size=NOTICES_A_PAGE)
    context = {
        "page": page,
        "lines": [(row, _label_of(row), notice_tag(row)) for row in page],
        "chips": chips,
        "stuck": sum(counts.get(s, 0) for s in STUCK),
        "decides": state in STUCK,
        "crumbs": [Link(_("Administration"), reverse("directory:administration"))],
    }
    return render(request, "ui/outbox.html", context)


def _label_of(row: Notice) -> str:
    kind = notices.kind_of(row.kind)
    if kind is not None:
        return str(kind.label)
    return _("several notices in one") if row.kind == "kernel.digest" else row.kind


@elevated_only
@require_POST
def send_again(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Have a notice sent once more."""
    notices.send_again(actor_of(request), notice_id)
    messages.success(request, _("The notice is sent once more."))
    return redirect("ui:outbox")


@elevated_only
@require_POST
def leave(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Settle a notice without sending it."""
    notices.leave(actor_of(request), notice_id)
    messages.success(request, _("The notice was left as it is."))
    return redirect("ui:outbox")
