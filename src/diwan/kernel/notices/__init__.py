"""Notices: what people are told by e-mail and text message, from one outbox.

A room declares its kinds (`declare_kind`) and tells (`tell`) inside the transaction of what
happened; who is reached how, when and in which words is decided by the worker when it sends.
`docs/notices.md` tells the promises.
"""

from .choosing import choices_of, choose, wishes_of, without_email
from .delivery import deliver, look
from .forgetting import erase_user, forget
from .kinds import (
    Group,
    Kind,
    Telling,
    Words,
    declare_group,
    declare_kind,
    groups,
    kind_of,
)
from .mending import leave, send_again
from .people import Contact, declare_contacts, declare_countries
from .sending import sender
from .telling import tell, tell_address, told_lately

__all__ = [
    "Contact",
    "Group",
    "Kind",
    "Telling",
    "Words",
    "choices_of",
    "choose",
    "declare_contacts",
    "declare_countries",
    "declare_group",
    "declare_kind",
    "deliver",
    "erase_user",
    "forget",
    "groups",
    "kind_of",
    "leave",
    "look",
    "send_again",
    "sender",
    "tell",
    "tell_address",
    "told_lately",
    "wishes_of",
    "without_email",
]
