"""Erasing a person's data: the register keeps who held what when, without saying who it was."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from diwan.accounts.public import erase_invitations_to, erase_user
from diwan.directory.constants import PERSON
from diwan.directory.models import Holding, Person
from diwan.directory.policies import person_policy
from diwan.directory.queries.names import shown_person
from diwan.kernel import audit, erasing
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean

from .base import ref


@transaction.atomic
def erase_person(actor: Actor, person: Person, *, reason: str) -> None:
    """Erase what the house knows of a person, and of their user, for ever.

    For elevated administrators. The holdings stay, under neutral words; the audit keeps its entries
    and seals and forgets the names in them. Raises Conflict where it was done before, Refused while
    the person holds a post or will, for oneself, and for the last administrator.
    """
    through = person_policy.require(actor, "erase", person)
    why = clean(reason)
    if not why:
        raise Refused(_("Write who asked for it and by which right."), field="reason")
    row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if row.erased_at is not None:
        raise Conflict(_("The personal data of this person have been erased already."))
    _require_no_post(actor, row)
    user_id, subject = row.user_id, ref(PERSON, row.pk)
    row.name, row.honorific, row.search = dict(erasing.ERASED_PERSON), "", ""
    row.user, row.erased_at = None, actor.at
    row.save(update_fields=["name", "honorific", "search", "user", "erased_at"])
    if user_id is not None:
        erase_user(actor, user_id, reason=why)
    erasing.erase_in_rooms(actor, subject)
    erase_invitations_to(actor, subject)
    erasing.erase_notices_about(subject)
    erasing.erase_values_of(subject, actor.at)
    changes = {"user": [user_id, None]} if user_id else {}
    audit.record(actor, "erase", subject, changes=changes, reason=why, through=through)


def _require_no_post(actor: Actor, row: Person) -> None:
    """Raise Refused while somebody counts on this person."""
    held = Holding.objects.known().filter(person=row)
    if held.filter(Q(until_at__isnull=True) | Q(until_at__gt=actor.at)).exists():
        raise Refused(
            _("%(person)s holds a post, or will. End that holding first.")
            % {"person": shown_person(row.pk)}
        )


def keep_user_of_person(_actor: Actor, subject: Ref) -> None:
    """Raise Refused where a user is to be erased who is a person here: the person goes first."""
    if Person.objects.filter(user=subject.id).exists():
        raise Refused(
            _("This user is a person of the register; erase the data on the person's page.")
        )


def require_not_erased(row: Person) -> None:
    """Raise Refused where a person's data were erased: nothing of it is written again."""
    if row.erased_at is not None:
        raise Refused(_("The personal data of this person were erased; it stays so."))
