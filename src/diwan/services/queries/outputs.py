"""What the office gave the applicant, and whether it still holds.

A case that is looked at again may end in another way: what an earlier round gave holds no more, and
where it is not granted only what came with that very step does.
"""

from __future__ import annotations

from collections.abc import Iterable

from diwan.services.models import Case, CaseFile


def outputs_of(case: Case) -> list[CaseFile]:
    """What the applicant may fetch: what was given and holds."""
    return in_force(case, case.files.filter(output=True).select_related("file__blob"))


def in_force(case: Case, files: Iterable[CaseFile]) -> list[CaseFile]:
    """Those of these outputs of a case that hold."""
    given = [file for file in files if file.at >= case.round_at]
    if not given or case.phase != Case.Phase.REFUSED:
        return given
    last = max(case.steps.all(), key=lambda step: step.number).entered_at
    # What came with the step before has the very instant at which this one was entered.
    return given if last == case.round_at else [file for file in given if file.at > last]
