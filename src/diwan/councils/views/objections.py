"""Objections to a resolution: how it stands, filing one, and the body's answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from diwan.councils.actions import objections as actions
from diwan.councils.constants import RESOLUTION
from diwan.councils.forms.objections import AnswerForm, ObjectionForm
from diwan.councils.models import Objection, Resolution
from diwan.councils.policies import OBJECTIONS, RESOLUTIONS
from diwan.councils.queries.objections import Bindingness, bindingness_of
from diwan.councils.rules.objections import Binding, last_day
from diwan.directory.public import PostCard
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Step, Tag
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_day, show_local

from .shared import post_words, seen, way_to_resolution

ROWS = ("body__unit", "meeting")
TAGS = {"": "due", "accepted": "late", "rejected": "done"}
SAID = {
    "": Objection.Outcome.WAITS.label,
    "accepted": pgettext_lazy("objection", "accepted"),
    "rejected": pgettext_lazy("objection", "rejected"),
}


@dataclass(frozen=True)
class ObjectionRow:
    """An objection on the resolution's page; what it says is for who has signed in."""

    row: Objection
    post: str
    tag: Tag
    answer_url: str = ""


@dataclass(frozen=True)
class BindingWords:
    """How a resolution stands towards objections, in words."""

    sentence: str
    tone: str
    rows: Sequence[ObjectionRow]
    steps: Sequence[Step]


def binding_words(found: Bindingness | None, resolution: Resolution) -> BindingWords | None:
    """What the resolution's page says; None where nobody may ever object."""
    if found is None:
        return None
    rows = [_row(found, one) for one in found.objections]
    steps = []
    if found.free:
        url = reverse("councils:object", args=[resolution.pk])
        label = _("Write down an objection") if found.answers else _("Object to it")
        steps.append(Step(label, url))
    return BindingWords(_sentence(found), TONES[found.state], rows, steps)


TONES = {
    Binding.OPEN: "due",
    Binding.OBJECTED: "due",
    Binding.VOID: "late",
    Binding.BINDS: "done",
    Binding.PLAIN: "quiet",
}


def _sentence(found: Bindingness) -> str:
    """From which day it binds, or why it does not."""
    if found.state is Binding.VOID:
        return _("It does not bind: the body accepted an objection.")
    if found.state is Binding.OBJECTED:
        return _("It does not bind: it was objected to, and the body has not answered yet.")
    if found.state is Binding.BINDS:
        return _("Binding since %(day)s.") % {"day": show_day(found.since)}
    days = {"day": show_day(found.binding_date), "last": show_day(last_day(found.binding_date))}
    return _("It binds from %(day)s on, unless somebody objects until %(last)s.") % days


def _row(found: Bindingness, one: Objection) -> ObjectionRow:
    url = reverse("councils:answer_objection", args=[one.pk])
    return ObjectionRow(
        one,
        post_words(found.posts.get(one.post_id)),
        Tag(SAID[one.outcome], TAGS[one.outcome]),
        answer_url=url if found.answers and not one.outcome else "",
    )


@login_required
def file_objection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Object to a resolution before it binds.

    Opened by the holder of a post that may object, who asks: until when, and what follows? By the
    body's secretary with a letter in hand. Next: the resolution's page, which says that it waits.
    """
    edits = as_seen(RESOLUTION, pk, compares=False)
    actor = actor_of(request)
    resolution = seen(RESOLUTIONS, actor, Resolution.objects.select_related(*ROWS), pk)
    if not OBJECTIONS.may(actor, "object", resolution):
        OBJECTIONS.demand(actor, "answer", resolution)
    found = bindingness_of(actor, resolution)
    if found is None or not found.free:
        messages.warning(request, _why_not(found))
        return redirect("councils:resolution", pk)
    form = _form(request, actor, resolution, found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            text = form.cleaned_data["text"]
            actions.file_objection(actor, resolution, form.post_id(), text=text)
            messages.success(request, _("The objection was filed; the body answers it."))
            return redirect("councils:resolution", pk)
    return _page(
        request,
        form,
        resolution,
        edits=edits,
        heading=_("Object to a resolution"),
        submit_label=_("File the objection"),
        sentences=[
            _sentence(found),
            _("The last day to object is %(last)s.")
            % {"last": show_day(last_day(found.binding_date))},
            _("While an objection waits, the resolution does not bind."),
        ],
    )


def _why_not(found: Bindingness | None) -> str:
    if found is None:
        return _("Nobody may object to this resolution: its body's rules give no days.")
    if found.state in (Binding.OPEN, Binding.OBJECTED):
        last = {"last": show_day(last_day(found.binding_date))}
        return _("No post that you act for may still object; the last day is %(last)s.") % last
    return _sentence(found)


def _form(
    request: HttpRequest, actor: Actor, resolution: Resolution, found: Bindingness
) -> ObjectionForm:
    posts: list[PostCard] = [found.posts[pk] for pk in found.free]
    by_letter = not OBJECTIONS.may(actor, "object", resolution) or actor.elevated
    return ObjectionForm(request.POST or None, posts=posts, by_letter=by_letter)


@login_required
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what the body answered to an objection.

    Opened by its secretary after the meeting that dealt with it, who asks: what follows from
    either answer? Next: the resolution's page.
    """
    row = Objection.objects.select_related("resolution").filter(pk=pk).first()
    if row is None:
        raise NotFound
    edits = as_seen(RESOLUTION, row.resolution_id, compares=False)
    actor = actor_of(request)
    rows = Resolution.objects.select_related(*ROWS)
    resolution = seen(RESOLUTIONS, actor, rows, row.resolution_id)
    OBJECTIONS.demand(actor, "answer", resolution)
    row.resolution = resolution
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            grounds = form.cleaned_data["answer"]
            actions.answer_objection(actor, row, accept=form.accepts(), answer=grounds)
            messages.success(request, _("The answer was written down; who objected is told."))
            return redirect("councils:resolution", resolution.pk)
    return _page(
        request,
        form,
        resolution,
        edits=edits,
        heading=_("Answer an objection"),
        submit_label=_("Write the answer down"),
        objection=row,
        sentences=[
            _("Rejected: it binds once the days are over and no other objection waits."),
            _("Accepted: it never binds; its actions stay readable, and nobody is reminded."),
        ],
    )


def _page(request: HttpRequest, form: Any, resolution: Resolution, **context: Any) -> HttpResponse:
    return form_page(
        request,
        form,
        template="councils/objection.html",
        lead=show_local(resolution.text),
        cancel_url=reverse("councils:resolution", args=[resolution.pk]),
        crumbs=way_to_resolution(resolution),
        **context,
    )
