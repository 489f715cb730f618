"""Sums in words: shares with what they are of, means with how many answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.kernel.errors import Sentence
from diwan.services.queries.figures import Pair
from diwan.services.queries.measures import Tally
from diwan.ui.components import Tag
from diwan.ui.show import show_number, show_percent

NOTHING = "–"
WORSE_BY = 0.1
"""So much below the year's share a month is worth a look."""
FEW = 5
"""Of so few a share says nothing of getting worse."""

SUMS: Mapping[str, Sentence] = {
    "received": gettext_lazy("Cases received"),
    "online": gettext_lazy("Cases filed without coming"),
    "finished": gettext_lazy("Cases finished"),
    "dated": gettext_lazy("Finished with a promised date"),
    "on_time": gettext_lazy("Cases finished in time"),
    "late": gettext_lazy("Late cases"),
    "returned": gettext_lazy("Cases returned for papers"),
    "again": gettext_lazy("Cases returned twice or more"),
    "reopened": gettext_lazy("Cases finished after reopening"),
    "waited": gettext_lazy("Days waited for applicants"),
    "visits": gettext_lazy("Visits of applicants"),
    "asked": gettext_lazy("Citizens asked for a judgement"),
    "rated": gettext_lazy("Citizens who judged"),
    "stars": gettext_lazy("Stars together"),
    "kept": gettext_lazy("Promise kept, in the citizen's word"),
    "complaints": gettext_lazy("Complaints"),
}


def answer_words(whole: Pair, label: str) -> str:
    """The heading: what was kept in the month of that name, and since its year began."""
    month, year = whole.month, whole.year
    if not year["received"] and not year["finished"]:
        return _("Nothing was filed or finished by the end of %(label)s") % {"label": label}
    if year["dated"] and not month["received"] and not month["finished"]:
        return _("%(year)s in time since the year began; nothing in %(label)s yet") % {
            "label": label,
            "year": percent(year.share("on_time", "dated")),
        }
    if not month["dated"]:
        words = ngettext(
            "%(n)s case came in in %(label)s, none was finished",
            "%(n)s cases came in in %(label)s, none was finished",
            month["received"],
        )
        return words % {"n": show_number(month["received"]), "label": label}
    return _("%(month)s in time in %(label)s, %(year)s since the year began") % {
        "label": label,
        "month": percent(month.share("on_time", "dated")),
        "year": percent(year.share("on_time", "dated")),
    }


def percent(share: float | None) -> str:
    """A share to a tenth of a hundredth; "–" of nothing."""
    return NOTHING if share is None else show_percent(tenths(100 * share))


def tenths(value: float) -> float:
    """A number to a tenth; without one where it is whole."""
    rounded = round(value, 1)
    return int(rounded) if rounded.is_integer() else rounded


def on_time(tally: Tally) -> str:
    """The share in time."""
    return percent(tally.share("on_time", "dated"))


def judgement(tally: Tally) -> str:
    """The mean of the stars, and always with it how many of those asked answered."""
    mean = tally.share("stars", "rated")
    if mean is None:
        return NOTHING
    return _("%(mean)s of 5 (%(rate)s answered)") % {
        "mean": show_number(tenths(mean)),
        "rate": show_percent(round(100 * (tally.share("rated", "asked") or 0))),
    }


def days(tally: Tally) -> str:
    """The days within which half was answered."""
    middle = tally.middle()
    if middle is None:
        return NOTHING
    if not middle:
        return _("the same day")
    return ngettext("%(n)s day", "%(n)s days", middle) % {"n": show_number(middle)}


def worse(pair: Pair) -> Tag | None:
    """That a month is clearly worse than its year; None where it is not, or too little to say."""
    month, year = (each.share("on_time", "dated") for each in (pair.month, pair.year))
    if month is None or year is None or pair.month["dated"] < FEW or year - month < WORSE_BY:
        return None
    return Tag(_("worse than the year"), "late")


def cells_of(pair: Pair) -> Mapping[str, str]:
    """What a part's row says besides the shares in time."""
    return {
        "received": show_number(pair.month["received"]),
        "received_year": show_number(pair.year["received"]),
        "late": show_number(pair.month["late"]),
        "days": days(pair.month),
    }


def lines_of(whole: Pair) -> list[dict[str, Any]]:
    """The measures of the whole, the month beside the year."""
    return [
        {"name": name, "month": say(whole.month), "year": say(whole.year)} for name, say in _LINES
    ]


def _count(name: str) -> Callable[[Tally], str]:
    return lambda tally: show_number(tally[name])


def _share(part: str, of: str) -> Callable[[Tally], str]:
    def say(tally: Tally) -> str:
        share = tally.share(part, of)
        if share is None:
            return NOTHING
        told = {"n": show_number(tally[part]), "all": show_number(tally[of])}
        return _("%(percent)s (%(n)s of %(all)s)") % {"percent": percent(share), **told}

    return say


def _mean(part: str, of: str) -> Callable[[Tally], str]:
    def say(tally: Tally) -> str:
        mean = tally.share(part, of)
        return NOTHING if mean is None else show_number(tenths(mean))

    return say


_LINES: tuple[tuple[Sentence, Callable[[Tally], str]], ...] = (
    (gettext_lazy("Cases received"), _count("received")),
    (gettext_lazy("Cases finished"), _count("finished")),
    (gettext_lazy("Cases finished in time"), _share("on_time", "dated")),
    (gettext_lazy("Late cases"), _count("late")),
    (gettext_lazy("Days to the answer"), days),
    (gettext_lazy("Cases returned for papers"), _share("returned", "finished")),
    (gettext_lazy("Cases returned twice or more"), _share("again", "finished")),
    (gettext_lazy("Cases finished after reopening"), _share("reopened", "finished")),
    (gettext_lazy("Days waited for applicants"), _mean("waited", "finished")),
    (gettext_lazy("Visits of applicants"), _mean("visits", "finished")),
    (gettext_lazy("Cases filed without coming"), _share("online", "received")),
    (gettext_lazy("Judgement of citizens"), judgement),
    (gettext_lazy("Promise kept, in the citizen's word"), _share("kept", "kept_asked")),
    (gettext_lazy("Complaints"), _share("complaints", "own")),
)
