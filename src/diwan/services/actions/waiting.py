"""A case waits for the departments that were asked, in whichever step they were."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.directory.public import day_in, unit_names
from diwan.kernel.errors import Refused
from diwan.kernel.policies import ActorKind
from diwan.services.models import Inquiry
from diwan.ui.show import show_number

from .flowing import Turn, shown


def require_no_inquiry(at: Turn) -> None:
    """Raise Refused while a department that was asked has neither answered nor been let off.

    The citizen, for whom it is one office, is not told which.
    """
    units = list(
        Inquiry.objects.filter(case=at.case, answered_at=None, withdrawn_at=None).values_list(
            "unit_id", flat=True
        )
    )
    if units and at.actor.kind is ActorKind.ANONYMOUS:
        raise Refused(_("The office is waiting for an answer of its own. Try again later."))
    if units:
        names = unit_names(units, day_in(at.case.service.country, at.actor))
        raise Refused(
            ngettext(
                "%(count)s department that was asked has not answered yet: %(names)s. Wait for "
                "its answer, or take the inquiry back.",
                "%(count)s departments that were asked have not answered yet: %(names)s. Wait for "
                "their answers, or take the inquiries back.",
                len(units),
            )
            % {
                "count": show_number(len(units)),
                "names": _(", ").join(shown(names.get(pk, {})) for pk in units),
            }
        )
