"""Words of the room that others use, too: the kinds of its records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from diwan.kernel.errors import Sentence

OPEN_TABLE = "interop.open_table"

FEED = "interop.feed"
OWN_CALENDAR = _("My meetings and dates")
FEED_BEFORE = timedelta(days=365)
FEED_AHEAD = timedelta(days=731)
"""A feed tells the year before and the two to come."""

WEBHOOK = "interop.webhook"
PING = "ping"
FACTS: Mapping[str, Sentence] = {
    "councils.meeting_held": _("a meeting was held"),
    "councils.resolution_adopted": _("a resolution was adopted"),
    "councils.action_*": _("any step of an action"),
    "councils.action_report": _("an action was reported done"),
    "councils.action_close": _("an action was closed"),
    "directory.post_ended": _("a post ended"),
    "services.case_*": _("any step of a case"),
    "services.case_filed": _("a case was filed"),
    "services.case_ended": _("a case ended"),
    "services.case_late": _("a case was found late"),
    "services.case_rated": _("a case was judged by its applicant"),
}
"""What a webhook can be told; a star stands for every end."""
ATTEMPTS = 12
"""With the queue's growing waits these take about a day."""
FIRST_WAIT = 60.0
DAYS_OF_FAILURE = 3
KEPT_DAYS = 30
"""Deliveries that are over are kept so long."""
