"""How rooms that are strangers meet.

Each room declares in its `provides.py` what it has to offer; others ask here. Declarations are
made once, when Django starts (`AppConfig.ready`). The exchange knows no room: a subject's kind is
a word such as ``councils.action``.
"""

from .desk import DeskItem, DeskProvider, DeskQuestion, Waiting, declare_desk, desk_items
from .facts import Fact, Listener, listen, publish
from .finding import Finder, Found, Search, declare_search, search
from .relating import RELATED_SHOWN, Related, Relater, declare_related, related
from .subjects import Card, Ref, Subject, cards, declare_subject, subject_kinds, subject_of

__all__ = [
    "RELATED_SHOWN",
    "Card",
    "DeskItem",
    "DeskProvider",
    "DeskQuestion",
    "Fact",
    "Finder",
    "Found",
    "Listener",
    "Ref",
    "Related",
    "Relater",
    "Search",
    "Subject",
    "Waiting",
    "cards",
    "declare_desk",
    "declare_related",
    "declare_search",
    "declare_subject",
    "desk_items",
    "listen",
    "publish",
    "related",
    "search",
    "subject_kinds",
    "subject_of",
]
