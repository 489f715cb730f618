"""Which users stand behind posts, and in which country a user works; for notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from diwan.directory.models import Holding, Person


def users_of_posts(post_ids: Iterable[UUID], at: datetime) -> dict[UUID, list[UUID]]:
    """The users who hold each post at an instant, full, acting and deputy; others are left out."""
    rows = (
        Holding.objects.at(at)
        .filter(post_id__in=set(post_ids), person__user__isnull=False)
        .order_by("since_at", "pk")
        .values_list("post_id", "person__user_id")
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for post_id, user_id in rows:
        found[post_id].append(user_id)
    return dict(found)


def users_of_people(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The user of each of these people; those without one are left out."""
    rows = Person.objects.filter(pk__in=set(person_ids), user__isnull=False)
    return dict(rows.values_list("pk", "user_id"))


def countries_of_users(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The country in which each user holds a post now; those without a post are left out."""
    rows = Holding.objects.at(timezone.now()).filter(person__user_id__in=set(user_ids))
    return dict(rows.order_by("pk").values_list("person__user_id", "post__unit__country"))
