"""Bodies, meetings, resolutions and actions of a register in the words of the format."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diwan.councils.public import ActionRecord, BodyRecord, CouncilRecords, MeetingRecord
from diwan.directory.public import DirectoryRecords
from diwan.interop.rules.book import instance_key
from diwan.kernel.exchange import Ref

from .wording import Item, Wording, item

_FINISHED = ("done", "closed")


def council_items(
    councils: CouncilRecords, directory: DirectoryRecords, say: Wording
) -> dict[str, list[Item]]:
    """The lists `bodies` and `meetings` of the format."""
    references = say.references(_refs(councils))
    actions: dict[tuple[str, str], list[ActionRecord]] = defaultdict(list)
    for action in councils.actions.values():
        actions[action.meeting, action.resolution].append(action)
    return {
        "bodies": [_body(body, directory, say) for body in councils.bodies.values()],
        "meetings": [
            _meeting(meeting, actions, references, directory, say)
            for meeting in councils.meetings.values()
        ],
    }


def _refs(councils: CouncilRecords) -> Iterator[Ref]:
    for meeting in councils.meetings.values():
        for statement in meeting.statements:
            if statement.about:
                yield statement.about
        for resolution in meeting.resolutions:
            yield from resolution.together_with
            if resolution.about:
                yield resolution.about


def _body(body: BodyRecord, directory: DirectoryRecords, say: Wording) -> Item:
    return item(
        key=body.key,
        unit=body.unit,
        kind=body.kind,
        parent=body.parent,
        name=say.text(body.name),
        mandate=say.text(body.mandate),
        term=body.term,
        every=body.every,
        since=say.when(body.since),
        until=say.when(body.until),
        oversees=_overseen(body.oversees, directory),
        members=[
            item(
                post=member.post,
                unit=member.unit,
                partner=member.partner,
                seat=say.text(member.seat),
                role=member.role,
            )
            for member in body.members
        ],
    )


def _overseen(keys: Sequence[str], directory: DirectoryRecords) -> list[str]:
    """Units that are overseen; all instances of a pattern by the pattern's key."""
    whole = {
        pattern
        for pattern in directory.unit_patterns
        if (made := [u.key for u in directory.units.values() if u.pattern == pattern])
        and set(made) <= set(keys)
    }
    told: dict[str, None] = {}
    for key in keys:
        pattern = directory.units[key].pattern
        told[pattern if pattern in whole else key] = None
    return list(told)


def _meeting(
    meeting: MeetingRecord,
    actions: Mapping[tuple[str, str], list[ActionRecord]],
    references: Mapping[Ref, str],
    directory: DirectoryRecords,
    say: Wording,
) -> Item:
    return item(
        key=meeting.key,
        body=meeting.body,
        number=meeting.number,
        date=say.date(meeting.date),
        place=say.text(meeting.place),
        chair=meeting.chair,
        agenda=[item(key=point.key, text=say.text(point.text)) for point in meeting.agenda],
        statements=[
            item(
                key=said.key,
                speaker=said.speaker,
                text=say.text(said.text),
                about=references.get(said.about) if said.about else None,
            )
            for said in meeting.statements
        ],
        resolutions=[
            item(
                key=resolution.key,
                number=resolution.number,
                kind=resolution.kind,
                text=say.text(resolution.text),
                about=references.get(resolution.about) if resolution.about else None,
                with_=[references[r] for r in resolution.together_with if r in references],
                every=resolution.every,
                actions=list(
                    _actions(actions.get((meeting.key, resolution.key), []), directory, say)
                ),
            )
            for resolution in meeting.resolutions
        ],
    )


def _actions(
    actions: Sequence[ActionRecord], directory: DirectoryRecords, say: Wording
) -> Iterator[Item]:
    """Actions in their order; those made for each unit as one, and then those that differ."""
    groups: dict[str, list[ActionRecord]] = defaultdict(list)
    for action in actions:
        if action.group and action.group_pattern:
            groups[action.group].append(action)
    whole = {key: group for key, group in groups.items() if _is_whole(group, directory)}
    told: set[str] = set()
    for action in actions:
        group = whole.get(action.group)
        if group is None:
            yield _action(action, say)
        elif action.group not in told:
            told.add(action.group)
            yield from _group(group, directory, say)


def _is_whole(group: Sequence[ActionRecord], directory: DirectoryRecords) -> bool:
    """True if the group has one action for each of its units, each with its derived key."""
    pattern = group[0].group_pattern
    units = [u for u in directory.units.values() if u.pattern == pattern]
    expected = {(instance_key(group[0].group, u.province), u.key) for u in units}
    return expected == {(action.key, action.unit) for action in group}


def _group(
    group: Sequence[ActionRecord], directory: DirectoryRecords, say: Wording
) -> Iterator[Item]:
    first = group[0]
    relative = [_relative(action, directory, say) for action in group]
    words = [json.dumps(fields, sort_keys=True, ensure_ascii=False) for fields in relative]
    counts = Counter(words)
    common = max(counts, key=lambda word: (counts[word], -words.index(word)))
    fields = relative[words.index(common)]
    head = {"key": first.group, "text": fields["text"]}
    if "owner" in fields:
        head["owner"] = fields["owner"]
    yield head | {"each_unit": first.group_pattern} | fields | {"key": first.group}
    for action, word in zip(group, words, strict=True):
        if word != common:
            yield _action(action, say)


def _relative(action: ActionRecord, directory: DirectoryRecords, say: Wording) -> Item:
    """What an action says but for its key, its unit's own post by its pattern's key."""
    fields = _action(action, say)
    del fields["key"]
    owner = directory.posts.get(action.owner)
    if owner is not None and owner.pattern and owner.unit == action.unit:
        fields["owner"] = owner.pattern
    return fields


def _action(action: ActionRecord, say: Wording) -> Item:
    finished = action.state in _FINISHED
    usual = 100 if finished else 0
    return item(
        key=action.key,
        text=say.text(action.text),
        owner=action.owner,
        due=say.date(action.due),
        due_after=action.due_after,
        state=action.state,
        progress=None if action.progress == usual else action.progress,
        redated=[_redated(change, say) for change in action.redated],
        proof=[{"file": one.file, "sha256": one.sha256} for one in action.proof],
        done_on=say.date(action.done_on),
        closed_on=say.date(action.closed_on),
        closed_by=action.closed_by,
        reason=action.reason,
    )


def _redated(change: Any, say: Wording) -> Item:
    return {
        "from": say.date(change.was),
        "to": say.date(change.to),
        "reason": change.reason,
        "on": say.date(change.on),
    }
