"""What stands in the index of one record."""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID

from diwan.kernel.models import SearchRecord
from diwan.kernel.text import index_tokens, joined, words_of

from .asking import kind_mark
from .sources import Source, Texts

EPOCH = date(1900, 1, 1).toordinal()
LAST_DAY = 2**16 - 1
DIGEST_BITS = 47


def record_of(source: Source, texts: Texts) -> SearchRecord:
    """The row of one record, not yet stored."""
    titles = list(dict.fromkeys(" ".join(words_of(name)) for name in texts.names if name.strip()))
    number = joined(texts.number)
    marks = [f"_{texts.reach}", kind_mark(source.kind)]
    if number:
        marks.append(f"#{number}")
    for title in filter(None, titles):
        # What begins a name is asked for as it is indexed: in parts and without the article.
        marks += [f"^{token}" for token in index_tokens(title.split()[0])]
        marks.append(f"={joined(title)}")
    terms = [*dict.fromkeys(marks), *index_tokens(*texts.names, *texts.texts, texts.number)]
    return SearchRecord(
        id=order_of(source.kind, texts.id, texts.day),
        kind=source.kind,
        ref_id=texts.id,
        tier=source.tier[0],
        reach=texts.reach,
        number=number,
        titles="\n".join(titles),
        terms=" ".join(terms),
    )


def order_of(kind: str, id_: UUID, day: date | None) -> int:
    """The number that orders records by day, those of one day by a digest; 63 bits.

    A record without a day stands before all others: as the oldest.
    """
    days = 0 if day is None else min(max(day.toordinal() - EPOCH, 0), LAST_DAY)
    digest = hashlib.blake2b(f"{kind} {id_}".encode(), digest_size=8).digest()
    return days << DIGEST_BITS | int.from_bytes(digest) >> (64 - DIGEST_BITS)


def day_of(order: int) -> int:
    """The day in the number of `order_of`, in days."""
    return order >> DIGEST_BITS
