"""What the councils tell by notice: to the holders of the owing post, and to who serves the body.

An action's step is a fact; a job looks afterwards who is concerned then. So a step costs one row
more, whoever has to be told, and a handover in between reaches the successor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.councils.constants import ACTION, ACTION_FACT
from diwan.councils.models import Action, ActionEvent
from diwan.councils.queries.recipients import servers_of
from diwan.councils.rules.life import OWED, State, Verb
from diwan.directory.public import users_of_posts
from diwan.kernel import exchange, jobs, notices
from diwan.kernel.calendars import Calendar, PartialDate, Precision
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.notices import Telling, Words
from diwan.kernel.policies import ActorKind
from diwan.kernel.reader import current
from diwan.kernel.text import isolate, local, to_digits
from diwan.ui.show import show_local, show_partial

DUTIES = "councils.duties"
SERVING = "councils.serving"
TELL = "councils.tell_step"

NEW = {Verb.ADD, Verb.ASSIGN, Verb.CONFIRM, Verb.REASSIGN, Verb.REOPEN}
TO_SECRETARY = {Verb.REPORT, Verb.ASK_DATE}


@dataclass(frozen=True)
class _Said:
    """One kind: its label for lists, the subject with %(title)s, the step, and its group."""

    label: Sentence
    subject: Sentence
    step: Sentence
    group: str = DUTIES


KINDS: dict[str, _Said] = {
    "assigned": _Said(
        gettext_lazy("a new action of your post"),
        gettext_lazy("New action for your post: %(title)s"),
        gettext_lazy("See the action"),
    ),
    "returned": _Said(
        gettext_lazy("an action returned for more work"),
        gettext_lazy("Returned for more work: %(title)s"),
        gettext_lazy("See why"),
    ),
    "closed": _Said(
        gettext_lazy("an action closed"),
        gettext_lazy("Closed: %(title)s"),
        gettext_lazy("See the action"),
    ),
    "dropped": _Said(
        gettext_lazy("an action dropped"),
        gettext_lazy("Dropped: %(title)s"),
        gettext_lazy("See why"),
    ),
    "re_dated": _Said(
        gettext_lazy("a new date"),
        gettext_lazy("New date for: %(title)s"),
        gettext_lazy("See the action"),
    ),
    "date_refused": _Said(
        gettext_lazy("a new date refused"),
        gettext_lazy("The date stays as it was: %(title)s"),
        gettext_lazy("See why"),
    ),
    "reported": _Said(
        gettext_lazy("an action reported done"),
        gettext_lazy("Reported done, waits for you: %(title)s"),
        gettext_lazy("Look at the proof"),
        SERVING,
    ),
    "date_asked": _Said(
        gettext_lazy("a new date asked for"),
        gettext_lazy("A new date is asked for: %(title)s"),
        gettext_lazy("Answer"),
        SERVING,
    ),
}
_KIND_OF: dict[Verb, str] = {
    **dict.fromkeys(NEW, "assigned"),
    Verb.RETURN: "returned",
    Verb.CLOSE: "closed",
    Verb.DROP: "dropped",
    Verb.GRANT_DATE: "re_dated",
    Verb.RE_DATE: "re_dated",
    Verb.REFUSE_DATE: "date_refused",
    Verb.REPORT: "reported",
    Verb.ASK_DATE: "date_asked",
}


def declare_notices() -> None:
    """Declare groups and kinds, and listen to the steps that are told."""
    notices.declare_group(DUTIES, gettext_lazy("Actions of your posts"))
    notices.declare_group(SERVING, gettext_lazy("What waits for you as secretary"))
    for name, said in KINDS.items():
        write = partial(_write, said)
        notices.declare_kind(f"councils.{name}", label=said.label, write=write, group=said.group)
    for verb in _KIND_OF:
        exchange.listen(f"{ACTION_FACT}{verb}", _on_step)


def _on_step(fact: Fact) -> None:
    """Ask for the job; what an import brings is nobody's news, but for a post that ended."""
    verb = Verb(fact.kind.removeprefix(ACTION_FACT))
    if fact.actor.kind is ActorKind.SYSTEM and verb is not Verb.REASSIGN:
        return
    if fact.data.get("after") == State.UNCONFIRMED:
        return
    args = {"action": fact.ref.id, "verb": verb.value, "by": fact.actor.user_id}
    jobs.enqueue(TELL, args, actor=fact.actor)


@jobs.job(TELL, label=gettext_lazy("Telling of a step of an action"))
def tell_step(action: str, verb: str, by: str | None = None) -> None:
    """Tell whoever is concerned by a step, but for who took it."""
    row = action_with_names(UUID(action))
    step = Verb(verb)
    if row is None or (step in NEW and row.state not in OWED):
        return
    now = timezone.now()
    if step in TO_SECRETARY:
        users = servers_of(row.resolution.body, now)
    else:
        holders = users_of_posts([row.owner_id] if row.owner_id else [], now)
        users = [user for found in holders.values() for user in found]
    note = ""
    if step not in NEW or step is Verb.REOPEN:
        last = ActionEvent.objects.filter(action=row, verb=verb).order_by("-at", "-id").first()
        note = last.note if last else ""
    concerned = [user for user in users if str(user) != by]
    ref = Ref(ACTION, row.pk)
    notices.tell(f"councils.{_KIND_OF[step]}", concerned, ref, data_of(row, note=note))


def action_with_names(action_id: UUID) -> Action | None:
    """The action with what a notice says of it."""
    rows = Action.objects.select_related("resolution__body__unit")
    return rows.filter(pk=action_id).first()


def data_of(row: Action, *, note: str = "") -> dict[str, Any]:
    """What the words of a notice need besides the record's own title."""
    return {
        "number": row.resolution.number,
        "body": row.resolution.body.name,
        "due": row.due,
        "due_precision": row.due_precision,
        "due_calendar": row.due_calendar,
        "note": note,
    }


def source_of(data: Mapping[str, Any]) -> str:
    """Where it comes from: number and body in one quiet line."""
    language = current().language
    name = local(data["body"], language)[0]
    number = data.get("number") or ""
    return f"{isolate(to_digits(number, language))} · {isolate(name)}" if number else name


def due_line(data: Mapping[str, Any]) -> list[str]:
    """By when, in the reader's calendar, as exactly as it is stated."""
    if not data.get("due"):
        return []
    due = PartialDate(
        date.fromisoformat(data["due"]),
        Precision(data["due_precision"]),
        Calendar(data["due_calendar"]),
    )
    return [_("Due: %(day)s") % {"day": show_partial(due)}]


def _write(said: _Said, telling: Telling) -> Words | None:
    if telling.card is None:
        return None
    title = show_local(telling.card.title)
    note = telling.data.get("note") or ""
    lines = [source_of(telling.data), *due_line(telling.data)]
    lines += [_("In their words: %(note)s") % {"note": isolate(note)}] if note else []
    return Words(str(said.subject) % {"title": title}, lines, step=str(said.step))
