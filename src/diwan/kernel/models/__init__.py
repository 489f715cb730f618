"""The kernel's tables, one module a subject."""

from .audit import AuditEntry, PersonalValue
from .files import Blob, StoredFile
from .jobs import OPEN_STATES, Heartbeat, Job, JobState, Lease
from .links import Link
from .once import Claim
from .retention import RetentionRule, RetentionRun
from .seals import Seal, Verification
from .worktime import DeclaredHoliday, OfficeHoursRow, WeekendRow

__all__ = [
    "OPEN_STATES",
    "AuditEntry",
    "Blob",
    "Claim",
    "DeclaredHoliday",
    "Heartbeat",
    "Job",
    "JobState",
    "Lease",
    "Link",
    "OfficeHoursRow",
    "PersonalValue",
    "RetentionRule",
    "RetentionRun",
    "Seal",
    "StoredFile",
    "Verification",
    "WeekendRow",
]
