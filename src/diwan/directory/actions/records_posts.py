"""Putting a register's posts and their patterns into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from diwan.directory.constants import POST, roles_text
from diwan.directory.models import Post, PostPattern, PostVersion, Unit, UnitPattern
from diwan.directory.queries.records import PostPatternRecord, PostRecord
from diwan.directory.queries.records_reading import lines_of
from diwan.kernel import audit
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor

from .base import search_of
from .records import (
    ADDED,
    BATCH,
    CHANGED,
    IMPORT,
    LEFT,
    Ledger,
    bounds,
    changed,
    require_elevated,
    require_order,
    rewrite,
    shown,
    told,
)
from .revise import revise
from .seats import check_seats, locked_post, refresh_single

PATTERN = "directory.post_pattern"


@transaction.atomic
def put_posts(
    actor: Actor,
    ledger: Ledger,
    patterns: Sequence[PostPatternRecord],
    posts: Sequence[PostRecord],
) -> None:
    """Add and correct posts; those of a pattern come with the others, each by its own key.

    Raises Refused where seats are taken away that are held, or a period would end before it begins.
    """
    require_elevated(actor)
    for post in posts:
        ledger.name(Post, post.key)
    for pattern in patterns:
        _put_pattern(actor, ledger, pattern)
    known = ledger.before.posts
    _add(actor, ledger, [post for post in posts if post.key not in known])
    for post in posts:
        if post.key in known:
            _correct(actor, ledger, post)


def _put_pattern(actor: Actor, ledger: Ledger, wanted: PostPatternRecord) -> None:
    before = ledger.before.post_patterns.get(wanted.key)
    pk = ledger.name(PostPattern, wanted.key)
    if before is None:
        values: dict[str, Any] = {
            "name": wanted.name,
            "roles": roles_text(wanted.roles),
            "seats": wanted.seats,
            "unit_pattern_id": ledger.id_of(UnitPattern, wanted.unit),
        }
        PostPattern.objects.create(pk=pk, register=ledger.register, key=wanted.key, **values)
        audit.record(actor, IMPORT, Ref(PATTERN, pk), changes=told(values))
        ledger.tally.note("post", ADDED)
        return
    new = _columns(ledger, changed(before, wanted), UnitPattern)
    if "unit_id" in new:
        new["unit_pattern_id"] = new.pop("unit_id")
    row = PostPattern.objects.get(pk=pk)
    found = rewrite(actor, row, new, Ref(PATTERN, pk)) if new else {}
    ledger.tally.note("post", CHANGED if found else LEFT)


def _columns(
    ledger: Ledger, new: dict[str, Any], owner: type[Unit] | type[UnitPattern]
) -> dict[str, Any]:
    """Changed values as columns."""
    values: dict[str, Any] = {name: new[name] for name in ("name", "seats") if name in new}
    if "roles" in new:
        values["roles"] = roles_text(new["roles"])
    if "unit" in new:
        values["unit_id"] = ledger.id_of(owner, new["unit"])
    return values


def _add(actor: Actor, ledger: Ledger, posts: Sequence[PostRecord]) -> None:
    rows, versions = [], []
    for post in posts:
        pk = ledger.keys(Post)[post.key]
        rows.append(
            Post(
                pk=pk,
                register=ledger.register,
                key=post.key,
                unit_id=ledger.keys(Unit)[post.unit],
                pattern_id=ledger.id_of(PostPattern, post.pattern),
                becomes_id=ledger.id_of(Post, post.becomes),
            )
        )
        versions.append(
            PostVersion(
                post_id=pk,
                name=post.name,
                roles=roles_text(post.roles),
                seats=post.seats,
                search=search_of(post.name),
                recorded_at=actor.at,
                **bounds("since", post.since),
                **bounds("until", post.until),
            )
        )
    Post.objects.bulk_create(rows, batch_size=BATCH)
    PostVersion.objects.bulk_create(versions, batch_size=BATCH)
    for post in posts:
        changes = told(
            {
                "name": post.name,
                "roles": post.roles,
                "unit": ledger.keys(Unit)[post.unit],
                "since": post.since,
                "until": post.until,
            }
        )
        audit.record(actor, IMPORT, Ref(POST, ledger.keys(Post)[post.key]), changes=changes)
        ledger.tally.note("post", ADDED)


def _correct(actor: Actor, ledger: Ledger, wanted: PostRecord) -> None:
    before = ledger.before.posts[wanted.key]
    new = changed(before, wanted)
    new.pop("pattern", None)
    if not new:
        ledger.tally.note("post", LEFT)
        return
    pk = ledger.keys(Post)[wanted.key]
    columns = _columns(ledger, new, Unit)
    own: dict[str, Any] = {}
    if "unit_id" in columns:
        own["unit_id"] = columns.pop("unit_id")
    if "becomes" in new:
        own["becomes_id"] = ledger.id_of(Post, new["becomes"])
    if own:
        Post.objects.filter(pk=pk).update(**own)
    _correct_versions(actor, pk, new, columns)
    if "seats" in new:
        post = locked_post(pk)
        check_seats(post)
        refresh_single(post)
    changes = {name: [shown(getattr(before, name)), shown(value)] for name, value in new.items()}
    audit.record(actor, IMPORT, Ref(POST, pk), changes=changes, reason=IMPORT)
    ledger.tally.note("post", CHANGED)


def _correct_versions(actor: Actor, pk: UUID, new: dict[str, Any], last: dict[str, Any]) -> None:
    """The last version takes name, roles, seats and end; the first takes the beginning."""
    line = lines_of(PostVersion.objects.filter(post=pk), "post_id")[pk]
    if "name" in last:
        last["search"] = search_of(last["name"])
    last |= bounds("until", new["until"]) if "until" in new else {}
    first = bounds("since", new["since"]) if "since" in new else {}
    if len(line) == 1:
        last, first = last | first, {}
    for row, values in ((line[0], first), (line[-1], last)):
        if values:
            require_order(row, values)
            revise(row, actor.at, reason=IMPORT, **values)
