"""Asking twice before what moves duties or ends records, without JavaScript.

The first sending runs the action for real inside a transaction and takes it back: so the page can
say what will come of it, and refuses what the action would refuse. The second sending, unchanged,
does it. Whoever changes the form in between is shown the new consequences first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from diwan.ui.components import Text
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import CARRIED, Seen

T = TypeVar("T")
UNSIGNED = CARRIED | {"seen"}


def dry_run(act: Callable[[], T]) -> T:
    """What `act` would return; nothing of it stays, and nothing is told to anybody."""
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


def two_steps(
    request: HttpRequest,
    form: forms.Form,
    *,
    preview: Callable[[], Sequence[Text]],
    act: Callable[[], str],
    template: str = "directory/two_steps.html",
    edits: Seen | Sequence[Seen] | None = None,
    **context: object,
) -> HttpResponse:
    """Show the form, then what would come of it, then do it and go on.

    `preview` gives sentences (run your action by `dry_run` in it), `act` does it and gives the
    address that follows. Context besides: what `form_page` takes, and `danger`.
    """
    consequences: Sequence[Text] = ()
    seen = ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            mark = fingerprint(request)
            if request.POST.get("seen") == mark:
                return redirect(act())
            consequences, seen = preview(), mark
    return form_page(
        request,
        form,
        template=template,
        edits=edits,
        consequences=consequences,
        seen=seen,
        **context,
    )


def fingerprint(request: HttpRequest) -> str:
    """A mark of everything that was filled in."""
    pairs = [
        f"{name}={value}"
        for name, values in sorted(request.POST.lists())
        if name not in UNSIGNED
        for value in values
    ]
    return hashlib.sha256("\n".join(pairs).encode()).hexdigest()[:32]
