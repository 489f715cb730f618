"""What the room counts for others: of units and of services, in periods of any calendar."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from diwan.directory.public import UNIT
from diwan.kernel import exchange
from diwan.kernel.exchange import Better, Form, Measure, MeasureQuestion, Value, Values
from diwan.services.constants import SERVICE
from diwan.services.queries.measures import Tally

from .counting import judgements_of, tallies_of

Read = Callable[[Tally], Value | None]
KINDS = frozenset({UNIT, SERVICE})
ASKED_ALONE: frozenset[str] = frozenset()
"""Asked by its key, and in no list of a record's measures."""


def declare_measures() -> None:
    """Declare what is counted."""
    for measure in (*MEASURES, *FELT):
        exchange.declare_measure(measure)


def _values(read: Read) -> Callable[[MeasureQuestion], Values]:
    def values(question: MeasureQuestion) -> Values:
        found = {key: read(tally) for key, tally in tallies_of(question).items()}
        return {key: value for key, value in found.items() if value is not None}

    return values


def _counts(name: str) -> Callable[[MeasureQuestion], Values]:
    return _values(lambda tally: Value(tally[name]) if tally[name] else None)


def _ratio(part: str, of: str) -> Callable[[MeasureQuestion], Values]:
    return _values(lambda tally: Value(tally[part], of=int(tally[of])) if tally[of] else None)


def _judged(part: str, of: str) -> Callable[[MeasureQuestion], Values]:
    def values(question: MeasureQuestion) -> Values:
        found = judgements_of(question).items()
        return {key: Value(one[part], of=int(one[of])) for key, one in found if one[of]}

    return values


def _middle(tally: Tally) -> Value | None:
    days = tally.middle()
    return None if days is None else Value(days, of=int(tally["finished"]))


MEASURES = (
    Measure(
        key="services.received",
        name=_("Cases received"),
        form=Form.COUNT,
        better=Better.NEITHER,
        kinds=KINDS,
        values=_counts("received"),
        help=_("By the day on which they were filed; complaints are cases, too."),
    ),
    Measure(
        key="services.finished",
        name=_("Cases finished"),
        form=Form.COUNT,
        better=Better.MORE,
        kinds=KINDS,
        values=_counts("finished"),
        help=_("Granted or refused in the period; withdrawn ones are not counted."),
    ),
    Measure(
        key="services.late",
        name=_("Late cases"),
        form=Form.COUNT,
        better=Better.LESS,
        kinds=KINDS,
        values=_counts("late"),
        help=_("Open and over the promised date at the end of the period, or now."),
    ),
    Measure(
        key="services.on_time",
        name=_("Cases finished in time"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=KINDS,
        values=_ratio("on_time", "dated"),
        help=_("Of the cases finished in the period, those answered by the promised date."),
    ),
    Measure(
        key="services.days",
        name=_("Days to the answer"),
        form=Form.DAYS,
        better=Better.LESS,
        kinds=KINDS,
        values=_values(_middle),
        help=_("Half of the cases finished in the period took no longer, waiting included."),
    ),
    Measure(
        key="services.returned",
        name=_("Cases returned for papers"),
        form=Form.SHARE,
        better=Better.LESS,
        kinds=KINDS,
        values=_ratio("returned", "finished"),
        help=_("Of the cases finished in the period, those that lacked something."),
    ),
    Measure(
        key="services.returned_again",
        name=_("Cases returned twice or more"),
        form=Form.SHARE,
        better=Better.LESS,
        kinds=KINDS,
        values=_ratio("again", "finished"),
        help=_("Of the cases finished in the period, those not told everything at once."),
    ),
    Measure(
        key="services.reopened",
        name=_("Cases finished after reopening"),
        form=Form.SHARE,
        better=Better.LESS,
        kinds=KINDS,
        values=_ratio("reopened", "finished"),
        help=_("Of the cases finished in the period, those that had ended once before."),
    ),
    Measure(
        key="services.waited",
        name=_("Days waited for applicants"),
        form=Form.MEAN,
        better=Better.LESS,
        kinds=KINDS,
        values=_ratio("waited", "finished"),
        help=_("On the average of the cases finished in the period."),
    ),
    Measure(
        key="services.visits",
        name=_("Visits of applicants"),
        form=Form.MEAN,
        better=Better.LESS,
        kinds=KINDS,
        values=_ratio("visits", "finished"),
        help=_("How often the applicant came, on the average of the cases finished in the period."),
    ),
    Measure(
        key="services.online",
        name=_("Cases filed without coming"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=KINDS,
        values=_ratio("online", "received"),
        help=_("Of the cases received, those filed online or by an app."),
    ),
    Measure(
        key="services.rating",
        name=_("Judgement of citizens"),
        form=Form.MEAN,
        better=Better.MORE,
        kinds=KINDS,
        values=_ratio("stars", "rated"),
        help=_("Stars out of five: the mean of the period's finished cases that were judged."),
    ),
    Measure(
        key="services.responses",
        name=_("Answers to the question for a judgement"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=KINDS,
        values=_ratio("rated", "asked"),
        help=_(
            "Of the citizens asked after the end of their case; the mean says nothing without it."
        ),
    ),
    Measure(
        key="services.promise_kept",
        name=_("Promise kept, in the citizen's word"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=KINDS,
        values=_ratio("kept", "kept_asked"),
        help=_("Of the citizens who judged, those who say that the promised date was kept."),
    ),
    Measure(
        key="services.complaints",
        name=_("Complaints"),
        form=Form.SHARE,
        better=Better.LESS,
        kinds=KINDS,
        values=_ratio("complaints", "own"),
        help=_("Filed in the period about cases, in relation to the cases received."),
    ),
)
FELT = (
    Measure(
        key="services.felt",
        name=_("Judgement of citizens"),
        form=Form.MEAN,
        better=Better.MORE,
        kinds=ASKED_ALONE,
        values=_judged("stars", "rated"),
    ),
    Measure(
        key="services.felt_responses",
        name=_("Answers to the question for a judgement"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=ASKED_ALONE,
        values=_judged("rated", "asked"),
    ),
)
"""The same of all cases of a unit or service, whoever signed in may see of them."""
