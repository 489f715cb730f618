"""What the room refuses, beside the errors of the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import ngettext

from diwan.kernel.errors import Refused
from diwan.ui.show import show_number

if TYPE_CHECKING:
    from diwan.services.rules.sheets import Fault


class FormFaults(Refused):
    """Answers that the form does not take; `faults` are `rules.evaluation.AnswerFault`s.

    Nothing was stored. What each of them says is `queries.answer_faults.sentence_of`.
    """

    def __init__(self, faults: Sequence[Any]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(
            ngettext(
                "%(count)s answer is missing or not right yet. Nothing was filed.",
                "%(count)s answers are missing or not right yet. Nothing was filed.",
                count,
            )
            % {"count": show_number(count)}
        )


class WorkbookFaults(Refused):
    """A workbook that cannot be a service; `faults` are `rules.sheets.Fault`s.

    Nothing was stored. What each of them says is `queries.faults.sentence_of`.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(
            ngettext(
                "The workbook has %(count)s fault. Nothing was stored.",
                "The workbook has %(count)s faults. Nothing was stored.",
                count,
            )
            % {"count": show_number(count)},
            field="file",
        )
