"""One's own webhooks: who is told of what, and whether it arrived."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from diwan.interop.actions import webhooks as actions
from diwan.interop.constants import DAYS_OF_FAILURE, FACTS
from diwan.interop.forms import WebhookForm
from diwan.interop.queries.webhooks import deliveries_of, own_webhook, own_webhooks
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.pages import confirm_page, form_page, page_of, refusals_on

A_PAGE = 30


@login_required
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """List one's webhooks.

    Opened by somebody whose other system is to hear of what happens, who asks: who is told, and
    does it arrive? Next: make a webhook, or look at one that fails.
    """
    rows = list(own_webhooks(actor_of(request)))
    context = {
        "rows": [(row, [FACTS[kind] for kind in row.kinds if kind in FACTS]) for row in rows],
        "failing": sum(row.failing_since_at is not None for row in rows),
    }
    return render(request, "interop/webhooks.html", context)


@login_required
def make_webhook(request: HttpRequest) -> HttpResponse:
    """Ask where and of what, and make it."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            row = actions.make_webhook(actor_of(request), data["address"], data["kinds"])
            messages.success(request, _("The webhook stands. Send it a ping to see that it works."))
            return redirect("interop:webhook", row.pk)
    return form_page(
        request,
        form,
        heading=_("Tell another system what happens"),
        lead=_("It is told only of what you may see yourself at the time."),
        submit_label=_("Make the webhook"),
        cancel_url=reverse("interop:webhooks"),
    )


@never_cache
@login_required
@require_safe
def webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Show one webhook: its secret, and what was delivered."""
    row = own_webhook(actor_of(request), webhook_id)
    context = {
        "webhook": row,
        "kinds": [FACTS[kind] for kind in row.kinds if kind in FACTS],
        "page": page_of(deliveries_of(row), request, size=A_PAGE),
        "facts": FACTS,
        "days": DAYS_OF_FAILURE,
        "crumbs": [Link(_("Webhooks"), reverse("interop:webhooks"))],
    }
    return render(request, "interop/webhook.html", context)


@login_required
@require_POST
def webhook_step(request: HttpRequest, webhook_id: UUID, step: str) -> HttpResponse:
    """Ping it, switch it, or renew its secret: buttons of its page. Next: the same page."""
    actor = actor_of(request)
    try:
        if step == "ping":
            actions.ping(actor, webhook_id)
            told = _("A ping is on its way.")
        elif step in ("on", "off"):
            actions.switch_webhook(actor, webhook_id, on=step == "on")
            told = _("It is told again.") if step == "on" else _("It is told nothing any more.")
        elif step == "secret":
            actions.renew_secret(actor, webhook_id)
            told = _("It has a new secret; give it to the other system.")
        else:
            raise NotFound
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect("interop:webhook", webhook_id)


@login_required
@require_POST
def redeliver(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one message again. Next: the same page."""
    try:
        actions.redeliver(actor_of(request), webhook_id, delivery_id)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message is on its way again."))
    return redirect("interop:webhook", webhook_id)


@login_required
def remove_webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Ask once more, then remove it."""
    row = own_webhook(actor_of(request), webhook_id)
    if request.method == "POST":
        actions.remove_webhook(actor_of(request), webhook_id)
        messages.success(request, _("The webhook was removed."))
        return redirect("interop:webhooks")
    return confirm_page(
        request,
        heading=_("Remove this webhook?"),
        lead=row.address,
        consequences=[
            _("The other system is told nothing any more, and the list of messages goes.")
        ],
        submit_label=_("Remove"),
        cancel_url=reverse("interop:webhook", args=[row.pk]),
        danger=True,
    )
