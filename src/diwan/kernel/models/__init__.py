"""The kernel's tables, one module a subject."""

from .audit import AuditEntry, PersonalValue
from .files import Blob, StoredFile
from .jobs import OPEN_STATES, Heartbeat, Job, JobState, Lease
from .links import Link
from .notices import Channel, Notice, NoticeChoice, NoticeState, NoticeWishes, Pace
from .once import Claim
from .retention import RetentionRule, RetentionRun
from .seals import Seal, Verification
from .search import SearchBuild, SearchRecord, SearchStale
from .worktime import DeclaredHoliday, OfficeHoursRow, WeekendRow

__all__ = [
    "OPEN_STATES",
    "AuditEntry",
    "Blob",
    "Channel",
    "Claim",
    "DeclaredHoliday",
    "Heartbeat",
    "Job",
    "JobState",
    "Lease",
    "Link",
    "Notice",
    "NoticeChoice",
    "NoticeState",
    "NoticeWishes",
    "OfficeHoursRow",
    "Pace",
    "PersonalValue",
    "RetentionRule",
    "RetentionRun",
    "Seal",
    "SearchBuild",
    "SearchRecord",
    "SearchStale",
    "StoredFile",
    "Verification",
    "WeekendRow",
]
