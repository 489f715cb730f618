"""What is said of one case: how it stands, who asks, what was promised, what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.kernel.text import isolate
from diwan.services.models import Case, CaseFile, CaseLink
from diwan.services.queries.asked import missing_of
from diwan.services.queries.casepage import CaseSheet, Related
from diwan.services.queries.outputs import in_force
from diwan.ui.components import Link, Pair, Tag
from diwan.ui.show import show_day, show_digits, show_local, show_moment, show_number

from .casewords import broken, code_words, due_tag, due_words, post_words

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})


def heading_of(sheet: CaseSheet) -> str:
    """How it stands and until when: the answer."""
    case = sheet.case
    state = show_local(sheet.state.name) if sheet.state else case.state
    if not sheet.running:
        words = {"state": state, "day": show_day(case.ended_at)}
        if case.phase == Case.Phase.WITHDRAWN:
            return _("Withdrawn on %(day)s") % words
        return pgettext("an ended case", "%(state)s, on %(day)s") % words
    if sheet.waiting:
        return pgettext("a case", "%(state)s: waits for the applicant") % {"state": state}
    when = due_words(case, case.due_at, sheet.clocks)
    return pgettext("a case", "%(state)s: %(when)s") % {"state": state, "when": when}


def code_of(sheet: CaseSheet) -> str:
    """The tracking code, as far as the reader may have it."""
    return code_words(sheet.case, whole="help" in sheet.rights)


def crumbs_of(sheet: CaseSheet, *, deep: bool = False) -> list[Link]:
    """The way from the work list."""
    way = [Link(_("Work list"), reverse("services:work"))]
    if deep:
        way.append(Link(code_of(sheet), reverse("services:case", args=[sheet.case.pk])))
    return way


def tags_of(sheet: CaseSheet) -> list[Tag]:
    """How it stands in time, and whether the promise is broken."""
    tag = due_tag(sheet.case, sheet.clocks)
    # What is in time is said by the heading alone.
    tags = [] if tag.tone == "new" else [tag]
    if broken(sheet.case, sheet.clocks.at):
        tags.append(Tag(_("promise broken"), "late"))
    return tags


def facts_of(sheet: CaseSheet) -> list[Pair]:
    """The facts beside a case."""
    return list(_facts(sheet))


def _facts(sheet: CaseSheet) -> Iterator[Pair]:
    case = sheet.case
    yield Pair(_("Tracking code"), code_of(sheet))
    yield Pair(_("Service"), show_local(case.service.name))
    yield Pair(_("Filed"), show_moment(case.filed_at))
    yield Pair(_("How it came"), str(case.get_channel_display()))
    yield Pair(_("Filed at"), _unit(sheet, case.unit_id))
    if sheet.running:
        yield Pair(_("Lies at"), _unit(sheet, case.at_unit_id))
        card = sheet.posts.get(case.post_id) if case.post_id else None
        yield Pair(_("Taken by"), post_words(card))
    if case.due_at is not None:
        yield Pair(_("Step due"), show_moment(case.due_at))
    if sheet.pause is not None and sheet.pause.ends_at is not None:
        yield Pair(_("Waits until"), show_day(sheet.pause.ends_at))
    if case.promised_at is not None:
        yield Pair(_("Promised to the applicant"), show_moment(case.promised_at))
    if case.on_time is not None:
        yield Pair(_("Promise kept"), _("yes") if case.on_time else _("no"))
    counted = (
        (case.returned, _("Returned for papers")),
        (case.visits, _("Visits")),
        (case.reopened, _("Reopened")),
    )
    for count, label in counted:
        if count:
            yield Pair(label, _times(count))


def _times(count: int) -> str:
    return ngettext("once", "%(n)s times", count) % {"n": show_number(count)}


def _unit(sheet: CaseSheet, unit_id: UUID) -> str:
    return show_local(sheet.units.get(unit_id, {}))


def applicant_facts(sheet: CaseSheet) -> list[Pair]:
    """Who asks."""
    one = sheet.applicant
    if one is None:
        return []
    told = [
        (_("Name"), one.name),
        (_("On behalf of"), one.on_behalf),
        (_("Telephone"), one.phone),
        (_("E-mail"), one.email),
        (_("Identity number"), one.identity),
    ]
    return [Pair(label, isolate(show_digits(value))) for label, value in told if value]


def missing_words(sheet: CaseSheet) -> list[str]:
    """What the applicant was asked for, each thing in words."""
    if sheet.pause is None:
        return []
    return [show_local(text) for text in missing_of(sheet.pause, sheet.case, sheet.definition)]


def answer_rows(sheet: CaseSheet) -> list[dict[str, Any]]:
    """What was answered, group by group, with the files that answer."""
    by_question: dict[tuple[str, str], CaseFile] = {}
    for file in sheet.files:
        by_question[file.question, file.name] = file
    rows = []
    for part in sheet.answers:
        lines = [
            {
                "label": line.label,
                "text": line.text,
                "files": [
                    file_row(sheet, found)
                    for name in line.files
                    if (found := _file(by_question, line.path, name))
                ],
                "office": line.node.by == "office",
            }
            for line in part.lines
        ]
        rows.append({"title": part.title, "lines": lines})
    return rows


def _file(files: Mapping[tuple[str, str], CaseFile], path: str, name: str) -> CaseFile | None:
    return files.get((path, name))


def file_row(sheet: CaseSheet, file: CaseFile) -> dict[str, Any]:
    """A file with its address; pictures are shown."""
    media = file.file.blob.media_type if file.file.blob else ""
    return {
        "name": file.name,
        "url": reverse("services:case_file", args=[sheet.case.pk, file.pk]),
        "picture": media in PICTURES,
        "size": file.file.blob.size if file.file.blob else None,
        "at": file.at,
        "output": file.output,
        "lapsed": file.output and not in_force(sheet.case, [file]),
        "by_applicant": file.by_applicant,
    }


def loose_files(sheet: CaseSheet) -> list[dict[str, Any]]:
    """Files that answer no question: brought later, of the office, or given to the applicant."""
    return [file_row(sheet, file) for file in sheet.files if not file.question]


def inquiry_rows(sheet: CaseSheet) -> list[dict[str, Any]]:
    """What other departments were asked, and what they said."""
    mine = {one.pk for one in sheet.to_answer}
    open_now = {one.pk for one in sheet.asked}
    rows = []
    for one in sheet.inquiries:
        address = [sheet.case.pk, one.pk]
        rows.append(
            {
                "unit": _unit(sheet, one.unit_id),
                "question": one.question,
                "opinion": str(one.get_opinion_display()) if one.opinion else "",
                "answer": one.answer,
                "open": one.pk in open_now,
                "due": due_words(sheet.case, one.due_at, sheet.clocks) if one.due_at else "",
                "taken_back": one.withdrawn_at is not None,
                "answer_url": reverse("services:inquiry_step", args=[*address, "answer"])
                if one.pk in mine
                else "",
                "back_url": reverse("services:inquiry_step", args=[*address, "take-back"])
                if one.pk in open_now and "ask" in sheet.rights
                else "",
            }
        )
    return rows


def related_rows(sheet: CaseSheet) -> list[dict[str, Any]]:
    """Cases that belong with it."""
    return [
        {
            "words": _relation(one),
            "label": one.case.title or code_words(one.case, whole=one.helped),
            "service": show_local(one.case.service.name),
            "phase": str(one.case.get_phase_display()),
            "url": reverse("services:case", args=[one.case.pk]),
        }
        for one in sheet.related
    ]


def _relation(one: Related) -> str:
    words = {
        ("about", True): _("is a complaint about"),
        ("about", False): _("is complained of by"),
        ("follows", False): _("is followed by"),
    }
    return words.get((one.verb, one.forward)) or str(CaseLink.Verb(one.verb).label)


TONES = {"filed": "new", "step": "new", "returned": "due", "ended": "done", "reopened": "due"}


def events_of(sheet: CaseSheet) -> list[dict[str, Any]]:
    """What happened, the latest first."""
    return [
        {
            "at": line.at,
            "title": line.words,
            "text": line.text,
            "who": _who(sheet, line.post_id, line.unit_name),
            "tone": TONES.get(line.kind, "quiet"),
            "missing": line.missing,
            "files": [file_row(sheet, file) for file in line.files],
        }
        for line in reversed(sheet.story)
    ]


def _who(sheet: CaseSheet, post_id: UUID | None, unit: Mapping[str, str] | str) -> str:
    card = sheet.posts.get(post_id) if post_id else None
    return post_words(card) if card else show_local(unit)
