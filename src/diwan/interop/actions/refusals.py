"""A register that cannot be taken in: each fault with file, line, what is wrong, and the mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.interop.rules.faults import CAP, Fault
from diwan.kernel.errors import Refused
from diwan.kernel.text import base_language


@dataclass(frozen=True)
class FileFault:
    """One fault, told in the active language."""

    fault: Fault

    @property
    def file(self) -> str:
        """The file's name as it was given."""
        return self.fault.place.file

    @property
    def line(self) -> int:
        """The line from 1; 0 where the fault is not of one line."""
        return self.fault.place.line

    def what(self) -> str:
        """What is wrong and what would be right, without the place."""
        return self.fault.what.said(_, base_language(get_language() or "en"))

    def sentence(self) -> str:
        """File, line, what is wrong, what would be right."""
        return self.fault.sentence(_, base_language(get_language() or "en"))


class ImportRefused(Refused):
    """Nothing was taken in. `faults` are at most twenty."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = [FileFault(fault) for fault in faults]
        super().__init__(self._told(), field="uploads")

    def _told(self) -> str:
        lines = [fault.sentence() for fault in self.faults]
        if len(lines) >= CAP:
            lines.append(_("There may be more: these are the first twenty."))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self._told()
