"""Who may what with services and their cases."""

from .cases import (
    CASES,
    NOBODY,
    WORKING,
    CasePolicy,
    apart_for,
    apart_from,
    counter_units,
    owed_to,
    with_help,
)
from .figures import counted_for, units_counted

__all__ = [
    "CASES",
    "NOBODY",
    "WORKING",
    "CasePolicy",
    "apart_for",
    "apart_from",
    "counted_for",
    "counter_units",
    "owed_to",
    "units_counted",
    "with_help",
]
