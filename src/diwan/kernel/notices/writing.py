"""Words of a notice in its reader's language, as plain text and as a right-to-left mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.kernel import exchange
from diwan.kernel.calendars import show_number
from diwan.kernel.countries import country
from diwan.kernel.exchange import Ref
from diwan.kernel.models import Channel, Notice
from diwan.kernel.policies import Actor
from diwan.kernel.reader import Reader, of_language, reading
from diwan.kernel.text import direction

from .kinds import Telling, Words, kind_of
from .people import Contact

OWN_LIST = "accounts:notices"
CHOICES = "accounts:notice_choices"
DIGEST = "kernel.digest"
_LONGEST_SUBJECT = 300
_LONGEST_SMS = 600


@dataclass(frozen=True)
class Written:
    """What goes out: one subject, the text, and for e-mail the HTML beside it."""

    subject: str
    text: str
    html: str = ""
    files: Sequence[tuple[str, str, bytes]] = ()


@contextmanager
def as_read_by(contact: Contact | None, language: str, code: str) -> Iterator[Reader]:
    """Make language, calendar and zone those of the recipient within the block."""
    chosen = (contact.language if contact else "") or language or settings.LANGUAGE_CODE
    reader = of_language(chosen)
    if contact and contact.calendar:
        reader = replace(reader, calendar=contact.calendar)
    if code:
        reader = replace(reader, timezone=country(code).timezone)
    with translation.override(reader.language), reading(reader):
        yield reader


def words_of(row: Notice, contact: Contact | None) -> Words | None:
    """The words of one notice; None where the recipient may not see the record any more."""
    kind = kind_of(row.kind)
    if kind is None:
        return None
    ref, card, actor = Ref(row.ref_kind, row.ref_id), None, Actor.anonymous()
    if contact is not None:
        actor = Actor.user(contact.user_id, contact.name)
        card = exchange.cards([ref], actor).get(ref)
        if card is None:
            return None
    name = contact.name if contact else ""
    words = kind.write(Telling(ref, row.data, card, name, actor, row.address))
    if words is None or words.url or card is None:
        return words
    return replace(words, url=card.url)


def write(channel: str, found: Sequence[Words], *, user: bool) -> Written:
    """One message of these words: a notice of its own, or several collected ones.

    `user` is False for a bare address, which has no list and no choices to look at.
    """
    subject = found[0].subject if len(found) == 1 else _collected(len(found))
    choices = absolute(reverse(CHOICES)) if user else ""
    if channel == Channel.SMS:
        link = absolute(found[0].url if len(found) == 1 else reverse(OWN_LIST))
        text = "\n".join(part for part in (subject, link) if part)
        return Written(subject[:_LONGEST_SUBJECT], text[:_LONGEST_SMS])
    language = (translation.get_language() or "en")[:2]
    items = [{"words": words, "url": absolute(words.url)} for words in found]
    context = {
        "subject": subject,
        "items": items,
        "several": len(found) > 1,
        "choices_url": choices,
        "language": language,
        "direction": direction(language),
        "start": "right" if direction(language) == "rtl" else "left",
    }
    html = render_to_string("kernel/mail.html", context)
    text = _plain(subject, found, choices)
    files = [file for words in found for file in words.files]
    return Written(subject[:_LONGEST_SUBJECT], text, html, files)


def absolute(path: str) -> str:
    """An address of this house as it is typed elsewhere."""
    return f"{settings.DIWAN_ADDRESS}{path}" if path.startswith("/") else path


def _collected(count: int) -> str:
    language = (translation.get_language() or "en")[:2]
    return ngettext("%(n)s notice", "%(n)s notices", count) % {"n": show_number(count, language)}


def _plain(subject: str, found: Sequence[Words], choices: str) -> str:
    parts = [subject] if len(found) == 1 else []
    for words in found:
        block = [words.subject] if len(found) > 1 else []
        block += list(words.lines)
        if words.url:
            block.append(f"{words.step or _('Open it')}:\n{absolute(words.url)}")
        parts.append("\n".join(block))
    if choices:
        parts.append(f"-- \n{_('How and when you are told, you choose here:')}\n{choices}")
    return "\n\n".join(part for part in parts if part) + "\n"
