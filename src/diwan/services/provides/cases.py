"""Cases as strangers show them, and the entries of their trail as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref, declare_subject
from diwan.kernel.policies import Actor
from diwan.services.constants import CASE
from diwan.services.models import Case, Inquiry
from diwan.services.policies import CASES, with_help
from diwan.services.rules.codes import first_signs, written_code

ROLES: Mapping[str, Sentence] = {
    "clerk": pgettext_lazy("role of a post", "clerk"),
    "officer": pgettext_lazy("role of a post", "officer"),
    "reviewer": pgettext_lazy("role of a post", "reviewer"),
    "secretary": pgettext_lazy("role of a post", "secretary"),
    "treasurer": pgettext_lazy("role of a post", "treasurer"),
    "head": pgettext_lazy("role of a post", "head"),
}


def declare_cases() -> None:
    """Declare the kind."""
    declare_subject(CaseSubject())


class CaseSubject:
    """Cases."""

    kind = CASE
    name: Sentence = pgettext_lazy("service", "case")
    verbs: Mapping[str, Sentence] = {
        "file": _("filed the case"),
        "attach": _("added files that came later"),
        "take": _("took the case"),
        "put_back": _("put the case back"),
        "assign": _("named who is to work on the case"),
        "step": _("took a step"),
        "return": _("asked the applicant for what is missing"),
        "resume": _("brought what was missing"),
        "withdraw": _("withdrew the case"),
        "reopen": _("reopened the case"),
        "note": _("wrote a note"),
        "visit": _("counted a visit of the applicant"),
        "ask": _("asked other departments"),
        "answer": _("answered for a department"),
        "withdraw_inquiry": _("took an inquiry back"),
        "move_inquiry": _("moved an inquiry because the department ended"),
        "join": _("joined it with another case"),
        "part": _("took the joining with another case back"),
        "move": _("moved it because its unit or post ended"),
        "late": _("found it late"),
        "remind": _("reminded the applicant of what is missing"),
        "expire": _("closed it, for nothing was heard of the applicant"),
        "recount": _("counted its dates anew, because working days changed"),
        "rate": _("judged the service"),
        "print_closing": _("printed the paper with the code for judging"),
        "erase": _("erased what speaks of the applicant"),
    }
    fields: Mapping[str, Sentence] = {
        "service": _("Service"),
        "unit": _("Filed at"),
        "unit_id": _("Filed at"),
        "at_unit_id": _("Lies at"),
        "post_id": _("Taken by"),
        "channel": _("Channel"),
        "promised_at": _("Answer by"),
        "due_at": _("Step due by"),
        "phase": _("How it stands"),
        "ends_at": _("Waits until"),
        "role": _("Who acts"),
        "action": pgettext_lazy("service", "Step"),
        "files": _("Files"),
        "note": _("Note"),
        "said": _("Told to the applicant"),
        "asked": _("Asked of the applicant"),
        "asked_units": _("Asked departments"),
        "answering_unit": _("Department"),
        "question": pgettext_lazy("inquiry", "Question"),
        "opinion": _("Opinion"),
        "answer": _("Answer"),
        "answers": pgettext_lazy("form", "Answers"),
        "words": _("The applicant's words"),
        "visits": _("Visits"),
        "joined": _("Other case"),
        "stars": _("Stars"),
        "title": _("Name of the case"),
        "name": _("Name"),
        "on_behalf": _("On behalf of"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "identity": _("National number"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "channel": {one.value: one.label for one in Case.Channel},
        "phase": {one.value: one.label for one in Case.Phase},
        "opinion": {one.value: one.label for one in Inquiry.Opinion},
        "role": ROLES,
    }
    kinds: Mapping[str, str] = {
        "service": "services.service",
        "unit": "directory.unit",
        "unit_id": "directory.unit",
        "at_unit_id": "directory.unit",
        "asked_units": "directory.unit",
        "answering_unit": "directory.unit",
        "post_id": "directory.post",
        "joined": CASE,
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of cases that the actor may see."""
        rows = Case.objects.filter(pk__in=ids).select_related("service")
        seen = with_help(actor, CASES.which(actor, "see", rows))
        return {row.pk: case_card(row, whole=vars(row)["helped"]) for row in seen}


def case_card(case: Case, *, whole: bool) -> Card:
    """A case as strangers show it: by its service; its service should be loaded.

    `whole`: with all of its tracking code, for who may do what the applicant may.
    """
    return Card(
        ref=Ref(CASE, case.pk),
        title=case.service.name,
        url=reverse("services:case", args=[case.pk]),
        state=Case.Phase(case.phase).label,
        number=written_code(case.code) if whole else first_signs(case.code),
    )
