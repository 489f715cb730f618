"""The room's tables, one module a subject."""

from .cases import Applicant, Case, CaseAnswers, CaseFile, CaseLink
from .drafts import CodeTry, Draft, DraftFile
from .endings import Ending
from .flow import CaseNote, CasePause, CaseStep, Inquiry
from .limits import Spending
from .ratings import Rating, RatingLink
from .services import Offer, Service, ServiceVersion

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
    "Draft",
    "DraftFile",
    "Ending",
    "Inquiry",
    "Offer",
    "Rating",
    "RatingLink",
    "Service",
    "ServiceVersion",
    "Spending",
]
