"""Who may what with services and their cases."""

from .cases import CASES, NOBODY, WORKING, CasePolicy, counter_units, owed_to

__all__ = ["CASES", "NOBODY", "WORKING", "CasePolicy", "counter_units", "owed_to"]
