"""Dates of running cases follow the working time."""

from __future__ import annotations

from diwan.kernel import exchange
from diwan.kernel.working import WORKING_CHANGED
from diwan.services.actions.recounting import ask_for_recount


def declare_working() -> None:
    """Count the dates of cases anew whenever a country's or a unit's working time changes."""
    exchange.listen(WORKING_CHANGED, ask_for_recount)
