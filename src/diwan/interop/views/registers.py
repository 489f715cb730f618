"""Registers in and out on the web; for administrators during an elevation alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from diwan.directory.public import Register
from diwan.interop.actions.importing import ImportReport, import_files
from diwan.interop.actions.later import import_later, is_large
from diwan.interop.actions.refusals import ImportRefused
from diwan.interop.forms import ImportForm
from diwan.interop.queries.export import export_registers, export_zip
from diwan.kernel.countries import country
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.pages import REFUSED_STATUS, refusals_on
from diwan.ui.show import show_local

View = Callable[[HttpRequest], HttpResponse]


def elevated_only(view: View) -> View:
    """Let elevated administrators in, send others of them to elevate first; the rest get a 404."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if actor_of(request).elevated:
            return view(request)
        if not getattr(request.user, "may_elevate", False):
            raise NotFound
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('accounts:elevate')}?{query}")

    return cast("View", guarded)


@elevated_only
@require_http_methods(["GET", "HEAD", "POST"])
def registers(request: HttpRequest) -> HttpResponse:
    """Take register files in, and download what is here.

    Opened by an administrator with a register from elsewhere, or who wants a copy. Next: choose
    the files; after it, what was added, changed and left, or every fault with file and line. Large
    ones are taken in by the worker: then the next page shows how far it is.
    """
    actor = actor_of(request)
    posted = request.method == "POST"
    # Without a file both are empty, and the form must say so.
    form = ImportForm(request.POST, request.FILES) if posted else ImportForm()
    report, faults = None, list[str]()
    if posted and form.is_valid():
        uploads = cast("list[UploadedFile[Any]]", form.cleaned_data["uploads"])
        if is_large(uploads):
            with refusals_on(form):
                return redirect("ui:job", import_later(actor, uploads).pk)
        else:
            report, faults = _take_in(actor, form, uploads)
    context = {
        "form": form,
        "report": report,
        "faults": faults,
        "registers": [
            (register, show_local(country(register.country).names))
            for register in Register.objects.order_by("key")
        ],
        "crumbs": [Link(_("Administration"), reverse("directory:administration"))],
    }
    status = REFUSED_STATUS if form.is_bound and form.errors else 200
    return render(request, "interop/registers.html", context, status=status)


def _take_in(
    actor: Actor, form: ImportForm, uploads: Sequence[UploadedFile[Any]]
) -> tuple[ImportReport | None, list[str]]:
    """What was done; or every fault, where the files were refused.

    Faults name keys and codes as they stand in the file: the form's own list would write their
    digits in the reader's.
    """
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for index, upload in enumerate(uploads):
            path = Path(folder) / str(index)  # a client's name is shown, never used as a path
            with path.open("wb") as file:
                for piece in upload.chunks():
                    file.write(piece)
            names[path] = upload.name or str(index + 1)
        try:
            return import_files(list(names), actor=actor, names=names), []
        except ImportRefused as refusal:
            faults = [fault.sentence() for fault in refusal.faults]
        except Refused as refusal:
            faults = [str(refusal)]
    form.add_error("uploads", _("What is wrong stands above, with file and line."))
    return None, faults


@elevated_only
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """One register (parameter `register`) or all of them as YAML."""
    register = _asked(request)
    content = export_registers(actor=actor_of(request), register=register)
    return _download(content, f"{register or 'registers'}.yaml", "application/yaml")


@elevated_only
@require_safe
def export_archive(request: HttpRequest) -> HttpResponse:
    """The same as a ZIP with the proofs beside it."""
    register = _asked(request)
    content = export_zip(actor=actor_of(request), register=register)
    return _download(content, f"{register or 'registers'}.zip", "application/zip")


def _asked(request: HttpRequest) -> str | None:
    """The register asked for; None for all. Raises NotFound for one that is not there."""
    key = request.GET.get("register") or None
    if key is not None and not Register.objects.filter(key=key).exists():
        raise NotFound
    return key


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
