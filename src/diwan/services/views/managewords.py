"""How workbooks are spoken of on the pages of those who write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.kernel.text import isolate
from diwan.services.models import Case, Service, ServiceVersion
from diwan.services.rules.definition import Definition, State, StepAction
from diwan.services.rules.formtree import Form
from diwan.ui.components import Pair, Tag
from diwan.ui.show import show_day, show_digits, show_local, show_number

from .citizenwords import deadline_words, promise_words
from .trying import ROLES

SERVICE_TONES = {"draft": "quiet", "open": "done", "closed": "due"}
VERSION_TONES = {"draft": "due", "published": "done", "retired": "quiet", "discarded": "quiet"}


def service_tag(service: Service) -> Tag:
    """Whether a service may be asked for."""
    label = str(Service.State(service.state).label)
    return Tag(label, SERVICE_TONES[service.state])


def version_tag(version: ServiceVersion) -> Tag:
    """How a version stands."""
    label = str(ServiceVersion.State(version.state).label)
    return Tag(label, VERSION_TONES[version.state])


def version_words(version: ServiceVersion) -> str:
    """A version by its number."""
    return _("version %(number)s") % {"number": show_digits(version.number)}


def coded(text: str) -> str:
    """A word of programs, which is no word of the page's language."""
    return format_html('<bdi class="code">{}</bdi>', text)


@dataclass(frozen=True)
class Way:
    """A way out of a state in words."""

    name: str
    to: str
    url: str
    tags: tuple[Tag, ...]
    needs: str


@dataclass(frozen=True)
class Stop:
    """A state in words."""

    key: str
    number: str
    name: str
    public: str
    meta: tuple[str, ...]
    tag: Tag | None
    ways: tuple[Way, ...]


def stops(definition: Definition, form: Form) -> list[Stop]:
    """The states with their ways, in the order of the workbook."""
    numbers = {state.key: n for n, state in enumerate(definition.states, start=1)}
    return [_stop(definition, form, state, numbers) for state in definition.states]


def _stop(definition: Definition, form: Form, state: State, numbers: Mapping[str, int]) -> Stop:
    meta = []
    if not state.end:
        meta = [str(ROLES.get(state.role, state.role)), *where_words(state.where)]
    if state.deadline is not None:
        meta.append(deadline_words(state.deadline))
    label = Case.Phase(state.end).label if state.end else ""
    return Stop(
        key=state.key,
        number=show_digits(numbers[state.key]),
        name=show_local(state.name),
        public=show_local(state.public or state.name),
        meta=tuple(meta),
        tag=Tag(str(label), "done" if state.end == "done" else "quiet") if state.end else None,
        ways=tuple(_way(definition, form, state, action, numbers) for action in state.actions),
    )


def _way(
    definition: Definition,
    form: Form,
    state: State,
    action: StepAction,
    numbers: Mapping[str, int],
) -> Way:
    to = definition.state(action.to)
    tags = []
    if action.pauses:
        tags.append(Tag(pgettext("workbook", "the clock stands still"), "quiet", "clock"))
    if action.by == "applicant":
        tags.append(Tag(_("by the applicant"), "quiet", "user"))
    if action.by == "system":
        tags.append(Tag(_("by itself, when late"), "due", "clock"))
    if action.batch:
        tags.append(Tag(pgettext("workbook", "for many at once"), "quiet"))
    needs = [need_words(form, name) for name in action.requires]
    there = "" if to.key == state.key else f"{show_digits(numbers[to.key])}. {show_local(to.name)}"
    return Way(
        name=show_local(action.name),
        to=there,
        url=f"#state-{to.key}",
        tags=tuple(tags),
        needs=_(", ").join(needs),
    )


def where_words(where: str) -> list[str]:
    """In which unit a state lies; nothing where it was filed."""
    word, _colon, name = where.partition(":")
    if word == "above":
        return [_("in the unit above")]
    if word == "kind":
        return [_("in the nearest unit of the kind %(kind)s") % {"kind": isolate(name)}]
    if word == "unit":
        return [_("in the unit %(key)s") % {"key": isolate(name)}]
    return []


def need_words(form: Form, name: str) -> str:
    """What an action asks to be given with it."""
    words = {
        "note": _("a note"),
        "said": _("words to the applicant"),
        "file": _("a file"),
        "output": _("a paper for the applicant"),
    }
    node = form.by_path.get(name)
    return words.get(name) or (show_local(node.label) if node else isolate(name)) or isolate(name)


def facts(version: ServiceVersion, definition: Definition, form: Form) -> list[Pair]:
    """What a workbook says, in a few lines."""
    asked = [node for node in form.by_path.values() if node.kind == "question"]
    seen = [node for node in asked if node.type not in ("calculate", "hidden", "note")]
    office = sum(node.by == "office" for node in seen)
    count = len(seen)
    questions = ngettext("%(n)s question", "%(n)s questions", count) % {"n": show_number(count)}
    if office:
        of_them = _("%(questions)s, of them %(n)s for the office")
        questions = of_them % {"questions": questions, "n": show_number(office)}
    states = len(definition.states)
    steps = ngettext("%(n)s state", "%(n)s states", states) % {"n": show_number(states)}
    pairs = [
        Pair(_("Code"), coded(definition.code)),
        Pair(pgettext("service", "Form"), questions),
        Pair(pgettext("service", "Steps"), steps),
        Pair(_("Promise"), promise_words(definition) or pgettext("promise", "none")),
        Pair(_("Ways to file"), channels_of(definition)),
        Pair(_("Offered"), offered_of(definition)),
    ]
    if definition.papers:
        names = [show_local(paper.name) for paper in definition.papers]
        pairs.append(Pair(_("Papers asked"), _(", ").join(names)))
    if version.published_at is not None:
        pairs.append(Pair(_("Published"), show_day(version.published_at)))
    if version.file_name:
        pairs.append(Pair(pgettext("service", "Workbook"), coded(version.file_name)))
    return pairs


def channels_of(definition: Definition) -> str:
    """Every channel by its name."""
    return _(", ").join(str(Case.Channel(key).label) for key in definition.channels)


def offered_of(definition: Definition, names: Mapping[str, str] | None = None) -> str:
    """Where a service is offered, in words; units by `names`, by their keys where these lack."""
    told = []
    for offering in definition.offered:
        named = (names or {}).get(offering.unit) or offering.unit
        unit = isolate(named) if offering.unit else _("the owner")
        if offering.kind:
            values = {"kind": isolate(offering.kind), "unit": unit}
            told.append(_("all units of the kind %(kind)s below %(unit)s") % values)
        else:
            told.append(unit)
    return _(", ").join(told) or _("the owner")
