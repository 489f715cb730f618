"""Sessions and invitations that are over go; what still says something stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from diwan.accounts.actions.keeping import forget_invitations, forget_sessions
from diwan.accounts.models import Invitation
from diwan.accounts.tests.factories import UserFactory
from diwan.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def test_ended_sessions_go() -> None:
    now = timezone.now()
    for key, days in (("old", -3), ("ended", -1), ("running", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(days=days)
        )
    assert forget_sessions(now - timedelta(days=2)) == 1
    assert forget_sessions(now - timedelta(days=2)) == 0
    assert {s.pk for s in Session.objects.all()} == {"ended", "running"}


def test_accepted_and_open_invitations_stay() -> None:
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=400)

    def invitation(key: str, **more: object) -> None:
        values = {"target_kind": "x.y", "target_id": new_id(), "expires_at": long_ago, **more}
        Invitation.objects.create(token_sha256=key, **values)

    invitation("ran out")
    invitation("withdrawn", expires_at=now, withdrawn_at=long_ago)
    invitation("withdrawn lately", expires_at=now, withdrawn_at=now)
    invitation("open", expires_at=now)
    invitation("accepted", accepted_at=long_ago, accepted_by=UserFactory.create())
    assert forget_invitations(now - timedelta(days=365)) == 2
    left = set(Invitation.objects.values_list("token_sha256", flat=True))
    assert left == {"withdrawn lately", "open", "accepted"}
