"""How services and cases are spoken of on citizens' pages and papers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import reduce

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.kernel.text import isolate
from diwan.services.models import Case
from diwan.services.rules.definition import Cost, Deadline, Definition
from diwan.services.rules.flow import promised
from diwan.ui.show import show_local, show_number


def deadline_words(deadline: Deadline) -> str:
    """A length of time in words: ۳ روز کاری."""
    amount = deadline.amount
    n: float = int(amount) if amount == int(amount) else amount
    counted = {"n": show_number(n)}
    plural = n if isinstance(n, int) else 2
    if deadline.unit == "working_hours":
        words = ngettext("%(n)s working hour", "%(n)s working hours", plural)
    elif deadline.unit == "working_days":
        words = ngettext("%(n)s working day", "%(n)s working days", plural)
    else:
        words = ngettext("%(n)s day", "%(n)s days", plural)
    return words % counted


def promise_words(definition: Definition) -> str:
    """What the citizen is promised, empty where nothing is."""
    parts: list[Deadline] = []
    for deadline in promised(definition):
        if parts and parts[-1].unit == deadline.unit:
            parts[-1] = Deadline(parts[-1].amount + deadline.amount, deadline.unit)
        else:
            parts.append(deadline)
    told = [deadline_words(part) for part in parts]
    return reduce(_one_after_another, told) if told else ""


def _one_after_another(first: str, second: str) -> str:
    return _("%(first)s, then %(next)s") % {"first": first, "next": second}


def days_words(n: int) -> str:
    """A count of working days; none is the same day."""
    if n == 0:
        return _("the same day")
    return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": show_number(n)}


def cost_words(cost: Cost) -> str:
    """An amount with its currency; where it varies, that it does."""
    try:
        amount = Decimal(cost.amount)
    except InvalidOperation:
        return pgettext("cost", "varies")
    if not amount:
        return pgettext("cost", "free of charge")
    currencies = {
        "IRR": pgettext("currency", "%(amount)s rials"),
        "EGP": pgettext("currency", "%(amount)s Egyptian pounds"),
    }
    shown = show_number(int(amount) if amount == int(amount) else amount)
    words = currencies.get(cost.currency)
    return words % {"amount": shown} if words else f"{shown} {isolate(cost.currency)}".strip()


def costs_words(definition: Definition) -> list[tuple[str, str]]:
    """What is paid for what."""
    return [(show_local(cost.name), cost_words(cost)) for cost in definition.costs]


def channel_words(channels: Sequence[str]) -> str:
    """The ways to ask for a service that are a person's own; programs' ways are left out."""
    own = ("online", "counter", "phone")
    labels = [str(Case.Channel(key).label) for key in channels if key in own]
    return _(", ").join(labels)


def absolute(request: HttpRequest | None, name: str, *args: object) -> str:
    """An address with its house in front, for papers and codes."""
    where = reverse(name, args=args)
    if settings.ORIGIN or request is None:
        return f"{settings.DIWAN_ADDRESS}{where}"
    return request.build_absolute_uri(where)
