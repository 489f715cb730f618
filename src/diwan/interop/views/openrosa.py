"""OpenRosa at /openrosa/: ODK Collect and its like fetch forms and file cases with them.

Who uses the app shows a token as the password of HTTP Basic (decision 0027); the name beside it is
not looked at. A session counts nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from diwan.accounts.public import TokenCaller, caller_by_secret
from diwan.interop.queries import openrosa
from diwan.interop.rules.openrosa import VERSION, list_xml, manifest_xml, message_xml, secret_in
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.files import MAX_BYTES
from diwan.kernel.reader import of_language, reading
from diwan.kernel.text import isolate, local
from diwan.services.public import (
    Case,
    Form,
    FormFaults,
    GivenFile,
    NotASubmission,
    answer_sentence,
    answers_in,
    attach,
    file_case,
    form_of,
    submission_of,
    written_code,
)

SCOPE = "services:write"
TOLD = 5
SUBMISSION = "xml_submission_file"
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Caller:
    """Who uses the app, and in which language it is answered."""

    office: openrosa.Office
    language: str


def for_apps(*methods: str) -> Callable[[View], View]:
    """Those methods alone, for whoever shows a token; errors as the app shows them."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                answer = _told(_("This address is not asked in that way."), 405)
                answer["Allow"] = ", ".join(methods)
            else:
                answer = _answered(view, request, **kwargs)
            answer["X-OpenRosa-Version"] = VERSION
            answer["X-OpenRosa-Accept-Content-Length"] = str(MAX_BYTES)
            answer["Date"] = http_date(timezone.now().timestamp())
            answer["Cache-Control"] = "no-store"
            return answer

        return wrapped

    return decorate


def _answered(view: View, request: HttpRequest, **kwargs: Any) -> HttpResponse:
    known = caller_by_secret(secret_in(request.headers.get("Authorization", "")))
    language = known.language if known and known.language else get_language() or "fa"
    with override(language), reading(of_language(language)):
        if known is None:
            answer = _told(_("Give a token of your profile as the password."), 401)
            answer["WWW-Authenticate"] = 'Basic realm="Diwan", charset="UTF-8"'
            return answer
        try:
            return view(request, _caller(known, language), **kwargs)
        except NotFound:
            return _told(_("There is no such form at your office."), 404)
        except Forbidden as forbidden:
            return _told(str(forbidden), 403)
        except Refused as refused:
            return _told(str(refused), 400)


def _caller(known: TokenCaller, language: str) -> Caller:
    if SCOPE not in known.scopes:
        raise Forbidden(_("The token may not file cases. Make one with that right."))
    return Caller(openrosa.office_of(known.actor), language)


@for_apps("GET", "HEAD")
def form_list(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The forms that may be filled in at the unit of the caller's post."""

    def address(name: str, form_id: str) -> str:
        return request.build_absolute_uri(reverse(name, kwargs={"form_id": form_id}))

    return _xml(list_xml(openrosa.listed(caller.office, address, caller.language)))


@for_apps("GET", "HEAD")
def form(_request: HttpRequest, caller: Caller, form_id: str) -> HttpResponse:
    """A form as an app takes it."""
    return _xml(openrosa.form_text(caller.office, form_id))


@for_apps("GET", "HEAD")
def manifest(_request: HttpRequest, caller: Caller, form_id: str) -> HttpResponse:
    """The files beside a form: none."""
    openrosa.form_text(caller.office, form_id)
    return _xml(manifest_xml())


@for_apps("HEAD", "POST")
def submission(request: HttpRequest, caller: Caller) -> HttpResponse:
    """File a case; the same instance again adds what files are new."""
    if request.method == "HEAD":
        answer = HttpResponse(status=204)
        answer["Location"] = request.build_absolute_uri()
        return answer
    case = _filed(request, caller)
    text = _("The case was filed. Tracking code: %(code)s") % {
        "code": isolate(written_code(case.code))
    }
    return _told(text, 201)


def _filed(request: HttpRequest, caller: Caller) -> Case:
    sent = request.FILES.get(SUBMISSION)
    if sent is None:
        raise Refused(_("The answers are missing: nothing came as xml_submission_file."))
    if (sent.size or 0) > MAX_BYTES:
        raise Refused(_sentence("size"))
    xml = sent.read()
    try:
        told = submission_of(xml)
        version = openrosa.version_of(told.form_id, told.version)
        answers, instance, questions = answers_in(form_of(version), xml)
    except NotASubmission as wrong:
        raise Refused(_sentence(wrong.code)) from wrong
    if not instance:
        raise Refused(
            _("The answers carry no instanceID, by which they are known when sent again.")
        )
    files = _files(request, questions)
    office = caller.office
    try:
        case = file_case(
            office.actor,
            version,
            office.unit,
            answers,
            channel=openrosa.CHANNEL,
            language=caller.language,
            files=files,
            filed_by=office.post,
            instance_id=instance,
        )
    except FormFaults as wrong:
        raise Refused(_wrong(wrong, form_of(version), caller.language)) from wrong
    attach(office.actor, case, files)
    return case


def _files(request: HttpRequest, questions: dict[str, str]) -> list[GivenFile]:
    """The files that the answers name; an app's own records are left aside."""
    return [
        GivenFile(upload.name or name, cast("BinaryIO", upload), questions[upload.name or name])
        for name, upload in request.FILES.items()
        if name != SUBMISSION
        and not isinstance(upload, list)
        and (upload.name or name) in questions
    ]


def _wrong(faults: FormFaults, form: Form, language: str) -> str:
    """How many answers are not right, and what the first are: an app shows one text."""
    told = [str(faults)]
    for fault in faults.faults[:TOLD]:
        node = form.by_path.get(fault.path)
        label = local(node.label, language)[0] if node else ""
        sentence = answer_sentence(fault, form)
        told.append(f"{label}: {sentence}" if label else sentence)
    return "\n".join(told)


def _sentence(code: str) -> str:
    if code == "size":
        return _("The answers are too large. Send photos as files, not within the answers.")
    if code == "form":
        return _("The answers are not those of the form that they name. Fetch the form anew.")
    return _("The answers are no readable XML. Send the form again from the app.")


def _xml(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/xml; charset=utf-8", status=status)


def _told(text: str, status: int) -> HttpResponse:
    return _xml(message_xml(text, good=status < 400), status)
