"""What is wrong with an answer, in one sentence of the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from diwan.kernel.calendars import ImpossibleDate, parse_date
from diwan.services.rules.formtree import Form, Node
from diwan.ui import sentences
from diwan.ui.show import show_digits, show_local, show_number

from .written import MEDIA, calendar_of, show_figure

if TYPE_CHECKING:
    from diwan.services.rules.evaluation import AnswerFault

LONGEST_QUOTE = 60


def place_of(form: Form, fault: AnswerFault) -> str:
    """The place of a fault: its path, the repeats in it with their numbers."""
    numbers = list(fault.index)
    path = place = ""
    for name in fault.path.split("/")[1:]:
        path, place = f"{path}/{name}", f"{place}/{name}"
        node = form.by_path.get(path)
        if node is not None and node.kind == "repeat" and numbers:
            place += f"[{numbers.pop(0)}]"
    return place


def sentence_of(fault: AnswerFault, form: Form, *, value: str = "") -> str:
    """What is wrong, and what would be right; the form's own words go first.

    `value` is what was answered there.
    """
    node = form.by_path.get(fault.path)
    own = show_local(fault.message)
    if fault.code == "required":
        return own or _missing(node)
    if fault.code == "constraint":
        return own or _("This answer does not fit. Read the question once more and mend it.")
    if fault.code == "type" and node is not None:
        return _of_type(node, value)
    makers: dict[str, Callable[[], str]] = {
        "choice": _not_offered,
        "unknown": lambda: _("This form does not ask that; it was left aside."),
        "division": _divided,
        "too_many": lambda: _("There are more of these than can be taken. Leave some out."),
        "too_much": lambda: _("This form is too much to work out. Tell the office that offers it."),
    }
    return makers.get(fault.code, lambda: own or _("This answer cannot be taken as it is."))()


def _missing(node: Node | None) -> str:
    kind = "" if node is None else node.type
    if kind in ("select_one", "rank", "range"):
        return _("Choose an answer.")
    if kind == "select_multiple":
        return _("Choose one at least.")
    if kind in MEDIA:
        return _("Attach the file or picture.")
    if kind == "acknowledge":
        return _("Confirm this to go on.")
    return _("Write an answer.")


def _not_offered() -> str:
    return _("This answer is not among those to choose from. Choose one of the list.")


def _divided() -> str:
    return _(
        "This cannot be worked out: it would divide by zero. Look at the numbers you wrote above."
    )


def _of_type(node: Node, value: str) -> str:
    quoted = show_digits(value[:LONGEST_QUOTE])
    if node.type == "date":
        return _no_day(node, value)
    makers: dict[str, Callable[[], str]] = {
        "integer": lambda: (
            _("“%(text)s” is no whole number; write figures alone, like %(example)s.")
            % {"text": quoted, "example": show_number(12)}
        ),
        "decimal": lambda: _no_number(quoted),
        "range": lambda: (
            _no_number(quoted)
            if not value.replace(".", "").isdigit()
            else _("Choose a number from %(first)s to %(last)s.")
            % {
                "first": show_figure(node.parameters.get("start", "1")),
                "last": show_figure(node.parameters.get("end", "10")),
            }
        ),
        "time": lambda: (
            _("“%(text)s” is not a time of day; write it like %(example)s.")
            % {"text": quoted, "example": show_digits("10:30")}
        ),
        "dateTime": lambda: _("Write both the day and the time."),
        "geopoint": lambda: (
            _("This is no place: write latitude and longitude as numbers, like %(example)s.")
            % {"example": f"{show_figure('37.47')}, {show_figure('57.33')}"}
        ),
    }
    default = _("“%(text)s” cannot be taken here. Read the question once more and mend it.")
    return makers.get(node.type, lambda: default % {"text": quoted})()


def _no_number(quoted: str) -> str:
    return _("“%(text)s” is no number; write figures alone, like %(example)s.") % {
        "text": quoted,
        "example": show_number(2.5),
    }


def _no_day(node: Node, value: str) -> str:
    try:
        parse_date(value, calendar_of(node))
    except ImpossibleDate as error:
        return sentences.impossible_date(error)
    return _("Write the date.")
