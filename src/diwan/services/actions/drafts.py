"""Filling in a form, page by page, until it is filed.

A draft is nobody's record: it belongs to whoever has its link, the audit says that it was begun and
what became of it, and never what was typed. So is each page of it saved: the last word holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.directory.public import Post, Unit, authority_of
from diwan.kernel import audit, files
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.notices import tell_address
from diwan.kernel.policies import Actor
from diwan.services.constants import DRAFT, LANGUAGES
from diwan.services.models import Case, Draft, DraftFile, ServiceVersion
from diwan.services.policies.services import services
from diwan.services.queries.drafts import AT_A_COUNTER, KEPT, may_begin
from diwan.services.rules.codes import digest, new_secret
from diwan.ui.show import show_local, show_number

from .erasing import forget_draft
from .filing import file_case
from .given import ApplicantFields, GivenFile, for_themselves
from .limits import What, require_message, spend

MOST_FILES = 30
MOST_LINKS = 5
BATCH = 200
LINK = "services.draft_link"


@dataclass(frozen=True)
class Beginning:
    """How a form is begun: where, in which way, by whom; `asker` is who is counted (`limits`)."""

    channel: str
    unit: Unit | None = None
    by_post: Post | None = None
    about: Case | None = None
    asker: str = ""


@dataclass(frozen=True)
class Page:
    """What a page brought. `uploads` are files by the place of their question.

    `asker` is who is counted (`limits`).
    """

    answers: Mapping[str, Any]
    contact: Mapping[str, str]
    number: int
    unit: Unit | None = None
    uploads: Sequence[tuple[str, Any, str]] = field(default=())
    asker: str = ""


@transaction.atomic
def begin_draft(actor: Actor, version: ServiceVersion, how: Beginning) -> tuple[Draft, str]:
    """Begin to fill in the form of a published version; the draft and the secret of its link.

    Raises NotFound where the service is not there for the actor, Refused where it cannot be asked
    for in this way, TooMuch where very much was begun from there.
    """
    service = version.service
    services.demand(actor, "see", service)
    if not may_begin(service, how.channel) or service.current_id != version.pk:
        raise Refused(
            _("“%(service)s” cannot be asked for here at present. Look at its page for other ways.")
            % {"service": show_local(service.name)}
        )
    spend(how.asker, What.FORMS, 1, actor.at)
    secret = new_secret()
    draft = _draft(actor, version, how, digest(secret))
    changes = {"service": [None, service.pk]}
    audit.record(_who(actor, draft), "begin", Ref(DRAFT, draft.pk), changes=changes)
    return draft, secret


@transaction.atomic
def begin_trial(actor: Actor, version: ServiceVersion, key: str) -> Draft:
    """The trial of a version under that key, begun anew if there is none."""
    services.demand(actor, "manage", version.service)
    known = Draft.objects.filter(key=digest(key), tried=True).first()
    if known is not None:
        return known
    draft = _draft(actor, version, Beginning(Case.Channel.ONLINE), digest(key), tried=True)
    audit.record(actor, "begin", Ref(DRAFT, draft.pk), changes={"version": [None, version.pk]})
    return draft


def _draft(
    actor: Actor, version: ServiceVersion, how: Beginning, key: str, *, tried: bool = False
) -> Draft:
    language = (get_language() or "")[:2]
    return Draft.objects.create(
        key=key,
        version=version,
        unit=how.unit,
        channel=how.channel,
        language=language if language in LANGUAGES else LANGUAGES[0],
        tried=tried,
        about=how.about,
        by_post=how.by_post,
        made_at=actor.at,
        saved_at=actor.at,
        expires_at=actor.at + KEPT,
    )


def save_page(actor: Actor, draft: Draft, page: Page) -> dict[str, str]:
    """Save what a page brought; the sentences about files that are not taken, by place.

    Everything else of the page is kept. A file takes the place of the one given before it. Raises
    NotFound where the draft was filed meanwhile or thrown away.
    """
    refused: dict[str, str] = {}
    with transaction.atomic():
        row = _open(draft)
        row.answers, row.contact = dict(page.answers), dict(page.contact)
        if page.unit is not None:
            row.unit = page.unit
        row.page = page.number
        row.saved_at, row.expires_at = actor.at, actor.at + KEPT
        for place, upload, name in page.uploads:
            try:
                spend(page.asker, What.BYTES, upload.size or 0, actor.at)
                with transaction.atomic():
                    stored = _store(actor, row, place, upload, name)
            except Refused as refusal:
                refused[place] = str(refusal)
            else:
                _put(row.answers, place, stored.name)
        row.save()
    draft.refresh_from_db()
    return refused


def _open(draft: Draft) -> Draft:
    row = Draft.objects.select_for_update().filter(pk=draft.pk, case=None).first()
    if row is None:
        raise NotFound
    return row


def _store(actor: Actor, draft: Draft, place: str, upload: BinaryIO, name: str) -> DraftFile:
    if draft.files.exclude(question=place).count() >= MOST_FILES:
        raise Refused(
            _("More than %(most)s files cannot be given with one request. Join some of them.")
            % {"most": show_number(MOST_FILES)}
        )
    stored = files.store(_who(actor, draft), Ref(DRAFT, draft.pk), upload, name)
    _remove(draft.files.filter(question=place))
    return DraftFile.objects.create(
        draft=draft, question=place, name=stored.name[:200], file=stored, at=actor.at
    )


def _put(answers: dict[str, Any], place: str, value: str) -> None:
    """Write an answer at a place of the tree."""
    *way, last = place.split("/")[2:]
    for step in way:
        name, _bracket, number = step.partition("[")
        below = answers[name][int(number[:-1]) - 1] if number else answers.setdefault(name, {})
        answers = below
    answers[last] = value


@transaction.atomic
def move_files(draft: Draft, removed: str) -> None:
    """After the repetition at a place was taken away: its files go, later ones move up."""
    repeat, _bracket, tail = removed.rpartition("[")
    number = int(tail[:-1])
    for one in list(draft.files.filter(question__startswith=f"{repeat}[")):
        at, _close, rest = one.question.removeprefix(f"{repeat}[").partition("]")
        if int(at) == number:
            _remove(draft.files.filter(pk=one.pk))
        elif int(at) > number:
            one.question = f"{repeat}[{int(at) - 1}]{rest}"
            one.save(update_fields=["question"])


@transaction.atomic
def remove_file(actor: Actor, draft: Draft, given: DraftFile) -> None:  # noqa: ARG001 - the rule
    """Take a file out of a draft, and its answer with it."""
    row = _open(draft)
    _put(row.answers, given.question, "")
    row.save(update_fields=["answers"])
    _remove(row.files.filter(pk=given.pk))
    draft.refresh_from_db()


def _remove(rows: Any) -> None:
    stored = list(rows.values_list("file_id", flat=True))
    rows.delete()
    StoredFile.objects.filter(pk__in=stored).delete()


@transaction.atomic
def throw_away(actor: Actor, draft: Draft) -> None:
    """Forget a draft with all that was typed and given."""
    row = _open(draft)
    _remove(row.files.all())
    forget_draft(row.pk, actor.at)
    audit.record(_who(actor, row), "throw_away", Ref(DRAFT, row.pk))
    row.delete()


@transaction.atomic
def send_link(actor: Actor, draft: Draft, address: str, secret: str) -> None:
    """Send the link of a draft to a number or an e-mail address. Raises Refused after a few."""
    row = _open(draft)
    sent = int(row.contact.get("sent", 0))
    if sent >= MOST_LINKS:
        raise Refused(
            _("The link was sent %(n)s times already. Write it down, or keep this page open.")
            % {"n": show_number(sent)}
        )
    require_message(address)
    row.contact["sent"] = sent + 1
    row.save(update_fields=["contact"])
    data = {"secret": secret, "service": dict(row.version.service.name), "until": row.expires_at}
    tell_address(LINK, address, Ref(DRAFT, row.pk), data, language=row.language)
    personal = {"address": [None, address]}
    audit.record(_who(actor, row), "send_link", Ref(DRAFT, row.pk), personal=personal)


def file_draft(actor: Actor, draft: Draft, applicant: ApplicantFields, *, asker: str = "") -> Case:
    """File what a draft holds; the same draft again answers with the case of the first time.

    Raises FormFaults for answers that the form does not take yet, NotFound where it was thrown
    away, TooMuch where very much was filed by `asker`, and whatever `file_case` raises.
    """
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=draft.pk, tried=False).first()
        if row is None:
            raise NotFound
        if row.unit is None:
            raise Refused(_("It is not said where you ask for it. Choose a place that offers it."))
        if row.case is None:
            spend(asker, What.FILINGS, 1, actor.at)
            given = list(row.files.select_related("file"))
            row.case = file_case(
                actor,
                row.version,
                row.unit,
                row.answers,
                channel=row.channel,
                language=row.language,
                applicant=applicant,
                files=[
                    GivenFile(one.name, question=one.question, stored=one.file) for one in given
                ],
                key=str(row.pk),
                about=row.about,
                filed_by=_signing(actor, row),
            )
            # What was typed lives on in the case alone.
            row.files.all().delete()
            row.answers, row.contact = {}, {}
            row.saved_at, row.expires_at = actor.at, actor.at + KEPT
            row.save()
    draft.refresh_from_db()
    return row.case


def _who(actor: Actor, draft: Draft) -> Actor:
    return for_themselves(actor, office=draft.by_post_id is not None)


def _signing(actor: Actor, draft: Draft) -> Post | None:
    """Who signs a filing at a counter: whoever sends it, be it begun by a colleague."""
    if draft.by_post is None:
        return None
    mine = actor.elevated or draft.by_post.pk in authority_of(actor).post_ids
    return draft.by_post if mine else None


def is_of_counter(draft: Draft) -> bool:
    """Whether a clerk fills it in for somebody."""
    return draft.channel in AT_A_COUNTER


def forget_drafts(before: datetime) -> int:
    """Delete a batch of drafts that nobody has saved since; how many they were."""
    with transaction.atomic():
        rows = Draft.objects.select_for_update().filter(saved_at__lt=before)[:BATCH]
        old = [row.pk for row in rows]
        _remove(DraftFile.objects.filter(draft__in=old))
        for pk in old:
            forget_draft(pk, timezone.now())
        Draft.objects.filter(pk__in=old).delete()
    return len(old)
