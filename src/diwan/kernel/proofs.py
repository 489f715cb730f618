"""What outsiders get: the chain of seals, and the proof that one entry lies under one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from . import seals
from .errors import Refused
from .models import AuditEntry, Seal
from .sealing import FIELDS, facts_of
from .seals import SealFacts
from .text import isolate
from .verifying import facts_of_seal

CHAIN_FORMAT = "diwan-seals/1"
PROOF_FORMAT = "diwan-proof/1"


def chain_as_json(at: datetime) -> Iterator[str]:
    """The whole chain as JSON text in pieces, one seal a line; it says nothing of any entry."""
    yield f'{{"format": "{CHAIN_FORMAT}", "published_at": "{seals.instant(at)}", "seals": ['
    between = "\n"
    for seal in Seal.objects.defer("leaves").order_by("number").iterator():
        yield f"{between}{json.dumps(asdict(facts_of_seal(seal)))}"
        between = ",\n"
    yield "\n]}\n"


def read_chain(text: str) -> list[SealFacts]:
    """The seals of a published file. Raises Refused where it is none or does not fit in itself."""
    try:
        data = json.loads(text)
        found = [SealFacts(**each) for each in data["seals"]]
        fits = data["format"] == CHAIN_FORMAT and all(s.expected() == s.digest for s in found)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Refused(_unreadable()) from error
    if not fits:
        raise Refused(_unreadable())
    return found


def _unreadable() -> str:
    return _("This file is no published chain of seals; give one that Diwan has written.")


def proof_of(entry_id: UUID) -> Mapping[str, Any]:
    """An entry, the seal that holds it, and the path between: `docs/verify_seals.py` checks it.

    It shows the entry as it stands, but for the personal values kept apart. Raises Refused where
    there is no such entry, where no seal holds it yet, and where it no longer fits its seal.
    """
    named = {"entry": isolate(str(entry_id))}
    row = AuditEntry.objects.filter(pk=entry_id).values(*FIELDS, "seal").first()
    if row is None:
        raise Refused(_("There is no entry %(entry)s.") % named)
    seal = Seal.objects.filter(number=row["seal"]).first()
    if seal is None:
        raise Refused(_("Entry %(entry)s is not sealed yet; ask again in a minute.") % named)
    leaves = seals.unpack_leaves(bytes(seal.leaves))
    facts, hashes = facts_of(row), [digest for _id, digest in leaves]
    own = (entry_id, seals.leaf_hash(seals.canonical_entry(facts)))
    if own not in leaves:
        raise Refused(_("Entry %(entry)s does not fit its seal: it was changed.") % named)
    index = leaves.index(own)
    return {
        "format": PROOF_FORMAT,
        "entry": facts,
        "index": index,
        "path": [digest.hex() for digest in seals.audit_path(hashes, index)],
        "seal": asdict(facts_of_seal(seal)),
    }
