"""Posts: made, changed, ended, corrected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diwan.directory.constants import KEY, POST, Role, roles_text
from diwan.directory.models import Post, PostVersion, Unit, UnitVersion
from diwan.directory.policies import post_policy, unit_policy
from diwan.directory.queries.names import TextMap, shown_day, shown_post
from diwan.directory.rules import timeline
from diwan.directory.rules.timeline import Stretch
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.policies import Actor

from .base import (
    When,
    clean_reason,
    clean_text_map,
    made_key,
    marks_of,
    ref,
    shown_value,
    stated,
)
from .lines import Line
from .moving_ends import end_holdings
from .passing import tell_again, tell_ends
from .seats import check_seats, locked_post, refresh_single
from .units import UNCHANGED, bounded, corrected_line, not_there_sentence


@dataclass(frozen=True)
class NewPost:
    """A post to be made. `on` is its first day, None: as long as its unit. `seats` None: many."""

    unit: Unit
    name: TextMap
    roles: Iterable[str] = ()
    seats: int | None = 1
    on: When | None = None
    key: str = ""


@dataclass(frozen=True)
class PostChange:
    """What becomes different; what is left UNCHANGED stays."""

    name: TextMap = UNCHANGED
    roles: Iterable[str] = UNCHANGED
    seats: int | None = UNCHANGED


@dataclass(frozen=True)
class PostCorrection(PostChange):
    """What a version should have said; `since` None: as long as its unit, `until` None: still."""

    since: When | None = UNCHANGED
    until: When | None = UNCHANGED


@transaction.atomic
def create_post(actor: Actor, new: NewPost) -> Post:
    """Make a post in a unit. Raises Forbidden, NotFound, or Refused with the sentence."""
    through = unit_policy.require(actor, "manage_posts", new.unit)
    values = _values(PostChange(new.name, new.roles, new.seats))
    _require_empowering(actor, new.unit, values)
    since = stated(new.on).first_day if new.on else Line(UnitVersion, new.unit.pk).since
    if not UnitVersion.objects.as_of(since).filter(unit=new.unit).exists():
        raise Refused(not_there_sentence(new.unit, since), field="on")
    post = Post(unit=new.unit, register=new.unit.register)
    post.key = _checked_key(new) if new.key else made_key("post", post.pk)
    post.save(force_insert=True)
    day = stated(new.on).first_day if new.on else date.min
    marks = marks_of(new.on) if new.on else None
    line = Line(PostVersion, post.pk)
    line.store([Stretch(values=values, since=day, since_as=marks)], timezone.now())
    changes = {name: [None, _plain(value)] for name, value in values.items()}
    changes["unit"] = [None, new.unit.pk]
    changes["since"] = [None, shown_value(stated(new.on)) if new.on else None]
    audit.record(actor, "make", ref(POST, post.pk), changes=changes, through=through)
    return post


def _require_empowering(actor: Actor, unit: Unit, values: dict[str, Any]) -> None:
    """Raise Refused where a head would give a post the rights of an administrator."""
    roles = str(values.get("roles", "")).split()
    if Role.ADMINISTRATOR in roles and not unit_policy.may(actor, "empower", unit):
        raise Refused(
            _("Only an administrator gives this role. Leave it out, or ask an administrator."),
            field="roles",
        )


def _checked_key(new: NewPost) -> str:
    if not KEY.fullmatch(new.key):
        raise Refused(
            _("A key has at most 64 Latin letters, digits and hyphens, the first no hyphen."),
            field="key",
        )
    if Post.objects.filter(register=new.unit.register, key=new.key).exists():
        raise Refused(
            _("The register has a post with the key “%(key)s” already; choose another.")
            % {"key": new.key},
            field="key",
        )
    return new.key


def _values(change: PostChange) -> dict[str, Any]:
    """The columns that a change sets, checked."""
    values: dict[str, Any] = {}
    if change.name is not UNCHANGED:
        values["name"] = clean_text_map(change.name)
    if change.roles is not UNCHANGED:
        roles = set(change.roles)
        unknown = sorted(roles - set(Role))
        if unknown:
            raise Refused(
                _("“%(role)s” is no role here; choose from the list.") % {"role": unknown[0]},
                field="roles",
            )
        values["roles"] = roles_text(roles)
    if change.seats is not UNCHANGED:
        if change.seats is not None and change.seats < 1:
            raise Refused(_("A post has at least one seat."), field="seats")
        values["seats"] = change.seats
    return values


@transaction.atomic
def change_post(actor: Actor, post: Post, change: PostChange, *, on: When) -> None:
    """From `on` the post is called otherwise, or has other roles or seats, until a later change.

    Raises Refused where it did not exist on that day, nothing would change, or too many hold it.
    """
    through = post_policy.require(actor, "change", post)
    values = _values(change)
    _require_empowering(actor, post.unit, values)
    locked = locked_post(post.pk)
    line = Line(PostVersion, post.pk)
    day = stated(on).first_day
    try:
        held = timeline.held_on(line.stretches, day)
        after = timeline.change(line.stretches, day, values, dated=marks_of(on))
    except timeline.NothingHeld as error:
        raise Refused(post_not_there_sentence(post, day), field="on") from error
    if after == line.stretches:
        raise Refused(_("Nothing would change: this holds on that day already."))
    line.store(after, timezone.now())
    _settle_seats(locked)
    changes = {n: [_plain(held.values[n]), _plain(value)] for n, value in values.items()}
    changes["on"] = [None, shown_value(stated(on))]
    audit.record(actor, "change", ref(POST, post.pk), changes=changes, through=through)


def _settle_seats(post: Post) -> None:
    check_seats(post)
    refresh_single(post)


def post_not_there_sentence(post: Post, day: date) -> str:
    """The post did not exist on that day, and when it did."""
    line = Line(PostVersion, post.pk)
    return _("“%(post)s” did not exist on %(day)s. It is told of from %(since)s to %(until)s.") % {
        "post": shown_post(post.pk, day),
        "day": shown_day(day),
        "since": shown_day(line.since),
        "until": shown_day(line.until),
    }


@transaction.atomic
def end_post(actor: Actor, post: Post, *, on: When, becomes: Post | None = None) -> None:
    """End a post: `on` is the first day on which it is no more. Its holdings end with it.

    When the day has come its open duties pass to `becomes`, or as `passing.heir_of` says.
    """
    through = post_policy.require(actor, "end", post)
    if becomes is not None:
        _check_heir(actor, post, becomes, on)
    day = stated(on).first_day
    locked = locked_post(post.pk)
    line = Line(PostVersion, post.pk)
    try:
        after = timeline.end(line.stretches, day, dated=marks_of(on))
    except timeline.NothingHeld as error:
        raise Refused(post_not_there_sentence(post, day), field="on") from error
    except timeline.LaterChange as error:
        raise Refused(
            _("“%(post)s” has a change dated %(day)s, after its end. Correct that first.")
            % {"post": shown_post(post.pk, day), "day": shown_day(error.day)},
            field="on",
        ) from error
    if after == line.stretches and becomes is None:
        raise Refused(_("Nothing would change: this holds on that day already."))
    old_end, now = line.until, timezone.now()
    line.store(after, now)
    end_holdings(locked, old_end, line.stretches[-1], now)
    Post.objects.filter(pk=post.pk).update(passed_at=None, becomes=becomes or post.becomes)
    audit.record(
        actor,
        "end",
        ref(POST, post.pk),
        changes={"until": [None, shown_value(stated(on))], "becomes": [None, shown_value(becomes)]},
        through=through,
    )
    tell_ends(actor, [post.pk], locked.unit.country)


def _check_heir(actor: Actor, post: Post, becomes: Post, on: When) -> None:
    post_policy.require(actor, "see", becomes)
    if becomes.pk == post.pk or becomes.unit.country != post.unit.country:
        raise Refused(_("Another post of the same country takes the duties over."), field="becomes")
    day = stated(on).first_day
    if not PostVersion.objects.as_of(day).filter(post=becomes).exists():
        raise Refused(post_not_there_sentence(becomes, day), field="becomes")


@transaction.atomic
def correct_post(
    actor: Actor, version: PostVersion, correction: PostCorrection, *, reason: str
) -> None:
    """Put right what a version says of its post; what was believed stays readable.

    Where its end is put right, holdings that ended with it follow. Raises Refused, or Conflict if
    the version was changed meanwhile.
    """
    post = version.post
    through = post_policy.require(actor, "correct", post)
    why = clean_reason(reason)
    values = _values(correction)
    _require_empowering(actor, post.unit, values)
    locked = locked_post(post.pk)
    line = Line(PostVersion, post.pk)
    wrong = line.of_row(version)
    if wrong is None or wrong.row.pk != version.pk:
        raise Conflict(
            _("Somebody corrected this meanwhile. Look at what it says now, then correct it.")
        )
    right = replace(wrong, values={**wrong.values, **values})
    right = bounded(right, correction.since, correction.until)
    if right == wrong:
        raise Refused(_("Nothing would change: this is what it says already."))
    old_end, now = line.until, timezone.now()
    line.store(corrected_line(line.stretches, wrong, right), now, reason=why)
    if line.until != old_end:
        end_holdings(locked, old_end, line.stretches[-1], now, reason=why)
        tell_again([post.pk], locked.unit.country, actor.at)
    _settle_seats(locked)
    changes = audit.differences(_told(wrong), _told(right))
    audit.record(actor, "correct", ref(POST, post.pk), changes=changes, reason=why, through=through)


def _plain(value: Any) -> Any:
    """A column as the audit keeps it: roles as words."""
    return value.split() if isinstance(value, str) else value


def _told(stretch: Stretch) -> dict[str, Any]:
    told = {name: _plain(value) for name, value in stretch.values.items()}
    told["since"] = None if stretch.since == date.min else stretch.since
    told["until"] = None if stretch.until == date.max else stretch.until
    return told
