"""What the applicant does with their case: bring what is missing, withdraw it, have it reopened.

The citizen is nobody of the house: a page that was shown the tracking code acts as
`Actor.anonymous`. A clerk may do the same for somebody who stands at the counter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.directory.public import calendar_of
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.text import clean, isolate
from diwan.kernel.working import today_in
from diwan.services.constants import ENDED, MOVED, REOPENED, RESUMED, WITHDRAWN
from diwan.services.models import Case, CaseNote, Service
from diwan.services.models.cases import RUNNING
from diwan.services.policies import CASES
from diwan.services.queries.definitions import definition_of, form_of
from diwan.services.queries.following import missing_of
from diwan.services.queries.places import living
from diwan.services.queries.working import promised_by
from diwan.services.rules.definition import StepAction
from diwan.ui.show import show_number

from .answering import is_asked, naming_files, take_applicant_answers
from .erasing import require_not_erased
from .flowing import (
    Turn,
    applicants_turn,
    enter,
    finish,
    go_on,
    leave,
    require_running,
    shown,
    written,
)
from .given import GivenFile
from .papers import keep
from .telling import tell
from .waiting import require_no_inquiry

MOST_FILES = 20


@transaction.atomic
def bring(
    actor: Actor,
    case: Case,
    answers: Mapping[str, Any],
    files: Sequence[GivenFile] = (),
    words: str = "",
) -> Case:
    """Bring what was asked for; the clock runs again, with what the step and the promise had left.

    Raises NotFound, Forbidden; FormFaults or Refused for answers or files that are not taken,
    where nothing was brought, or where nothing was asked for.
    """
    at = applicants_turn(actor, case)
    require_running(at)
    if at.case.phase != Case.Phase.WAITING:
        raise Refused(_("Nothing is asked of you at present. The case is with the office."))
    if len(files) > MOST_FILES:
        raise Refused(_("Attach at most 20 files at once."), field="files")
    text = clean(words)
    asked = _asked_of(at)
    _require_asked(files, asked)
    answers = naming_files(form_of(at.case.version), answers, files)
    changed = take_applicant_answers(at, answers, asked)
    if not (files or changed or text):
        raise Refused(_("Attach a paper, change an answer, or write something."), field="files")
    keep(actor, at.case, files, by_applicant=True)
    _say(at, text)
    go_on(at, brought=bool(files or changed) or _theirs(at))
    written(at, "resume", RESUMED)
    tell(at, "resumed")
    return at.case


def _theirs(at: Turn) -> bool:
    """Whether it is the applicant's own word, not that of somebody of the house for them."""
    return at.actor.kind is ActorKind.ANONYMOUS


def _asked_of(at: Turn) -> set[str]:
    """The paths of the questions for which the office waits."""
    pause = at.case.pauses.filter(until_at=None).first()
    return {one.question for one in missing_of(pause, at.case, at.definition) if one.question}


def _require_asked(files: Sequence[GivenFile], asked: Collection[str]) -> None:
    """Raise Refused for a file that answers a question which was not asked anew."""
    for one in files:
        if one.question and not is_asked(one.question, asked):
            raise Refused(
                _("“%(file)s” answers a question that was not asked. Attach it by itself.")
                % {"file": isolate(one.name[:60])},
                field="files",
            )


@transaction.atomic
def withdraw(actor: Actor, case: Case, reason: str = "") -> Case:
    """Withdraw a case that is running; the reason is free. Raises NotFound, Forbidden, Refused."""
    at = applicants_turn(actor, case)
    require_running(at)
    _require_own_word(at)
    text = clean(reason)
    if at.case.phase == Case.Phase.WAITING:
        go_on(at, brought=_theirs(at))
    _say(at, text)
    leave(at, WITHDRAWN)
    finish(at, Case.Phase.WITHDRAWN, at.case.state)
    written(at, "withdraw", ENDED)
    tell(at, "withdrawn")
    return at.case


def _require_own_word(at: Turn) -> None:
    """A complaint is no one's to withdraw but the citizen's, or a head's on their word."""
    if at.actor.kind is ActorKind.ANONYMOUS or at.case.service.kind != Service.Kind.COMPLAINT:
        return
    if not CASES.may(at.actor, "assign", at.case):
        raise Forbidden(_("A complaint is withdrawn by who complained, with its tracking code."))


@transaction.atomic
def reopen(actor: Actor, case: Case, reason: str) -> Case:
    """Open an ended case again: a new round from its first step, with a promise of its own.

    The applicant may within the days that the workbook gives; a head over its unit at any time.
    What was done before stays readable. Raises NotFound, Forbidden, Refused without a reason, for
    a case that is running, or after these days.
    """
    at = applicants_turn(actor, case)
    text = clean(reason)
    if at.case.phase in RUNNING:
        raise Refused(_("This case is still running; it need not be reopened."))
    require_not_erased(at.case)
    if not text:
        raise Refused(_("Write why the case should be looked at again."), field="reason")
    if not _may_at_any_time(at):
        _require_in_time(at)
    number = (at.case.steps.aggregate(last=Max("number"))["last"] or 0) + 1
    _say(at, text)
    row = at.case
    now = at.now
    # The unit that answered for it may have come to its end since.
    at.set(unit_id=living(row.unit_id, today_in(row.service.country, now)) or row.unit_id)
    row.ended_at, row.on_time, row.reopened = None, None, row.reopened + 1
    row.round_at = row.unit_since_at = now
    at.set(phase=Case.Phase.OPEN.value)
    row.promised_at = promised_by(at.definition, now, calendar_of(row.unit_id, at=now))
    row.role = ""  # nobody goes on with it: it lies where the first step does
    enter(at, at.definition.start, number)
    written(at, "reopen", REOPENED)
    tell(at, "reopened")
    return row


@transaction.atomic
def act_as_applicant(actor: Actor, case: Case, action_key: str, words: str = "") -> Case:
    """Take a step that the workbook leaves to the applicant (``by`` = ``applicant``).

    Raises NotFound, Forbidden, Refused where the present state has none of that key.
    """
    at = applicants_turn(actor, case)
    require_running(at)
    action = next((a for a in applicant_actions(at.case) if a.key == action_key), None)
    if action is None:
        raise Refused(
            _("At “%(state)s” there is no such step. Look at the case as it stands now.")
            % {"state": shown(at.state.public or at.state.name)}
        )
    require_no_inquiry(at)
    if at.case.phase == Case.Phase.WAITING:
        go_on(at, brought=_theirs(at))
    _say(at, clean(words))
    at.changes["action"] = [None, dict(action.name)]
    to, number = at.definition.state(action.to), at.open_step.number + 1
    leave(at, action.key)
    if to.end:
        finish(at, Case.Phase(to.end), to.key)
    else:
        enter(at, to, number)
    written(at, "step", ENDED if to.end else MOVED, more={"action": action.key})
    tell(at, *(("ended",) if to.end else ()), f"entered:{to.key}")
    return at.case


def applicant_actions(case: Case) -> list[StepAction]:
    """The steps that the workbook leaves to the applicant in the present state."""
    if case.phase not in RUNNING:
        return []
    state = definition_of(case.version).state(case.state)
    return [action for action in state.actions if action.by == "applicant"]


def _may_at_any_time(at: Turn) -> bool:
    actor = at.actor
    anonymous = actor.kind is ActorKind.ANONYMOUS
    return not anonymous and CASES.may(actor, "assign", at.case)


def _require_in_time(at: Turn) -> None:
    days = at.definition.reopen_days
    assert at.case.ended_at is not None  # noqa: S101 - the table says so of an ended case
    if days and at.actor.at <= at.case.ended_at + timedelta(days=days):
        return
    if not days:
        raise Refused(_("A case of this service is not reopened. You may file a complaint."))
    raise Refused(
        ngettext(
            "A case can be reopened for %(count)s day after its end; that time is over. You may "
            "file a new one, or a complaint.",
            "A case can be reopened for %(count)s days after its end; that time is over. You may "
            "file a new one, or a complaint.",
            days,
        )
        % {"count": show_number(days)}
    )


def _say(at: Turn, text: str) -> None:
    """Keep the applicant's own words."""
    if text:
        post = at.through.post_id
        CaseNote.objects.create(
            case=at.case, text=text, by_applicant=True, at=at.actor.at, by_post_id=post
        )
        at.personal["words"] = [None, text]
