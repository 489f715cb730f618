"""A resolution of the small house that does not bind yet, and who may object to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from diwan.councils.models import Body, Bylaws, Meeting, Objection
from diwan.councils.tests.factories import ResolutionFactory
from diwan.directory.models import Post
from diwan.directory.tests.factories import PostFactory


def objections(body: Body, meeting: UUID, may_object: Post) -> dict[str, Any]:
    """One post may object to it; another has done so, and waits for the body's answer."""
    resolution = ResolutionFactory.create(
        meeting=Meeting.objects.get(pk=meeting),
        number="۱۴۰۵/ش/ط",
        text={"fa": "مصوبه", "ar": "قرار"},
        binding_date=timezone.now().date() + timedelta(days=9),
    )
    other = PostFactory.create(unit=body.unit, name={"fa": "فرماندار", "ar": "المحافظ"})
    bylaws, _made = Bylaws.objects.get_or_create(body=body, defaults={"quorum": "none"})
    bylaws.objectors.add(may_object, other)
    resolution.objectors.set([may_object, other])
    objection = Objection.objects.create(
        resolution=resolution, post=other, text="هزینه دارد", filed_at=timezone.now()
    )
    return {"not_binding": resolution.pk, "objection": objection.pk}
