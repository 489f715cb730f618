"""Objecting to a resolution before it binds, and the body's answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import OBJECTED, OBJECTION_ANSWERED, RESOLUTION
from diwan.councils.models import Escalation, Objection, Resolution
from diwan.councils.policies import OBJECTIONS
from diwan.councils.queries.objections import objectors_of
from diwan.councils.queries.recipients import servers_of
from diwan.councils.rules.objections import Binding, Outcome, last_day, state_of
from diwan.directory.public import authority_of, users_of_posts
from diwan.kernel import audit, notices
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, Through
from diwan.kernel.text import clean
from diwan.ui.show import show_day

from .writing import today_of


@transaction.atomic
def file_objection(actor: Actor, resolution: Resolution, post_id: UUID, *, text: str) -> Objection:
    """Object for a post, until the day before the resolution binds.

    Who holds the post does it; who runs the body may write down what came by letter. Raises
    NotFound, Forbidden, Refused (no right to object, too late, twice, no text).
    """
    through = _right_to_object(actor, resolution, post_id)
    resolution = _locked(resolution)
    grounds = clean(text)
    if not grounds:
        raise Refused(_("Say what you object to, and why."), field="text")
    _require_in_time(actor, resolution)
    if post_id not in objectors_of(resolution):
        raise Refused(
            _("The body's rules give this post no right to object. Choose one that has it."),
            field="post",
        )
    if resolution.objections.filter(post=post_id).exists():
        raise Refused(_("This post has objected to this resolution already."), field="post")
    objection = Objection.objects.create(
        resolution=resolution, post_id=post_id, text=grounds, filed_at=actor.at
    )
    ref = Ref(RESOLUTION, resolution.pk)
    changes = {"objector": [None, str(post_id)], "objection": [None, grounds]}
    audit.record(actor, "object", ref, changes=changes, through=through)
    publish(Fact(OBJECTED, ref, actor, actor.at, {"post": post_id}))
    users = [user for user in servers_of(resolution.body, actor.at) if user != actor.user_id]
    notices.tell(OBJECTED, users, ref, {"post": post_id, "text": grounds})
    return objection


def _right_to_object(actor: Actor, resolution: Resolution, post_id: UUID) -> Through:
    """Through the post itself where the actor holds it, else as who runs the body."""
    own = post_id in authority_of(actor).post_ids
    if own and OBJECTIONS.may(actor, "object", resolution):
        return Through(post_id=post_id)
    return OBJECTIONS.require(actor, "answer", resolution)


def _require_in_time(actor: Actor, resolution: Resolution) -> None:
    """Raise Refused unless the resolution may be objected to today."""
    if resolution.state != Resolution.State.ADOPTED or resolution.binding_date is None:
        raise Refused(_("Nobody may object to this resolution: its body's rules give no days."))
    outcomes = [Outcome(row.outcome) for row in resolution.objections.all()]
    today = today_of(actor, resolution.body)
    if state_of(resolution.binding_date, outcomes, today) is Binding.VOID:
        raise Refused(_("An objection was accepted already: this resolution does not bind."))
    last = last_day(resolution.binding_date)
    if today > last:
        raise Refused(
            _(
                "Objections were possible until %(last)s; since then the resolution stands. "
                "Propose the matter for a meeting of the body instead."
            )
            % {"last": show_day(last)}
        )


@transaction.atomic
def answer_objection(actor: Actor, objection: Objection, *, accept: bool, answer: str) -> Objection:
    """Write down what the body answered, with its grounds.

    Where it accepts, the resolution never binds, and nobody above is asked about what it wanted.
    Raises NotFound, Forbidden, Refused (no grounds, answered already).
    """
    through = OBJECTIONS.require(actor, "answer", objection.resolution)
    resolution = _locked(objection.resolution)
    row = Objection.objects.get(pk=objection.pk)
    grounds = clean(answer)
    if row.outcome:
        raise Refused(_("This objection has been answered already."))
    if not grounds:
        raise Refused(_("Give the grounds of the answer; who objected reads them."), field="answer")
    outcome = Objection.Outcome.ACCEPTED if accept else Objection.Outcome.REJECTED
    row.outcome, row.answer, row.answered_at = outcome.value, grounds, actor.at
    row.save(update_fields=["outcome", "answer", "answered_at"])
    if accept:
        rows = Escalation.objects.filter(action__resolution=resolution, ended_at__isnull=True)
        rows.update(ended_at=actor.at)
    ref = Ref(RESOLUTION, resolution.pk)
    changes: dict[str, list[Any]] = {
        "objector": [None, str(row.post_id)],
        "outcome": ["", row.outcome],
    }
    audit.record(actor, "answer_objection", ref, changes=changes, reason=grounds, through=through)
    data = {"post": row.post_id, "outcome": row.outcome}
    publish(Fact(OBJECTION_ANSWERED, ref, actor, actor.at, data))
    users = users_of_posts([row.post_id], actor.at).get(row.post_id, [])
    notices.tell(OBJECTION_ANSWERED, users, ref, {**data, "answer": grounds})
    return row


def _locked(resolution: Resolution) -> Resolution:
    """The resolution, locked: two who object at once, or two answers, come one after another."""
    rows = Resolution.objects.select_related("body__unit").select_for_update(of=("self",))
    return rows.get(pk=resolution.pk)
