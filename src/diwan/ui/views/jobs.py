"""Jobs: how far one's own is, and for administrators those that gave up."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from diwan.kernel import jobs
from diwan.kernel.errors import NotFound
from diwan.kernel.models import Job, JobState
from diwan.kernel.requests import actor_of
from diwan.ui.components import Choice, Link
from diwan.ui.pages import confirm_page, page_of, refusals_on
from diwan.ui.states import job_tag
from diwan.ui.views.guards import elevated_only

JOBS_A_PAGE = 40
LOOK_AGAIN = 3
"""Seconds after which an open job's page looks again by itself."""


class DropForm(forms.Form):
    """Why a job need not be done any more."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=1000)


def label_of(row: Job) -> str:
    """What the job does, for people; its bare name where no room declares it any more."""
    try:
        label = str(jobs.kind_of(row.name).label)
    except LookupError:
        label = row.name
    return f"{label}: {row.label}" if row.label else label


@never_cache
@login_required
@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far a job is and how it ended.

    Opened by who asked for it, right after asking. It looks again by itself; without JavaScript
    the page does so by its own, and there is a link. Next: what the job made, or the mend.
    """
    actor = actor_of(request)
    row = jobs.mine(actor).filter(pk=job_id).first()
    if row is None:
        raise NotFound
    told = jobs.progress_of(row)
    result = row.result if isinstance(row.result, dict) else {}
    context = {
        "job": row,
        "label": label_of(row),
        "tag": job_tag(row),
        "progress": told,
        "lines": result.get("lines", []),
        "next_url": result.get("url", ""),
        "elevated": actor.elevated,
        "look_again": LOOK_AGAIN,
    }
    part = request.headers.get("HX-Target") == "job"
    answer = render(request, "ui/parts/job.html" if part else "ui/job.html", context)
    if part and not row.is_open:  # the heading is another one now
        answer["HX-Refresh"] = "true"
    return answer


@elevated_only
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Show jobs by state, those that gave up first.

    Opened by an administrator whom the health page sent. Next: restart or drop each.
    """
    counts = dict(Job.objects.order_by().values_list("state").annotate(n=Count("pk")))
    state = request.GET.get("state", "")
    if state not in JobState.values:
        state = JobState.DEAD.value
    here = reverse("ui:jobs")
    chips = [
        Choice(s.label, f"{here}?state={s.value}", current=s == state, count=counts.get(s.value, 0))
        for s in (
            JobState.DEAD,
            JobState.WAITING,
            JobState.RUNNING,
            JobState.REFUSED,
            JobState.DONE,
            JobState.DROPPED,
        )
    ]
    rows = Job.objects.filter(state=state).order_by("-asked_at", "-id")
    page = page_of(rows, request, size=JOBS_A_PAGE)
    lines = [(row, label_of(row), job_tag(row)) for row in page]
    context = {
        "page": page,
        "lines": lines,
        "chips": chips,
        "dead": counts.get(JobState.DEAD, 0),
        "crumbs": [Link(_("Administration"), reverse("directory:administration"))],
    }
    return render(request, "ui/jobs.html", context)


@elevated_only
@require_POST
def restart(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Have a job that gave up tried anew."""
    jobs.restart(actor_of(request), job_id)
    messages.success(request, _("The job is tried anew."))
    return redirect("ui:job", job_id)


@elevated_only
def drop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Write a job off, with the reason."""
    row = Job.objects.filter(pk=job_id).first()
    if row is None:
        raise NotFound
    form = DropForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            jobs.drop(actor_of(request), job_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("The job was dropped."))
            return redirect("ui:jobs")
    return confirm_page(
        request,
        heading=_("Drop the job “%(name)s”?") % {"name": label_of(row)},
        submit_label=_("Drop it"),
        cancel_url=reverse("ui:job", args=[row.pk]),
        form=form,
        danger=True,
        consequences=[_("It is not done any more; it stays readable here.")],
    )
