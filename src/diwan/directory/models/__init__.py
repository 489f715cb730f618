"""The directory's tables, one module a subject."""

from .calendars import UnitDay, UnitHours, UnitWeekend
from .handovers import Handover, HandoverSignature, Need, Note
from .posts import Holding, Partner, Person, Post, PostPattern, PostVersion
from .units import Register, Registered, Unit, UnitPath, UnitPattern, UnitSuccession, UnitVersion

__all__ = [
    "Handover",
    "HandoverSignature",
    "Holding",
    "Need",
    "Note",
    "Partner",
    "Person",
    "Post",
    "PostPattern",
    "PostVersion",
    "Register",
    "Registered",
    "Unit",
    "UnitDay",
    "UnitHours",
    "UnitPath",
    "UnitPattern",
    "UnitSuccession",
    "UnitVersion",
    "UnitWeekend",
]
