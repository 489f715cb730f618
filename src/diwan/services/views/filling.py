"""Filling in a form: what its pages share, whoever fills it in and for whatever."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from diwan.directory.public import Unit, authority_of
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of, address_of
from diwan.kernel.working import today_in
from diwan.services.actions import drafts
from diwan.services.actions.given import ApplicantFields
from diwan.services.actions.limits import TooMuch, asker_of
from diwan.services.errors import FormFaults
from diwan.services.forms.answers import Read, begun, read_page, with_another, without
from diwan.services.forms.contact import ContactForm, Grouped, applicant_of
from diwan.services.models import Case, Draft, Service, ServiceVersion
from diwan.services.queries.definitions import definition_of, form_of
from diwan.services.queries.drafts import AT_A_COUNTER, Filling, judged
from diwan.services.queries.pages import FormPage, facts_asked, is_short, whole
from diwan.services.queries.regions import regions_of
from diwan.ui.show import show_local

from . import filling_page

Mode = Literal["online", "counter", "try"]
ABOUT, CHECK = "about", "check"
TOO_MANY = 429


@dataclass(frozen=True)
class Stop:
    """One page on the way: questions, who asks (`about`), and the last, from which it is filed."""

    key: str
    title: str
    page: FormPage | None = None
    about: bool = False
    last: bool = False


@dataclass(frozen=True)
class Desk:
    """Who fills in which form, and where its pages are.

    `units` are the places where it may be filed. `begin` stores the beginning; it gives the draft
    and the address of its pages.
    """

    request: HttpRequest
    version: ServiceVersion
    mode: Mode
    url: str
    begin: Callable[[Unit | None], tuple[Draft, str]]
    filed: Callable[[Draft, Case], str]
    draft: Draft | None = None
    units: Grouped = ()
    later: str = ""
    more: Callable[[Filling], dict[str, Any]] | None = None

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return actor_of(self.request)

    @property
    def asker(self) -> str:
        """Under what they are counted, where nobody knows them."""
        return asker_of(self.actor, address_of(self.request))

    @property
    def counter(self) -> bool:
        """Whether a clerk fills it in for somebody."""
        return self.mode == "counter"

    def filling(self, answers: Mapping[str, Any] | None = None) -> Filling:
        """The form as it is filled in so far, or would be with these answers."""
        if answers is None:
            answers = self.draft.answers if self.draft is not None else {}
        form = form_of(self.version)
        return judged(self.version, begun(form.nodes, answers), self.actor.at, self.draft)

    def contact(
        self, data: Mapping[str, str] | None = None, *, shown: Mapping[str, str] | None = None
    ) -> ContactForm:
        """The form of who asks: bound to `data`, or else only showing what is known so far."""
        channels = definition_of(self.version).channels
        return ContactForm(
            data,
            initial=self._first(shown or self.known),
            places=self.units,
            asked=facts_asked(form_of(self.version)),
            counter=self.counter,
            phone="phone" in channels and "counter" in channels,
        )

    @property
    def known(self) -> dict[str, str]:
        """What was typed of who asks, so far."""
        known = dict(self.draft.contact) if self.draft is not None else {}
        if self.draft is not None and self.draft.unit_id:
            known.setdefault("unit", str(self.draft.unit_id))
        return known

    def _first(self, known: Mapping[str, str]) -> dict[str, str]:
        asked = {"unit": self.request.GET.get("unit", ""), "channel": Case.Channel.COUNTER}
        return {**asked, **known}


def places_for(service: Service, at: Any, only: set[UUID] | None = None) -> Grouped:
    """The units that offer a service, by region; of `only` those units."""
    found = []
    for region in regions_of(service, today_in(service.country, at)):
        pairs = [
            (str(place.unit_id), show_local(place.name))
            for place in region.places
            if only is None or place.unit_id in only
        ]
        if pairs:
            found.append((show_local(region.name), pairs))
    return found


def only_unit(units: Grouped) -> UUID | None:
    """The unit, where there is one alone."""
    every = [pk for _region, pairs in units for pk, _name in pairs]
    return UUID(every[0]) if len(every) == 1 else None


def stops_of(desk: Desk, filling: Filling) -> list[Stop]:
    """The pages of the way, in their order."""
    service = show_local(desk.version.service.name)
    if desk.counter and is_short(filling.form):
        return [Stop("1", service, whole(filling.form), about=True, last=True)]
    found = [
        Stop(str(page.number), show_local(page.title) or service, page) for page in filling.pages
    ]
    if desk.mode != "try" and not desk.contact().empty:
        about = _("Who asks, and where") if desk.counter else _("About you")
        found.append(Stop(ABOUT, about, about=True))
    return [*found, Stop(CHECK, _("Look it over"), last=True)]


def serve(desk: Desk) -> HttpResponse:
    """One page of the form: shown, or saved and on to the next."""
    filling = desk.filling()
    stops = stops_of(desk, filling)
    stop = _asked(desk, stops)
    if desk.request.method == "POST":
        try:
            return _sent(desk, filling, stops, stop)
        except TooMuch as refusal:
            return _shown_again(desk, filling, stops, stop, refusal)
    # At the end of a trial one sees at once what an applicant would be told on filing.
    mends = "mend" in desk.request.GET or (desk.mode == "try" and stop.last)
    return filling_page.show(desk, filling, stops, stop, mends=mends)


def _asked(desk: Desk, stops: Sequence[Stop]) -> Stop:
    """The page that is asked for, else the one that was reached."""
    keys = [stop.key for stop in stops]
    asked = desk.request.GET.get("page", "")
    if not asked and desk.draft is not None:
        return stops[min(desk.draft.page, len(stops) - 1)]
    return stops[keys.index(asked)] if asked in keys else stops[0]


def _read(desk: Desk, filling: Filling, stop: Stop) -> Read:
    """What was sent of the page's questions."""
    if stop.page is None:
        return Read(dict(filling.answers))
    sent = desk.request
    return read_page(filling.form, stop.page, filling.answers, sent.POST, sent.FILES)


def _shown_again(
    desk: Desk, filling: Filling, stops: Sequence[Stop], stop: Stop, refusal: TooMuch
) -> HttpResponse:
    """The page with what was typed, where it could not even be begun."""
    read = _read(desk, filling, stop)
    return filling_page.show(
        desk,
        desk.filling(read.answers),
        stops,
        stop,
        typed=read.typed,
        known=desk.contact(desk.request.POST.dict()).typed() if stop.about else None,
        refused=str(refusal),
        status=TOO_MANY,
    )


def _sent(desk: Desk, filling: Filling, stops: list[Stop], stop: Stop) -> HttpResponse:
    request, go = desk.request, desk.request.POST.get("go", "next")
    read = _read(desk, filling, stop)
    contact = desk.contact(request.POST.dict()) if stop.about else None
    if go == "update" and "X-Quick" in request.headers:
        # Only to see what depends on it: nothing is stored.
        now = desk.filling(read.answers)
        known = contact.typed() if contact is not None else None
        return filling_page.show(desk, now, stops, stop, typed=read.typed, known=known)
    if go.startswith("remove:"):
        answers = without(filling.form, read.answers, go.partition(":")[2])
    elif go.startswith("add:"):
        answers = with_another(filling.form, read.answers, go.partition(":")[2])
    else:
        answers = read.answers
    saved, refused = _save(desk, stops.index(stop), read, answers, contact)
    if go.startswith("remove:") and answers != read.answers and saved.draft is not None:
        drafts.move_files(saved.draft, go.partition(":")[2])
    if go.startswith("drop:") and saved.draft is not None:
        _drop(saved, go.partition(":")[2])
    if read.slips or refused:
        now = saved.filling()
        told = {**read.slips, **refused}
        return filling_page.show(saved, now, stops, stop, told=told, typed=read.typed, status=422)
    return _onward(saved, stop, go)


def _save(
    desk: Desk, number: int, read: Read, answers: Mapping[str, Any], contact: ContactForm | None
) -> tuple[Desk, dict[str, str]]:
    """Store what the page brought; begin the draft where there is none. Refusals of files."""
    draft, url = desk.draft, desk.url
    chosen = contact.unit_id if contact is not None else None
    pk = chosen or only_unit(desk.units)
    unit = Unit.objects.filter(pk=pk).first() if pk else None
    if draft is None:
        draft, url = desk.begin(unit or _asked_unit(desk))
    typed = contact.typed() if contact is not None else {}
    if desk.counter and typed.get("channel") in AT_A_COUNTER:
        draft.channel = typed["channel"]
        draft.save(update_fields=["channel"])
    uploads = [(place, one, one.name or "") for place, one in read.uploads]
    page = drafts.Page(answers, {**draft.contact, **typed}, number, unit, uploads, desk.asker)
    refused = drafts.save_page(desk.actor, draft, page)
    return replace(desk, draft=draft, url=url), refused


def _asked_unit(desk: Desk) -> Unit | None:
    """The unit that the link named, if it offers the service."""
    every = {pk for _region, pairs in desk.units for pk, _name in pairs}
    asked = desk.request.GET.get("unit", "")
    return Unit.objects.filter(pk=asked).first() if asked in every else None


def _drop(desk: Desk, pk: str) -> None:
    given = next((one for one in desk.draft.files.all() if str(one.pk) == pk), None)  # type: ignore[union-attr] # stored just now
    if given is not None:
        drafts.remove_file(desk.actor, desk.draft, given)  # type: ignore[arg-type] # as above


def _onward(desk: Desk, stop: Stop, go: str) -> HttpResponse:
    """Where the button leads: the same page, back, on, later or to the filed case."""
    filling = desk.filling()
    stops = stops_of(desk, filling)
    keys = [each.key for each in stops]
    here = keys.index(stop.key) if stop.key in keys else 0
    if go == "later":
        return redirect(desk.later)
    if go == "back":
        return redirect(page_url(desk, keys[max(here - 1, 0)]))
    if go == "file" and stop.last:
        return _file(desk, filling, stops)
    if go != "next":
        return redirect(page_url(desk, stop.key) + anchor(go))
    if filling_page.is_wrong(desk, filling, stops[here]):
        return redirect(page_url(desk, stop.key, mends=True))
    return redirect(page_url(desk, keys[min(here + 1, len(keys) - 1)]))


def page_url(desk: Desk, key: str, *, mends: bool = False) -> str:
    """The address of one page."""
    return f"{desk.url}?page={key}{'&mend=1' if mends else ''}"


def anchor(go: str) -> str:
    """Where on the page one comes back to after adding a repetition or taking one away."""
    verb, _colon, place = go.partition(":")
    if verb not in ("add", "remove"):
        return ""
    repeat = place.rpartition("[")[0] if verb == "remove" else place
    return f"#{filling_page.identifier(repeat)}"


def _file(desk: Desk, filling: Filling, stops: Sequence[Stop]) -> HttpResponse:
    """File it; what is still wrong is shown on the first page where it can be mended."""
    wrong = next((stop for stop in stops if filling_page.is_wrong(desk, filling, stop)), None)
    draft = desk.draft
    if draft is None or draft.tried:
        return redirect(page_url(desk, stops[-1].key))
    if wrong is not None and wrong.key != CHECK:
        return redirect(page_url(desk, wrong.key, mends=True))
    try:
        case = drafts.file_draft(desk.actor, draft, _applicant(desk), asker=desk.asker)
    except FormFaults:
        return redirect(page_url(desk, stops[-1].key, mends=True))
    except Refused as refusal:
        if type(refusal) not in (Refused, TooMuch):
            raise
        status = TOO_MANY if isinstance(refusal, TooMuch) else 422
        return filling_page.show(
            desk, filling, list(stops), stops[-1], refused=str(refusal), status=status
        )
    return redirect(desk.filed(draft, case))


def _applicant(desk: Desk) -> ApplicantFields:
    contact = desk.contact(desk.known)
    contact.is_valid()
    cleaned = getattr(contact, "cleaned_data", {})
    if desk.counter:
        return applicant_of(cleaned)
    own = None
    if desk.version.service.audience == Service.Audience.STAFF:
        units = {held.post_id: held.unit_id for held in authority_of(desk.actor).held}
        own = units.get(desk.actor.post_id) if desk.actor.post_id else None
    return applicant_of(cleaned, user_id=desk.actor.user_id, unit_id=own)
