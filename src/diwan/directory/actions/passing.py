"""A post's end has come: the house is told once, with the post that takes its duties over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.directory.constants import POST, POST_ENDED
from diwan.directory.models import Post, PostVersion, Register, Unit, UnitVersion
from diwan.directory.policies import head_posts_above
from diwan.kernel import audit
from diwan.kernel.exchange import Fact, publish
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .base import ref


def pass_ended_posts(at: datetime) -> None:
    """Tell of every post whose end has come and of which nobody was told. Runs every minute."""
    actor = Actor.system("ended posts", at=at)
    for country in Register.objects.values_list("country", flat=True).distinct().order_by():
        day = today_in(country, at)
        for post_id in ended_untold(country, day).order_by("id").values_list("pk", flat=True):
            tell_end(actor, post_id)


def tell_ends(actor: Actor, post_ids: Iterable[UUID], country: str) -> None:
    """Tell at once of those of the posts whose end has come already."""
    due = ended_untold(country, today_in(country, actor.at)).filter(pk__in=list(post_ids))
    for post_id in due.order_by("id").values_list("pk", flat=True):
        tell_end(actor, post_id)


def ended_untold(country: str, day: date) -> QuerySet[Post]:
    """Posts that (or whose units) are no more on `day`, and whose end was not told yet."""
    return ended_posts(country, day).filter(passed_at__isnull=True)


def tell_again(post_ids: Iterable[UUID], country: str, at: datetime) -> None:
    """Let the house be told anew of those that, put right, are there today after all."""
    over = ended_posts(country, today_in(country, at)).values("pk")
    Post.objects.filter(pk__in=list(post_ids)).exclude(pk__in=over).update(passed_at=None)


def ended_posts(country: str, day: date) -> QuerySet[Post]:
    """Posts that (or whose units) were there once and are no more on `day`."""
    return Post.objects.filter(unit__country=country).filter(
        _over(PostVersion.objects.known().filter(post=OuterRef("pk")), day)
        | _over(UnitVersion.objects.known().filter(unit=OuterRef("unit_id")), day)
    )


def _over(versions: QuerySet[PostVersion] | QuerySet[UnitVersion], day: date) -> Q:
    running = versions.filter(Q(until__isnull=True) | Q(until__gt=day))
    return Q(Exists(versions)) & ~Q(Exists(running))


@transaction.atomic
def tell_end(actor: Actor, post_id: UUID) -> None:
    """Publish that a post has ended, once, and note it."""
    post = (
        Post.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit")
        .get(pk=post_id)
    )
    if post.passed_at is not None:
        return
    heir = heir_of(post, today_in(post.unit.country, actor.at))
    Post.objects.filter(pk=post_id).update(passed_at=actor.at)
    audit.record(actor, "pass_on", ref(POST, post_id), changes={"becomes": [None, heir]})
    publish(Fact(POST_ENDED, ref(POST, post_id), actor, actor.at, {"becomes": heir}))


def heir_of(post: Post, day: date) -> UUID | None:
    """Who takes an ended post's duties over on `day`.

    The post named by `becomes` (or by that one's, if it has ended, too); else the post with the
    same role in the unit that its unit became; else the nearest head above; else nobody.
    """
    named = _alive_after(post, day)
    if named is not None:
        return named
    roles = _last_roles(post.pk)
    unit = _unit_after(post.unit, day)
    if unit is not None and unit.pk != post.unit_id:
        same = _same_role(unit, roles, day)
        if same is not None:
            return same
    return _head_above(post, unit, day)


def _alive_after(post: Post, day: date) -> UUID | None:
    seen = {post.pk}
    following = post.becomes
    while following is not None and following.pk not in seen:
        if _exists(following, day):
            return following.pk
        seen.add(following.pk)
        following = following.becomes
    return None


def _exists(post: Post, day: date) -> bool:
    return (
        PostVersion.objects.as_of(day).filter(post=post).exists()
        and UnitVersion.objects.as_of(day).filter(unit=post.unit_id).exists()
    )


def _last_roles(post_id: UUID) -> frozenset[str]:
    versions = PostVersion.objects.known().filter(post=post_id)
    last = max(versions, key=lambda row: row.since or date.min, default=None)
    return last.role_set if last else frozenset()


def _unit_after(unit: Unit, day: date) -> Unit | None:
    """The unit itself if it exists on `day`, else the first existing one that it became."""
    seen: set[UUID] = set()
    following: Unit | None = unit
    while following is not None and following.pk not in seen:
        if UnitVersion.objects.as_of(day).filter(unit=following).exists():
            return following
        seen.add(following.pk)
        following = following.becomes
    return None


def _same_role(unit: Unit, roles: frozenset[str], day: date) -> UUID | None:
    """The post of the unit that shares most roles, the eldest of several."""
    rows = PostVersion.objects.as_of(day).filter(post__unit=unit)
    shared = [(-len(row.role_set & roles), row.post_id) for row in rows if row.role_set & roles]
    return min(shared)[1] if shared else None


def _head_above(post: Post, unit: Unit | None, day: date) -> UUID | None:
    """The nearest head from the successor (or the unit) upward, else from where the unit stood."""
    if unit is not None:
        heads = head_posts_above(unit.pk, day)
    else:
        last = _last_day(post.unit_id)
        heads = [pk for pk in head_posts_above(post.unit_id, last) if _exists_by_id(pk, day)]
    return next((pk for pk in heads if pk != post.pk), None)


def _last_day(unit_id: UUID) -> date:
    ends = UnitVersion.objects.known().filter(unit=unit_id).values_list("until", flat=True)
    return max((end for end in ends if end is not None), default=date.max) - timedelta(days=1)


def _exists_by_id(post_id: UUID, day: date) -> bool:
    return _exists(Post.objects.get(pk=post_id), day)
