"""How rooms that are strangers meet.

Each room declares in its `provides.py` what it has to offer; others ask here. Declarations are
made once, when Django starts (`AppConfig.ready`). The exchange knows no room: a subject's kind is
a word such as ``councils.action``.
"""

from .agenda import AgendaPoint, AgendaQuestion, Weight, agenda_points, declare_agenda
from .concerns import Change, Concern, concerns, declare_concern
from .desk import (
    Counted,
    DeskCounter,
    DeskItem,
    DeskProvider,
    DeskQuestion,
    EdgesOf,
    PostCount,
    Waiting,
    counted_desk,
    declare_desk,
    desk_items,
)
from .facts import EVERY, Fact, Listener, listen, publish
from .handing import (
    HandoverLine,
    HandoverQuestion,
    HandoverSection,
    declare_handover,
    handover_sections,
)
from .measures import (
    Better,
    Form,
    Measure,
    MeasureQuestion,
    Value,
    Values,
    declare_measure,
    measure,
    measures_for,
)
from .relating import RELATED_SHOWN, Related, Relater, declare_related, related
from .rosters import Entitled, Roster, declare_roster, roster, rosters_for
from .subjects import Card, Ref, Subject, cards, declare_subject, subject_kinds, subject_of
from .tables import (
    FieldType,
    OpenField,
    OpenTable,
    Row,
    Suppression,
    declare_table,
    open_table,
    open_tables,
)

__all__ = [
    "EVERY",
    "RELATED_SHOWN",
    "AgendaPoint",
    "AgendaQuestion",
    "Better",
    "Card",
    "Change",
    "Concern",
    "Counted",
    "DeskCounter",
    "DeskItem",
    "DeskProvider",
    "DeskQuestion",
    "EdgesOf",
    "Entitled",
    "Fact",
    "FieldType",
    "Form",
    "HandoverLine",
    "HandoverQuestion",
    "HandoverSection",
    "Listener",
    "Measure",
    "MeasureQuestion",
    "OpenField",
    "OpenTable",
    "PostCount",
    "Ref",
    "Related",
    "Relater",
    "Roster",
    "Row",
    "Subject",
    "Suppression",
    "Value",
    "Values",
    "Waiting",
    "Weight",
    "agenda_points",
    "cards",
    "concerns",
    "counted_desk",
    "declare_agenda",
    "declare_concern",
    "declare_desk",
    "declare_handover",
    "declare_measure",
    "declare_related",
    "declare_roster",
    "declare_subject",
    "declare_table",
    "desk_items",
    "handover_sections",
    "listen",
    "measure",
    "measures_for",
    "open_table",
    "open_tables",
    "publish",
    "related",
    "roster",
    "rosters_for",
    "subject_kinds",
    "subject_of",
]
