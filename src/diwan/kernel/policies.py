"""Who may what: actors, confidentiality, and the policy that answers both questions.

A policy is one condition a verb (`scope`). "May she?" asks whether the record lies within it,
"which ones?" filters by it, so the two answers cannot drift apart. Nobody has rights by being a
person (`ACCESS.md`): without an actor the answer is an error, and an anonymous actor sees what is
public and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .errors import Forbidden, NotFound
from .remembering import memory

M = TypeVar("M", bound=models.Model)


class Confidentiality(models.TextChoices):
    """Who may read a record that has no other right to it (`ACCESS.md`)."""

    PUBLIC = "public", _("public")
    INTERNAL = "internal", _("internal")
    BODY = "body", _("body and owners")
    NAMED = "named", _("named posts")


class ActorKind(StrEnum):
    """What acts."""

    USER = "user"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Actor:
    """Who asks or acts, at which instant, from which post.

    `post_id` is the post the user chose to act from; rights come from every post held, and the
    audit names the post that gave the right. `narrow` asks as if that post alone were held.
    `memo` keeps what rooms derived for this actor during one request.
    """

    kind: ActorKind
    at: datetime
    user_id: UUID | None = None
    label: str = ""
    post_id: UUID | None = None
    elevation_id: UUID | None = None
    narrow: UUID | None = None
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def system(cls, label: str, *, at: datetime | None = None) -> Actor:
        """Actor of imports, ticks and seals; `label` names the job in the audit."""
        return cls(kind=ActorKind.SYSTEM, at=at or timezone.now(), label=label)

    @classmethod
    def anonymous(cls) -> Actor:
        """Somebody who has not signed in."""
        return cls(kind=ActorKind.ANONYMOUS, at=timezone.now())

    @classmethod
    def user(cls, user_id: UUID, label: str, **more: Any) -> Actor:
        """A signed-in user; `more` may give post_id, elevation_id and at."""
        more.setdefault("at", timezone.now())
        return cls(kind=ActorKind.USER, user_id=user_id, label=label, **more)

    @property
    def is_system(self) -> bool:
        """True for imports, ticks and seals."""
        return self.kind is ActorKind.SYSTEM

    @property
    def elevated(self) -> bool:
        """True while an administrator's timed elevation runs, and for the system."""
        return self.is_system or self.elevation_id is not None

    def narrowed(self, post_id: UUID) -> Actor:
        """The same user as if holding `post_id` alone and without elevation."""
        return replace(self, post_id=post_id, narrow=post_id, elevation_id=None, memo={})


@dataclass(frozen=True)
class Through:
    """What gave the right to act: a post, or an elevation, or neither (the system)."""

    post_id: UUID | None = None
    elevation_id: UUID | None = None


class Policy(Generic[M]):
    """One room's answer for one model.

    Subclasses name the model, list their `verbs` (`see` is always one) and write `scope`. While a
    page is made the first question about a record answers for all its verbs.
    """

    model: type[M]
    verbs: tuple[str, ...] = ("see",)

    def scope(self, actor: Actor, verb: str) -> Q:  # noqa: ARG002 - for subclasses
        """The condition on `model` under which `actor` may `verb`."""
        raise KeyError(f"{type(self).__name__} has no rule for {verb}")

    def posts_of(self, actor: Actor) -> list[UUID]:
        """The posts whose holding may give this actor rights, the chosen one first."""
        return [actor.post_id] if actor.post_id else []

    def which(self, actor: Actor, verb: str, queryset: QuerySet[M]) -> QuerySet[M]:
        """Those of `queryset` on which `actor` may `verb`."""
        if actor.elevated:
            return queryset
        return queryset.filter(self.scope(actor, verb))

    def find(self, actor: Actor, queryset: QuerySet[M]) -> list[M]:
        """Those of `queryset` that `actor` may see, in its order, in one question.

        While a page is made all rights on them are learned by the way (see `may`). For one record,
        or for the few of a page: rights on a long list are asked for by `which`.
        """
        known = memory("policies")
        if actor.elevated or known is None:
            return list(self.which(actor, "see", queryset))
        seen = []
        columns, of_verb = self._marks(actor)
        for row in queryset.annotate(**columns):
            rights = known[self._rights_key(actor, row)] = self._marked(row, of_verb)
            if "see" in rights:
                seen.append(row)
        return seen

    def may(self, actor: Actor, verb: str, record: M) -> bool:
        """True if `actor` may `verb` on `record`."""
        # Django's documented way to a model's manager when the model is not known by name.
        records = self.model._default_manager.filter(pk=record.pk)  # noqa: SLF001
        known = memory("policies")
        if known is None or verb not in self.verbs:
            return self.which(actor, verb, records).exists()
        if actor.elevated:
            return True
        key = self._rights_key(actor, record)
        if key not in known:
            columns, of_verb = self._marks(actor)
            row = records.annotate(**columns).only("pk").first()
            known[key] = self._marked(row, of_verb) if row is not None else frozenset()
        return verb in known[key]

    def _rights_key(self, actor: Actor, record: M) -> tuple[object, ...]:
        return (type(self), actor.kind, actor.user_id, actor.narrow, actor.at, record.pk)

    def _marks(self, actor: Actor) -> tuple[dict[str, Case], dict[str, str]]:
        """Columns that say whether the actor may, and in which of them each verb stands.

        Verbs for which `scope` gives the very same object share a column: what the database must
        ask once it is asked once.
        """
        columns: dict[str, Case] = {}
        of_verb: dict[str, str] = {}
        of_condition: dict[int, str] = {}
        conditions = {verb: self.scope(actor, verb) for verb in self.verbs}
        for verb, condition in conditions.items():
            name = of_verb[verb] = of_condition.setdefault(id(condition), f"may_{verb}")
            if name not in columns:
                yes, no = Value(value=True), Value(value=False)
                columns[name] = Case(When(condition, then=yes), default=no)
        return columns, of_verb

    @staticmethod
    def _marked(row: M, of_verb: dict[str, str]) -> frozenset[str]:
        return frozenset(verb for verb, name in of_verb.items() if getattr(row, name))

    def demand(self, actor: Actor, verb: str, record: M) -> None:
        """Raise as `require` does; for pages, which need not know through which post."""
        if not self.may(actor, verb, record):
            if verb == "see" or not self.may(actor, "see", record):
                raise NotFound
            raise Forbidden

    def require(self, actor: Actor, verb: str, record: M) -> Through:
        """What gives `actor` the right to `verb` on `record`.

        Raises NotFound where the record may not even be seen, Forbidden where it may.
        """
        self.demand(actor, verb, record)
        return self.through(actor, verb, record)

    def through(self, actor: Actor, verb: str, record: M) -> Through:
        """The post that carries the right, the chosen one before others; else the elevation."""
        posts = self.posts_of(actor)
        if len(posts) == 1 and not actor.elevated:
            return Through(post_id=posts[0])
        for post_id in posts:
            if self.may(actor.narrowed(post_id), verb, record):
                return Through(post_id=post_id)
        return Through(elevation_id=actor.elevation_id)
