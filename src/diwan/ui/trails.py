"""Entries of the audit as sentences in the reader's language.

Who did it, from which post, what was done, what stood before and after, and why. A subject may say
how its fields are called (`fields`), what the values of a field are called (`choices`) and which
kind of record a field names (`kinds`); what it does not say is shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.kernel import exchange
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref, Subject
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.text import isolate
from diwan.ui import show
from diwan.ui.forms import LANGUAGES

# The kind under which the house declares posts: every entry names the one that gave the right.
POST_KIND = "directory.post"
LABEL_FIELD = "actor"
# The verb with which accounts writes down that an elevation began, and why.
ELEVATE = "elevate"
HIDDEN_FIELDS = frozenset({"personal"})
LONGEST_VALUE = 400
LINKING = ("link", "unlink")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
# A record of any kind, as the entries of links name it.
_REF = re.compile(r"([a-z_]+\.[a-z_]+):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Fields that mean the same in every room.
COMMON_FIELDS: Mapping[str, Sentence] = {
    "name": gettext_lazy("Name"),
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Text"),
    "note": gettext_lazy("Note"),
    "kind": gettext_lazy("Kind"),
    "state": gettext_lazy("State"),
    "number": gettext_lazy("Number"),
    "since": gettext_lazy("From"),
    "since_at": gettext_lazy("From"),
    "until": gettext_lazy("Until"),
    "until_at": gettext_lazy("Until"),
    "expires_at": gettext_lazy("Until"),
    "language": gettext_lazy("Language"),
    "calendar": gettext_lazy("Calendar"),
    "confidentiality": gettext_lazy("Confidentiality"),
    "due": gettext_lazy("Due"),
    "progress": gettext_lazy("Progress"),
    "sent_to": gettext_lazy("Sent to"),
    "carries_out": gettext_lazy("Carries out"),
    "carried_out_by": gettext_lazy("Carried out by"),
    "answers": gettext_lazy("Answers"),
    "answered_by": gettext_lazy("Answered by"),
    "evidences": gettext_lazy("Is evidence of"),
    "evidenced_by": gettext_lazy("Evidence"),
    "supersedes": gettext_lazy("Supersedes"),
    "superseded_by": gettext_lazy("Superseded by"),
}

# What the house does by itself, and why, as `Actor.system` and `record` are told; else as written.
JOBS: Mapping[str, Sentence] = {
    "sample": gettext_lazy("the sample"),
    "command line": gettext_lazy("the command line"),
    "elevation": gettext_lazy("the end of an elevation"),
    "ended posts": gettext_lazy("the end of posts"),
    "ended units": gettext_lazy("the end of units"),
    "late cases": gettext_lazy("late steps of cases"),
    "waiting cases": gettext_lazy("cases whose applicants were not heard of"),
    "handover sheet": gettext_lazy("handover sheets"),
    "handover sheets": gettext_lazy("handover sheets"),
    "retention": gettext_lazy("retention periods"),
}
REASONS: Mapping[str, Sentence] = {"import": gettext_lazy("the file says so")}

# What is done to records of any room by rooms below theirs.
COMMON_VERBS: Mapping[str, Sentence] = {
    "link": gettext_lazy("linked it with another record"),
    "unlink": gettext_lazy("took a link back"),
    "invite": gettext_lazy("invited somebody"),
    "withdraw_invitation": gettext_lazy("withdrew the invitation"),
    "accept_invitation": gettext_lazy("accepted the invitation"),
}


@dataclass(frozen=True)
class Change:
    """One field: how it is called, what stood before, what stands now."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One entry: a sentence, when, what changed, and the reason.

    `why_elevated` is the reason of the elevation it was done under; `seal` the number of the seal
    that holds it, None while it waits for one. Of one that is `veiled` the sentence is all.
    """

    at: datetime
    sentence: str
    changes: Sequence[Change]
    reason: str
    elevated: bool
    why_elevated: str = ""
    seal: int | None = None
    veiled: bool = False


def lines_of(entries: Sequence[AuditEntry], subject: Subject, actor: Actor) -> list[Line]:
    """Return the entries as `actor` reads them; one question a kind of record named in them."""
    kinds: Mapping[str, str] = getattr(subject, "kinds", {})
    named = exchange.cards(_named(entries, kinds), actor)
    words = _Words(subject, kinds, named, _why_elevated(entries))
    hides: Callable[[Sequence[AuditEntry], Actor], set[UUID]] | None
    hides = getattr(subject, "veiled", None)
    veiled = hides(entries, actor) if hides and entries and not actor.elevated else set()
    return [_line(entry, words, veiled=entry.pk in veiled) for entry in entries]


@dataclass(frozen=True)
class Told:
    """An entry (its identifier) beside its record, for lists that tell of several records."""

    entry: UUID
    card: Card
    at: datetime
    sentence: str


def told_of(entries: Sequence[AuditEntry], actor: Actor) -> list[Told]:
    """Return a sentence for each entry whose record `actor` may see; one question a kind."""
    posts = {Ref(POST_KIND, entry.post_id) for entry in entries if entry.post_id}
    subjects = {Ref(entry.subject_kind, entry.subject_id) for entry in entries}
    named = exchange.cards(posts | subjects, actor)
    told = []
    for entry in entries:
        subject = exchange.subject_of(entry.subject_kind)
        card = named.get(Ref(entry.subject_kind, entry.subject_id))
        if subject is None or card is None:
            continue
        personal = {row.field: row for row in entry.personal.all()}
        label = personal.get(LABEL_FIELD)
        name = label.value if label and not label.erased_at else None
        sentence = _sentence(entry, name, _Words(subject, {}, named, {}))
        told.append(Told(entry.pk, card, entry.at, sentence))
    return told


def _why_elevated(entries: Iterable[AuditEntry]) -> Mapping[UUID, str]:
    """The reasons of the elevations that the entries were done under, from their beginnings."""
    used = {(e.elevation_id, e.actor_id) for e in entries if e.elevation_id and e.actor_id}
    if not used:
        return {}
    begun = AuditEntry.objects.filter(
        verb=ELEVATE,
        elevation_id__in={elevation for elevation, _actor in used},
        actor_id__in={actor for _elevation, actor in used},
    )
    return {entry.elevation_id: entry.reason for entry in begun if entry.elevation_id}


@dataclass(frozen=True)
class _Words:
    """What is needed to put an entry into words."""

    subject: Subject
    kinds: Mapping[str, str]
    named: Mapping[Ref, Card]
    why_elevated: Mapping[UUID, str]

    def field(self, name: str) -> str:
        fields: Mapping[str, Sentence] = getattr(self.subject, "fields", {})
        label = fields.get(name) or COMMON_FIELDS.get(name) or name.replace("_", " ")
        return str(label)

    def value(self, name: str, value: Any) -> str:
        choices: Mapping[str, Mapping[str, Sentence]] = getattr(self.subject, "choices", {})
        if isinstance(value, list) and value:
            return _("; ").join(self.value(name, each) for each in value)
        if isinstance(value, str) and value in choices.get(name, {}):
            return str(choices[name][value])
        if isinstance(value, str) and name in self.kinds and _ID.fullmatch(value):
            return self._record(Ref(self.kinds[name], UUID(value)))
        if isinstance(value, str) and (found := _REF.fullmatch(value)):
            return self._record(Ref(found[1], UUID(found[2])))
        if isinstance(value, str) and name == "number":  # official: in the reader's digits
            return isolate(show.show_digits(value))
        return readable(value)

    def _record(self, ref: Ref) -> str:
        card = self.named.get(ref)
        return isolate(show.show_local(card.title)) if card else _("a record you cannot see")


def readable(value: Any) -> str:
    """Return a value of the audit as people read it; long ones are cut."""
    if value is None or value in ("", [], {}):
        return show.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return show.show_number(value)
    if isinstance(value, Mapping):
        return _readable_map(value)
    if isinstance(value, list):
        return _("; ").join(readable(each) for each in value)
    return _readable_text(str(value))


def _readable_map(value: Mapping[str, Any]) -> str:
    if all(key in LANGUAGES for key in value):
        return _readable_text(show.show_local({k: str(v) for k, v in value.items()}))
    pairs = (f"{key.replace('_', ' ')}: {readable(each)}" for key, each in value.items())
    return _("; ").join(pairs)


def _readable_text(text: str) -> str:
    try:
        if _DAY.fullmatch(text):
            return show.show_day(date.fromisoformat(text))
        if _INSTANT.fullmatch(text):
            return show.show_moment(datetime.fromisoformat(text))
    except ValueError:
        return isolate(text)
    shown = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
    return isolate(shown)


def _line(entry: AuditEntry, words: _Words, *, veiled: bool) -> Line:
    personal = {row.field: row for row in entry.personal.all()}
    label = personal.pop(LABEL_FIELD, None)
    sentence = _sentence(entry, label.value if label and not label.erased_at else None, words)
    elevated = entry.elevation_id is not None
    if veiled:
        return Line(entry.at, sentence, [], "", elevated=elevated, seal=entry.seal, veiled=True)
    changed = {k: v for k, v in entry.changes.items() if k not in HIDDEN_FIELDS}
    changes = [_change(name, value, words) for name, value in changed.items()]
    for name, row in personal.items():
        value = [_("erased"), _("erased")] if row.erased_at else row.value
        changes.append(_change(name, value, words))
    return Line(
        at=entry.at,
        sentence=sentence,
        changes=changes,
        reason=reason_in_words(entry.reason),
        elevated=elevated,
        why_elevated=_why(entry, words),
        seal=entry.seal,
    )


def _why(entry: AuditEntry, words: _Words) -> str:
    """Why somebody acted with all rights; not said twice where the entry's own reason is that."""
    why = words.why_elevated.get(entry.elevation_id, "") if entry.elevation_id else ""
    return "" if entry.verb == ELEVATE else why


def _sentence(entry: AuditEntry, name: str | None, words: _Words) -> str:
    known = {**COMMON_VERBS, **words.subject.verbs}
    verb = known.get(entry.verb, entry.verb.replace("_", " "))
    parts = {"who": _who(entry, name), "verb": str(verb)}
    post = words.named.get(Ref(POST_KIND, entry.post_id)) if entry.post_id else None
    if post is None:
        return _("%(who)s %(verb)s") % parts
    parts["post"] = isolate(show.show_local(post.title))
    return _("%(who)s, as %(post)s, %(verb)s") % parts


def reason_in_words(reason: str) -> str:
    """Return the reader's words for a reason that the house gives by itself; others as written."""
    return str(REASONS.get(reason, reason))


def _who(entry: AuditEntry, name: str | None) -> str:
    if entry.actor_kind == ActorKind.SYSTEM:
        return _("The system (%(job)s)") % {"job": isolate(str(JOBS.get(name or "", name or "")))}
    if name:
        return isolate(name)
    if entry.actor_kind == ActorKind.ANONYMOUS:
        return _("Somebody not signed in")
    return _("Somebody whose name was erased")


def _change(name: str, value: Any, words: _Words) -> Change:
    if isinstance(value, list) and len(value) == 2:
        before, after = value
    else:
        before, after = None, value
    told = (words.value(name, before), words.value(name, after))
    if told[0] == told[1] and isinstance(before, Mapping) and isinstance(after, Mapping):
        # The reader's language says the same: what differs stands in another one.
        told = (_elsewhere(before, after), _elsewhere(after, before))
    return Change(words.field(name), *told)


def _elsewhere(texts: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    """The texts of a map that another one has not."""
    found = [readable(text) for key, text in texts.items() if text != others.get(key)]
    return _(" / ").join(found) or show.NOTHING


def _named(entries: Iterable[AuditEntry], kinds: Mapping[str, str]) -> set[Ref]:
    """The records that the entries name: the posts that gave the right, and fields of `kinds`."""
    found = set()
    for entry in entries:
        if entry.post_id:
            found.add(Ref(POST_KIND, entry.post_id))
        for name, kind in kinds.items():
            value = entry.changes.get(name)
            found |= {Ref(kind, identifier) for identifier in _identifiers(value)}
        if entry.verb in LINKING:
            found |= _ends(entry)
    return found


def _ends(entry: AuditEntry) -> set[Ref]:
    """The records that the entry of a link names."""
    values = [each for pair in entry.changes.values() if isinstance(pair, list) for each in pair]
    named = [_REF.fullmatch(value) for value in values if isinstance(value, str)]
    return {Ref(found[1], UUID(found[2])) for found in named if found}


def _identifiers(value: Any) -> list[UUID]:
    """The identifiers in a value, which may be a list of them."""
    if isinstance(value, list):
        return [identifier for each in value for identifier in _identifiers(each)]
    return [UUID(value)] if isinstance(value, str) and _ID.fullmatch(value) else []
