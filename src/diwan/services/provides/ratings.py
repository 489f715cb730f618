"""Judging: opened by the end of a case, told to the applicant; few stars come to a desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from diwan.directory.public import UNIT, Role, heads_above, users_of_posts
from diwan.kernel import exchange, jobs, notices
from diwan.kernel.exchange import DeskItem, DeskQuestion, Fact, Ref, Waiting
from diwan.kernel.notices import Telling, Words
from diwan.kernel.policies import ActorKind
from diwan.kernel.retention import declare_retention
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in
from diwan.services.actions.limits import forget_spendings
from diwan.services.actions.ratings import ASK_TO_RATE, RATE_NOTICE, ask_to_rate, open_rating
from diwan.services.actions.tries import forget_tries
from diwan.services.constants import CASE, ENDED, FEW_STARS, RATED
from diwan.services.models import Case, Rating
from diwan.services.policies import CASES, apart_from
from diwan.services.queries.ratings import LOW, calling_unit, to_call_back
from diwan.services.rules.codes import first_signs, written_code
from diwan.ui.show import show_local, show_number

from .desk import working_posts
from .notices import GROUP

CALL_BACK = timedelta(days=14)
"""After so long nobody expects to be called any more."""


def declare() -> None:
    """Declare the room's part in judging."""
    exchange.listen(ENDED, _open)
    notices.declare_kind(
        RATE_NOTICE, label=gettext_lazy("the link to judge a service"), write=_words, secret=True
    )
    exchange.declare_desk(low_ratings)
    exchange.listen(RATED, _tell_head)
    notices.declare_kind(
        FEW_STARS, label=gettext_lazy("few stars for a service"), write=_few_stars, group=GROUP
    )
    declare_retention("services.tries", gettext_lazy("tries of tracking codes"), 1, forget_tries)
    spent = gettext_lazy("how much was sent from one network")
    declare_retention("services.spendings", spent, 1, forget_spendings)


def _open(fact: Fact) -> None:
    case = Case.objects.select_related("service", "version").get(pk=fact.ref.id)
    open_rating(case, fact.at)


@jobs.job(ASK_TO_RATE, label=gettext_lazy("Asking a citizen to judge a service"), atomic=True)
def ask(case: str) -> None:
    """A job: send the link by which a case is judged."""
    found = Case.objects.select_related("service").filter(pk=case).first()
    if found is not None:
        ask_to_rate(found, timezone.now())


def _tell_head(fact: Fact) -> None:
    """Few stars are told to the nearest head, once a day for a unit however many they are."""
    if int(fact.data["stars"]) > LOW:
        return
    case = Case.objects.select_related("service").get(pk=fact.ref.id)
    country = case.service.country
    unit_id = calling_unit(case)
    heads = heads_above(unit_id, fact.at, country=country)[:1]
    users = [user for each in users_of_posts(heads, fact.at).values() for user in each]
    once = f"{unit_id}:{today_in(country, fact.at)}"
    notices.tell(FEW_STARS, users, Ref(UNIT, unit_id), once=once)


def _few_stars(telling: Telling) -> Words | None:
    """How many wait to be called, when it is sent; nothing where all were."""
    count = to_call_back([telling.ref.id], timezone.now() - CALL_BACK).count()
    if not count or telling.card is None:
        return None
    subject = ngettext(
        "%(unit)s: %(count)s citizen judged with few stars and waits for a call",
        "%(unit)s: %(count)s citizens judged with few stars and wait for a call",
        count,
    ) % {"unit": show_local(telling.card.title), "count": show_number(count)}
    return Words(subject, step=_("Call the citizen"), url=reverse("desk:home"))


def _words(telling: Telling) -> Words:
    name = isolate(show_local(telling.data["service"]))
    return Words(
        subject=_("How was it? Judge %(service)s in one minute") % {"service": name},
        lines=[_("Tracking code %(code)s") % {"code": isolate(written_code(telling.data["code"]))}],
        step=_("Judge the service"),
        url=f"/{get_language()}/services/rate/{telling.data['secret']}/",
    )


def low_ratings(question: DeskQuestion) -> Iterable[DeskItem]:
    """Cases judged with few stars, on the desks of the heads of the units that answer for them.

    They stay until the office has written on the case how the citizen was called, at most a
    fortnight. A complaint comes to who heard it, never to who is complained of.
    """
    heads: dict[UUID, list[UUID]] = {}
    for post in working_posts(question):
        if Role.HEAD in post.roles:
            heads.setdefault(post.unit_id, []).append(post.post_id)
    if not heads:
        return
    for row in _readable(question, to_call_back(list(heads), question.at - CALL_BACK)):
        unit_id = calling_unit(row.case)
        code = written_code(row.case.code) if vars(row)["helped"] else first_signs(row.case.code)
        for post_id in heads[unit_id]:
            where = reverse("services:case", args=[row.case_id])
            yield DeskItem(
                ref=Ref(CASE, row.case_id),
                post_id=post_id,
                unit_id=unit_id,
                waiting=Waiting.LOOK,
                title=row.case.service.name,
                url=where,
                step=_("Call the citizen"),
                step_url=where,
                source=_("case %(code)s") % {"code": isolate(code)},
                state=_("judged with %(stars)s of 5") % {"stars": show_number(row.stars)},
                since_at=row.at,
            )


def _readable(question: DeskQuestion, rows: QuerySet[Rating]) -> QuerySet[Rating]:
    """Those on cases that the actor and the asked posts may see, with `helped` as `with_help`.

    What is kept of a desk for ever has no code that opens a case.
    """
    actor, of_posts = question.actor, Case.objects.filter(apart_from(question.post_ids))
    helped = Exists(CASES.which(actor, "help", Case.objects.filter(pk=OuterRef("case_id"))))
    kept = actor.kind is not ActorKind.USER
    seen = rows.filter(case__in=CASES.which(actor, "see", of_posts).order_by())
    return seen.annotate(helped=Value(value=False) if kept else helped)
