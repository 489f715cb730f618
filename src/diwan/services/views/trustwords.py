"""What a head is told of the judgements themselves."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.utils.translation import ngettext

from diwan.directory.public import Role, authority_of
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.services.queries.figures import FiguresAsked
from diwan.services.queries.trust import Trust, trust_in
from diwan.ui.show import show_number


def trust_lines(actor: Actor, asked: FiguresAsked) -> list[str]:
    """Sentences for a head on the judgements of the month; none where there are none."""
    if not actor.elevated and not authority_of(actor).units(Role.HEAD):
        return []
    zone = current().zone
    since = datetime.combine(asked.month.first_day, time.min, zone).astimezone(UTC)
    until = datetime.combine(asked.month.until_day, time.min, zone).astimezone(UTC)
    return _lines(trust_in(asked.unit_id, since, until, service_id=asked.service_id))


def _lines(found: Trust) -> list[str]:
    if not found.judged:
        return []
    words = ngettext(
        "Of %(judged)s judgement of the month %(at_once)s came within ten minutes of the end, and "
        "%(on_paper)s by a closing paper that the office printed.",
        "Of %(judged)s judgements of the month %(at_once)s came within ten minutes of the end, and "
        "%(on_paper)s by a closing paper that the office printed.",
        found.judged,
    )
    lines = [words % _shown(found)]
    if found.said:
        words = ngettext(
            "Of %(said)s who told whether the promise was kept, %(broken)s say it was not where "
            "our record says it was, and %(kept)s the other way round.",
            "Of %(said)s who told whether the promise was kept, %(broken)s say it was not where "
            "our record says it was, and %(kept)s the other way round.",
            found.said,
        )
        lines.append(words % _shown(found))
    return lines


def _shown(found: Trust) -> dict[str, str]:
    return {name: show_number(number) for name, number in vars(found).items()}
