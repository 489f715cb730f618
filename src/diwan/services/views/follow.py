"""Following a case by its tracking code, and what the applicant may do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from diwan.kernel import files
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.requests import actor_of, address_of, marked_device
from diwan.kernel.text import isolate
from diwan.services.actions import applicants
from diwan.services.actions.given import GivenFile
from diwan.services.actions.limits import What, asker_of, spend
from diwan.services.actions.ratings import rating_secret
from diwan.services.actions.tries import TooManyTries
from diwan.services.errors import FormFaults
from diwan.services.forms.citizen import BringForm, CodeForm, MayBeReasonForm, ReasonForm
from diwan.services.models import Case
from diwan.services.policies import CASES
from diwan.services.queries.definitions import definition_of, form_of
from diwan.services.queries.following import (
    Followed,
    Missing,
    followed,
    initials,
    missing_of,
)
from diwan.services.queries.outputs import outputs_of
from diwan.services.rules.codes import first_signs, written_code
from diwan.ui.components import Pair, Step, Tag
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.show import show_day, show_local, show_moment, show_number

from .codes import ABSENT, TOO_MANY, by_code, find, no_such_code, sent

BARRED = gettext_lazy(
    "On this device somebody of an office has signed in who does not handle this case, so it can "
    "only be looked at. The applicant goes on with it on their own telephone, or at the counter."
)
P = ParamSpec("P")
TONES = {"open": "new", "waiting": "due", "done": "done", "refused": "quiet", "withdrawn": "quiet"}


def _acts(request: HttpRequest, case: Case) -> bool:
    """Whether what is done here may be the applicant's own, or of somebody who may help them."""
    actor = actor_of(request)
    helps = actor.kind is not ActorKind.ANONYMOUS and CASES.may(actor, "help", case)
    return helps or not marked_device(request)


def applicants_own(
    view: Callable[Concatenate[HttpRequest, Case, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Case, P], HttpResponseBase]:
    """Let a view be the applicant's: who of the house saw the code elsewhere does nothing."""

    @wraps(view)
    def guarded(
        request: HttpRequest, case: Case, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not _acts(request, case):
            messages.error(request, BARRED)
            return _back(case)
        return view(request, case, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, Case, P], HttpResponseBase]", guarded)


@never_cache
@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for a code.

    Opened by a citizen with a receipt in hand, who asks: where is my case? Next: its page.
    """
    form = CodeForm(request.GET if "code" in request.GET else None)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "services/follow.html", {"form": form}, status=status)
    try:
        case = find(request, form.cleaned_data["code"])
    except TooManyTries as refusal:
        form.add_error(None, str(refusal))
        return render(request, "services/follow.html", {"form": form}, status=TOO_MANY)
    if case is None:
        form.add_error("code", no_such_code())
        return render(request, "services/follow.html", {"form": form}, status=ABSENT)
    return HttpResponseRedirect(reverse("services:followed", args=[case.code]))


@require_safe
@by_code
def case_page(request: HttpRequest, case: Case) -> HttpResponse:
    """Where a case is, for whoever has its code.

    Opened by the applicant, who asks: where is it, when is my answer due, what is missing? Next:
    bring what is missing, or judge.
    """
    at = actor_of(request).at
    shown = followed(case, at)
    acts, judges = _acts(request, case), not marked_device(request)
    context = {
        "shown": shown,
        "case": case,
        "heading": answer(shown),
        "tag": Tag(str(case.get_phase_display()), TONES[case.phase]),
        "code": written_code(case.code),
        "step": _next(shown, case, at, acts=acts, judges=judges),
        "acts": acts,
        "barred": BARRED,
        "broken": case.phase == Case.Phase.OPEN and case.promised_at and case.promised_at < at,
        "facts": _facts(shown),
        "may_reopen": shown.may_reopen(at),
        "own_steps": applicants.applicant_actions(case) if acts else [],
        "complain_url": f"{reverse('services:complain')}?case={case.code}",
    }
    return render(request, "services/followed.html", context)


def answer(shown: Followed) -> str:
    """Where the case is, in one sentence."""
    case = shown.case
    if case.phase == Case.Phase.WAITING:
        n = len(shown.missing)
        if not n:
            return _("It waits for you")
        words = ngettext(
            "It waits for you: one thing is missing",
            "It waits for you: %(n)s things are missing",
            n,
        )
        return words % {"n": show_number(n)}
    state = show_local(shown.stages[-1 if not shown.running else _here(shown)].name)
    if shown.running:
        return _("It is with the office: %(state)s") % {"state": state}
    if case.phase == Case.Phase.WITHDRAWN:
        return _("It was withdrawn")
    return _("It is finished: %(state)s") % {"state": state}


def _here(shown: Followed) -> int:
    places = [stage.place for stage in shown.stages]
    return places.index("here") if "here" in places else -1


def _next(shown: Followed, case: Case, at: Any, *, acts: bool, judges: bool) -> Step | None:
    """The one next thing the applicant can do; on a device of the house nobody judges."""
    if case.phase == Case.Phase.WAITING and acts:
        where = reverse("services:bring", args=[case.code])
        return Step(_("Bring what is missing"), where, filled=True, icon="upload")
    if shown.may_rate(at) and judges:
        where = reverse("services:rate", args=[rating_secret(case)])
        return Step(_("Judge the service"), where, filled=True, icon="star")
    return None


def _facts(shown: Followed) -> list[Pair]:
    case = shown.case
    rows = [
        Pair(_("Filed"), show_moment(case.filed_at)),
        Pair(_("Final answer promised by"), _promise(case)),
        Pair(_("Office"), show_local(shown.unit_name)),
        Pair(_("Responsible"), show_local(shown.head) or show_local(shown.unit_name)),
    ]
    if case.ended_at is not None:
        rows.insert(2, Pair(_("Ended"), show_moment(case.ended_at)))
    if shown.waits_until is not None:
        rows.insert(2, Pair(_("Bring it by"), show_day(shown.waits_until)))
    applicant = getattr(case, "applicant", None)
    if applicant is not None and applicant.name:
        rows.append(Pair(_("Applicant"), initials(applicant.name)))
    if case.about is not None:
        rows.append(Pair(_("About case"), isolate(first_signs(case.about.code))))
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@by_code
@applicants_own
def bring(request: HttpRequest, case: Case) -> HttpResponse:
    """Bring what is missing, all at once.

    Opened by the applicant on whom the case waits. Next: the case's page, where it goes on.
    """
    pause = case.pauses.filter(until_at=None).first()
    if pause is None:
        messages.info(request, _("Nothing is asked of you any more: the office has what it needs."))
        return _back(case)
    missing = missing_of(pause, case, definition_of(case.version))
    tree = form_of(case.version)
    form = BringForm(missing, tree, *sent(request, request.FILES))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given, words = _given(form, missing), form.cleaned_data["words"]
            _count_files(request, given)
            try:
                applicants.bring(_actor(request, case), case, form.answers(), given, words)
            except FormFaults as wrong:
                form.mark(wrong.faults, tree)
            else:
                said = _("Thank you. The office has it, and the clock runs again.")
                messages.success(request, said)
                return _back(case)
    return form_page(
        request,
        form,
        template="services/bring.html",
        case=case,
        words=pause.words,
        until=pause.ends_at,
        heading=_("Bring what is missing"),
        submit_label=_("Send it to the office"),
        cancel_url=reverse("services:followed", args=[case.code]),
    )


def _count_files(request: HttpRequest, given: list[GivenFile]) -> None:
    """Count what is uploaded by somebody whom nobody knows. Raises TooMuch."""
    actor = actor_of(request)
    size = sum(getattr(one.upload, "size", 0) for one in given)
    spend(asker_of(actor, address_of(request)), What.BYTES, size, actor.at)


def _given(form: BringForm, missing: list[Missing]) -> list[GivenFile]:
    questions = {one.number: one.question for one in missing}
    return [
        GivenFile(name=file.name, upload=file, question=questions.get(number, ""))
        for number, file in form.uploads().items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@by_code
@applicants_own
def withdraw(request: HttpRequest, case: Case) -> HttpResponse:
    """Take a case back, by its applicant. Next: the case's page."""
    if case.ended_at is not None:
        messages.info(request, _("This case is ended already."))
        return _back(case)
    form = MayBeReasonForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            applicants.withdraw(_actor(request, case), case, form.cleaned_data["reason"])
            messages.success(request, _("The case is withdrawn. The office works on it no more."))
            return _back(case)
    return form_page(
        request,
        form,
        template="services/withdraw.html",
        heading=_("Withdraw this case?"),
        submit_label=_("Withdraw"),
        danger=True,
        case=case,
        cancel_url=reverse("services:followed", args=[case.code]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@by_code
@applicants_own
def reopen(request: HttpRequest, case: Case) -> HttpResponse:
    """Have an ended case looked at again, by its applicant. Next: the case's page."""
    if not followed(case, actor_of(request).at).may_reopen(actor_of(request).at):
        messages.info(request, _("This case cannot be opened again now."))
        return _back(case)
    form = ReasonForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            applicants.reopen(_actor(request, case), case, form.cleaned_data["reason"])
            messages.success(request, _("The case is open again, with a new date for the answer."))
            return _back(case)
    return form_page(
        request,
        form,
        template="services/reopen.html",
        heading=_("What was not right?"),
        submit_label=_("Open the case again"),
        case=case,
        cancel_url=reverse("services:followed", args=[case.code]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@by_code
@applicants_own
def applicant_step(request: HttpRequest, case: Case, key: str) -> HttpResponse:
    """A step that the workbook leaves to the applicant, such as to accept an offer."""
    known = {action.key: action for action in applicants.applicant_actions(case)}
    if key not in known:
        messages.info(request, _("This is not asked of you now. Look at the case as it stands."))
        return _back(case)
    form = MayBeReasonForm(*sent(request))
    form.fields["reason"].label = _("Your words")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            words = form.cleaned_data["reason"]
            applicants.act_as_applicant(_actor(request, case), case, key, words)
            messages.success(request, _("Thank you. The office has it now."))
            return _back(case)
    return form_page(
        request,
        form,
        template="services/citizen_form.html",
        heading=show_local(known[key].name),
        lead=show_local(case.service.name),
        submit_label=show_local(known[key].name),
        cancel_url=reverse("services:followed", args=[case.code]),
    )


@require_safe
@by_code
def output(request: HttpRequest, case: Case, pk: UUID) -> HttpResponseBase:
    """A file that the office gave the applicant: the licence itself, while it holds."""
    row = next((file for file in outputs_of(case) if file.pk == pk), None)
    if row is None:
        raise NotFound
    return files.answer_with(request, row.file)


def _promise(case: Case) -> str:
    """The day of the promise; while something is awaited it is not known yet."""
    if case.phase == Case.Phase.WAITING:
        return _("moves on by the days until you bring what is missing")
    return show_day(case.promised_at)


def _actor(request: HttpRequest, case: Case) -> Actor:
    """Who acts: whoever has the code is nobody of the house; the office's own people are named."""
    actor = actor_of(request)
    known = actor.kind is not ActorKind.ANONYMOUS and CASES.may(actor, "help", case)
    return actor if known else Actor.anonymous()


def _back(case: Case) -> HttpResponse:
    return HttpResponseRedirect(reverse("services:followed", args=[case.code]))
