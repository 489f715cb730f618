"""From a checked file to the directory's records; patterns are worked out into their instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from diwan.directory.public import (
    HandoverRecord,
    HoldingRecord,
    NeedRecord,
    NoteRecord,
    PartnerRecord,
    PersonRecord,
    PostPatternRecord,
    PostRecord,
    RegisterRecord,
    UnitPatternRecord,
    UnitRecord,
)
from diwan.interop.rules.book import (
    DOCUMENT,
    HANDOVER,
    NOTE,
    PARTNER,
    PERSON,
    POST,
    UNIT,
    instance_key,
)
from diwan.interop.rules.naming import instance_of, name_in
from diwan.interop.rules.shapes import Map
from diwan.library.public import DocumentRecord

from .said import Reading, texts

Said = frozenset[str]


@dataclass
class DirectoryPlan:
    """What a file says of the directory and the library."""

    register: RegisterRecord
    unit_patterns: list[UnitPatternRecord] = field(default_factory=list)
    units: list[UnitRecord] = field(default_factory=list)
    post_patterns: list[PostPatternRecord] = field(default_factory=list)
    posts: list[PostRecord] = field(default_factory=list)
    partners: list[PartnerRecord] = field(default_factory=list)
    people: list[PersonRecord] = field(default_factory=list)
    handovers: list[HandoverRecord] = field(default_factory=list)
    notes: list[NoteRecord] = field(default_factory=list)
    documents: list[DocumentRecord] = field(default_factory=list)


def plan_directory(reading: Reading) -> DirectoryPlan:
    """Records of everything but bodies and meetings."""
    document = reading.document
    plan = DirectoryPlan(_register(reading))
    for unit in document.get("units", ()):
        _unit(reading, unit, plan)
    _posts(reading, plan)
    for item in document.get("partners", ()):
        said = reading.said(PARTNER, item)
        plan.partners.append(PartnerRecord(key=item["key"], name=dict(item["name"]), said=said))
    plan.people = [_person(reading, item) for item in document.get("people", ())]
    plan.handovers = [_handover(reading, item) for item in document.get("handovers", ())]
    plan.notes = [
        NoteRecord(
            key=item["key"],
            kind=item["kind"],
            text=dict(item["text"]),
            unit=item.get("unit", ""),
            said=reading.said(NOTE, item),
        )
        for item in document.get("notes", ())
    ]
    plan.documents = [_document(reading, item) for item in document.get("documents", ())]
    return plan


def _register(reading: Reading) -> RegisterRecord:
    document = reading.document
    return RegisterRecord(
        key=document["register"],
        language=document["language"],
        country=document["country"],
        source=document.get("source", ""),
        recorded=reading.date(document, "recorded"),
    )


def _unit(reading: Reading, item: Map, plan: DirectoryPlan) -> None:
    said = reading.said(UNIT, item)
    if "one_per" not in item:
        plan.units.append(_unit_record(reading, item, said, province=item.get("province", "")))
        return
    plan.unit_patterns.append(
        UnitPatternRecord(
            key=item["key"],
            name=dict(item["name"]),
            kind=item["kind"],
            per=item["one_per"],
            parent=item.get("parent", ""),
            said=said,
        )
    )
    plan.units += _instances(reading, item, said)


def _instances(reading: Reading, item: Map, said: Said) -> Iterator[UnitRecord]:
    exceptions: Mapping[str, Map] = item.get("except", {})
    units = reading.book.of(UNIT)
    names = {ground.code: ground.names for ground in reading.book.grounds}
    for code in units[item["key"]].codes:
        changes: Mapping[str, Any] = exceptions.get(code, {})
        own: dict[str, Any] = {**item, **changes, "key": instance_key(item["key"], code)}
        if "name" not in changes:
            own["name"] = name_in(item["name"], names[code])
        for name in ("parent", "becomes"):
            if name not in changes and name in item:
                many = units[item[name]].pattern
                own[name] = instance_of(item[name], code, pattern=many)
        anew = said | (frozenset(changes) if "except" in said else frozenset())
        record = _unit_record(reading, own, anew, province=code)
        yield replace(record, pattern=item["key"])


def _unit_record(
    reading: Reading, item: Mapping[str, Any], said: Said, *, province: str
) -> UnitRecord:
    return UnitRecord(
        key=item["key"],
        name=dict(item["name"]),
        kind=item["kind"],
        parent=item.get("parent", ""),
        province=province,
        since=reading.when(item, "since"),
        until=reading.when(item, "until"),
        becomes=item.get("becomes", ""),
        said=said,
    )


def _posts(reading: Reading, plan: DirectoryPlan) -> None:
    units, posts = reading.book.of(UNIT), reading.book.of(POST)
    found: dict[str, PostRecord] = {}
    for item in reading.document.get("posts", ()):
        said = reading.said(POST, item)
        if not units[item["unit"]].pattern:
            entry = posts[item["key"]]
            record = _post_record(reading, item, said)
            # One that stands by itself is the changed instance of its pattern.
            found[item["key"]] = replace(record, pattern=entry.of)
            continue
        plan.post_patterns.append(_post_pattern(item, said))
        for code in posts[item["key"]].codes:
            own: dict[str, Any] = {**item, "key": instance_key(item["key"], code)}
            own["unit"] = instance_key(item["unit"], code)
            if "becomes" in item:
                many = posts[item["becomes"]].pattern
                own["becomes"] = instance_of(item["becomes"], code, pattern=many)
            record = replace(_post_record(reading, own, said), pattern=item["key"])
            found.setdefault(record.key, record)
    plan.posts = list(found.values())


def _seats(item: Mapping[str, Any]) -> int | None:
    seats = item.get("seats", 1)
    return None if seats == "many" else int(seats)


def _roles(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(set(item.get("roles", ()))))


def _post_pattern(item: Map, said: Said) -> PostPatternRecord:
    return PostPatternRecord(
        key=item["key"],
        unit=item["unit"],
        name=dict(item["name"]),
        roles=_roles(item),
        seats=_seats(item),
        said=said,
    )


def _post_record(reading: Reading, item: Mapping[str, Any], said: Said) -> PostRecord:
    return PostRecord(
        key=item["key"],
        unit=item["unit"],
        name=dict(item["name"]),
        roles=_roles(item),
        seats=_seats(item),
        since=reading.when(item, "since"),
        until=reading.when(item, "until"),
        becomes=item.get("becomes", ""),
        said=said,
    )


def _person(reading: Reading, item: Map) -> PersonRecord:
    holds = tuple(
        HoldingRecord(
            post=holding["post"],
            since=reading.when(holding, "since"),
            until=reading.when(holding, "until"),
            acting=holding.get("acting", False),
        )
        for holding in item.get("holds", ())
    )
    return PersonRecord(
        key=item["key"],
        name=dict(item["name"]),
        honorific=item.get("honorific", ""),
        holds=holds,
        said=reading.said(PERSON, item),
    )


def _handover(reading: Reading, item: Map) -> HandoverRecord:
    at = reading.when(item, "date")
    if "event" in item:
        hangs = reading.when({"date": {"event": item["event"]}}, "date")
        # A date of its own says when; the event says on which occasion.
        at = replace(at, event=hangs.event) if at is not None and hangs is not None else hangs
    needs = tuple(
        NeedRecord(key=need["key"], text=texts(need["text"]) or {})
        for need in item.get("open_needs", ())
    )
    return HandoverRecord(
        key=item["key"],
        from_person=item["from"]["person"],
        from_post=item["from"]["post"],
        to_person=item["to"]["person"],
        to_post=item["to"]["post"],
        at=at,
        needs=needs,
        said=reading.said(HANDOVER, item),
    )


def _document(reading: Reading, item: Map) -> DocumentRecord:
    return DocumentRecord(
        key=item["key"],
        kind=item["kind"],
        name=dict(item["name"]),
        unit=item.get("unit", ""),
        text=texts(item.get("text")),
        horizon=reading.date(item, "horizon"),
        said=reading.said(DOCUMENT, item),
    )
