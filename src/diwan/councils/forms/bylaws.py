"""What the page of a body's rules asks for, each rule with what it comes to for this body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.bylaws import LIMITS, BylawsFields
from diwan.councils.models import Bylaws
from diwan.councils.models.bylaws import Majority, MajorityOf, Quorum, Signers
from diwan.councils.rules.majority import threshold
from diwan.councils.rules.quorum import needed
from diwan.ui.finding import Candidates, FindManyField, choices, offer
from diwan.ui.forms import NumberField
from diwan.ui.show import show_number

from .fields import ids_of


def _number(name: str, label: Any, help_text: Any) -> NumberField:
    least, most = LIMITS[name]
    return NumberField(label=label, help_text=help_text, min_value=least, max_value=most)


def _one_of(label: Any, help_text: Any = "") -> forms.ChoiceField:
    """A choice whose words are set where the seats of the body are known."""
    return forms.ChoiceField(label=label, help_text=help_text, widget=forms.RadioSelect)


class BylawsForm(forms.Form):
    """The rules of a body. `seats` is how many seats vote in it now."""

    quorum = _one_of(_("Who must be in the room"))
    quorum_number = NumberField(
        label=_("How many seats"),
        help_text=_("Only for “a number of seats”. Where fewer seats vote, all of them."),
        required=False,
        min_value=1,
        max_value=10_000,
    )
    majority = _one_of(
        _("How many votes carry"),
        _(
            "A resolution may be put to the vote by a stricter rule, where the law or the charter "
            "wants it."
        ),
    )
    majority_of = _one_of(
        _("Counted of"), _("For “more than half” and “two thirds”. Who abstains is counted, too.")
    )
    vote_needed = forms.BooleanField(
        label=_("Nothing is adopted without a vote"),
        help_text=_("Else it is enough that the quorum was there. Announcements need none."),
        required=False,
    )
    deputies_vote = forms.BooleanField(
        label=_("A deputy who comes for a seat counts and votes"), required=False
    )
    signers = _one_of(_("Who signs the minutes"))
    signatures = _number(
        "signatures",
        _("Signatures under a proposal"),
        _("So many members stand behind what one of them proposes; 1: the proposer alone."),
    )
    objection_days = _number(
        "objection_days",
        _("Days in which somebody may object"),
        _("A resolution binds so many days after its adoption. 0: at once."),
    )
    objectors = FindManyField[Any](label=_("Posts that may object"), required=False)
    escalate_after = _number(
        "escalate_after",
        _("Working days of lateness until an action goes up"),
        _("To the head above its owner; after as many more to the next one. 0: never."),
    )
    escalate_levels = _number(
        "escalate_levels", _("At most so many levels up"), _("1: the owner's own head alone.")
    )
    members_public = forms.BooleanField(
        label=_("The names of the members are open data"),
        help_text=_("Else the public reads which posts sit in it, and no names."),
        required=False,
    )

    def __init__(
        self, *args: Any, rules: Bylaws, seats: int, posts: Candidates[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **{**kwargs, "initial": _initial(rules)})
        offer(self, "objectors", posts)
        choices(self, "quorum", quorum_choices(seats))
        choices(self, "majority", majority_choices(seats))
        choices(self, "majority_of", MajorityOf.choices)
        choices(self, "signers", Signers.choices)

    def asked(self) -> BylawsFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        return {
            "quorum": data["quorum"],
            "quorum_number": data["quorum_number"],
            "majority": data["majority"],
            "majority_of": data["majority_of"],
            "vote_needed": data["vote_needed"],
            "deputies_vote": data["deputies_vote"],
            "signatures": data["signatures"],
            "objection_days": data["objection_days"],
            "objector_ids": ids_of(data["objectors"]),
            "escalate_after": data["escalate_after"],
            "escalate_levels": data["escalate_levels"],
            "signers": data["signers"],
            "members_public": data["members_public"],
        }


def _initial(rules: Bylaws) -> dict[str, Any]:
    names = [name for name in BylawsForm.base_fields if name != "objectors"]
    found = {name: getattr(rules, name) for name in names}
    # Days and posts belong together: without days nobody needs to be asked for.
    found["objectors"] = list(rules.objectors.all()) if rules.objection_days else []
    return found


def quorum_choices(seats: int) -> Sequence[tuple[str, str]]:
    """The rules of a quorum, each with what it comes to where so many seats vote."""

    def example(rule: str) -> str:
        return with_example(Quorum(rule).label, needed(seats, rule, None), seats)

    return _labelled(Quorum, (Quorum.MAJORITY, Quorum.TWO_THIRDS), example)


def majority_choices(seats: int) -> Sequence[tuple[str, str]]:
    """The majorities, each with what it comes to where all seats are there and none abstains."""

    def example(rule: str) -> str:
        count = threshold(
            rule, MajorityOf.SEATS, present=seats, seats=seats, in_favour=seats, against=0
        )
        return with_example(Majority(rule).label, count, seats)

    return _labelled(Majority, Majority, example)


def _labelled(kinds: Any, some: Iterable[str], example: Any) -> list[tuple[str, str]]:
    with_count = set(some)
    return [
        (value, example(value) if value in with_count else str(label))
        for value, label in kinds.choices
    ]


def with_example(rule: Any, count: int, seats: int) -> str:
    """A rule and what it comes to: more than half of the seats that vote (9 of 17)."""
    return f"{rule} ({counted(count, seats)})" if seats else str(rule)


def counted(count: int, seats: int) -> str:
    """So many of the seats that vote: 9 of 17."""
    words = {"count": show_number(count), "seats": show_number(seats)}
    return gettext("%(count)s of %(seats)s") % words
