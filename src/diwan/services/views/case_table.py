"""The steps of a case besides its workbook's: what each asks, and the action behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.forms import Form
from django.utils.translation import gettext_lazy as _

from diwan.directory.public import Post
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.services.actions import applicants, inquiries, linking, steps
from diwan.services.forms import case_steps as forms
from diwan.services.models import Case
from diwan.services.policies.cases import CASES
from diwan.services.queries.casepage import CaseSheet
from diwan.services.queries.clocks import Clocks
from diwan.ui.components import Text

F = TypeVar("F", bound=Form)
Possible = Callable[[CaseSheet], bool]


@dataclass(frozen=True)
class StepPage:
    """One step. `right` is the verb of the policy, `possible` says when it makes sense.

    What is done for the applicant asks for `link`: for who handles the case, not for a department
    that is only asked.

    `label` names it on a button, `heading` asks, `submit` does, `done` says that it was done.
    `key` is the key of the keyboard that leads to it. `direct`: nothing is asked, so the button of
    the case's page does it.
    """

    slug: str
    right: str
    possible: Possible
    form: type[forms.StepForm]
    act: Callable[[Actor, Case, Any], object]
    label: Text
    heading: Text
    submit: Text
    done: Text
    lead: Text = ""
    danger: bool = False
    direct: bool = False
    key: str = ""


def _take(actor: Actor, case: Case, _form: Form) -> object:
    return steps.take(actor, case)


def _put_back(actor: Actor, case: Case, _form: Form) -> object:
    return steps.put_back(actor, case)


def _ask(actor: Actor, case: Case, form: forms.AskForm) -> object:
    given = form.cleaned_data
    units = [unit.pk for unit in given["units"]]
    until = Clocks([case], actor.at).closing(case, given["due"]) if given["due"] else None
    return inquiries.ask(actor, case, units, given["question"], due=until)


def _assign(actor: Actor, case: Case, form: forms.AssignForm) -> object:
    post = Post.objects.filter(pk=form.cleaned_data["post"]).first()
    return steps.assign(actor, case, post)


def _visit(actor: Actor, case: Case, _form: Form) -> object:
    return steps.add_visit(actor, case)


def _note(actor: Actor, case: Case, form: forms.NoteForm) -> object:
    return steps.add_note(actor, case, form.cleaned_data["text"])


def _link(actor: Actor, case: Case, form: forms.LinkForm) -> object:
    same = Case.objects.filter(code=form.cleaned_data["code"])
    other = CASES.which(actor, "see", same).first()
    if other is None:
        raise Refused(_("There is no case of that code that you may see."), field="code")
    return linking.link(actor, case, other, form.cleaned_data["verb"])


def _bring(actor: Actor, case: Case, form: forms.BringForm) -> object:
    given = form.cleaned_data
    return applicants.bring(actor, case, {}, forms.files_of(given["files"]), given["words"])


def _withdraw(actor: Actor, case: Case, form: forms.ReasonForm) -> object:
    return applicants.withdraw(actor, case, form.cleaned_data["reason"])


def _reopen(actor: Actor, case: Case, form: forms.ReasonForm) -> object:
    return applicants.reopen(actor, case, form.cleaned_data["reason"])


def expected(form: Form) -> str:
    """The state that the page showed when its form was made."""
    return str(form.data.get("expected_state", ""))


def _open(sheet: CaseSheet) -> bool:
    return sheet.case.phase == Case.Phase.OPEN


def _may_take(sheet: CaseSheet) -> bool:
    return sheet.running and sheet.case.post_id not in sheet.my_posts and bool(sheet.my_posts)


def _may_put_back(sheet: CaseSheet) -> bool:
    return sheet.running and sheet.case.post_id in sheet.my_posts


def _running(sheet: CaseSheet) -> bool:
    return sheet.running


def _ended(sheet: CaseSheet) -> bool:
    return not sheet.running


def _waiting(sheet: CaseSheet) -> bool:
    return sheet.waiting


def _always(_sheet: CaseSheet) -> bool:
    return True


PAGES: Sequence[StepPage] = (
    StepPage(
        "take", "work", _may_take, forms.NothingForm, _take,
        _("Take it"), _("Take this case?"), _("Take it"), _("The case is yours now."),
        direct=True, key="t",
    ),
    StepPage(
        "bring", "link", _waiting, forms.BringForm, _bring,
        _("The papers are here"), _("What did the applicant bring?"), _("Go on with the case"),
        _("The papers are with the case, and its clock runs again."), key="b",
    ),
    StepPage(
        "ask", "ask", _open, forms.AskForm, _ask,
        _("Ask other departments"), _("Which departments are asked, and what?"), _("Ask them"),
        _("The departments were asked; the step waits for all of them."),
        _("To the applicant it stays one office: the clock goes on meanwhile."), key="a",
    ),
    StepPage(
        "assign", "assign", _running, forms.AssignForm, _assign,
        _("Assign to a post"), _("Which post does it?"), _("Assign"),
        _("The case was assigned."),
    ),
    StepPage(
        "note", "note", _always, forms.NoteForm, _note,
        _("Write a note"), _("Write a note for the office"), _("Save the note"),
        _("The note was saved."), key="o",
    ),
    StepPage(
        "visit", "link", _running, forms.NothingForm, _visit,
        _("Count a visit"), _("Count a visit of the applicant?"), _("Count it"),
        _("The visit was counted."), direct=True,
    ),
    StepPage(
        "link", "link", _always, forms.LinkForm, _link,
        _("Link to another case"), _("Which case does it belong with?"), _("Link them"),
        _("The cases are linked."),
    ),
    StepPage(
        "put-back", "work", _may_put_back, forms.NothingForm, _put_back,
        _("Put it back"), _("Put this case back?"), _("Put it back"),
        _("The case lies with the unit again; whoever is free may take it."),
        direct=True, key="t",
    ),
    StepPage(
        "withdraw", "link", _running, forms.ReasonForm, _withdraw,
        _("Withdraw for the applicant"), _("Withdraw the case, as the applicant asked?"),
        _("Withdraw the case"), _("The case was withdrawn."),
        _("Only if the applicant asked for it; the reason stays in the case."), danger=True,
    ),
    StepPage(
        "reopen", "link", _ended, forms.ReasonForm, _reopen,
        _("Reopen"), _("Reopen the case?"), _("Reopen it"), _("The case is open again."),
        _("It begins anew at its first step; the earlier round stays readable."),
    ),
)  # fmt: skip
BY_SLUG: Mapping[str, StepPage] = {page.slug: page for page in PAGES}


def possible_pages(sheet: CaseSheet) -> list[StepPage]:
    """The steps that the reader may take now."""
    return [page for page in PAGES if page.right in sheet.rights and page.possible(sheet)]
