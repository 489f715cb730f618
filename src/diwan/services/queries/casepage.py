"""All of one case that its page shows, in few questions, and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from diwan.directory.public import PostCard, authority_of, post_cards, unit_names
from diwan.kernel.errors import NotFound
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor
from diwan.services.models import (
    Applicant,
    Case,
    CaseAnswers,
    CaseFile,
    CaseLink,
    CasePause,
    Inquiry,
)
from diwan.services.policies.cases import CASES, WORKING, with_help
from diwan.services.rules.definition import Definition, State, StepAction

from .clocks import Clocks
from .definitions import definition_of, form_of
from .story import StoryLine, story_of
from .written import Part, parts_of

CONTENT = ("version__definition", "version__form", "version__xform")


@dataclass(frozen=True)
class Related:
    """Another case beside this one: in which relation (a verb of `CaseLink`), and to which.

    `forward`: this one stands in the relation to the other. `link` is None for complaints.
    `helped`: the reader may do for its applicant what they may.
    """

    case: Case
    verb: str
    forward: bool = True
    link: CaseLink | None = None
    helped: bool = False


@dataclass(frozen=True)
class CaseSheet:
    """A case with everything around it, and the rights of who looks at it."""

    case: Case
    definition: Definition
    state: State | None
    applicant: Applicant | None
    answers: Sequence[Part]
    files: Sequence[CaseFile]
    pause: CasePause | None
    inquiries: Sequence[Inquiry]
    related: Sequence[Related]
    story: Sequence[StoryLine]
    units: Mapping[UUID, Mapping[str, str]]
    posts: Mapping[UUID, PostCard]
    clocks: Clocks
    rights: frozenset[str]
    my_posts: frozenset[UUID]
    my_units: frozenset[UUID]

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.case.ended_at is None

    @property
    def waiting(self) -> bool:
        """Whether the applicant has something to bring."""
        return self.case.phase == Case.Phase.WAITING

    @property
    def actions(self) -> Sequence[StepAction]:
        """The office's ways out of the present state, if the reader may take them now."""
        open_now = self.case.phase == Case.Phase.OPEN and "work" in self.rights
        if not open_now or self.state is None:
            return ()
        return [action for action in self.state.actions if action.by == "office"]

    @property
    def asked(self) -> Sequence[Inquiry]:
        """The departments whose answers are waited for."""
        return [one for one in self.inquiries if not one.answered_at and not one.withdrawn_at]

    @property
    def to_answer(self) -> Sequence[Inquiry]:
        """What the reader's units are asked."""
        return [one for one in self.asked if one.unit_id in self.my_units]


def find_case(actor: Actor, pk: UUID) -> Case:
    """A case that the actor may see. Raises NotFound."""
    return _seen(actor, Case.objects.filter(pk=pk))


def case_sheet(actor: Actor, pk: UUID, *, whole: bool = True) -> CaseSheet:
    """All of a case that its page shows; without its story and links for the page of one step.

    Raises NotFound.
    """
    case = _with_all(actor, pk, whole=whole)
    definition = definition_of(case.version)
    links = _linked(case) if whole else []
    # The posts come first: with them the names of their units are read.
    posts = post_cards(_named_posts(case, whole=whole), actor.at)
    story = story_of(case, public=False) if whole else []
    authority = authority_of(actor)
    inquiries = list(case.inquiries.all())
    return CaseSheet(
        case=case,
        definition=definition,
        state=next((one for one in definition.states if one.key == case.state), None),
        applicant=getattr(case, "applicant", None),
        answers=_answers(case),
        files=list(case.files.all()),
        pause=next((one for one in case.pauses.all() if one.until_at is None), None),
        inquiries=inquiries,
        related=_related_seen(actor, case, definition, links) if whole else [],
        story=story,
        units=unit_names(
            {case.unit_id, case.at_unit_id, *(inquiry.unit_id for inquiry in inquiries)},
            authority.day,
        ),
        posts=posts,
        clocks=Clocks([case], actor.at),
        rights=frozenset(verb for verb in CASES.verbs if CASES.may(actor, verb, case)),
        my_posts=frozenset(authority.post_ids),
        my_units=authority.units(*WORKING),
    )


def _with_all(actor: Actor, pk: UUID, *, whole: bool) -> Case:
    """The case with what its page shows. Raises NotFound."""
    around: list[str | Prefetch[Any]] = [
        Prefetch("files", CaseFile.objects.select_related("file__blob")),
        "inquiries",
    ]
    if whole:
        around += ["steps", "notes"]
    case = _seen(actor, Case.objects.filter(pk=pk).prefetch_related(*around))
    _with_pauses(case)
    return case


def _named_posts(case: Case, *, whole: bool) -> set[UUID]:
    """The posts that the page names: who has it, and who did what is told of it."""
    named = {case.post_id, case.filed_by_id}
    if whole:
        named |= {step.by_post_id for step in case.steps.all()}
        named |= {note.by_post_id for note in case.notes.all()}
        named |= {pause.by_post_id for pause in case.pauses.all()}
        for inquiry in case.inquiries.all():
            named |= {inquiry.asked_by_id, inquiry.by_post_id}
    return {pk for pk in named if pk is not None}


def _with_pauses(case: Case) -> None:
    """Its pauses, read once; a case that never waited for anything has none: nobody is asked."""
    if case.returned:
        prefetch_related_objects([case], "pauses")
    else:
        case.__dict__.setdefault("_prefetched_objects_cache", {})["pauses"] = []


def case_file(actor: Actor, case_pk: UUID, pk: UUID) -> StoredFile:
    """A file of a case that the actor may see. Raises NotFound."""
    case = find_case(actor, case_pk)
    found = CaseFile.objects.select_related("file__blob").filter(pk=pk, case=case).first()
    if found is None:
        raise NotFound
    return found.file


def _seen(actor: Actor, cases: QuerySet[Case]) -> Case:
    told = cases.select_related("service", "version", "applicant", "answers", "about__service")
    found = CASES.find(actor, told.defer(*CONTENT))
    if not found:
        raise NotFound
    return found[0]


def _answers(case: Case) -> list[Part]:
    told: CaseAnswers | None = getattr(case, "answers", None)
    return parts_of(form_of(case.version), told.answers, office=True) if told else []


def _linked(case: Case) -> list[CaseLink]:
    """The links of a case in both directions, in one question; the story reads them from here."""
    rows = CaseLink.objects.filter(Q(case=case) | Q(other=case))
    links = list(rows.select_related("case__service", "other__service").order_by("at", "pk"))
    kept = case.__dict__.setdefault("_prefetched_objects_cache", {})
    kept["links"] = [link for link in links if link.case_id == case.pk]
    kept["linked_from"] = [link for link in links if link.other_id == case.pk]
    return links


def _related_seen(
    actor: Actor, case: Case, definition: Definition, links: Sequence[CaseLink]
) -> list[Related]:
    """The cases that belong with it, as far as the actor may see them: a code opens a case."""
    found = list(_related(case, definition, links))
    if not found:
        return []
    rows = Case.objects.filter(pk__in=[one.case.pk for one in found])
    seen = with_help(actor, CASES.which(actor, "see", rows))
    helped = {row.pk: vars(row)["helped"] for row in seen.only("pk")}
    return [replace(one, helped=helped[one.case.pk]) for one in found if one.case.pk in helped]


def _related(case: Case, definition: Definition, links: Sequence[CaseLink]) -> Iterator[Related]:
    if case.about is not None:
        yield Related(case.about, "about")
    if definition.complaints:
        for complaint in case.complaints.select_related("service"):
            yield Related(complaint, "about", forward=False)
    for link in links:
        forward = link.case_id == case.pk
        other = link.other if forward else link.case
        yield Related(other, link.verb, forward=forward, link=link)
