"""Dates of a register: reading them, and what hangs on a meeting."""

from __future__ import annotations

from diwan.kernel.calendars import ImpossibleDate, PartialDate, Precision
from diwan.kernel.text import nearest

from .book import KIND_WORDS, MEETING, Book
from .faults import Faults, Place, gettext_noop

_WHY = {
    "month": gettext_noop("%(text)s is no date: a year has 12 months. Write another month."),
    "range": gettext_noop("%(text)s lies outside the years of its calendar. Look at the year."),
    "shape": gettext_noop(
        "%(text)s is no date. Write year-month-day with two digits each, as 1390-12-19, "
        "and a fiscal year as FY2019/2020."
    ),
}
_DAY = gettext_noop(
    "%(text)s is no date: that month has %(last)s days. Write a day up to %(last)s."
)


def date_of(value: object, book: Book) -> tuple[PartialDate, str]:
    """A date that was checked, and the key of the meeting on which it hangs, if any.

    A meeting without a date: the day of recording, with the precision *unknown*.
    """
    if isinstance(value, dict) and "event" in value:
        known = book.dates.get(value["event"])
        return known or PartialDate.unknown(book.recorded.first_day), value["event"]
    return PartialDate.parse_register(value), ""


def check_date(value: object, place: Place, faults: Faults, book: Book) -> PartialDate | None:
    """The date, or None with a fault where there is none of that name."""
    if isinstance(value, dict) and "event" in value:
        if value["event"] not in book.of(MEETING):
            unknown(value["event"], MEETING, place, faults, book)
            return None
        return date_of(value, book)[0]
    try:
        return PartialDate.parse_register(value)
    except ImpossibleDate as error:
        if error.why == "day":
            faults.add(place, _DAY, text=error.text, last=error.last_day or 0)
        else:
            faults.add(place, _WHY[error.why], text=error.text)
    return None


def check_order(
    since: PartialDate | None, until: PartialDate | None, place: Place, faults: Faults
) -> None:
    """Note a fault where the end does not lie after the beginning."""
    if since is None or until is None or since.first_day < until.first_day:
        return
    if Precision.UNKNOWN in (since.precision, until.precision):
        faults.add(
            place,
            gettext_noop(
                "until does not lie after since: a meeting without a date counts as the day of "
                "recording. State the meeting's date, or leave one of them out."
            ),
        )
        return
    faults.add(place, gettext_noop("until does not lie after since. Correct one of the two dates."))


def unknown(key: str, kind: str, place: Place, faults: Faults, book: Book) -> None:
    """Note a reference to nothing, with the nearest key of its kind."""
    near = nearest(key, book.of(kind))
    values: dict[str, object] = {
        "key": key,
        "kind": KIND_WORDS[kind],
        "register": book.register,
    }
    if near:
        faults.add(
            place,
            gettext_noop(
                "there is no %(kind)s %(key)s in the register %(register)s. Perhaps %(near)s?"
            ),
            **values,
            near=near,
        )
        return
    faults.add(
        place,
        gettext_noop(
            "there is no %(kind)s %(key)s in the register %(register)s. Add it, or name another."
        ),
        **values,
    )
