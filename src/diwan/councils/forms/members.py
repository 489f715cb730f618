"""Who has a seat in a body: adding, ending, correcting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.fields import MembershipFields, Somebody
from diwan.councils.models import Membership
from diwan.councils.models.bodies import Role
from diwan.directory.public import Partner, PostPattern
from diwan.kernel.text import search_key
from diwan.ui.finding import Candidates, FindField, choices, offer
from diwan.ui.forms import LocalTextField, NumberField, PartialDateField
from diwan.ui.show import show_local

from .fields import mistake_field

POST, PATTERN, UNIT, PARTNER, SEAT = "post", "pattern", "unit", "partner", "seat"
WHO = [
    (POST, _("A post: whoever holds it")),
    (UNIT, _("A unit: whoever heads it")),
    (PATTERN, _("A post of each unit of a kind: all of them")),
    (PARTNER, _("A partner from outside")),
    (SEAT, _("A named seat, such as “one representative of the parents”")),
]


@dataclass(frozen=True)
class Offered:
    """Who may be chosen for a seat."""

    posts: Candidates[Any]
    units: Candidates[Any]
    partners: Candidates[Any]
    patterns: list[tuple[str, str]]


def pattern_choices(register_id: UUID) -> list[tuple[str, str]]:
    """The patterned posts of a register: one of them means all its instances."""
    rows = PostPattern.objects.filter(register_id=register_id).order_by("key")
    return [(str(row.pk), show_local(row.name).replace("{province}", "…")) for row in rows]


def partners_to_choose(register_id: UUID) -> Candidates[Partner]:
    """The partners of a register by their names."""

    def matching(found: Any, tokens: Iterable[str]) -> Any:
        wanted = list(tokens)
        ids = [
            row.pk
            for row in found
            if all(token in search_key(*row.name.values()) for token in wanted)
        ]
        return found.filter(pk__in=ids)

    def labels(found: Iterable[Partner]) -> dict[UUID, str]:
        return {row.pk: show_local(row.name) for row in found}

    records = Partner.objects.filter(register_id=register_id).order_by("key")
    return Candidates(records, matching, labels)


class MemberForm(forms.Form):
    """A seat: who sits in it, in which role, from when to when."""

    who = forms.ChoiceField(
        label=_("Who is the member?"),
        choices=WHO,
        widget=forms.RadioSelect,
        initial=POST,
    )
    post = FindField[Any](label=_("Post"), required=False)
    unit = FindField[Any](label=_("Unit"), required=False)
    pattern = forms.ChoiceField(label=_("Post of each unit"), required=False)
    partner = FindField[Any](label=_("Partner"), required=False)
    seat = LocalTextField(label=_("Name of the seat"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MEMBER.value)
    since = PartialDateField(label=_("Member since"), required=False)
    until = PartialDateField(label=_("Member until"), required=False)

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "post", offered.posts)
        offer(self, "unit", offered.units)
        offer(self, "partner", offered.partners)
        choices(self, "pattern", [("", gettext("Choose…")), *offered.patterns])
        left_out = set()
        if not offered.patterns:
            left_out.add(PATTERN)
        if not offered.partners.first:
            left_out.add(PARTNER)
        for name in left_out:
            del self.fields[name]
        choices(self, "who", [(name, str(label)) for name, label in WHO if name not in left_out])

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way needs."""
        data = super().clean() or self.cleaned_data
        who = data.get("who")
        if who and not data.get(who) and who not in self.errors:
            self.add_error(who, gettext("Say here who it is, as you chose above."))
        return data

    def somebody(self) -> Somebody:
        """Who was chosen, as the action takes it."""
        data = self.cleaned_data
        who = data["who"]
        if who == POST:
            return Somebody(post_id=data["post"].pk)
        if who == UNIT:
            return Somebody(unit_id=data["unit"].pk)
        if who == PARTNER:
            return Somebody(partner_id=data["partner"].pk)
        if who == PATTERN:
            return Somebody(post_pattern_id=UUID(data["pattern"]))
        return Somebody(seat=data["seat"])


class CorrectMemberForm(MemberForm):
    """A mistake in the record of a seat."""

    position = NumberField(label=_("Place in the list"), min_value=0, max_value=999, required=False)
    reason = mistake_field()

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        self.membership = membership
        kwargs["initial"] = _initial(membership)
        super().__init__(*args, **kwargs)

    def asked(self) -> MembershipFields:
        """What was filled in and differs from what stands, as the action takes it."""
        data = self.cleaned_data
        row = self.membership
        fields: MembershipFields = {"who": self.somebody(), "role": data["role"]}
        if data["since"] != row.since_stated:
            fields["since"] = data["since"]
        if data["until"] != row.until_stated:
            fields["until"] = data["until"]
        if data["position"] is not None:
            fields["position"] = data["position"]
        return fields


def _initial(row: Membership) -> dict[str, Any]:
    named = {POST: row.post, UNIT: row.unit, PARTNER: row.partner, SEAT: row.seat}
    named[PATTERN] = str(row.post_pattern_id) if row.post_pattern_id else None
    who = next((name for name, value in named.items() if value), POST)
    return {
        **named,
        "who": who,
        "role": row.role,
        "since": row.since_stated,
        "until": row.until_stated,
        "position": row.position,
    }


class EndMemberForm(forms.Form):
    """The end of a seat."""

    on = PartialDateField(label=_("Member until"), help_text=_("The first day without the seat."))
