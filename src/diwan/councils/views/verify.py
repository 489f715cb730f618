"""Whether a paper is genuine and still holds, for whoever holds it: without signing in.

The code on the paper is the right to ask. It tells nothing that the paper does not: which body and
meeting, which version, which posts signed and when, the checksum; never what was said or decided.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diwan.councils.models import MinutesSignature, MinutesVersion
from diwan.councils.queries.minutes import fits, version_by_code, versions_of
from diwan.councils.rules.minutes import read_code, written_code
from diwan.kernel.text import isolate, to_ascii_digits
from diwan.ui.components import Pair, Tag
from diwan.ui.show import show_digits, show_local, show_moment, show_number
from diwan.ui.widgets import LANGUAGE_NAMES

from .minutes_sheet import read_as
from .minutes_words import Words

State = MinutesVersion.State


class CodeForm(forms.Form):
    """The code on a paper, and its checksum where somebody wants that compared, too."""

    code = forms.CharField(
        label=gettext_lazy("Code on the paper"),
        max_length=40,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Twelve letters and figures; dashes and spaces don't matter."),
    )
    sum = forms.CharField(
        label=gettext_lazy("Checksum on the paper"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )


@never_cache
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Ask for a code.

    Opened by a citizen or an office with a paper in hand, who asks: is this genuine? Next: the
    answer.
    """
    form = CodeForm(request.GET or None)
    if form.is_bound and form.is_valid():
        code = read_code(form.cleaned_data["code"])
        if code is not None:
            asked = "".join(to_ascii_digits(form.cleaned_data["sum"]).lower().split())
            query = f"?sum={asked}" if asked.isalnum() else ""
            return HttpResponseRedirect(f"{reverse('verify', args=[code])}{query}")
        form.add_error("code", _slip())
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "councils/verify_form.html", {"form": form}, status=status)


@never_cache
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of the paper with a code, in the reader's language, else in the paper's.

    Opened by whoever reads the code on a paper, who asks: is it genuine, and does it still hold?
    """
    read = read_code(code)
    version = version_by_code(read) if read else None
    if version is None:
        why = _slip() if read is None else _("No paper has this code. Compare it with the paper.")
        form = CodeForm(initial={"code": code[:40]})
        context = {"form": form, "why": why}
        return render(request, "councils/verify_form.html", context, status=404)
    with read_as(version.content, _language(request) or version.language):
        context = _told(request, version)
        return render(request, "councils/verify.html", context)


def _language(request: HttpRequest) -> str:
    """What was asked for, or what the browser prefers; nothing where it says none of ours."""
    preferred = request.headers.get("accept-language", "")[:2].lower()
    asked = request.GET.get("lang", preferred)
    return asked if asked in LANGUAGE_NAMES else ""


def _slip() -> str:
    return _("This code has a slip: one of its signs is wrong or missing. Compare it once more.")


def _told(request: HttpRequest, version: MinutesVersion) -> dict[str, Any]:
    whole = fits(version)
    asked = request.GET.get("sum", "").lower()
    signatures = list(version.signatures.select_related("post"))
    words = Words(version.content)
    signing = {row["id"]: words.post(row["who"]) for row in version.content["signers"]}
    return {
        "heading": _answer(version, whole=whole),
        "languages": list(LANGUAGE_NAMES.items()),
        "tone": _tone(version, whole=whole),
        "explains": _explains(version, whole=whole),
        "facts": _facts(version, words),
        "signatures": [
            {
                "post": signing.get(str(row.seat)) or _("a named seat"),
                "tag": _tag(row),
                "moment": show_moment(row.signed_at) if row.signed_at else "",
            }
            for row in signatures
        ],
        "sum": version.sha256,
        "asked": asked,
        "same": asked == version.sha256,
        "later": _later(version),
    }


def _tag(row: MinutesSignature) -> Tag:
    if row.signed_at is None:
        return Tag(_("not signed yet"), "due")
    return Tag(pgettext("paper", "signed"), "done")


def _answer(version: MinutesVersion, *, whole: bool) -> str:
    if not whole:
        return _("This paper cannot be confirmed")
    return {
        State.SIGNED.value: _("Genuine, and it holds"),
        State.SEALED.value: _("Genuine, but not signed by all yet"),
        State.WITHDRAWN.value: _("Withdrawn: it doesn't hold"),
        State.SUPERSEDED.value: _("Genuine, but replaced by a later version"),
    }[version.state]


def _tone(version: MinutesVersion, *, whole: bool) -> str:
    if not whole or version.state == State.WITHDRAWN:
        return "late"
    return "done" if version.state == State.SIGNED else "due"


def _explains(version: MinutesVersion, *, whole: bool) -> str:
    if not whole:
        return _("What is stored is no longer what was sealed under this code. Ask the body.")
    if version.state == State.SIGNED and version.reopened_at is not None:
        return _("A correction of these minutes has been begun; this version holds until then.")
    return ""


def _facts(version: MinutesVersion, words: Words) -> list[Pair]:
    number = version.content["meeting"]["number"]
    facts = [
        Pair(_("Body"), show_local(version.content["body"]["name"])),
        Pair(_("Meeting"), show_number(number) if number is not None else "—"),
        Pair(_("Date"), words.day()),
        Pair(_("Version"), show_number(version.number)),
        Pair(_("Sealed"), show_moment(version.sealed_at)),
    ]
    if version.signed_at is not None:
        facts.append(Pair(_("Signed by all"), show_moment(version.signed_at)))
    return [*facts, Pair(_("Code"), isolate(written_code(version.code)))]


def _later(version: MinutesVersion) -> str:
    """The version that holds instead, by number and day: its code stands on its own paper."""
    if version.state != State.SUPERSEDED:
        return ""
    rows = [row for row in versions_of(version.meeting) if row.state == State.SIGNED]
    if not rows:
        return ""
    return _("Version %(n)s holds instead, signed by all on %(moment)s.") % {
        "n": show_digits(rows[0].number),
        "moment": show_moment(rows[0].signed_at),
    }
