"""What is sent from a page acts once, and on top of the state that the page showed.

Every form that writes carries a key of its own (`once`), so that a double click, an impatient
reload or the back button act once: whoever sends the same again is led where the first time led,
with the same message. The form of a record carries besides the revision it was made from
(`as_seen`) and marks of the values it showed (`shown`): a writer who was overtaken gets the page
again, with what was typed, what changed meanwhile, and by whom (`ui.overtaken`).

Both are done around the view, so that no view has to know of them but for naming its record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac

from diwan.kernel import once, revisions
from diwan.kernel.errors import Conflict
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.once import AnotherRequest
from diwan.kernel.policies import ActorKind
from diwan.kernel.requests import actor_of
from diwan.kernel.revisions import Overtaken

ONCE, AS_SEEN, SHOWN = "once", "as_seen", "shown"
# What a form carries besides what was filled in.
CARRIED = frozenset({"csrfmiddlewaretoken", ONCE, AS_SEEN, SHOWN})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

View = Callable[[], HttpResponse]


@dataclass(frozen=True)
class Seen:
    """A record and the revision at which somebody sees it.

    `compares` is false where the form proposes values instead of showing the record's.
    """

    ref: Ref
    revision: str
    compares: bool = True

    def __str__(self) -> str:
        return f"{self.ref.kind}:{self.ref.id}:{self.revision}"

    @classmethod
    def parse(cls, text: str) -> Seen | None:
        """Read what `str` wrote; None for anything else."""
        kind, _colon, rest = text.partition(":")
        pk, _colon, revision = rest.partition(":")
        try:
            return cls(Ref(kind, UUID(pk)), revision)
        except ValueError:
            return None


def as_seen(kind: str, pk: UUID, *, compares: bool = True) -> Seen:
    """The record as it stands now. Ask this before the record is read, never after."""
    ref = Ref(kind, pk)
    return Seen(ref, revisions.revision_of(ref), compares)


@dataclass
class Again:
    """Why a page is shown again after it was sent; `shown` once a page has taken it up."""

    conflict: Conflict
    shown: bool = False


def again_of(request: HttpRequest) -> Again | None:
    """Why this page is shown again, None on the first time."""
    return getattr(request, "sent_again", None)


def new_key() -> str:
    """A key for one form on one page."""
    return str(new_id())


def sent_from_a_page(request: HttpRequest) -> bool:
    """True for a form that a signed-in user sent with a key or a revision."""
    if request.method != "POST" or request.content_type not in FORMS:
        return False
    if actor_of(request).kind is not ActorKind.USER:
        return False
    return ONCE in request.POST or AS_SEEN in request.POST


def carry_out(request: HttpRequest, view: View) -> tuple[HttpResponse, Again | None]:
    """Answer a form by `view`: once, and only on top of what the sender saw.

    Where that fails `view` is asked for its page once more, as if it were opened, and `Again` says
    why. What the view raises besides goes on.
    """
    try:
        return _once(request, view), None
    except _Undone as undone:
        return undone.response, None
    except (Overtaken, AnotherRequest) as conflict:
        again = Again(conflict)
    request.sent_again = again  # type: ignore[attr-defined] # read by again_of
    request.method = "GET"
    return view(), again


class _Undone(Exception):
    """The view answered that it did not do it: the transaction is taken back."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def _once(request: HttpRequest, view: View) -> HttpResponse:
    key = request.POST.get(ONCE, "")
    if not key:
        return _on_top(request, view)
    with once.claim(actor_of(request), key, _fingerprint(request)) as claimed:
        if claimed.repeated:
            return _as_before(request, claimed.answer)
        response = _on_top(request, view)
        if 300 <= response.status_code < 400:
            claimed.keep(_answer(request, response))
        return response


def _on_top(request: HttpRequest, view: View) -> HttpResponse:
    """Run the view in a transaction that expects what the sender saw; undone where it refused."""
    seen = filter(None, map(Seen.parse, request.POST.getlist(AS_SEEN)))
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        for each in seen:
            # Told at once, whatever else may be wrong with the form; the action asks again.
            revisions.require(each.ref, each.revision)
            stack.enter_context(revisions.expecting(each.ref, each.revision))
        response = view()
        if response.status_code >= 400:
            raise _Undone(response)
        return response


def _answer(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Where the first time led, and what it said."""
    storage = messages.get_messages(request)
    # Django has no public way to read messages without taking them off the page.
    queued = getattr(storage, "_queued_messages", [])
    said = [[message.level, str(message.message), message.extra_tags] for message in queued]
    return {"to": response["Location"], "said": said}


def _as_before(request: HttpRequest, answer: Mapping[str, Any]) -> HttpResponse:
    for level, text, tags in answer["said"]:
        messages.add_message(request, level, text, tags or "")
    return HttpResponseRedirect(answer["to"])


def _fingerprint(request: HttpRequest) -> str:
    """What was asked: address, values and files. Keyed, as some of it may be secret."""
    parts = [request.get_full_path()]
    for name, values in sorted(request.POST.lists()):
        if name not in CARRIED:
            parts += [name, *values]
    for name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            parts += [name, str(upload.name), _digest(upload.chunks())]
            upload.seek(0)
    return salted_hmac("diwan.ui.sending", once.fingerprint_of(*parts)).hexdigest()


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
