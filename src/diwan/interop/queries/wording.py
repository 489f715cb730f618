"""From values to the words of the format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from diwan.councils.public import BODY, Body
from diwan.directory.public import UNIT, Register, Unit, When
from diwan.interop.rules.format import LANGUAGES, REF
from diwan.kernel.calendars import PartialDate
from diwan.kernel.exchange import Ref
from diwan.library.public import DOCUMENT, Document

Item = dict[str, Any]
_TARGETS: tuple[tuple[str, str, Any], ...] = (
    (UNIT, "unit", Unit),
    (BODY, "body", Body),
    (DOCUMENT, "document", Document),
)


@dataclass
class Wording:
    """One register's way of saying things: its language first, its meetings by name."""

    register: Register
    meetings: Mapping[UUID, str]

    def text(self, value: Mapping[str, str] | None) -> dict[str, str] | None:
        """A text map, the register's language first; None for none."""
        if not value:
            return None
        order = [self.register.language, *(x for x in LANGUAGES if x != self.register.language)]
        return {language: value[language] for language in order if value.get(language)}

    def when(self, when: When | None) -> Any:
        """A date by the meeting on which it hangs, else as it was stated."""
        if when is None:
            return None
        if when.event in self.meetings and when.event is not None:
            return {"event": self.meetings[when.event]}
        return self.date(when.on)

    def date(self, date: PartialDate | None) -> Any:
        """A date as it was stated; None for none and for an unknown one."""
        return None if date is None else date.to_register()

    def references(self, refs: Iterable[Ref]) -> dict[Ref, str]:
        """Typed references; what the format has no word for is left out."""
        wanted = list(refs)
        found: dict[Ref, str] = {}
        for kind, word, model in _TARGETS:
            ids = sorted({ref.id for ref in wanted if ref.kind == kind})
            for start in range(0, len(ids), 500):
                rows = model.objects.filter(pk__in=ids[start : start + 500])
                for pk, register, key in rows.values_list("pk", "register__key", "key"):
                    there = "" if register == self.register.key else f"{register}/"
                    reference = f"{there}{word}:{key}"
                    if REF.pattern and REF.pattern.fullmatch(reference):
                        found[Ref(kind, pk)] = reference
        return found


def item(**fields: Any) -> Item:
    """The fields that say something, in order; a name that Python keeps has a `_` after it."""
    return {
        name.rstrip("_"): value
        for name, value in fields.items()
        if value is not None and value not in ("", [], {}, ())
    }
