"""Signing the sheet of a handover, after the password was asked for again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.accounts.public import signed_in_again, typed_before
from diwan.directory.actions.signing import require_to_sign, sign_handover
from diwan.directory.constants import HANDOVER
from diwan.directory.forms.handovers import SignForm
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen

from .handovers import handover_for, sheet_context


@login_required
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the sheet.

    Opened by who hands over or takes over, who asks: what do I put my name to, and what did I not
    get? Who may not sign, or has signed, hears it before the password is asked for.
    Next: the sheet, with the signature.
    """
    actor, one = handover_for(request, pk)
    require_to_sign(actor, one)
    return signing(request, pk)


@signed_in_again
def signing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form behind it."""
    edits = as_seen(HANDOVER, pk, compares=False)
    actor, one = handover_for(request, pk)
    context = sheet_context(actor, one)
    form = SignForm(request.POST or None, initial=typed_before(request))
    url = reverse("directory:handover", args=[pk])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            shown = request.POST.get("sha256", "")
            sign_handover(actor, one, shown, note=form.cleaned_data["note"])
            messages.success(request, _("Your signature stands on the sheet."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        template="directory/sign_handover.html",
        heading=_("Sign the handover sheet"),
        lead=_(
            "You sign what stands below, as it stands now. The post and its duties have passed at "
            "the hour named in any case."
        ),
        submit_label=_("Sign"),
        cancel_url=url,
        **{name: context[name] for name in ("sheet", "needs", "post", "moment", "sha256")},
        crumbs=context["crumbs"],
    )
