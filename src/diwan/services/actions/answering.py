"""Answers that come with an action: evaluated on the server in any case, and put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused
from diwan.services.errors import FormFaults
from diwan.services.models import Case, CaseAnswers
from diwan.services.queries.definitions import form_of
from diwan.services.queries.working import at_home
from diwan.services.rules.answers import at_path, merged, named, questions_in
from diwan.services.rules.evaluation import evaluate
from diwan.services.rules.formtree import Form

from .flowing import Turn, shown


def take_office_answers(at: Turn, given: Mapping[str, Any], wanted: Iterable[str]) -> None:
    """Take what the office answers within a step into the case's answers.

    `wanted` are the questions that the step requires. Raises FormFaults where an answer is not
    right, Refused where one is missing or no question of the office.
    """
    required = [node for name in wanted if (node := named(form_of(at.case.version), name))]
    if not given and not required:
        return
    form = form_of(at.case.version)
    office = {path for path, node in form.by_path.items() if node.by == "office"}
    _only(form, given, office)
    row = _row(at.case)
    evaluated = evaluate(
        form,
        merged(row.answers, given),
        now=at_home(at.now, at.case.service.country),
        office=True,
        language=at.case.language,
    )
    asked = {*questions_in(given, form.root), *(node.path for node in required)}
    faults = [fault for fault in evaluated.faults if fault.path in asked]
    if faults:
        raise FormFaults(faults)
    missing = [node for node in required if not at_path(evaluated.answers, node.path)]
    if missing:
        raise Refused(
            _("“%(question)s” must be answered for this step.")
            % {"question": shown(missing[0].label or {"en": missing[0].name})},
            field="answers",
        )
    _keep(at, row, evaluated.answers)


def take_applicant_answers(at: Turn, given: Mapping[str, Any]) -> bool:
    """Take what the applicant answers anew; False if nothing is another answer than before.

    Raises FormFaults where an answer is not right, Refused for a question that is not theirs.
    """
    if not given:
        return False
    form = form_of(at.case.version)
    theirs = {path for path, node in form.by_path.items() if node.by != "office"}
    _only(form, given, theirs)
    row = _row(at.case)
    whole = merged(row.answers, given)
    if whole == row.answers:
        return False
    evaluated = evaluate(
        form,
        whole,
        now=at_home(at.now, at.case.service.country),
        before=row.answers,
        language=at.case.language,
    )
    if evaluated.faults:
        raise FormFaults(evaluated.faults)
    _keep(at, row, evaluated.answers)
    return True


def _row(case: Case) -> CaseAnswers:
    row = CaseAnswers.objects.filter(case=case).first()
    return row or CaseAnswers(case=case, answers={})


def _keep(at: Turn, row: CaseAnswers, answers: Mapping[str, Any]) -> None:
    at.personal["answers"] = [None, sorted(questions_in(answers, form_of(at.case.version).root))]
    row.answers, row.changed_at = dict(answers), at.actor.at
    row.save()


def _only(form: Form, given: Mapping[str, Any], allowed: set[str]) -> None:
    for path in questions_in(given, form.root):
        if path not in allowed:
            raise Refused(
                _("The form has no question “%(name)s” that could be answered in this step.")
                % {"name": path.rpartition("/")[2][:60]},
                field="answers",
            )
