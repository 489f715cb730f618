"""A case as its applicant follows it by the tracking code: without an account, and one window.

Nothing here names who works on it. Whoever holds the code may have found it on the street, so the
applicant's name is shown by its first letters alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import prefetch_related_objects

from diwan.directory.public import head_above, post_names, unit_names
from diwan.kernel.working import today_in
from diwan.services.models import Case, CaseFile, CasePause, CaseStep, Rating, RatingLink
from diwan.services.rules.codes import read_code
from diwan.services.rules.definition import Definition, Paper, State, Texts
from diwan.services.rules.flow import main_way
from diwan.services.rules.formtree import Form

from .definitions import definition_of, form_of
from .outputs import outputs_of

NO_CODE = "0" * 12
"""What is looked for where something was typed that is no code: each answer asks the same."""


def case_by_code(typed: str) -> Case | None:
    """The case of a tracking code, None where the code is wrong or there is none."""
    asked = Case.objects.select_related("service", "version", "applicant")
    light = asked.defer("service__search", "version__form", "version__xform")
    return light.filter(code=read_code(typed) or NO_CODE).first()


@dataclass(frozen=True)
class Stage:
    """A step as the applicant sees it: `place` is ``behind``, ``here`` or ``ahead``."""

    name: Texts
    place: str
    at: datetime | None = None
    said: str = ""


@dataclass(frozen=True)
class Missing:
    """Something that the office waits for; `number` is its place in the list."""

    number: int
    text: Texts
    paper: str = ""
    question: str = ""


@dataclass(frozen=True)
class Followed:
    """Everything that the page of a code shows."""

    case: Case
    definition: Definition
    stages: Sequence[Stage]
    missing: Sequence[Missing]
    missing_words: str
    waits_until: datetime | None
    outputs: Sequence[CaseFile]
    unit_name: Mapping[str, str]
    head: Mapping[str, str]
    link: RatingLink | None
    rating: Rating | None
    reopen_until: datetime | None

    @property
    def running(self) -> bool:
        """True while it is not ended."""
        return self.case.ended_at is None

    def may_rate(self, at: datetime) -> bool:
        """True where the one judgement is not given yet, and may be."""
        return (
            self.link is not None
            and self.rating is None
            and not self.running
            and at < self.link.expires_at
        )

    def may_reopen(self, at: datetime) -> bool:
        """True for so many days after the end as the service says."""
        return self.reopen_until is not None and at < self.reopen_until


def followed(case: Case, at: datetime) -> Followed:
    """What the applicant may know of their case."""
    definition = definition_of(case.version)
    prefetch_related_objects([case], "steps")
    pause = case.pauses.filter(until_at=None).first()
    unit_name, head = unit_of(case, at)
    rating = Rating.objects.filter(case=case).first()
    return Followed(
        case=case,
        definition=definition,
        stages=_stages(case, definition),
        missing=missing_of(pause, case, definition),
        missing_words=pause.words if pause else "",
        waits_until=pause.ends_at if pause else None,
        outputs=outputs_of(case),
        unit_name=unit_name,
        head=head,
        link=RatingLink.objects.filter(case=case).first(),
        rating=rating,
        reopen_until=reopen_until(case, definition),
    )


def reopen_until(case: Case, definition: Definition) -> datetime | None:
    """Until when the applicant may reopen an ended case; None where they may not."""
    if case.ended_at is None or not definition.reopen_days:
        return None
    return case.ended_at + timedelta(days=definition.reopen_days)


def missing_of(pause: CasePause | None, case: Case, definition: Definition) -> list[Missing]:
    """What was asked for, all at once, in the order in which it was asked."""
    if pause is None:
        return []
    papers = {paper.key: paper for paper in definition.papers}
    found = [Missing(number, *_asked(row, papers)) for number, row in enumerate(pause.asked)]
    return [_placed(one, form_of(case.version)) if one.question else one for one in found]


def _placed(one: Missing, form: Form) -> Missing:
    """A question that was asked for, by its path and, where nothing else was said, its words."""
    node = form.by_path.get(one.question)
    if node is None:  # a workbook may name it without its groups
        named = (node for node in form.by_path.values() if node.name == one.question)
        node = next(named, None)
    if node is None:
        return one
    return replace(one, question=node.path, text=one.text or node.label)


def _asked(row: Mapping[str, object], papers: Mapping[str, Paper]) -> tuple[Texts, str, str]:
    """The words, the paper's key and the question's path of one thing asked for."""
    key = str(row.get("paper") or "")
    paper = papers.get(key)
    text = row.get("text")
    words: Texts = text if isinstance(text, dict) and any(text.values()) else {}
    if not words and paper is not None:
        words = paper.name
    return words, key, str(row.get("question") or (paper.question if paper else ""))


def _stages(case: Case, definition: Definition) -> list[Stage]:
    """What lies behind, where it is, what is ahead; steps that read alike are one."""
    steps = list(case.steps.all())
    known = {state.key: state for state in definition.states}
    behind = [_behind(step, known) for step in steps if step.left_at is not None]
    current = known.get(case.state)
    here = Stage(public_name(current), "here", case.state_since_at) if current else None
    if current is None or here is None:
        return _merged(behind)
    if current.end:
        return _merged([*behind, here])
    ahead = [Stage(public_name(state), "ahead") for state in onward(definition, current)]
    return _merged([*behind, here, *ahead])


def _behind(step: CaseStep, known: Mapping[str, State]) -> Stage:
    return Stage(public_name(known.get(step.state)), "behind", step.left_at, step.said)


def _merged(stages: Iterable[Stage]) -> list[Stage]:
    """Stages of which no two neighbours have the same name: the later one tells of both."""
    found: list[Stage] = []
    for stage in stages:
        if found and found[-1].name == stage.name:
            earlier = found.pop()
            said = "\n".join(text for text in (earlier.said, stage.said) if text)
            here = earlier if earlier.place == "here" else stage
            found.append(replace(here, said=said))
        else:
            found.append(stage)
    return found


def onward(definition: Definition, current: State) -> list[State]:
    """The states of the plain way that still lie before a state."""
    others = (state for state in definition.states if state.key != current.key)
    return main_way(replace(definition, states=(current, *others)))[1:]


def public_name(state: State | None) -> Texts:
    """What the applicant reads of a state."""
    if state is None:
        return {}
    return state.public if any(state.public.values()) else state.name


def initials(name: str) -> str:
    """A name by its first letters.

    >>> initials("Sara Bahari")
    'S. B.'
    """
    return " ".join(f"{word[0]}." for word in name.split() if word)


@dataclass(frozen=True)
class PaperStand:
    """A paper of the service, and whether it was given; None: no question of the form takes it."""

    paper: Paper
    given: bool | None


def papers_of(case: Case, definition: Definition) -> list[PaperStand]:
    """The papers of the service, and which of them were given."""
    if not definition.papers:
        return []
    given = {
        question.rpartition("/")[2]
        for question in case.files.filter(by_applicant=True).values_list("question", flat=True)
    }
    return [
        PaperStand(paper, paper.question.rpartition("/")[2] in given if paper.question else None)
        for paper in definition.papers
    ]


def unit_of(case: Case, at: datetime) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The name of the unit that answers for a case, and of its head's post."""
    day = today_in(case.service.country, at)
    head: UUID | None = head_above(case.unit_id, at, country=case.service.country)
    names = unit_names([case.unit_id], day)
    return names.get(case.unit_id, {}), post_names([head], day).get(head, {}) if head else {}
