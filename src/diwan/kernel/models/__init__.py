"""The kernel's tables, one module a subject."""

from .audit import AuditEntry, PersonalValue
from .files import Blob, StoredFile
from .jobs import Heartbeat
from .links import Link
from .worktime import DeclaredHoliday, OfficeHoursRow, WeekendRow

__all__ = [
    "AuditEntry",
    "Blob",
    "DeclaredHoliday",
    "Heartbeat",
    "Link",
    "OfficeHoursRow",
    "PersonalValue",
    "StoredFile",
    "WeekendRow",
]
