"""The steps of an action as pages: what each asks, how it is called, and the action behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions import closing, confirming, dates, duties, passing, work
from diwan.councils.actions.fields import ActionFields, Answer, Choice, Part, Proof
from diwan.councils.forms import actions as forms
from diwan.councils.models import Action
from diwan.councils.queries.duties import due_of
from diwan.councils.rules.life import Verb
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.ui.components import Text

Data = Mapping[str, Any]
Act = Callable[[Actor, Action, Data], object]


@dataclass(frozen=True)
class StepPage:
    """One step: `verbs` are those of the life's table of which one must be possible.

    `label` names it on a button, `heading` asks, `submit` does, `done` says that it was done.
    """

    slug: str
    verbs: Sequence[Verb]
    form: type[forms.StepForm]
    act: Act
    label: Text
    heading: Text
    submit: Text
    done: Text
    lead: Text = ""
    danger: bool = False
    posts: bool = False


def proofs_of(uploads: Sequence[UploadedFile[Any]]) -> list[Proof]:
    """Uploads as the actions take them."""
    return [Proof(upload.name or "", cast("BinaryIO", upload)) for upload in uploads]


def _start(actor: Actor, action: Action, data: Data) -> object:
    return work.start(actor, action, note=data.get("note", ""))


def _progress(actor: Actor, action: Action, data: Data) -> object:
    return work.set_progress(actor, action, data["progress"], note=data["note"])


def _attach(actor: Actor, action: Action, data: Data) -> object:
    proofs = proofs_of(data["proofs"])
    return work.attach_proof(actor, action, proofs, note=data["note"])


def _report(actor: Actor, action: Action, data: Data) -> object:
    proofs = proofs_of(data["proofs"])
    return work.report_done(actor, action, note=data["note"], proofs=proofs)


def _ask_date(actor: Actor, action: Action, data: Data) -> object:
    return dates.ask_date(actor, action, data["to"], reason=data["reason"])


def _re_date(actor: Actor, action: Action, data: Data) -> object:
    return dates.re_date(actor, action, data["to"], reason=data["reason"])


def _answer_date(actor: Actor, action: Action, data: Data) -> object:
    request = dates.open_request(action)
    if request is None:
        raise Refused(_("This request has been answered already."))
    return dates.answer_date(actor, request, grant=data["grant"], note=data["note"])


def _assign(actor: Actor, action: Action, data: Data) -> object:
    owner = data["owner"].pk
    return duties.assign(actor, action, owner, note=data["note"])


def _confirm(actor: Actor, action: Action, data: Data) -> object:
    owner = data["owner"]
    answer = Answer(
        Choice(data["choice"]),
        due=data["due"],
        owner_id=owner.pk if owner and owner.pk != action.owner_id else None,
        reason=data["reason"],
    )
    return confirming.confirm(actor, action, answer)


def _pass_down(actor: Actor, action: Action, data: Data) -> object:
    parts = [
        Part(post_id, text=data["text"] or None, due=data["due"]) for post_id in data["post_ids"]
    ]
    return passing.pass_down(actor, action, parts, note=data["note"])


def _reopen(actor: Actor, action: Action, data: Data) -> object:
    return closing.reopen(actor, action, reason=data["reason"], due=data["due"])


def _correct(actor: Actor, action: Action, data: Data) -> object:
    fields: ActionFields = {"text": data["text"]}
    if data["due"] != due_of(action):
        fields["due"] = data["due"]
    return duties.correct_action(actor, action, fields, reason=data["reason"])


def _close(actor: Actor, action: Action, data: Data) -> object:
    return closing.close(actor, action, note=data["note"])


def _for_a_reason(step: Callable[..., Action]) -> Act:
    def act(actor: Actor, action: Action, data: Data) -> object:
        return step(actor, action, reason=data["reason"])

    return act


PAGES: Sequence[StepPage] = (
    StepPage(
        "answer-date",
        (Verb.GRANT_DATE, Verb.REFUSE_DATE),
        forms.AnswerForm,
        _answer_date,
        _("Answer the request"),
        _("Answer the request for a new date"),
        _("Send the answer"),
        _("The request was answered."),
    ),
    StepPage(
        "close",
        (Verb.CLOSE,),
        forms.NoteForm,
        _close,
        _("Accept and close"),
        _("Accept the proof and close the action?"),
        _("Close the action"),
        _("The action is closed."),
        _("Closing is the secretary's word that the proof shows what was resolved."),
    ),
    StepPage(
        "return",
        (Verb.RETURN,),
        forms.ReasonForm,
        _for_a_reason(closing.return_),
        _("Return for more work"),
        _("Return it to its owner for more work"),
        _("Return it"),
        _("The action was returned to its owner."),
        _("Say what is missing, so that the next report brings it."),
    ),
    StepPage(
        "confirm",
        (Verb.CONFIRM,),
        forms.ConfirmForm,
        _confirm,
        _("Confirm"),
        _("Confirm an action of an old record"),
        _("Confirm"),
        _("The action was confirmed."),
        _("It came in with an old record. Only after your word it reaches its owner's desk."),
        posts=True,
    ),
    StepPage(
        "assign",
        (Verb.ASSIGN,),
        forms.AssignForm,
        _assign,
        _("Assign to a post"),
        _("Which post owes this action?"),
        _("Assign"),
        _("The action has an owner."),
        _("Duties belong to posts: whoever holds the post finds it on their desk."),
        posts=True,
    ),
    StepPage(
        "start",
        (Verb.START,),
        forms.NoteForm,
        _start,
        _("Start the work"),
        _("Start the work?"),
        _("Start the work"),
        _("The work has begun."),
    ),
    StepPage(
        "report",
        (Verb.REPORT,),
        forms.ReportForm,
        _report,
        _("Report it done, with proof"),
        _("Report it done, with proof"),
        _("Send the report"),
        _("It is reported done. The secretary looks at the proof now."),
        _("Attach what shows that it was done; the secretary closes the action on it."),
    ),
    StepPage(
        "progress",
        (Verb.PROGRESS,),
        forms.ProgressForm,
        _progress,
        _("Say how far it is"),
        _("How far is the work?"),
        _("Save the progress"),
        _("The progress was saved."),
    ),
    StepPage(
        "attach",
        (Verb.ATTACH,),
        forms.AttachForm,
        _attach,
        _("Attach proof"),
        _("Attach proof of the work"),
        _("Attach"),
        _("The proof was attached."),
        _("The report itself can follow later."),
    ),
    StepPage(
        "ask-date",
        (Verb.ASK_DATE,),
        forms.NewDateForm,
        _ask_date,
        _("Ask for a new date"),
        _("Ask for a new date"),
        _("Ask the secretary"),
        _("The request waits for the secretary's answer."),
        _("Until the secretary answers, the old date stands."),
    ),
    StepPage(
        "pass-down",
        (Verb.PASS_DOWN,),
        forms.PassDownForm,
        _pass_down,
        _("Pass down to units below"),
        _("Pass it down to units below"),
        _("Pass it down"),
        _("It was passed down."),
        _("The action stays yours and follows its parts; it can be reported when all are settled."),
    ),
    StepPage(
        "re-date",
        (Verb.RE_DATE,),
        forms.NewDateForm,
        _re_date,
        _("Give a new date"),
        _("Give it a new date"),
        _("Give the new date"),
        _("The action has a new date."),
        _("The earlier date stays readable in the history."),
    ),
    StepPage(
        "reopen",
        (Verb.REOPEN,),
        forms.ReopenForm,
        _reopen,
        _("Reopen"),
        _("Reopen the action for a new round?"),
        _("Reopen it"),
        _("A new round has begun."),
        _("The earlier round stays readable."),
    ),
    StepPage(
        "correct",
        (Verb.CORRECT,),
        forms.CorrectForm,
        _correct,
        _("Correct the record"),
        _("Correct the record of this action"),
        _("Correct the record"),
        _("The record was corrected."),
        _("A correction says that the record was wrong. What stood before stays in the trail."),
    ),
    StepPage(
        "drop",
        (Verb.DROP,),
        forms.ReasonForm,
        _for_a_reason(closing.drop),
        _("Drop"),
        _("Drop this action?"),
        _("Drop the action"),
        _("The action was dropped."),
        _("Nobody owes it any more; the reason stays readable."),
        danger=True,
    ),
)
BY_SLUG: Mapping[str, StepPage] = {page.slug: page for page in PAGES}
BY_VERB: Mapping[Verb, StepPage] = {verb: page for page in PAGES for verb in page.verbs}
