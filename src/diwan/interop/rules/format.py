"""The shapes of `diwan-register/1`; they agree with `register.schema.json` (a test compares)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .events import Event, Guarded, Unreadable
from .faults import Faults, Words, gettext_noop
from .shapes import (
    MISSING,
    Anything,
    ListOf,
    Map,
    MapOf,
    OneOf,
    Shape,
    Text,
    Whole,
    YesNo,
)
from .source import text_of

FORMAT = "diwan-register/1"
LANGUAGES = ("fa", "ar", "en")
ROLES = ("head", "secretary", "officer", "reviewer", "clerk", "treasurer", "administrator")
BODY_ROLES = (
    "chair",
    "deputy",
    "secretary",
    "treasurer",
    "member",
    "adviser",
    "observer",
    "guest",
)
STATES = ("unconfirmed", "open", "doing", "done", "closed", "dropped")
KINDS = ("resolved", "recommended", "tasked", "announced")
LONGEST_KEY = 64

_NOTHING_KEYED = 1_000  # items of a list without keys: holdings, members, references

KEY = Text(
    Words(
        gettext_noop(
            "a key: Latin letters, digits and hyphens, 64 at most, a letter or digit first"
        )
    ),
    re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}"),
)
WORD = Text(Words(gettext_noop("a text of 1 to 20,000 letters (a number or date in quotes)")))
COUNTRY = Text(
    Words(gettext_noop("the two capital letters of a country, as IR or EG")), re.compile("[A-Z]{2}")
)
PROVINCE = Text(
    Words(gettext_noop("the ISO 3166-2 code of a province, as IR-25")),
    re.compile("[A-Z]{2}-[A-Z0-9]{1,3}"),
)
SPAN = Text(
    Words(gettext_noop("a span such as 2 months, 1 year, 10 days")),
    re.compile(r"[1-9]\d* (days|weeks|months?|years?)", re.ASCII),
)
REF = Text(
    Words(gettext_noop("a typed reference such as unit:KEY, document:KEY or body:KEY")),
    re.compile(r"([a-z0-9-]+/)?(unit|document|body):[A-Za-z0-9-]+"),
)
TEXTS = MapOf(
    dict.fromkeys(LANGUAGES, WORD),
    expected=Words(gettext_noop("the text by language, as {fa: …, en: …}")),
    size=(1, len(LANGUAGES)),
)
DATE_WORDS = Words(
    gettext_noop(
        "a date: in quotes as '2012-03-09', '2012-03', '2012' or 'FY2019/2020', or as "
        "{jalali: '1390-12-19'}, {hijri: '1446-04-06'}, {event: KEY}"
    )
)


@dataclass(frozen=True)
class Date:
    """A date as text, or a mapping that names its calendar or a meeting."""

    plain = Text(DATE_WORDS, re.compile(r"\d{4}(-\d{2}(-\d{2})?)?|FY\d{4}/\d{4}", re.ASCII))
    named = MapOf(
        {"jalali": WORD, "hijri": WORD, "event": KEY},
        expected=DATE_WORDS,
        size=(1, 1),
    )

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        if event.kind == "{":
            return self.named.read(event, source)
        return self.plain.read(event, source)


DATE = Date()
PERSON_IN_POST = MapOf({"person": KEY, "post": KEY}, ("person", "post"))

UNIT = MapOf(
    {
        "key": KEY,
        "name": TEXTS,
        "kind": WORD,
        "parent": KEY,
        "province": PROVINCE,
        "one_per": OneOf(("province", "parent")),
        "since": DATE,
        "until": DATE,
        "becomes": KEY,
        "except": Anything(),
    },
    ("key", "name", "kind"),
)
PARTNER = MapOf({"key": KEY, "name": TEXTS}, ("key", "name"))
POST = MapOf(
    {
        "key": KEY,
        "unit": KEY,
        "name": TEXTS,
        "roles": ListOf(OneOf(ROLES), _NOTHING_KEYED),
        "seats": Whole(
            Words(gettext_noop("a number of seats from 1, or many")), least=1, or_word="many"
        ),
        "since": DATE,
        "until": DATE,
        "becomes": KEY,
    },
    ("key", "unit", "name"),
)
HOLDING = MapOf({"post": KEY, "since": DATE, "until": DATE, "acting": YesNo()}, ("post",))
PERSON = MapOf(
    {"key": KEY, "name": TEXTS, "honorific": WORD, "holds": ListOf(HOLDING, _NOTHING_KEYED)},
    ("key", "name"),
)
DOCUMENT = MapOf(
    {"key": KEY, "kind": WORD, "unit": KEY, "name": TEXTS, "text": TEXTS, "horizon": DATE},
    ("key", "kind", "name"),
)
MEMBER = MapOf(
    {"post": KEY, "unit": KEY, "partner": KEY, "seat": TEXTS, "role": OneOf(BODY_ROLES)},
    ("role",),
    size=(2, 2),
    size_words=Words(
        gettext_noop("one of post, unit, partner or seat, and the role, and nothing else")
    ),
)
BODY = MapOf(
    {
        "key": KEY,
        "unit": KEY,
        "kind": WORD,
        "parent": KEY,
        "name": TEXTS,
        "term": Whole(Words(gettext_noop("the years of a term as a number"))),
        "every": SPAN,
        "since": DATE,
        "until": DATE,
        "mandate": TEXTS,
        "oversees": ListOf(KEY, _NOTHING_KEYED),
        "members": ListOf(MEMBER, _NOTHING_KEYED),
    },
    ("key", "unit", "kind", "name"),
)
REDATED = MapOf(
    {"from": DATE, "to": DATE, "reason": WORD, "on": DATE}, ("from", "to", "reason", "on")
)
PROOF = MapOf({"file": WORD, "sha256": WORD}, ("file", "sha256"))
ACTION = MapOf(
    {
        "key": KEY,
        "text": TEXTS,
        "owner": KEY,
        "each_unit": KEY,
        "due": DATE,
        "due_after": SPAN,
        "state": OneOf(STATES),
        "progress": Whole(Words(gettext_noop("a number from 0 to 100")), 0, 100),
        "redated": ListOf(REDATED, _NOTHING_KEYED),
        "proof": ListOf(PROOF, _NOTHING_KEYED),
        "done_on": DATE,
        "closed_on": DATE,
        "closed_by": KEY,
        "reason": WORD,
    },
    ("key", "text"),
)
RESOLUTION = MapOf(
    {
        "key": KEY,
        "number": WORD,
        "kind": OneOf(KINDS),
        "text": TEXTS,
        "about": REF,
        "with": ListOf(REF, _NOTHING_KEYED),
        "every": SPAN,
        "actions": ListOf(ACTION, keyed=True),
    },
    ("key", "kind", "text"),
)
AGENDA_ITEM = MapOf({"key": KEY, "text": TEXTS}, ("key", "text"))
STATEMENT = MapOf(
    {"key": KEY, "speaker": KEY, "text": TEXTS, "about": REF}, ("key", "speaker", "text")
)
MEETING = MapOf(
    {
        "key": KEY,
        "body": KEY,
        "number": Whole(Words(gettext_noop("the meeting's number as a number"))),
        "date": DATE,
        "place": TEXTS,
        "chair": KEY,
        "agenda": ListOf(AGENDA_ITEM, keyed=True),
        "statements": ListOf(STATEMENT, keyed=True),
        "resolutions": ListOf(RESOLUTION, keyed=True),
    },
    ("key", "body"),
)
NEED = MapOf({"key": KEY, "text": TEXTS}, ("key", "text"))
HANDOVER = MapOf(
    {
        "key": KEY,
        "event": KEY,
        "date": DATE,
        "from": PERSON_IN_POST,
        "to": PERSON_IN_POST,
        "open_needs": ListOf(NEED, keyed=True),
    },
    ("key", "from", "to"),
)
NOTE = MapOf({"key": KEY, "kind": WORD, "unit": KEY, "text": TEXTS}, ("key", "kind", "text"))

LISTS: dict[str, Shape] = {
    "units": ListOf(UNIT, keyed=True),
    "partners": ListOf(PARTNER, keyed=True),
    "posts": ListOf(POST, keyed=True),
    "people": ListOf(PERSON, keyed=True),
    "documents": ListOf(DOCUMENT, keyed=True),
    "bodies": ListOf(BODY, keyed=True),
    "meetings": ListOf(MEETING, keyed=True),
    "handovers": ListOf(HANDOVER, keyed=True),
    "notes": ListOf(NOTE, keyed=True),
}
REGISTER = MapOf(
    {
        "format": OneOf((FORMAT,)),
        "register": KEY,
        "language": OneOf(LANGUAGES),
        "country": COUNTRY,
        "source": WORD,
        "recorded": DATE,
        **LISTS,
    },
    ("format", "register", "language", "country"),
    expected=Words(
        gettext_noop("a register: keys such as format, register, language, country, units")
    ),
    decisive="format",
)


def read(data: bytes, file: str, faults: Faults) -> list[Map]:
    """The registers in a file (a stream of documents), each as far as its shape is right.

    Faults are noted; what comes back is of use only where there are none.
    """
    text = text_of(data, file, faults)
    if text is None:
        return []
    source = Guarded(text, file, faults)
    found: list[Map] = []
    try:
        for _each in source.documents():
            document = REGISTER.read(source.next(), source)
            if document is not MISSING:
                found.append(document)
    except Unreadable:
        return found
    if not found and not faults:
        faults.add(source.place(1), gettext_noop("the file is empty. It should hold a register."))
    return found
