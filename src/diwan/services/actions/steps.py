"""What clerks do with a case: take it, take a step, ask the applicant, assign it, write a note."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.public import Post, PostVersion, day_in, post_names
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused, Sentence
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean
from diwan.services.constants import ENDED, MOVED, RETURNED
from diwan.services.models import Case, CaseNote, CasePause
from diwan.services.policies import WORKING
from diwan.services.rules.definition import StepAction
from diwan.services.rules.flow import NoSuchWay, way
from diwan.services.rules.waiting import last_day

from .answering import take_office_answers
from .erasing import require_not_erased
from .flowing import (
    Turn,
    enter,
    finish,
    go_on,
    leave,
    require_running,
    runs_on,
    shown,
    stop,
    turn,
    written,
)
from .given import NO_WORDS, Asked, StepWords
from .papers import keep
from .telling import tell
from .waiting import require_no_inquiry

MOST_AT_ONCE = 200


@transaction.atomic
def take(actor: Actor, case: Case) -> Case:
    """Take a case: the post through which the actor may work on it owes its step from now on.

    Raises NotFound, Forbidden, Refused; Conflict where another post was quicker.
    """
    try:
        at = turn(actor, case, "work")
    except Forbidden:
        raise _taken_by(actor, case) from None
    require_running(at)
    if at.through.post_id is None:
        raise Refused(_("Only somebody who holds a post here can take a case."))
    _put(at, at.through.post_id)
    written(at, "take")
    return at.case


@transaction.atomic
def put_back(actor: Actor, case: Case) -> Case:
    """Put a case back: whoever has the step's role there may take it. Raises as `take`."""
    at = turn(actor, case, "work")
    require_running(at)
    _put(at, None)
    written(at, "put_back")
    return at.case


@transaction.atomic
def assign(actor: Actor, case: Case, post: Post | None) -> Case:
    """Name the post that owes the step; None: nobody in particular. For heads over its unit.

    Raises NotFound, Forbidden, Refused for a post that does not work in the unit where it lies.
    """
    at = turn(actor, case, "assign")
    require_running(at)
    if post is not None:
        _require_working_there(at, post)
    _put(at, post.pk if post else None)
    written(at, "assign")
    return at.case


@transaction.atomic
def act(
    actor: Actor,
    case: Case,
    action_key: str,
    words: StepWords = NO_WORDS,
    *,
    expected_state: str = "",
) -> Case:
    """Take a step out of the state in which the case is.

    `expected_state` is the state that the actor was looking at. Raises NotFound, Forbidden;
    Conflict where somebody was quicker; FormFaults or Refused where something is missing that the
    step requires, where a department that was asked has not answered, or for an unknown action.
    """
    at = turn(actor, case, "work", expected_state=expected_state)
    require_running(at)
    action = way_out(at, action_key)
    if action.by != "office":
        raise Refused(
            _("“%(action)s” is not for the office to do.") % {"action": shown(action.name)}
        )
    require_no_inquiry(at)
    step_out(at, action, words)
    return at.case


@transaction.atomic
def return_case(
    actor: Actor,
    case: Case,
    asked: Sequence[Asked],
    words: str = "",
    *,
    note: str = "",
    expected_state: str = "",
) -> Case:
    """Ask the applicant for everything that is missing, at once; the clock stands still meanwhile.

    Raises as `act`, and Refused where nothing is asked for or the step has no way to ask.
    """
    at = turn(actor, case, "work", expected_state=expected_state)
    require_running(at)
    pausing = next((a for a in at.state.actions if a.pauses and a.by == "office"), None)
    if pausing is None:
        raise Refused(
            _("At “%(state)s” nothing can be asked of the applicant: the service has no such step.")
            % {"state": shown(at.state.name)}
        )
    require_no_inquiry(at)
    step_out(at, pausing, StepWords(note=note, said=words, asked=asked))
    return at.case


@transaction.atomic
def add_note(actor: Actor, case: Case, text: str) -> CaseNote:
    """Write something for the office alone. Raises NotFound, Forbidden, Refused."""
    at = turn(actor, case, "note")
    require_not_erased(at.case)
    body = clean(text)
    if not body:
        raise Refused(_("Write the note."), field="text")
    note = CaseNote.objects.create(
        case=at.case, text=body, at=actor.at, by_post_id=at.through.post_id
    )
    at.personal["note"] = [None, body]
    written(at, "note")
    return note


@transaction.atomic
def add_visit(actor: Actor, case: Case) -> Case:
    """Count that the applicant had to come once more: for whoever may help them.

    It stops no clock; what was brought does. Raises NotFound, Forbidden, Refused.
    """
    at = turn(actor, case, "help")
    require_running(at)
    at.set(visits=at.case.visits + 1)
    written(at, "visit")
    return at.case


@dataclass(frozen=True)
class Outcome:
    """What became of one of many: done, or why not (`sentence`); nothing of it was stored then."""

    case_id: UUID
    done: bool
    sentence: Sentence = ""


def act_many(
    actor: Actor, cases: Iterable[Case], action_key: str, words: StepWords = NO_WORDS
) -> list[Outcome]:
    """Take the same step with many cases, each in a transaction of its own.

    Only where the workbook says that the law allows it. Raises Refused for more than 200.
    """
    rows = list(cases)
    if len(rows) > MOST_AT_ONCE:
        raise Refused(_("Choose at most 200 cases at once."))
    return [_one_of_many(actor, case, action_key, words) for case in rows]


@transaction.atomic
def act_by_itself(actor: Actor, case: Case) -> Case:
    """Do what the workbook has done by itself when a state is late. For the system alone.

    Nothing where the case is not late any more, or the state has nothing of that kind.
    """
    at = turn(actor, case, "work")
    due_at = at.step.due_at if at.step else None
    late = runs_on(at.case) and due_at is not None and due_at < actor.at
    action = next((a for a in at.state.actions if a.by == "system"), None)
    if late and action is not None:
        step_out(at, action, NO_WORDS)
    return at.case


def way_out(at: Turn, key: str) -> StepAction:
    """The action of that key out of the present state. Raises Refused where there is none."""
    try:
        action, _state = way(at.definition, at.case.state, key)
    except NoSuchWay:
        raise Refused(
            _("At “%(state)s” there is no such step. Look at the case as it stands now.")
            % {"state": shown(at.state.name)}
        ) from None
    return action


def step_out(at: Turn, action: StepAction, words: StepWords) -> None:
    """Take one step: everything that it requires, its way, its clock, its words."""
    note, said = clean(words.note), clean(words.said)
    _require(at, action, words)
    wanted = [name for name in action.requires if name not in GIVEN]
    take_office_answers(at, words.answers, wanted)
    keep(at.actor, at.case, words.files, by_applicant=False)
    waited = at.case.phase == Case.Phase.WAITING
    if waited and action.pauses and action.to == at.case.state:
        _ask_more(at, action, words)
        return
    if waited:
        go_on(at, brought=False)
    at.personal |= {k: [None, v] for k, v in (("note", note), ("said", said)) if v}
    at.changes["action"] = [None, dict(action.name)]
    if action.pauses:
        _pause(at, action, words)
        return
    _move(at, action, words, ("went_on",) if waited else ())


GIVEN = ("note", "said", "file", "output")


def _require(at: Turn, action: StepAction, words: StepWords) -> None:
    """Raise Refused for the first thing that the step requires and that was not given."""
    sentences = {
        "note": _("Write a note for the office: this step requires one."),
        "said": _("Write what the applicant is told: this step requires it."),
        "file": _("Attach a file: this step requires one."),
        "output": _("Attach what the applicant is given: this step requires it."),
    }
    there: dict[str, Callable[[], bool]] = {
        "note": lambda: bool(clean(words.note)),
        "said": lambda: bool(clean(words.said)),
        "file": lambda: bool(words.files) or at.case.files.filter(by_applicant=False).exists(),
        "output": lambda: any(file.output for file in words.files),
    }
    for name in action.requires:
        if name in there and not there[name]():
            field = "files" if name in ("file", "output") else name
            raise Refused(sentences[name], field=field)
    if action.pauses and not words.asked and not clean(words.said):
        raise Refused(_("Say everything that is missing: choose it, or write it."), field="asked")


def _move(at: Turn, action: StepAction, words: StepWords, besides: tuple[str, ...] = ()) -> None:
    to, number = at.definition.state(action.to), at.open_step.number + 1
    leave(
        at,
        action.key,
        note=clean(words.note),
        said=clean(words.said),
        answers=dict(words.answers),
    )
    told = {"action": action.key}
    if to.end:
        finish(at, Case.Phase(to.end), to.key)
        written(at, "step", ENDED, more=told)
        tell(at, "ended", f"entered:{to.key}")
    else:
        enter(at, to, number)
        written(at, "step", MOVED, more=told)
        tell(at, f"entered:{to.key}", *besides)


def _ask_more(at: Turn, action: StepAction, words: StepWords) -> None:
    """The applicant is asked for more while the case waits: one pause, in which all of it stands.

    Raises Refused where all of it was asked already, as by a second click.
    """
    pause = at.case.pauses.get(until_at=None)
    asked = [one.to_json() for one in words.asked if one.to_json() not in pause.asked]
    said = "" if clean(words.said) in pause.words.splitlines() else clean(words.said)
    if not asked and not said:
        raise Refused(_("All of this was asked already; the case waits for the applicant."))
    pause.asked = [*pause.asked, *asked]
    pause.words = "\n".join(text for text in (pause.words, said) if text)
    # Whoever is asked for more has the whole time again to bring it.
    pause.remind_at, pause.ends_at = last_day(at.now, at.definition.waiting_days)
    pause.save(update_fields=["asked", "words", "remind_at", "ends_at"])
    at.case.returned += 1
    at.changes["action"] = [None, dict(action.name)]
    at.personal |= {"asked": [None, asked], **({"said": [None, said]} if said else {})}
    written(at, "return", RETURNED, more={"action": action.key})
    tell(at, "returned")


def _pause(at: Turn, action: StepAction, words: StepWords) -> None:
    """The case waits for its applicant; where the action leads to another state, it waits there."""
    if action.to != at.case.state:
        number = at.open_step.number + 1
        leave(at, action.key, note=clean(words.note), answers=dict(words.answers))
        enter(at, at.definition.state(action.to), number)
    elif clean(words.note):
        CaseNote.objects.create(
            case=at.case,
            text=clean(words.note),
            at=at.actor.at,
            by_post_id=at.through.post_id,
        )
    asked = [one.to_json() for one in words.asked]
    stop(at, CasePause.Why.PAPERS, asked, clean(words.said))
    at.personal["asked"] = [None, asked]
    written(at, "return", RETURNED, more={"action": action.key})
    tell(at, "returned")


def _put(at: Turn, post_id: UUID | None) -> None:
    at.set(post_id=post_id)
    step = at.open_step
    step.post_id = post_id
    step.save(update_fields=["post"])


def _taken_by(actor: Actor, case: Case) -> Refused:
    """Why the actor may not take a case: another post has it, or it is nothing of theirs."""
    row = Case.objects.select_related("service").get(pk=case.pk)
    if row.post_id is None:
        return Forbidden()
    day = day_in(row.service.country, actor)
    name = post_names([row.post_id], day).get(row.post_id, {})
    return Conflict(
        _("Somebody else was quicker: “%(post)s” has taken this case.") % {"post": shown(name)}
    )


def _require_working_there(at: Turn, post: Post) -> None:
    there = PostVersion.objects.as_of(day_in(at.case.service.country, at.actor)).filter(
        post=post, post__unit=at.case.at_unit_id
    )
    roles = there.first()
    if roles is None or not roles.role_set & {str(role) for role in WORKING}:
        raise Refused(
            _("Choose a post that works in the unit where the case lies now."), field="post"
        )


def _one_of_many(actor: Actor, case: Case, action_key: str, words: StepWords) -> Outcome:
    try:
        with transaction.atomic():
            at = turn(actor, case, "work")
            require_running(at)
            action = way_out(at, action_key)
            _require_for_many(action)
            require_no_inquiry(at)
            step_out(at, action, words)
    except NotFound:
        return Outcome(case.pk, done=False, sentence=_("You cannot see this case any more."))
    except Refused as refused:
        return Outcome(case.pk, done=False, sentence=refused.sentence)
    return Outcome(case.pk, done=True)


def _require_for_many(action: StepAction) -> None:
    if not action.batch or action.by != "office":
        raise Refused(
            _("“%(action)s” must be done with each case by itself.")
            % {"action": shown(action.name)}
        )
