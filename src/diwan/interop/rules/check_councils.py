"""Whether the bodies, meetings, resolutions and actions of a register can be meant."""

from __future__ import annotations

import re

from .book import (
    ACTION,
    BODY,
    PARTNER,
    POST,
    UNIT,
    actions_of,
    instance_key,
)
from .checks import LONGEST_PATTERN_KEY, Desk
from .faults import Place, gettext_noop
from .shapes import Map

MOST_ITEMS = 10_000
_SHA256 = re.compile("[0-9a-f]{64}")
_PATHS = re.compile(r"[\\/]|^\.\.?$")


def check(desk: Desk) -> None:
    """Note the faults of bodies and meetings."""
    bodies = desk.document.get("bodies", ())
    for body in bodies:
        _body(desk, body)
    desk.no_cycle(bodies, "parent", BODY)
    for meeting in desk.document.get("meetings", ()):
        _meeting(desk, meeting)
    _numbers(desk)
    _action_keys(desk)
    for _held, _resolved, action in actions_of(desk.document):
        _action(desk, action)


def _body(desk: Desk, body: Map) -> None:
    desk.short(body, "kind", 60)
    desk.reference(body, "unit", UNIT)
    desk.reference(body, "parent", BODY)
    desk.within(body, "term", 1, 99)
    desk.span(body, "every")
    desk.period(body)
    for index, key in enumerate(body.get("oversees", ())):
        place = Place(desk.file, body["oversees"].lines[index])
        desk.named(key, UNIT, place, pattern=True)
    for member in body.get("members", ()):
        desk.reference(member, "post", POST, pattern=True)
        desk.reference(member, "unit", UNIT)
        desk.reference(member, "partner", PARTNER)


def _meeting(desk: Desk, meeting: Map) -> None:
    desk.reference(meeting, "body", BODY)
    desk.reference(meeting, "chair", POST)
    desk.within(meeting, "number", -1_000_000, 1_000_000)
    if isinstance(meeting.get("date"), dict) and "event" in meeting["date"]:
        desk.faults.add(
            desk.place(meeting, "date"),
            gettext_noop(
                "a meeting has a date of its own. Write it, or leave date out if it is unknown."
            ),
        )
    else:
        desk.date(meeting, "date")
    for name in ("agenda", "statements", "resolutions"):
        if len(meeting.get(name, ())) > MOST_ITEMS:
            message = gettext_noop("this list has more than %(most)s items. Shorten it.")
            desk.faults.add(desk.place(meeting, name), message, most=MOST_ITEMS)
    for statement in meeting.get("statements", ()):
        desk.reference(statement, "speaker", POST, pattern=True)
        desk.about(statement, "about")
    for resolution in meeting.get("resolutions", ()):
        _resolution(desk, resolution)


def _resolution(desk: Desk, resolution: Map) -> None:
    desk.short(resolution, "number", 80)
    desk.span(resolution, "every")
    desk.about(resolution, "about")
    for index, reference in enumerate(resolution.get("with", ())):
        desk.typed(reference, Place(desk.file, resolution["with"].lines[index]))


def _numbers(desk: Desk) -> None:
    """Within a body a number is given once."""
    seen: dict[tuple[str, str], int] = {}
    for meeting in desk.document.get("meetings", ()):
        for resolution in meeting.get("resolutions", ()):
            if "number" not in resolution:
                continue
            pair = (meeting.get("body", ""), resolution["number"])
            if pair in seen:
                desk.faults.add(
                    desk.place(resolution, "number"),
                    gettext_noop(
                        "the number %(number)s stands already in line %(line)s. Correct one."
                    ),
                    number=resolution["number"],
                    line=seen[pair],
                )
            seen.setdefault(pair, resolution.at("number"))


def _action_keys(desk: Desk) -> None:
    """An action's key is its own in the whole register, not in its resolution alone."""
    seen: dict[str, int] = {}
    for meeting, resolution, action in actions_of(desk.document):
        key = action["key"]
        path = (meeting.get("key", ""), resolution.get("key", ""))
        stored = desk.book.of(ACTION)[key].resolution
        if key in seen or stored != path:
            desk.faults.add(
                desk.place(action, "key"),
                gettext_noop(
                    "another resolution of this register has an action %(key)s. "
                    "Give this one a key of its own."
                ),
                key=key,
            )
        seen.setdefault(key, action.at("key"))


def _action(desk: Desk, action: Map) -> None:
    desk.span(action, "due_after")
    desk.date(action, "due", dated=True)
    desk.date(action, "done_on", dated=True)
    desk.date(action, "closed_on", dated=True)
    desk.reference(action, "closed_by", POST)
    for change in action.get("redated", ()):
        for key in ("from", "to", "on"):
            desk.date(change, key, dated=True)
    for proof in action.get("proof", ()):
        _proof(desk, proof)
    if "each_unit" in action:
        _each_unit(desk, action)
    else:
        desk.reference(action, "owner", POST)
    _life(desk, action)


def _proof(desk: Desk, proof: Map) -> None:
    if not _SHA256.fullmatch(proof.get("sha256", "0" * 64)):
        desk.faults.add(
            desk.place(proof, "sha256"),
            gettext_noop("a SHA-256 is 64 of the letters 0–9 and a–f. Work it out anew."),
        )
    if _PATHS.search(proof.get("file", "")):
        desk.faults.add(
            desk.place(proof, "file"),
            gettext_noop("a file's name holds no folder. Write the name alone."),
        )
    desk.short(proof, "file", 200)


def _each_unit(desk: Desk, action: Map) -> None:
    unit = desk.reference(action, "each_unit", UNIT, pattern=True)
    if unit is not None and not unit.pattern:
        desk.faults.add(
            desk.place(action, "each_unit"),
            gettext_noop(
                "%(key)s is one unit alone. Name a unit with one_per, or leave each_unit out."
            ),
            key=action["each_unit"],
        )
        return
    if len(action["key"]) > LONGEST_PATTERN_KEY:
        desk.faults.add(
            desk.place(action, "key"),
            gettext_noop(
                "the key of what stands for many has at most %(most)s letters. Shorten it."
            ),
            most=LONGEST_PATTERN_KEY,
        )
    owner = desk.reference(action, "owner", POST, pattern=True)
    if owner is None or not owner.pattern or unit is None:
        return
    first = desk.book.of(POST).get(instance_key(action["owner"], (owner.codes or ("",))[0]))
    expected = instance_key(action["each_unit"], (unit.codes or ("",))[0])
    if first is not None and first.unit != expected:
        desk.faults.add(
            desk.place(action, "owner"),
            gettext_noop(
                "%(owner)s is no post of the units %(unit)s. Name a post of theirs, "
                "or one post for all."
            ),
            owner=action["owner"],
            unit=action["each_unit"],
        )


def _life(desk: Desk, action: Map) -> None:
    state = action.get("state")
    if state == "dropped" and "reason" not in action:
        desk.faults.add(
            desk.place(action, "state"),
            gettext_noop("what was dropped has a reason. Add the key reason."),
        )
    if state in ("doing", "done") and "owner" not in action:
        desk.faults.add(
            desk.place(action, "state"),
            gettext_noop("what is %(state)s has an owner. Add the key owner."),
            state=state,
        )
