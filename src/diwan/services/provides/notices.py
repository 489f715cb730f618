"""What is told of a case: to its applicant, to who owes the step, to the head.

The words are the workbook's where it has some. A notice holds no word of the applicant's: it is
written from the case when it is sent, and its data name what happened alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.public import unit_names
from diwan.kernel import notices
from diwan.kernel.notices import Telling, Words
from diwan.kernel.working import today_in
from diwan.services.constants import TO_APPLICANT, TO_HEAD, TO_OWNER
from diwan.services.models import Case, CasePause
from diwan.services.models.cases import RUNNING
from diwan.services.queries.asked import missing_of
from diwan.services.queries.definitions import definition_of
from diwan.services.rules.codes import written_code
from diwan.services.rules.definition import Definition
from diwan.ui.show import show_day, show_local

GROUP = "services.cases"


def declare_notices() -> None:
    """Declare the kinds; what goes to an applicant is theirs to want, and goes at once."""
    notices.declare_group(GROUP, gettext_lazy("Cases that you owe or that are late below you"))
    label = gettext_lazy("a word to the applicant")
    notices.declare_kind(TO_APPLICANT, label=label, write=_to_applicant)
    owner, head = gettext_lazy("a case that you owe"), gettext_lazy("a late case")
    notices.declare_kind(TO_OWNER, label=owner, write=_to_owner, group=GROUP)
    notices.declare_kind(TO_HEAD, label=head, write=_to_head, group=GROUP)


def _to_applicant(telling: Telling) -> Words | None:
    found = _case(telling)
    if found is None:
        return None
    case, definition = found
    when = str(telling.data.get("when", ""))
    subject = _from_workbook(case, definition, when, "applicant") or _own_words(case, when)
    if not subject:
        return None
    url = reverse("services:followed", args=[case.code])
    return Words(subject, _lines(case, when), step=_("Follow your case"), url=url)


def _to_owner(telling: Telling) -> Words | None:
    return _to_house(telling, "owner")


def _to_head(telling: Telling) -> Words | None:
    return _to_house(telling, "head")


def _to_house(telling: Telling, to: str) -> Words | None:
    """Nothing where the case has gone on before anybody was told."""
    found = _case(telling)
    if found is None or telling.card is None:
        return None
    case, definition = found
    when, state = str(telling.data.get("when", "")), telling.data.get("state")
    if case.state != state or (case.phase not in RUNNING and when != "ended"):
        return None
    subject = _from_workbook(case, definition, when, to)
    if not subject:
        said = {
            "late": _("Late: %(service)s, case %(code)s"),
            "resumed": _("The applicant has answered: %(service)s, case %(code)s"),
        }.get(when, _("%(service)s, case %(code)s"))
        subject = said % _values(case)
    lines = [show_local(definition.state(case.state).name)]
    if case.due_at is not None:
        lines.append(_("Due: %(date)s") % {"date": show_day(case.due_at)})
    return Words(subject, lines, step=_("Open the case"))


def _case(telling: Telling) -> tuple[Case, Definition] | None:
    rows = Case.objects.select_related("service", "version").defer(
        "version__definition", "version__form", "version__xform"
    )
    case = rows.filter(pk=telling.ref.id).first()
    return (case, definition_of(case.version)) if case is not None else None


def _from_workbook(case: Case, definition: Definition, when: str, to: str) -> str:
    """The workbook's own words, its `{…}` filled in; "" where it has none."""
    for notice in definition.notices:
        if (notice.when, notice.to) == (when, to):
            text = show_local(notice.text)
            for name, value in _values(case).items():
                text = text.replace(f"{{{name}}}", value)
            return text.strip()
    return ""


def _own_words(case: Case, when: str) -> str:
    sentences = {
        "filed": _("%(service)s: your case is filed. Code %(code)s, answer by %(date)s."),
        "returned": _("%(service)s: something is missing in case %(code)s: %(missing)s"),
        "resumed": _("%(service)s: what you brought to case %(code)s has come in."),
        "went_on": _(
            "%(service)s: the office goes on with case %(code)s; what was asked for is not waited "
            "for any more."
        ),
        "ended": _("%(service)s: case %(code)s is finished: %(state)s."),
        "reminded": _(
            "%(service)s: case %(code)s still waits for: %(missing)s. If nothing is heard of you "
            "until %(until)s, it is closed."
        ),
        "reopened": _("%(service)s: case %(code)s is being looked at again, answer by %(date)s."),
        "withdrawn": _(
            "%(service)s: case %(code)s was withdrawn. If that was not your wish, open it again."
        ),
        "late": _("%(service)s: case %(code)s takes longer than promised. We are looking at it."),
        "later": _("%(service)s: because of days off the answer to case %(code)s is due %(date)s."),
    }
    undated = {
        "filed": _("%(service)s: your case is filed. Code %(code)s."),
        "reopened": _("%(service)s: case %(code)s is being looked at again."),
    }
    if when == "withdrawn" and not definition_of(case.version).reopen_days:
        return _("%(service)s: case %(code)s was withdrawn.") % _values(case)
    known = sentences | (undated if case.promised_at is None else {})
    said = known.get(when) or _("%(service)s: case %(code)s is now at “%(state)s”.")
    return said % _values(case)


def _values(case: Case) -> Mapping[str, str]:
    """What a text may name; nobody of the house is among it."""
    definition = definition_of(case.version)
    state = definition.state(case.state)
    pause = CasePause.objects.filter(case=case).order_by("-since_at").first()
    return {
        "code": written_code(case.code),
        "service": show_local(case.service.name),
        "unit": show_local(unit_names([case.unit_id], _today(case)).get(case.unit_id, {})),
        "state": show_local(state.public or state.name),
        "date": show_day(case.promised_at) if case.promised_at else "",
        "missing": _missing(pause, case, definition),
        "until": show_day(pause.ends_at) if pause and pause.ends_at else "",
        "link": "",  # stands below the text in any case
    }


def _missing(pause: CasePause | None, case: Case, definition: Definition) -> str:
    if pause is None:
        return ""
    named = [show_local(text) for text in missing_of(pause, case, definition)]
    return _(", ").join([*named, *([pause.words] if pause.words else [])])


def _lines(case: Case, when: str) -> list[str]:
    """What an e-mail says below the subject."""
    if when == "returned":
        return [_("Bring everything at once: the time stands still until then.")]
    return [show_local(unit_names([case.unit_id], _today(case)).get(case.unit_id, {}))]


def _today(case: Case) -> date:
    return today_in(case.service.country, case.filed_at)
