"""By what cases are found, and by whom: their code, their title, and the applicant's name.

Only who may see a case finds it: nothing of it is public, and none is found by its number of a
person or of a telephone outside the work list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.utils.translation import pgettext_lazy

from diwan.kernel import search
from diwan.kernel.search import CLOSED, Source, Texts
from diwan.services.constants import CASE
from diwan.services.models import Applicant, Case
from diwan.services.policies import CASES


def declare_searches() -> None:
    """Declare cases."""
    search.declare_source(
        Source(
            CASE,
            pgettext_lazy("services", "Cases"),
            case_texts,
            Case.objects.all,
            search.seen_by(CASES),
            named=False,
            list_url="services:work",
        )
    )


def case_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Cases by code, title and who asks, in two questions."""
    wanted = list(ids)
    people = Applicant.objects.filter(case__in=wanted, erased_at=None)
    names = {pk: said for pk, *said in people.values_list("case_id", "name", "on_behalf")}
    rows = Case.objects.filter(pk__in=wanted).values_list("pk", "filed_at", "code", "title")
    for pk, filed_at, code, title in rows:
        texts = [text for text in (title, *names.get(pk, ())) if text]
        yield Texts(pk, filed_at.date(), CLOSED, (), texts, code)
