"""The story of a case: what happened to it, in the order it happened.

The office reads all of it. The applicant reads of one office alone: what was told to them, asked of
them and brought by them; no post, no note and no inquiry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from diwan.directory.public import unit_names
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in
from diwan.services.constants import WITHDRAWN
from diwan.services.models import Case, CaseFile, CasePause, CaseStep, Inquiry
from diwan.services.rules.definition import Definition, State
from diwan.ui.show import show_local

from .asked import missing_of
from .definitions import definition_of
from .outputs import in_force
from .working import ended_by


@dataclass(frozen=True)
class StoryLine:
    """One thing that happened.

    `kind`: ``filed``, ``step``, ``returned``, ``resumed``, ``ended``, ``withdrawn``, ``reopened``,
    ``said`` (the applicant's words), ``file``; for the office ``asked``, ``answered``,
    ``asked_back``, ``note``, ``joined``, too. `words` is a sentence for the reader, `text` what
    somebody wrote with it, `missing` what was asked of the applicant, `files` what came with it.
    """

    at: datetime
    kind: str
    words: str
    text: str = ""
    unit_id: UUID | None = None
    unit_name: Mapping[str, str] = field(default_factory=dict)
    post_id: UUID | None = None
    files: tuple[CaseFile, ...] = ()
    missing: tuple[str, ...] = ()


def story_of(case: Case, *, public: bool) -> list[StoryLine]:
    """What happened to a case, the earliest first; `public`: as its applicant may read it.

    Asks for steps, pauses, inquiries, files, notes and links, unless they were prefetched.
    """
    definition = definition_of(case.version)
    lines = [*_of_steps(case, definition, public=public), *_of_pauses(case, definition)]
    lines += _of_applicant(case)
    if not public:
        lines += [*_of_inquiries(case), *_of_notes(case), *_of_links(case)]
    lines = _with_files(lines, _files(case, public=public))
    lines.sort(key=lambda line: line.at)
    if public:
        lines = [replace(line, post_id=None) for line in lines]
    return _with_units(lines, case)


def _of_steps(case: Case, definition: Definition, *, public: bool) -> Iterator[StoryLine]:
    steps = sorted(case.steps.all(), key=lambda step: step.number)
    for first in steps[:1]:
        words = _("Filed: %(channel)s") % {"channel": Case.Channel(case.channel).label}
        yield StoryLine(
            first.entered_at, "filed", words, unit_id=case.unit_id, post_id=case.filed_by_id
        )
    for before, after in pairwise(steps):
        if ended_by(before, definition):
            words = _("Opened again")
            yield StoryLine(after.entered_at, "reopened", words, unit_id=after.unit_id)
    for step in steps:
        if step.left_at is not None:
            yield from _of_step(step, step.left_at, definition, public=public)


def _of_step(
    step: CaseStep, left_at: datetime, definition: Definition, *, public: bool
) -> Iterator[StoryLine]:
    if step.action == WITHDRAWN:
        yield StoryLine(left_at, "withdrawn", pgettext("case", "Withdrawn"), unit_id=step.unit_id)
        return
    before = definition.state(step.state)
    action = before.action(step.action)
    to = definition.state(action.to) if action is not None else before
    line = StoryLine(
        left_at,
        "ended" if to.end else "step",
        _public_words(to),
        step.said,
        step.unit_id,
        post_id=step.by_post_id,
    )
    if not public:
        name = show_local(action.name) if action is not None else step.action
        words = _("%(step)s: now at “%(state)s”") % {
            "step": name,
            "state": isolate(show_local(to.name)),
        }
        told = "\n".join(text for text in (step.said, step.note) if text)
        line = replace(line, words=words, text=told)
    elif not to.end and not step.said and _public_words(before) == line.words:
        return  # nothing that the applicant would see a difference in
    yield line


def _public_words(state: State) -> str:
    return show_local(state.public or state.name)


def _of_pauses(case: Case, definition: Definition) -> Iterator[StoryLine]:
    for pause in case.pauses.all():
        missing = tuple(show_local(text) for text in missing_of(pause, case, definition))
        words = _("Something is missing; the time stands still until it is brought")
        if pause.why != CasePause.Why.PAPERS:
            words = _("Waits for: %(what)s") % {"what": CasePause.Why(pause.why).label}
        yield StoryLine(
            pause.since_at,
            "returned",
            words,
            pause.words,
            case.at_unit_id,
            post_id=pause.by_post_id,
            missing=missing,
        )
        if pause.until_at is not None:
            yield StoryLine(pause.until_at, "resumed", _("The office goes on; the time runs again"))


def _of_applicant(case: Case) -> Iterator[StoryLine]:
    for note in case.notes.all():
        if note.by_applicant:
            words = _("The applicant wrote")
            yield StoryLine(note.at, "said", words, note.text, post_id=note.by_post_id)


def _of_notes(case: Case) -> Iterator[StoryLine]:
    for note in case.notes.all():
        if not note.by_applicant:
            yield StoryLine(note.at, "note", _("Note"), note.text, post_id=note.by_post_id)


def _of_inquiries(case: Case) -> Iterator[StoryLine]:
    for one in case.inquiries.all():
        yield StoryLine(
            one.asked_at,
            "asked",
            _("Asked another department"),
            one.question,
            one.unit_id,
            post_id=one.asked_by_id,
        )
        if one.answered_at is not None:
            words = _("The department answered: %(opinion)s") % {
                "opinion": Inquiry.Opinion(one.opinion).label
            }
            yield StoryLine(
                one.answered_at, "answered", words, one.answer, one.unit_id, post_id=one.by_post_id
            )
        elif one.withdrawn_at is not None:
            words = _("The inquiry was taken back")
            yield StoryLine(one.withdrawn_at, "asked_back", words, "", one.unit_id)


def _of_links(case: Case) -> Iterator[StoryLine]:
    for link in (*case.links.all(), *case.linked_from.all()):
        yield StoryLine(link.at, "joined", _("Joined with another case"))


def _files(case: Case, *, public: bool) -> list[CaseFile]:
    """All files, or those the applicant brought and those of the office's that hold."""
    rows = list(case.files.all())
    if not public:
        return rows
    given = in_force(case, (file for file in rows if file.output))
    return [file for file in rows if file.by_applicant or file in given]


def _with_files(lines: Sequence[StoryLine], files: Iterable[CaseFile]) -> list[StoryLine]:
    """Files stand with what happened at their instant, else by themselves."""
    by_instant: dict[datetime, list[CaseFile]] = {}
    for file in files:
        by_instant.setdefault(file.at, []).append(file)
    found = []
    for line in lines:
        came = tuple(by_instant.pop(line.at, ())) if line.kind != "note" else ()
        found.append(replace(line, files=came) if came else line)
    for at, rest in by_instant.items():
        words = _("For you") if all(file.output for file in rest) else _("Attached")
        found.append(StoryLine(at, "file", words, files=tuple(rest)))
    return found


def _with_units(lines: Sequence[StoryLine], case: Case) -> list[StoryLine]:
    ids: set[Any] = {line.unit_id for line in lines if line.unit_id is not None}
    names = unit_names(ids, today_in(case.service.country, case.state_since_at)) if ids else {}
    return [
        replace(line, unit_name=names.get(line.unit_id, {}) if line.unit_id else {})
        for line in lines
    ]
