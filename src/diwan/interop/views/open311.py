"""Open311 GeoReport v2 at /open311/v2/: apps for reports list services, file and follow requests.

Reading needs no key. Answers are JSON or XML by the address's ending, and any page of the web may
read them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from diwan.accounts.public import TokenCaller, caller_by_secret
from diwan.interop.queries import open311
from diwan.interop.rules.open311 import (
    BadRequest,
    answers_of,
    applicant_of,
    asked,
    attributes_of,
    xml_of,
)
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.once import fingerprint_of
from diwan.kernel.requests import address_of
from diwan.kernel.text import isolate
from diwan.services.public import (
    ApplicantFields,
    Case,
    TooMuch,
    count_filing,
    file_case,
    form_of,
    written_code,
)

TYPES = {"json": "application/json", "xml": "text/xml"}
SCOPE = "services:write"
View = Callable[..., HttpResponse]


class Told(Exception):
    """What is wrong with a request: the status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def for_apps(*methods: str) -> Callable[[View], View]:
    """Those methods alone, for every origin; errors in the form of the specification."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, form: str, **kwargs: Any) -> HttpResponse:
            if request.method == "OPTIONS":
                answer = HttpResponse(status=204)
            elif request.method not in (*methods, "HEAD"):
                answer = _errors(form, 405, _("This address is not asked in that way."))
                answer["Allow"] = ", ".join((*methods, "HEAD", "OPTIONS"))
            else:
                answer = _answered(view, request, form, *args, **kwargs)
            answer["Access-Control-Allow-Origin"] = "*"
            answer["Access-Control-Allow-Methods"] = ", ".join((*methods, "HEAD", "OPTIONS"))
            return answer

        return wrapped

    return decorate


def _answered(view: View, request: HttpRequest, form: str, *args: Any, **kw: Any) -> HttpResponse:
    try:
        return view(request, *args, form=form, **kw)
    except BadRequest as bad:
        return _errors(form, 400, _sentence(bad))
    except Told as told:
        return _errors(form, told.status, told.sentence)


@for_apps("GET")
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """Which services take reports."""
    known = open311.reportable(_jurisdiction(request))
    shown = [open311.shown_service(one, _language()) for one in known.values()]
    return _answer(form, shown, "services", "service")


@for_apps("GET")
def service(request: HttpRequest, code: str, *, form: str) -> HttpResponse:
    """What one of them asks."""
    one = open311.reportable(_jurisdiction(request)).get(code)
    if one is None or one.service.current is None:
        raise Told(
            404, _("No service of this code takes reports. The list of services names them.")
        )
    attributes = attributes_of(form_of(one.service.current), _language())
    shown = {"service_code": code, "attributes": attributes}
    return _answer(form, shown, "service_definition", "attribute")


@for_apps("GET", "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """The requests of a span of time, the newest first, at most a thousand; or a new one."""
    if request.method == "POST":
        return _filed(request, form)
    parameters = {name: request.GET.get(name, "") for name in request.GET}
    wanted = asked(parameters, timezone.now())
    known = open311.reportable(_jurisdiction(request))
    chosen = [one for code, one in known.items() if not wanted.services or code in wanted.services]
    shown = open311.shown_requests(chosen, wanted, _language())
    return _answer(form, shown, "service_requests", "request")


@for_apps("GET")
def one_request(
    request: HttpRequest, identifier: str, *, form: str, several: bool = True
) -> HttpResponse:
    """One request: in a list of one, as the specification has it, or alone, as its schemas do."""
    known = open311.reportable(_jurisdiction(request))
    wanted = asked({"service_request_id": identifier}, timezone.now())
    shown = open311.shown_requests(known.values(), wanted, _language())
    if not shown:
        raise Told(404, _("There is no request of this number. Look at the number you were given."))
    if several or form == "xml":
        return _answer(form, shown, "service_requests", "request")
    return _answer(form, shown[0], "request", "item")


def _filed(request: HttpRequest, form: str) -> HttpResponse:
    """File what an app sends with its key, a token that may write services and cases.

    The same report of the same app on the same day is one case: apps send again where the line
    broke.
    """
    caller = caller_by_secret(request.POST.get("api_key", "") or request.GET.get("api_key", ""))
    if caller is None or SCOPE not in caller.scopes:
        raise Told(
            403, _("Filing needs the key of an app, in api_key. Ask an administrator for one.")
        )
    code = request.POST.get("service_code", "") or request.GET.get("service_code", "")
    one = open311.reportable(_jurisdiction(request)).get(code)
    if one is None or one.service.current is None:
        raise Told(
            404, _("No service of this code takes reports. The list of services names them.")
        )
    try:
        count_filing(caller.actor, address_of(request), 0)
    except TooMuch as refusal:
        raise Told(429, str(refusal)) from refusal
    sent = {name: request.POST.getlist(name) for name in request.POST}
    case = _case_of(caller, one, sent)
    notice = _("Tracking code %(code)s; follow it at %(address)s") % {
        "code": isolate(written_code(case.code)),
        "address": isolate(open311.followed_at(case.code, _language())),
    }
    shown = {"service_request_id": str(case.pk), "service_notice": notice, "account_id": None}
    return _answer(form, [shown], "service_requests", "request", status=201)


def _case_of(caller: TokenCaller, one: open311.Reportable, sent: dict[str, list[str]]) -> Case:
    version = one.service.current
    if version is None:
        raise NotFound
    own = {name: values for name, values in sent.items() if name != "api_key"}
    today = timezone.now().date().isoformat()
    who = applicant_of(own)
    parts = [today, str(caller.actor.user_id), str(one.service.pk), json.dumps(own, sort_keys=True)]
    try:
        return file_case(
            caller.actor,
            version,
            open311.unit_for(caller.actor, one.service),
            answers_of(form_of(version), own),
            channel=open311.CHANNEL,
            language=_language(),
            applicant=ApplicantFields(
                name=who.get("name", ""), phone=who.get("phone", ""), email=who.get("email", "")
            ),
            key=f"open311:{fingerprint_of(*parts)}",
        )
    except Refused as refused:
        raise Told(400, str(refused)) from refused


def _jurisdiction(request: HttpRequest) -> str:
    return request.GET.get("jurisdiction_id", "") or request.POST.get("jurisdiction_id", "")


def _language() -> str:
    return get_language() or "en"


def _answer(form: str, content: Any, root: str, item: str, *, status: int = 200) -> HttpResponse:
    if form == "xml":
        written: bytes | str = xml_of(root, item, content)
    else:
        written = json.dumps(content, ensure_ascii=False)
    answer = HttpResponse(written, content_type=f"{TYPES[form]}; charset=utf-8", status=status)
    answer["Cache-Control"] = "no-cache"
    answer["Vary"] = "Accept-Language"
    return answer


def _errors(form: str, status: int, sentence: str) -> HttpResponse:
    told = [{"code": status, "description": sentence}]
    return _answer(form, told, "errors", "error", status=status)


def _sentence(bad: BadRequest) -> str:
    name = isolate(bad.name)
    if bad.code == "instant":
        return _("%(name)s is no instant. Write it as 2026-11-01T00:00:00+03:30.") % {"name": name}
    if bad.code == "status":
        return _("A status is open or closed. Write one of them, or both with a comma.")
    return _("The service does not ask for %(name)s. Its definition names what it asks for.") % {
        "name": name
    }
