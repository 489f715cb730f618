"""Words of the room that are kept as keys in the tables: kinds of units, roles, kinds of notes.

A register may use any word for a kind; those that are used often have a name in every language,
others are shown as they were written.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from diwan.directory.constants import Role
from diwan.directory.models import Holding
from diwan.kernel.reader import current
from diwan.ui.components import Text
from diwan.ui.show import show_number

UNIT_KINDS: Mapping[str, Promise] = {
    "ministry": pgettext_lazy("kind of unit", "ministry"),
    "sector": pgettext_lazy("kind of unit", "sector"),
    "deputy": pgettext_lazy("kind of unit", "deputy's office"),
    "directorate": pgettext_lazy("kind of unit", "directorate"),
    "department": pgettext_lazy("kind of unit", "department"),
    "office": pgettext_lazy("kind of unit", "office"),
    "organisation": pgettext_lazy("kind of unit", "organisation"),
    "national": pgettext_lazy("kind of unit", "national organisation"),
    "provincial-guild": pgettext_lazy("kind of unit", "provincial guild"),
    "province": pgettext_lazy("kind of unit", "province"),
    "governorate": pgettext_lazy("kind of unit", "governorate"),
    "municipality": pgettext_lazy("kind of unit", "municipality"),
    "district": pgettext_lazy("kind of unit", "district"),
    "council": pgettext_lazy("kind of unit", "council"),
    "headquarters": pgettext_lazy("kind of unit", "headquarters"),
    "centre": pgettext_lazy("kind of unit", "centre"),
    "service-centres": pgettext_lazy("kind of unit", "service centres"),
    "school": pgettext_lazy("kind of unit", "school"),
    "branch": pgettext_lazy("kind of unit", "branch"),
    "counter": pgettext_lazy("kind of unit", "counter"),
}

ROLES: Mapping[str, Promise] = {
    Role.HEAD: pgettext_lazy("role of a post", "head"),
    Role.SECRETARY: pgettext_lazy("role of a post", "secretary"),
    Role.OFFICER: pgettext_lazy("role of a post", "officer"),
    Role.REVIEWER: pgettext_lazy("role of a post", "reviewer"),
    Role.CLERK: pgettext_lazy("role of a post", "clerk"),
    Role.TREASURER: pgettext_lazy("role of a post", "treasurer"),
    Role.ADMINISTRATOR: pgettext_lazy("role of a post", "administrator"),
}

ROLE_HELP: Mapping[str, Promise] = {
    Role.HEAD: gettext_lazy("sees and assigns everything in the unit and below it"),
    Role.SECRETARY: gettext_lazy("runs the bodies hosted in the unit"),
    Role.OFFICER: gettext_lazy("works on what the unit owes"),
    Role.REVIEWER: gettext_lazy("reviews what others report"),
    Role.CLERK: gettext_lazy("serves at a counter"),
    Role.TREASURER: gettext_lazy("keeps the money"),
    Role.ADMINISTRATOR: gettext_lazy("shapes the units and posts below"),
}

NOTE_KINDS: Mapping[str, Promise] = {
    "finding": pgettext_lazy("kind of note", "finding"),
    "indicator": pgettext_lazy("kind of note", "indicator"),
    "running-programme": pgettext_lazy("kind of note", "running programme"),
}


def kind_name(kind: str) -> Text:
    """What kind of unit it is, in the reader's words, for a sentence."""
    return UNIT_KINDS.get(kind) or kind.replace("-", " ")  # type: ignore[return-value] # Promise is Text


def kind_shown(kind: str) -> Text:
    """The same for a table: a word that only the register knows says in which language it is."""
    return kind_name(kind) if kind in UNIT_KINDS else as_written(kind.replace("-", " "))


def note_kind_shown(kind: str) -> Text:
    """What kind of note it is."""
    return NOTE_KINDS[kind] if kind in NOTE_KINDS else as_written(kind.replace("-", " "))  # type: ignore[return-value] # as above


def as_written(word: str) -> Text:
    """A key of the register as it was written, mostly in Latin letters."""
    language = "en" if word.isascii() else current().language
    return format_html('<bdi lang="{}">{}</bdi>', language, word)


def role_names(roles: frozenset[str] | set[str]) -> str:
    """Roles in the order of the list above, in the reader's words."""
    named = [str(ROLES[role]) for role in ROLES if role in roles]
    return _(", ").join(named)


def held_as(kind: str) -> str:
    """How somebody holds a post; nothing for holding it fully."""
    return "" if kind == Holding.Kind.FULL else str(Holding.Kind(kind).label)


def seats_words(seats: int | None) -> str:
    """How many may hold a post at once."""
    return _("as many as there are") if seats is None else show_number(seats)
