"""What the applicant was asked for: papers of the workbook, questions of the form, other words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diwan.services.models import Case, CasePause
from diwan.services.rules.definition import Definition, Texts

from .definitions import form_of


def missing_of(pause: CasePause, case: Case, definition: Definition) -> list[Texts]:
    """The name of each thing that was asked for, in the order in which it was asked."""
    papers = {paper.key: paper.name for paper in definition.papers}
    return [text for one in pause.asked if (text := _named(one, case, papers))]


def _named(one: Mapping[str, Any], case: Case, papers: Mapping[str, Texts]) -> Texts:
    text: Texts = one.get("text") or {}
    if any(words.strip() for words in text.values()):
        return text
    if one.get("paper") in papers:
        return papers[one["paper"]]
    node = form_of(case.version).by_path.get(one.get("question", ""))
    return node.label if node is not None else {}
