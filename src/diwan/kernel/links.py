"""Making and following links between records of any rooms.

Some links belong to a record's own form (what a resolution is about): `set_links`. Others are a
word of their own, said on either record's page and kept in the trail of both: `join` and `part`. A
room declares which of its records can be joined so, and who may write them (`declare_linkable`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from . import audit
from .errors import Forbidden, NotFound, Refused
from .exchange import Fact, Ref, cards, publish
from .models.links import Link, Verb
from .policies import Actor, Through
from .remembering import memory

__all__ = [
    "JOINING",
    "Linkable",
    "Verb",
    "declare_linkable",
    "forget",
    "join",
    "linkable",
    "linkable_kinds",
    "links_of",
    "part",
    "set_links",
    "settled_of",
    "sources_of",
    "targets",
    "targets_of",
    "targets_of_all",
]

LINKED = "kernel.linked"
PARTED = "kernel.parted"


@dataclass(frozen=True)
class Linkable:
    """A kind of record that can be joined with others.

    `require_write(id, actor)` is what gives the right to write the record; it raises NotFound or
    Forbidden. `settled(ids)` are those of `ids` that are done, for kinds that can be.
    """

    kind: str
    require_write: Callable[[UUID, Actor], Through]
    settled: Callable[[Sequence[UUID]], set[UUID]] | None = None


@dataclass(frozen=True)
class Joining:
    """How one verb is said from the other end, and whose word it is."""

    backwards: str
    by_source: bool = True
    by_target: bool = False
    by_both: bool = False


# Whose word a link is: it says something of the source, so who writes that may say it. Evidence is
# gathered by who needs it, too; that something is superseded, both must say.
JOINING: dict[Verb, Joining] = {
    Verb.CARRIES_OUT: Joining("carried_out_by"),
    Verb.ANSWERS: Joining("answered_by"),
    Verb.EVIDENCES: Joining("evidenced_by", by_target=True),
    Verb.SUPERSEDES: Joining("superseded_by", by_both=True),
}

_linkable: dict[str, Linkable] = {}


def declare_linkable(declared: Linkable) -> None:
    """Declare a kind of record that can be joined with others."""
    _linkable[declared.kind] = declared


def linkable(kind: str) -> Linkable | None:
    """What was declared for `kind`."""
    return _linkable.get(kind)


def linkable_kinds() -> list[str]:
    """All kinds that can be joined, sorted."""
    return sorted(_linkable)


@transaction.atomic
def join(actor: Actor, source: Ref, verb: Verb, target: Ref) -> Link:
    """Say that `source` *verb* `target`; it stands in the trail of both.

    Raises NotFound for what the actor may not see, Forbidden where it is not theirs to say, Refused
    where it is said already, also the other way round.
    """
    through = _require(actor, source, verb, target)
    if source == target:
        raise Refused(_("A record cannot be linked to itself; choose another."), field="words")
    pairs = _between(source, target) | _between(target, source)
    if Link.objects.filter(pairs, verb=verb).exists():
        raise Refused(_("These two are linked so already."), field="words")
    link = Link(
        verb=verb,
        source_kind=source.kind,
        source_id=source.id,
        target_kind=target.kind,
        target_id=target.id,
    )
    link.save(force_insert=True)
    _tell(actor, link, through, made=True)
    return link


@transaction.atomic
def part(actor: Actor, link_id: UUID) -> Link:
    """Take a link back; the trail of both records keeps it. Raises NotFound, Forbidden."""
    link = Link.objects.select_for_update().filter(pk=link_id, verb__in=list(JOINING)).first()
    if link is None:
        raise NotFound
    through = _require(actor, *_ends(link))
    _tell(actor, link, through, made=False)
    link.delete()
    return link


def _ends(link: Link) -> tuple[Ref, Verb, Ref]:
    source = Ref(link.source_kind, link.source_id)
    return source, Verb(link.verb), Ref(link.target_kind, link.target_id)


def _between(source: Ref, target: Ref) -> Q:
    here = Q(source_kind=source.kind, source_id=source.id)
    return here & Q(target_kind=target.kind, target_id=target.id)


def _require(actor: Actor, source: Ref, verb: Verb, target: Ref) -> Through:
    """What gives the right to say it."""
    joining = JOINING.get(verb)
    first, second = _linkable.get(source.kind), _linkable.get(target.kind)
    if joining is None or first is None or second is None:
        raise NotFound
    if len(cards([source, target], actor)) < len({source, target}):
        raise NotFound
    if joining.by_both:
        first.require_write(source.id, actor)
        return second.require_write(target.id, actor)
    try:
        return first.require_write(source.id, actor)
    except Forbidden:
        if not joining.by_target:
            raise
    return second.require_write(target.id, actor)


def _tell(actor: Actor, link: Link, through: Through, *, made: bool) -> None:
    """One entry for each end, naming the other, and the fact."""
    source, verb, target = _ends(link)
    told = "link" if made else "unlink"
    for record, field, other in (
        (source, verb.value, target),
        (target, JOINING[verb].backwards, source),
    ):
        name = f"{other.kind}:{other.id}"
        change = [None, name] if made else [name, None]
        audit.record(actor, told, record, changes={field: change}, through=through)
    data = {"verb": verb.value, "target": target}
    publish(Fact(LINKED if made else PARTED, source, actor, actor.at, data))


def set_links(source: Ref, verb: Verb, wanted: Iterable[Ref]) -> bool:
    """Make exactly `wanted` the targets of `source` under `verb`; True if anything changed.

    Part of the calling action: the caller holds the transaction and writes the audit entry.
    """
    rows = {
        Ref(row.target_kind, row.target_id): row
        for row in Link.objects.filter(verb=verb, source_kind=source.kind, source_id=source.id)
    }
    want = dict.fromkeys(wanted)
    gone = [row.pk for ref, row in rows.items() if ref not in want]
    new = [ref for ref in want if ref not in rows]
    Link.objects.filter(pk__in=gone).delete()
    Link.objects.bulk_create(
        Link(
            verb=verb,
            source_kind=source.kind,
            source_id=source.id,
            target_kind=ref.kind,
            target_id=ref.id,
        )
        for ref in new
    )
    return bool(gone or new)


def add_links(verb: Verb, told: Iterable[tuple[Ref, Ref]]) -> None:
    """Add links of records that are new and have none yet, many at once; as `set_links` else."""
    Link.objects.bulk_create(
        (
            Link(
                verb=verb,
                source_kind=source.kind,
                source_id=source.id,
                target_kind=target.kind,
                target_id=target.id,
            )
            for source, target in dict.fromkeys(told)
        ),
        batch_size=500,
    )


def forget(record: Ref) -> None:
    """Delete every link from or to a record that is no more; part of the calling action."""
    Link.objects.filter(pk__in=[link.pk for link in links_of(record)]).delete()


def targets(source: Ref, verb: Verb) -> list[Ref]:
    """What `source` links to under `verb`, in the order the links were made."""
    known = memory("kernel.links")
    if known is not None and source in known:
        rows = [link for link in known[source] if link.verb == verb and _is_from(link, source)]
        return [Ref(row.target_kind, row.target_id) for row in rows]
    return targets_of_all([source], verb)[source]


def targets_of(kind: str, ids: Iterable[UUID], verb: Verb) -> dict[UUID, list[Ref]]:
    """The same for many records of one kind in one question; each of `ids` has a list."""
    found = targets_of_all([Ref(kind, id_) for id_ in ids], verb)
    return {source.id: refs for source, refs in found.items()}


def targets_of_all(
    sources: Iterable[Ref], verb: Verb, *, also: Ref | None = None
) -> dict[Ref, list[Ref]]:
    """The same for records of several kinds; none is asked for twice while a page is made.

    `also` is a record all of whose links the page will ask for (`links_of`): one question for both.
    """
    wanted = list(sources)
    remembered = memory("kernel.links.targets")
    known: dict[tuple[Verb, Ref], list[Ref]] = {} if remembered is None else remembered
    missing = {source.id: source for source in wanted if (verb, source) not in known}
    found: dict[Ref, list[Ref]] = {source: [] for source in missing.values()}
    kinds = sorted({source.kind for source in found})
    told = Q(verb=verb, source_kind__in=kinds, source_id__in=list(missing))
    rows = _with_those_of(also, told) if missing else []
    for row in rows:
        source = Ref(row.source_kind, row.source_id)
        if row.verb == verb and source in found:
            found[source].append(Ref(row.target_kind, row.target_id))
    known.update({(verb, source): refs for source, refs in found.items()})
    return {source: list(known[verb, source]) for source in wanted}


def _with_those_of(also: Ref | None, told: Q) -> list[Link]:
    """Links of a condition; those of one more record are kept for `links_of`."""
    ordered = Link.objects.order_by("made_at", "id")
    known = memory("kernel.links")
    if also is None or known is None or also in known:
        return list(ordered.filter(told))
    rows = list(ordered.filter(told | _touching(also)))
    ends = (also.kind, also.id)
    known[also] = [
        row
        for row in rows
        if ends in ((row.source_kind, row.source_id), (row.target_kind, row.target_id))
    ]
    return rows


def _touching(record: Ref) -> Q:
    here = Q(source_kind=record.kind, source_id=record.id)
    return here | Q(target_kind=record.kind, target_id=record.id)


def sources_of(kind: str, verb: Verb, ids: Iterable[UUID] | None = None) -> dict[UUID, list[Ref]]:
    """What *verb* each record of a kind, of `ids` alone where they are named; one question.

    Records that nothing is said of are left out.
    """
    told = Link.objects.filter(verb=verb, target_kind=kind)
    if ids is not None:
        told = told.filter(target_id__in=list(ids))
    found: dict[UUID, list[Ref]] = {}
    for row in told.order_by("made_at", "id"):
        found.setdefault(row.target_id, []).append(Ref(row.source_kind, row.source_id))
    return found


def settled_of(refs: Iterable[Ref]) -> dict[Ref, bool]:
    """Of the records that can be done, whether they are; one question a kind."""
    by_kind: dict[str, list[UUID]] = {}
    for ref in dict.fromkeys(refs):
        by_kind.setdefault(ref.kind, []).append(ref.id)
    found: dict[Ref, bool] = {}
    for kind, ids in by_kind.items():
        declared = linkable(kind)
        if declared is not None and declared.settled is not None:
            done = declared.settled(ids)
            found |= {Ref(kind, pk): pk in done for pk in ids}
    return found


def links_of(record: Ref) -> list[Link]:
    """All links from or to a record; asked for once while a page is made."""
    known = memory("kernel.links")
    if known is not None and record in known:
        return list(known[record])
    found = list(Link.objects.filter(_touching(record)).order_by("made_at", "id"))
    if known is not None:
        known[record] = found
    return list(found)


def _is_from(link: Link, source: Ref) -> bool:
    return (link.source_kind, link.source_id) == (source.kind, source.id)
