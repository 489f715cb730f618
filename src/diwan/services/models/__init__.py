"""The room's tables, one module a subject."""

from .cases import Applicant, Case, CaseAnswers, CaseFile, CaseLink
from .drafts import CodeTry, Draft, DraftFile
from .endings import Ending
from .flow import CaseNote, CasePause, CaseStep, Inquiry
from .limits import Spending
from .ratings import Rating, RatingLink
from .services import Offer, Service, ServiceVersion
from .sums import CountedMonth, MonthSum

__all__ = [
    "Applicant",
    "Case",
    "CaseAnswers",
    "CaseFile",
    "CaseLink",
    "CaseNote",
    "CasePause",
    "CaseStep",
    "CodeTry",
    "CountedMonth",
    "Draft",
    "DraftFile",
    "Ending",
    "Inquiry",
    "MonthSum",
    "Offer",
    "Rating",
    "RatingLink",
    "Service",
    "ServiceVersion",
    "Spending",
]
