"""A meeting that becomes more confidential takes its agenda and the papers along."""

from __future__ import annotations

from typing import Any

from diwan.councils.models import AgendaItem, Meeting
from diwan.kernel.policies import Confidentiality

from .papers import follow_level


def draw_in(meeting: Meeting, changes: dict[str, Any]) -> dict[str, list[Any]]:
    """Raise the items that stand below the meeting's level; what changed of them, by their keys.

    `changes` is what was written of the meeting. Items that were more confidential stay so, and a
    meeting that opens up opens none: each was closed for a reason of its own. Resolutions keep
    their level, by which what was decided may be told though the talk is not.
    """
    if not {"confidentiality", "named_posts"} & changes.keys():
        return {}
    levels = list(Confidentiality)
    level = Confidentiality(meeting.confidentiality)
    raised = []
    for item in AgendaItem.objects.filter(meeting=meeting):
        below = levels.index(Confidentiality(item.confidentiality)) < levels.index(level)
        if not below:
            continue
        item.confidentiality = level.value
        item.save(update_fields=["confidentiality"])
        if level is Confidentiality.NAMED:
            item.named_posts.set(meeting.named_posts.all())
        follow_level(item)
        raised.append(item.key)
    return {"items_raised": [0, len(raised)]} if raised else {}
