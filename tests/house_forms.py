"""Forms of the small house's service that somebody began: at home, at the counter, on trial."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff
from diwan.kernel.policies import Actor
from diwan.services.actions.drafts import Beginning, Page, begin_draft, save_page
from diwan.services.models import Case, Draft, Service
from diwan.services.rules.codes import digest
from diwan.services.views.trying import trial_key

PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ANSWERS = {"name": "سارا بهاری", "trees": "2", "kind": "plane"}


def forms(*, service: Service, unit: Unit, staff: dict[str, Staff]) -> dict[str, Any]:
    """What the addresses of forms name."""
    version = service.current
    assert version is not None
    anybody, officer = Actor.anonymous(), staff["officer"]
    home, secret = begin_draft(anybody, version, Beginning(Case.Channel.ONLINE, unit=unit))
    at_counter = Beginning(Case.Channel.COUNTER, unit=unit, by_post=officer.post)
    there, counter_secret = begin_draft(officer.actor, version, at_counter)
    trial = Draft.objects.create(
        key=digest(trial_key(version, staff["head"].actor)),
        version=version,
        channel=Case.Channel.ONLINE,
        language="fa",
        tried=True,
        made_at=anybody.at,
        saved_at=anybody.at,
        expires_at=home.expires_at,
    )
    for one in (home, there, trial):
        paper = ("/data/paper", ContentFile(PAPER), "paper.pdf")
        save_page(anybody, one, Page(ANSWERS, {"phone": "09120000000"}, 0, uploads=[paper]))
    return {
        "draft_secret": secret,
        "draft_file": home.files.get().pk,
        "counter_secret": counter_secret,
        "trial_file": trial.files.get().pk,
    }
