"""The closing paper: printed by the office, with a code of its own for judging.

Whoever prints it holds the code in hand, so that it was printed stands in the trail, and what is
judged by it is told apart.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.services.models import Case, RatingLink
from diwan.services.rules.codes import digest

from .flowing import turn, written
from .ratings import require_open


@transaction.atomic
def print_closing(actor: Actor, case: Case) -> str:
    """The secret in the code of the closing paper, which somebody of the office prints.

    Raises NotFound, Forbidden; Refused where the case cannot be judged (any more).
    """
    at = turn(actor, case, "help")
    link = RatingLink.objects.select_related("case").filter(case=at.case).first()
    if link is None:
        raise Refused(_("This case is not judged, so there is nothing to print."))
    require_open(link, actor.at)
    mac = salted_hmac("diwan.services.rating.paper", str(at.case.pk), algorithm="sha256")
    secret = mac.hexdigest()[:32]
    link.paper_key = digest(secret)
    link.save(update_fields=["paper_key"])
    written(at, "print_closing")
    return secret
