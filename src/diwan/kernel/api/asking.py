"""What a request says beside its body: revision, key, parameters, type of the body."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest
from django.http.request import MediaType
from django.utils.translation import gettext as _

from diwan.kernel import revisions
from diwan.kernel.exchange import Ref
from diwan.kernel.revisions import Overtaken
from diwan.kernel.text import isolate

from . import problems
from .problems import Fault, Problem

KEY = re.compile(r"[\x21-\x7e]{1,200}")
_TAG = re.compile(r'"([^"]*)"')
NEW = "new"
"""The revision of a record that no write has touched yet, as an ETag says it."""
DIGEST = 12


def etag_of(revision: str, body: bytes = b"") -> str:
    """An ETag: the record's revision, and after a dot how this answer looked.

    If-Match compares the revision alone: what follows from other records (who holds a post, what is
    late today) changes the answer and not the record.
    """
    looks = f".{hashlib.sha256(body).hexdigest()[:DIGEST]}" if body else ""
    return f'"{revision or NEW}{looks}"'


def expected_revisions(request: HttpRequest) -> list[str] | None:
    """The revisions in If-Match; None for `*`. Raises Problem where there is none."""
    sent = request.headers.get("If-Match", "").strip()
    if sent == "*":
        return None
    found = [tag.partition(".")[0] for tag in _TAG.findall(sent)]
    if not found:
        raise Problem(
            problems.REVISION_MISSING,
            faults=[Fault(problems.REVISION_MISSING.advice, header="If-Match")],
        )
    return ["" if revision == NEW else revision for revision in found]


class Guard:
    """Write a record only while it stands as If-Match says: ``with guard:``."""

    def __init__(self, request: HttpRequest, ref: Ref) -> None:
        self.expected = expected_revisions(request)
        self.ref = ref
        self._stack = ExitStack()

    def __enter__(self) -> None:
        """Begin. Raises Overtaken where the record has moved on."""
        if self.expected is None:
            return
        current = revisions.revision_of(self.ref)
        if current not in self.expected:
            raise Overtaken(self.ref, self.expected[0])
        self._stack.enter_context(revisions.expecting(self.ref, current))

    def __exit__(self, *raised: Any) -> bool | None:
        """End; Overtaken where somebody came between."""
        return self._stack.__exit__(*raised)


def not_modified(request: HttpRequest, etag: str) -> bool:
    """True where If-None-Match names this very answer."""
    sent = request.headers.get("If-None-Match", "")
    return sent.strip() == "*" or etag.strip('"') in _TAG.findall(sent)


def key_of(request: HttpRequest, *, required: bool) -> str:
    """The Idempotency-Key, "" where there is none. Raises Problem."""
    key = request.headers.get("Idempotency-Key")
    fault = Fault(problems.KEY_MISSING.advice, header="Idempotency-Key")
    if key is None and not required:
        return ""
    if not KEY.fullmatch(key or ""):
        raise Problem(problems.KEY_MISSING, faults=[fault])
    return key or ""


def fingerprint(request: HttpRequest) -> str:
    """What makes a request this one: method, address, the revision it changes, what was sent.

    A form with files is taken apart, since a repeat may draw its borders anew.
    """
    revision = request.headers.get("If-Match", "").strip()
    head = f"{request.method} {request.get_full_path()}\n{revision}\n"
    digest = hashlib.sha256(head.encode("utf-8", "backslashreplace"))
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode("utf-8", "backslashreplace"))
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                content = hashlib.sha256()
                for chunk in file.chunks():
                    content.update(chunk)
                file.seek(0)
                digest.update(repr((name, file.name, content.hexdigest())).encode())
    else:
        digest.update(request.body)
    return digest.hexdigest()


def refuse_unknown_parameters(request: HttpRequest, known: Collection[str]) -> None:
    """Raise Problem for a parameter that the operation does not take, or that is sent twice.

    A slip in a filter's name must not answer with everything.
    """
    faults = [
        Fault(
            _("There is no parameter %(name)s here. Known: %(known)s.")
            % {"name": isolate(name[:60]), "known": ", ".join(sorted(known)) or "–"},
            parameter=name[:60],
        )
        for name in request.GET
        if name not in known
    ]
    faults += [
        Fault(_("This parameter is given more than once."), parameter=name[:60])
        for name, values in request.GET.lists()
        if name in known and len(values) > 1
    ]
    if faults:
        raise Problem(problems.INVALID, faults=faults)


def accepts(request: HttpRequest, offered: str) -> bool:
    """Whether Accept takes an answer of the type `offered`.

    The closest range decides (RFC 9110 §12.5.1); parameters such as charset are not looked at.
    """
    sent = [
        MediaType(part) for part in request.headers.get("Accept", "").split(",") if part.strip()
    ]
    found = MediaType(offered)
    places = ((found.main_type, found.sub_type), (found.main_type, "*"), ("*", "*"))
    for place in places:
        ranges = [each for each in sent if (each.main_type, each.sub_type) == place]
        if ranges:
            return any(each.quality != 0 for each in ranges)
    return not sent


def require_accepted(request: HttpRequest, offered: str) -> None:
    """Raise Problem where the caller takes no answer of the type `offered`."""
    if not accepts(request, offered):
        raise Problem(
            problems.NOT_ACCEPTABLE,
            _("The answer here is of the type %(type)s.")
            % {"type": isolate(offered.partition(";")[0])},
            faults=[Fault(problems.NOT_ACCEPTABLE.advice, header="Accept")],
        )


def require_type(request: HttpRequest, wanted: str) -> None:
    """Raise Problem where the body is of another type than `wanted`, or not UTF-8."""
    if request.content_type != wanted:
        raise Problem(
            problems.WRONG_TYPE,
            _("Send the body as %(type)s.") % {"type": isolate(wanted)},
            headers={"Accept": wanted},
        )
