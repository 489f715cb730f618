"""What was said in a meeting: adding, correcting, removing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diwan.councils.constants import MEETING, STATEMENT
from diwan.councils.models import Meeting, Statement
from diwan.councils.policies import MEETINGS
from diwan.councils.rules.keys import fresh_key
from diwan.directory.public import Post, PostPattern
from diwan.kernel import audit, links
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor, Through

from .fields import StatementFields
from .room import require_unsealed
from .writing import checked_reason, checked_text, existing, write


@transaction.atomic
def add_statement(actor: Actor, meeting: Meeting, fields: StatementFields) -> Statement:
    """Write down what a post said. Raises NotFound, Forbidden, Refused."""
    through = MEETINGS.require(actor, "run", meeting)
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    require_unsealed(meeting)
    if meeting.state != Meeting.State.HELD and meeting.opened_at is None:
        raise Refused(_("Statements are written down once the meeting has been held."))
    last = Statement.objects.filter(meeting=meeting).aggregate(n=Max("position"))["n"]
    id_ = new_id()
    statement = Statement(
        id=id_,
        meeting=meeting,
        key=fresh_key("s", id_),
        position=0 if last is None else last + 1,
    )
    values = _values({"text": {}, "speaker_id": None, "speaker_pattern_id": None} | fields)
    for field, value in values.items():
        setattr(statement, field, value)
    _require_speaker(statement)
    statement.save(force_insert=True)
    _link(statement, fields)
    changes = {"statement": [None, statement.text]}
    _record(actor, "add_statement", statement, changes, through)
    return statement


@transaction.atomic
def correct_statement(
    actor: Actor, statement: Statement, fields: StatementFields, *, reason: str
) -> Statement:
    """Mend what was written down wrongly, with the reason."""
    through = MEETINGS.require(actor, "run", statement.meeting)
    why = checked_reason(reason)
    require_unsealed(_locked(statement))
    changes = write(statement, _values(fields))
    _require_speaker(statement)
    if _link(statement, fields):
        changes["about"] = [None, [str(ref.id) for ref in fields.get("about", ())]]
    if changes:
        plain = {f: [_plain(old), _plain(new)] for f, (old, new) in changes.items()}
        _record(actor, "correct_statement", statement, plain, through, why)
    return statement


@transaction.atomic
def remove_statement(actor: Actor, statement: Statement, *, reason: str) -> None:
    """Take out what was never said; the audit keeps its text."""
    through = MEETINGS.require(actor, "run", statement.meeting)
    why = checked_reason(reason)
    require_unsealed(_locked(statement))
    links.set_links(Ref(STATEMENT, statement.pk), links.Verb.ABOUT, ())
    changes = {"statement": [statement.text, None]}
    _record(actor, "remove_statement", statement, changes, through, why)
    statement.delete()


def _locked(statement: Statement) -> Meeting:
    """The meeting as it stands now: nobody seals its minutes before this is written."""
    return Meeting.objects.select_for_update().get(pk=statement.meeting_id)


def _values(fields: StatementFields) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "text" in fields:
        values["text"] = checked_text(fields["text"], "text")
    if "speaker_id" in fields:
        values["speaker"] = existing(Post, fields["speaker_id"], "speaker")
    if "speaker_pattern_id" in fields:
        pattern = existing(PostPattern, fields["speaker_pattern_id"], "speaker")
        values["speaker_pattern"] = pattern
    return values


def _require_speaker(statement: Statement) -> None:
    if (statement.speaker_id is None) == (statement.speaker_pattern_id is None):
        raise Refused(_("Say which post spoke, one post a statement."), field="speaker")


def _link(statement: Statement, fields: StatementFields) -> bool:
    if "about" not in fields:
        return False
    return links.set_links(Ref(STATEMENT, statement.pk), links.Verb.ABOUT, fields["about"])


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Post | PostPattern) else value


def _record(
    actor: Actor,
    verb: str,
    statement: Statement,
    changes: dict[str, list[Any]],
    through: Through,
    reason: str = "",
) -> None:
    ref = Ref(MEETING, statement.meeting_id)
    audit.record(actor, verb, ref, changes=changes, reason=reason, through=through)
