"""What the directory tells by notice: a handover, to who hands over and who takes over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.constants import HANDOVER, TO_SIGN
from diwan.directory.models import Handover
from diwan.directory.queries.names import shown_instant, shown_post
from diwan.directory.queries.users import countries_of_users, users_of_people
from diwan.kernel import jobs, notices
from diwan.kernel.exchange import Ref
from diwan.kernel.notices import Telling, Words
from diwan.kernel.working import today_in

GROUP = "directory.handovers"
KIND = "directory.handover"
TELL = "directory.tell_handover"


@jobs.job(TELL, label=gettext_lazy("Telling of a handover"))
def tell_handover(handover: str, by: str | None = None) -> None:
    """Tell both people of a handover, but for the one who wrote it."""
    row = Handover.objects.select_related("to_post__unit").filter(pk=handover).first()
    if row is None:
        return
    people = {row.from_person_id, row.to_person_id} - {None}
    users = users_of_people(pk for pk in people if pk is not None)
    takes = users.get(row.to_person_id) if row.to_person_id else None
    for user in set(users.values()) - {UUID(by) if by else None}:
        data = {
            "takes": user == takes,
            "at": row.at,
            "post": row.to_post_id,
            "country": row.to_post.unit.country,
        }
        once = f"handover:{row.pk}"
        notices.tell(KIND, [user], Ref(HANDOVER, row.pk), data, once=once)


def _write(telling: Telling) -> Words:
    at = telling.data.get("at")
    when = datetime.fromisoformat(at) if at else timezone.now()
    country = telling.data["country"]
    post = shown_post(UUID(telling.data["post"]), today_in(country, when))
    if telling.data["takes"]:
        subject = _("You take over the post %(post)s") % {"post": post}
        line = _("Its open duties are yours from %(at)s on; the sheet shows them.")
    else:
        subject = _("You hand over the post %(post)s") % {"post": post}
        line = _("Its open duties are your successor's from %(at)s on; the sheet shows them.")
    lines = [line % {"at": shown_instant(when, country)}] if at else []
    return Words(subject, lines, step=_("See the handover sheet"))


def _write_to_sign(telling: Telling) -> Words:
    """The sheet of a handover waits for the reader's signature."""
    at = telling.data.get("at")
    when = datetime.fromisoformat(at) if at else timezone.now()
    country = telling.data["country"]
    post = shown_post(UUID(telling.data["post"]), today_in(country, when))
    subject = _("The handover sheet of %(post)s waits for your signature") % {"post": post}
    lines = [_("The post passed on %(when)s.") % {"when": shown_instant(when, country)}]
    if telling.data["other"]:
        lines.append(_("The other side has signed it."))
    return Words(subject, lines, step=_("See the handover sheet"))


def declare_notices() -> None:
    """Declare the kinds, and in which country a user works."""
    notices.declare_countries(countries_of_users)
    notices.declare_group(GROUP, gettext_lazy("Handovers that concern you"))
    notices.declare_kind(KIND, label=gettext_lazy("a handover"), group=GROUP, write=_write)
    notices.declare_kind(
        TO_SIGN, label=gettext_lazy("a sheet to sign"), group=GROUP, write=_write_to_sign
    )
