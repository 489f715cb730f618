"""What a correction changed, in words of the reader: what stood there, and what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from diwan.councils.models import Attendance, MinutesVersion, Resolution
from diwan.councils.models.bodies import Role
from diwan.kernel.errors import Sentence
from diwan.kernel.text import isolate
from diwan.ui.show import show_clock, show_day, show_digits, show_local, show_number

from .minutes_words import Words

Change = Mapping[str, Any]

PARTS: Mapping[str, Sentence] = {
    "attendance": gettext_lazy("Attendance"),
    "items": gettext_lazy("Agenda item"),
    "statements": gettext_lazy("Statement"),
    "resolutions": gettext_lazy("Resolution"),
    "votes": gettext_lazy("Vote"),
    "dissents": gettext_lazy("Dissent"),
    "actions": pgettext_lazy("minutes", "Action"),
    "signers": gettext_lazy("Signature"),
}
FIELDS: Mapping[str, Sentence] = {
    "number": gettext_lazy("Number"),
    "date": gettext_lazy("Date"),
    "starts": gettext_lazy("Began"),
    "ends": gettext_lazy("Ended"),
    "opened_at": pgettext_lazy("minutes", "Opened"),
    "closed_at": gettext_lazy("Closed in the room"),
    "place": gettext_lazy("Place"),
    "chair": gettext_lazy("Chair"),
    "name": gettext_lazy("Name"),
    "unit": gettext_lazy("Unit"),
    "status": gettext_lazy("Presence"),
    "deputy": gettext_lazy("Deputy"),
    "role": gettext_lazy("Role"),
    "text": gettext_lazy("Text"),
    "quorum": gettext_lazy("Quorum"),
    "recused": pgettext_lazy("minutes", "Stepped out"),
    "who": pgettext_lazy("minutes", "Who"),
    "kind": gettext_lazy("Kind"),
    "item": gettext_lazy("Agenda item"),
    "owner": gettext_lazy("Owed by"),
    "due": gettext_lazy("Due"),
}


def change_lines(version: MinutesVersion) -> list[str]:
    """Each difference of a correction from the version that it corrects, a line each.

    Fields that people do not write (such as how exact a date is) are told with those they do.
    """
    if version.corrects is None:
        return []
    old, new = Words(version.corrects.content), Words(version.content)
    lines = [_line(change, old, new) for change in version.changes]
    return list(dict.fromkeys(line for line in lines if line))


def _line(change: Change, old: Words, new: Words) -> str:
    how = change["how"]
    words = old if how == "removed" else new
    about = _about(change, words)
    if how == "moved":
        return _("%(part)s: the order was changed.") % {"part": PARTS[change["part"]]}
    if how == "added":
        return _("Added: %(what)s") % {"what": about}
    if how == "removed":
        return _("Taken out: %(what)s") % {"what": about}
    label = FIELDS.get(change["field"])
    if label is None:
        return _("%(what)s was corrected.") % {"what": about}
    what = f"{about} · {label}" if about else str(label)
    return _("%(what)s: “%(before)s” became “%(after)s”.") % {
        "what": what,
        "before": isolate(_shown(change["field"], change["before"], old)),
        "after": isolate(_shown(change["field"], change["after"], new)),
    }


def _about(change: Change, words: Words) -> str:
    """The record that a change is about, by what people know it by."""
    part, row = change["part"], change["of"]
    if part not in PARTS:
        return "" if part == "people" else pgettext("minutes", "The meeting")
    if not row:
        return str(PARTS[part])
    if part == "resolutions":
        return words.number(row)
    name = ""
    if "who" in row:
        name = words.short(row["who"])
    elif "text" in row or "question" in row:
        name = show_local(row.get("text") or row.get("question"))
    return _("%(part)s “%(name)s”") % {"part": PARTS[part], "name": isolate(_short(name))}


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _shown(field: str, value: Any, words: Words) -> str:
    """A value as the reader reads it; a dash for none."""
    if value in (None, "", [], {}):
        return "—"
    told = {
        "status": lambda: str(Attendance.Status(value).label),
        "role": lambda: str(Role(value).label),
        "kind": lambda: str(Resolution.Kind(value).label),
        "date": lambda: show_day(date.fromisoformat(value)),
        "due": lambda: show_day(date.fromisoformat(value)),
        "opened_at": lambda: show_clock(datetime.fromisoformat(value)),
        "closed_at": lambda: show_clock(datetime.fromisoformat(value)),
        "quorum": lambda: words.quorum(value),
        "recused": lambda: _(", ").join(words.short(one["who"]) for one in value),
        "item": lambda: _item(value, words),
    }
    if field in told:
        return told[field]()
    if isinstance(value, Mapping):
        return words.who(value) if "person" in value else show_local(value)
    return show_number(value) if isinstance(value, int) else show_digits(value)


def _item(id_: str, words: Words) -> str:
    rows = [row for row in words.content["items"] if row["id"] == id_]
    return show_local(rows[0]["text"]) if rows else "—"
