"""Answers that come with an action: evaluated on the server in any case, and put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused
from diwan.services.errors import FormFaults
from diwan.services.models import Applicant, Case, CaseAnswers
from diwan.services.queries.definitions import form_of
from diwan.services.queries.working import at_home
from diwan.services.rules.answers import at_path, changed_in, merged, named, questions_in
from diwan.services.rules.answertypes import MEDIA
from diwan.services.rules.evaluation import evaluate
from diwan.services.rules.formtree import Form

from .facts import facts_kept, facts_said, title_of
from .flowing import Turn, shown
from .given import ApplicantFields, GivenFile


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


def take_applicant_answers(at: Turn, given: Mapping[str, Any], asked: Collection[str]) -> bool:
    """Take what the applicant answers anew; False if nothing is another answer than before.

    `asked` are the paths of what was asked for: nothing else is taken. Raises FormFaults where an
    answer is not right, Refused for a question that is not among them.
    """
    if not given:
        return False
    form = form_of(at.case.version)
    theirs = {
        path for path, node in form.by_path.items() if node.by != "office" and is_asked(path, asked)
    }
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


def is_asked(path: str, asked: Collection[str]) -> bool:
    """Whether a question was asked for, by itself or with the group in which it is."""
    return any(path == one or path.startswith(f"{one}/") for one in asked)


def naming_files(
    form: Form, given: Mapping[str, Any], files: Iterable[GivenFile]
) -> dict[str, Any]:
    """The answers with the names of the files that answer a question; within a repeat say which."""
    found = dict(given)
    repeats = [f"{path}/" for path, node in form.by_path.items() if node.kind == "repeat"]
    for one in files:
        node = form.by_path.get(one.question)
        if node is None or node.type not in MEDIA or at_path(given, node.path):
            continue
        if any(node.path.startswith(repeat) for repeat in repeats):
            continue
        answer: Any = one.name[:200]
        for name in reversed(node.path.split("/")[2:]):
            answer = {name: answer}
        found = merged(found, answer)
    return found


def _row(case: Case) -> CaseAnswers:
    row = CaseAnswers.objects.filter(case=case).first()
    return row or CaseAnswers(case=case, answers={})


def _keep(at: Turn, row: CaseAnswers, answers: Mapping[str, Any]) -> None:
    """Keep the answers and what of the case is read from them; the trail names what changed."""
    form = form_of(at.case.version)
    changed = changed_in(row.answers, answers, form.root)
    at.personal["answers"] = [None, [_name_of(form, path) for path in changed]]
    _renew(at, form, row.answers, answers)
    row.answers, row.changed_at = dict(answers), at.actor.at
    row.save()


def _name_of(form: Form, path: str) -> Any:
    node = form.by_path.get(path)
    return dict(node.label) if node is not None and node.label else path.rpartition("/")[2]


def _renew(at: Turn, form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Who asks, how they are reached and what the case is called go with the answers."""
    case = at.case
    known = facts_said(form, before)
    said = {
        name: value for name, value in facts_said(form, after).items() if value != known.get(name)
    }
    who: Applicant | None = getattr(case, "applicant", None)
    if said and who is not None:
        given = {one.name: getattr(who, one.name) for one in fields(ApplicantFields)}
        kept = facts_kept(ApplicantFields(**given), said)
        for name in {"search", *said}:
            old, new = getattr(who, name), kept[name]
            if old != new and name != "search":
                at.personal[name] = [old, new]
            setattr(who, name, new)
        who.save(update_fields=["search", *said])
    title = title_of(form, at.definition, after, case.language)
    if title != case.title:
        at.personal["title"] = [case.title, title]
        case.title = title


def _only(form: Form, given: Mapping[str, Any], allowed: set[str]) -> None:
    for path in questions_in(given, form.root):
        if path not in allowed:
            raise Refused(
                _("The form has no question “%(name)s” that could be answered in this step.")
                % {"name": path.rpartition("/")[2][:60]},
                field="answers",
            )
