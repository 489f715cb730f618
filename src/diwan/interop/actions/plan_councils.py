"""From a checked file to the councils' records; `each_unit` is worked out into its actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from diwan.councils.public import (
    ActionRecord,
    BodyRecord,
    ItemRecord,
    MeetingRecord,
    MemberRecord,
    ProofRecord,
    RedatedRecord,
    ResolutionRecord,
    StatementRecord,
)
from diwan.interop.rules.book import (
    ACTION,
    BODY,
    MEETING,
    POST,
    UNIT,
    actions_of,
    instance_key,
)
from diwan.interop.rules.shapes import Map
from diwan.kernel.calendars import PartialDate
from diwan.kernel.exchange import Ref

from .said import Reading, texts

Find = Callable[[str], Ref]
"""The record that a typed reference names."""


def plan_bodies(reading: Reading) -> list[BodyRecord]:
    """Bodies and who has a seat in them."""
    return [_body(reading, item) for item in reading.document.get("bodies", ())]


def _body(reading: Reading, item: Map) -> BodyRecord:
    members = tuple(
        MemberRecord(
            role=member["role"],
            post=member.get("post", ""),
            unit=member.get("unit", ""),
            partner=member.get("partner", ""),
            seat=texts(member.get("seat")),
        )
        for member in item.get("members", ())
    )
    return BodyRecord(
        key=item["key"],
        unit=item["unit"],
        kind=item["kind"],
        name=dict(item["name"]),
        parent=item.get("parent", ""),
        term=item.get("term"),
        every=item.get("every", ""),
        since=reading.when(item, "since"),
        until=reading.when(item, "until"),
        mandate=texts(item.get("mandate")),
        oversees=tuple(_overseen(reading, item)),
        members=members,
        said=reading.said(BODY, item),
    )


def _overseen(reading: Reading, item: Map) -> Iterator[str]:
    for key in item.get("oversees", ()):
        entry = reading.book.of(UNIT)[key]
        if entry.pattern:
            yield from (instance_key(key, code) for code in entry.codes)
        else:
            yield key


def plan_meetings(reading: Reading, find: Find) -> list[MeetingRecord]:
    """Meetings with agenda, statements and resolutions."""
    return [_meeting(reading, item, find) for item in reading.document.get("meetings", ())]


def _meeting(reading: Reading, item: Map, find: Find) -> MeetingRecord:
    own = Map(item.line)
    own.update({name: value for name, value in item.items() if name != "resolutions"})
    return MeetingRecord(
        id=reading.stock.meeting_id(item["key"]),
        key=item["key"],
        body=item["body"],
        number=item.get("number"),
        date=reading.date(item, "date"),
        place=texts(item.get("place")),
        chair=item.get("chair", ""),
        agenda=tuple(
            ItemRecord(key=point["key"], text=dict(point["text"]))
            for point in item.get("agenda", ())
        ),
        statements=tuple(
            StatementRecord(
                key=said["key"],
                speaker=said["speaker"],
                text=dict(said["text"]),
                about=find(said["about"]) if "about" in said else None,
            )
            for said in item.get("statements", ())
        ),
        resolutions=tuple(
            _resolution(reading, item, resolution, find)
            for resolution in item.get("resolutions", ())
        ),
        said=reading.said(MEETING, own),
    )


def _resolution(reading: Reading, meeting: Map, item: Map, find: Find) -> ResolutionRecord:
    own = Map(item.line)
    own.update({name: value for name, value in item.items() if name != "actions"})
    return ResolutionRecord(
        key=item["key"],
        kind=item["kind"],
        text=dict(item["text"]),
        number=item.get("number", ""),
        about=find(item["about"]) if "about" in item else None,
        together_with=tuple(find(reference) for reference in item.get("with", ())),
        every=item.get("every", ""),
        said=reading.said("resolution", own, f"{meeting['key']}/{item['key']}"),
    )


def plan_actions(reading: Reading) -> list[ActionRecord]:
    """Actions, one for each unit where the file says so, in the order of the file."""
    found: dict[str, ActionRecord] = {}
    alone = {action["key"]: (m, r, action) for m, r, action in actions_of(reading.document)}
    for meeting, resolution, action in alone.values():
        if "each_unit" in action:
            found |= _for_each(reading, meeting, resolution, action, alone)
        elif action["key"] not in found:
            found[action["key"]] = _alone(reading, meeting, resolution, action)
    return list(found.values())


def _alone(reading: Reading, meeting: Map, resolution: Map, action: Map) -> ActionRecord:
    entry = reading.book.of(ACTION)[action["key"]]
    more: dict[str, Any] = {}
    if entry.of:
        more = {"group": entry.of}
    said = reading.said(ACTION, action)
    path = (meeting["key"], resolution["key"])
    more["parent"] = reading.book.parent_of(action["key"], path)
    if more["parent"] and "owner" in action:
        # A part is about the unit of the post to which it was passed down.
        more["unit"] = reading.book.of(POST)[action["owner"]].unit
    return _record(reading, path, action, more, said)


def _for_each(
    reading: Reading,
    meeting: Map,
    resolution: Map,
    action: Map,
    alone: Mapping[str, tuple[Map, Map, Map]],
) -> dict[str, ActionRecord]:
    """The actions of a pattern; what stands in the file by itself is the changed one."""
    said = reading.said(ACTION, action)
    owner = action.get("owner", "")
    owners = reading.book.of(POST)
    path = (meeting["key"], resolution["key"])
    found = {}
    for code in reading.book.of(UNIT)[action["each_unit"]].codes:
        key = instance_key(action["key"], code)
        more = {
            "unit": instance_key(action["each_unit"], code),
            "group": action["key"],
            "group_pattern": action["each_unit"],
        }
        if key in alone:
            own, anew = alone[key][2], reading.said(ACTION, alone[key][2])
            found[key] = _record(reading, path, own, more, anew)
            continue
        instance: dict[str, Any] = {**action, "key": key}
        if owner and owners[owner].pattern:
            instance["owner"] = instance_key(owner, code)
        found[key] = _record(reading, path, instance, more, said)
    return found


def _sure(reading: Reading, part: Mapping[str, Any], key: str) -> PartialDate:
    found = reading.date(part, key)
    assert found is not None  # noqa: S101 - the check asked for it
    return found


def _record(
    reading: Reading,
    path: tuple[str, str],
    item: Mapping[str, Any],
    more: Mapping[str, Any],
    said: frozenset[str],
) -> ActionRecord:
    return ActionRecord(
        key=item["key"],
        meeting=path[0],
        resolution=path[1],
        text=dict(item["text"]),
        owner=item.get("owner", ""),
        due=reading.date(item, "due"),
        due_after=item.get("due_after", ""),
        state=item.get("state", ""),
        progress=item.get("progress"),
        redated=tuple(
            RedatedRecord(
                was=_sure(reading, change, "from"),
                to=_sure(reading, change, "to"),
                reason=change["reason"],
                on=_sure(reading, change, "on"),
            )
            for change in item.get("redated", ())
        ),
        proof=tuple(
            ProofRecord(file=one["file"], sha256=one["sha256"]) for one in item.get("proof", ())
        ),
        done_on=reading.date(item, "done_on"),
        closed_on=reading.date(item, "closed_on"),
        closed_by=item.get("closed_by", ""),
        reason=item.get("reason", ""),
        said=said,
        **more,
    )
