"""Writing a body's own rules. From then on they are demanded; past results stay as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import BODY
from diwan.councils.models import Body, Bylaws
from diwan.councils.models.bylaws import Majority, MajorityOf, Quorum, Signers
from diwan.councils.policies import BODIES
from diwan.councils.queries.bylaws import bylaws_of, is_written
from diwan.directory.public import Post
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.ui.show import show_number

from .writing import checked_choice, require_all, write

CHOICES: dict[str, Sequence[str]] = {
    "quorum": Quorum.values,
    "majority": Majority.values,
    "majority_of": MajorityOf.values,
    "signers": Signers.values,
}
YES_NO = ("vote_needed", "deputies_vote", "members_public")
LIMITS = {
    "signatures": (1, 500),
    "objection_days": (0, 365),
    "escalate_after": (0, 250),
    "escalate_levels": (1, 9),
}
"""The least and the most of each number."""


class BylawsFields(TypedDict, total=False):
    """A body's rules; `quorum_number` counts for the rule "number" alone. See `Bylaws`."""

    quorum: str
    quorum_number: int | None
    majority: str
    majority_of: str
    vote_needed: bool
    deputies_vote: bool
    signatures: int
    objection_days: int
    objector_ids: Sequence[UUID]
    escalate_after: int
    escalate_levels: int
    signers: str
    members_public: bool


@transaction.atomic
def change_bylaws(actor: Actor, body: Body, fields: BylawsFields) -> Bylaws:
    """Write the rules of a body; what is not given stays as it is, at first the defaults.

    Raises NotFound, Forbidden, Refused.
    """
    through = BODIES.require(actor, "manage", body)
    body = Body.objects.select_for_update().get(pk=body.pk)
    rules = bylaws_of(body)
    first = not is_written(rules)
    values = _values(fields)
    _check_quorum(rules, values)
    if first:
        rules.save(force_insert=True)
    changes: dict[str, Any] = write(rules, values)
    if "objector_ids" in fields:
        changes |= _name_objectors(rules, fields["objector_ids"])
    _check_objectors(rules)
    if first:
        changes["written"] = [False, True]
    if changes:
        ref = Ref(BODY, body.pk)
        audit.record(actor, "change_bylaws", ref, changes=changes, through=through)
    return rules


def _values(fields: BylawsFields) -> dict[str, Any]:
    given: dict[str, Any] = {name: value for name, value in fields.items()}  # noqa: C416 – for mypy
    values: dict[str, Any] = {
        name: checked_choice(given[name], choices, name)
        for name, choices in CHOICES.items()
        if name in given
    }
    values |= {name: bool(given[name]) for name in YES_NO if name in given}
    values |= {name: _checked(name, given[name]) for name in LIMITS if name in given}
    if "quorum_number" in given:
        values["quorum_number"] = given["quorum_number"]
    return values


def _checked(name: str, number: int) -> int:
    least, most = LIMITS[name]
    if not least <= number <= most:
        raise Refused(
            _("Give a number from %(least)s to %(most)s.")
            % {"least": show_number(least), "most": show_number(most)},
            field=name,
        )
    return number


def _check_quorum(rules: Bylaws, values: dict[str, Any]) -> None:
    """A number belongs to the rule "number", and to no other."""
    if values.get("quorum", rules.quorum) != Quorum.NUMBER:
        values["quorum_number"] = None
        return
    number = values.get("quorum_number", rules.quorum_number)
    if number is None or not 1 <= number <= 10_000:
        raise Refused(
            _("Say how many seats must be in the room: a number, at least one."),
            field="quorum_number",
        )


def _name_objectors(rules: Bylaws, ids: Sequence[UUID]) -> dict[str, list[Any]]:
    require_all(Post, ids)
    before = sorted(map(str, rules.objectors.values_list("pk", flat=True)))
    rules.objectors.set(Post.objects.filter(pk__in=list(ids)))
    after = sorted({str(id_) for id_ in ids})
    return {"objectors": [before, after]} if before != after else {}


def _check_objectors(rules: Bylaws) -> None:
    """Days and posts belong together: neither is anything without the other."""
    named = rules.objectors.exists()
    if rules.objection_days and not named:
        raise Refused(
            _("Say which posts may object within these days, or give no days."),
            field="objectors",
        )
    if named and not rules.objection_days:
        raise Refused(
            _("Say within how many days these posts may object, or name none."),
            field="objection_days",
        )
