"""How long what is kept: for elevated administrators, with the defaults and who chose otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from diwan.kernel import retention
from diwan.kernel.errors import NotFound
from diwan.kernel.models import RetentionRun
from diwan.kernel.requests import actor_of
from diwan.kernel.retention import Kept
from diwan.ui.components import Link
from diwan.ui.forms import NumberField
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_number
from diwan.ui.views.guards import elevated_only


@dataclass(frozen=True)
class Row:
    """One kind on the page."""

    kept: Kept
    days: str
    default: str
    changed_at: datetime | None
    run: RetentionRun | None


def days_in_words(days: int | None) -> str:
    """Say how long: so many days, or for ever."""
    if days is None:
        return _("for ever")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": show_number(days)}


def crumbs() -> list[Link]:
    """The way to these pages."""
    return [Link(_("Administration"), reverse("directory:administration"))]


@elevated_only
@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    """Show every kind of record that ends, how long it stays, and what went last.

    Opened by an administrator who is asked how long something is kept. Next: change one of them,
    or its trail.
    """
    chosen = retention.chosen_rules()
    runs = {run.kind: run for run in RetentionRun.objects.all()}
    rows = [
        Row(
            kept,
            days_in_words(retention.days_of(kept, chosen)),
            days_in_words(kept.days),
            chosen[kept.kind].changed_at if kept.kind in chosen else None,
            runs.get(kept.kind),
        )
        for kept in retention.kinds()
    ]
    ending = sum(retention.days_of(row.kept, chosen) is not None for row in rows)
    context = {"rows": rows, "ending": ending, "crumbs": crumbs()}
    return render(request, "ui/retention.html", context)


class PeriodForm(forms.Form):
    """Another number of days, and why."""

    days = NumberField(
        label=gettext_lazy("Days"),
        required=False,
        help_text=gettext_lazy("Empty: kept for ever."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


@elevated_only
def change_period(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose how long one kind is kept. Next: the list."""
    kept = next((each for each in retention.kinds() if each.kind == kind), None)
    if kept is None:
        raise NotFound
    edits = as_seen(kept.ref.kind, kept.ref.id)
    now = retention.days_of(kept, retention.chosen_rules())
    form = PeriodForm(request.POST or None, initial={"days": now})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            retention.keep_for(actor_of(request), kind, **form.cleaned_data)
            messages.success(request, _("From the next run on this period holds."))
            return redirect("ui:retention")
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("How long are %(records)s kept?") % {"records": kept.name},
        lead=_("By default: %(days)s. What has reached its end is cleared away once a day.")
        % {"days": days_in_words(kept.days)},
        submit_label=_("Keep them so long"),
        cancel_url=reverse("ui:retention"),
        crumbs=[*crumbs(), Link(_("Retention periods"), reverse("ui:retention"))],
    )
