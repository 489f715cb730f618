"""Whether the units, posts, people, documents and notes of a register can be meant."""

from __future__ import annotations

from diwan.kernel.calendars import PartialDate

from .book import MEETING, PERSON, POST, UNIT
from .checks import LONGEST_PATTERN_KEY, MOST_INSTANCES, Desk
from .dates import check_date
from .faults import Faults, Place, gettext_noop
from .format import DATE, DATE_WORDS, KEY, TEXTS, WORD
from .shapes import Map

EXCEPTABLE = ("name", "kind", "parent", "since", "until", "becomes")


def check(desk: Desk) -> None:
    """Note the faults of everything but bodies and meetings."""
    desk.date(desk.document, "recorded")
    _units(desk)
    _posts(desk)
    _people(desk)
    for document in desk.document.get("documents", ()):
        desk.short(document, "kind", 60)
        desk.reference(document, "unit", UNIT, pattern=True)
        desk.date(document, "horizon", dated=True)
    for handover in desk.document.get("handovers", ()):
        _handover(desk, handover)
    for note in desk.document.get("notes", ()):
        desk.short(note, "kind", 60)
        desk.reference(note, "unit", UNIT, pattern=True)


def _units(desk: Desk) -> None:
    units = desk.document.get("units", ())
    instances = 0
    for unit in units:
        desk.short(unit, "kind", 60)
        _unit_place(desk, unit)
        desk.period(unit)
        if "one_per" in unit:
            instances += len(desk.book.of(UNIT)[unit.get("key", "")].codes) if "key" in unit else 0
            _unit_pattern(desk, unit)
        elif "except" in unit:
            desk.faults.add(
                desk.place(unit, "except"),
                gettext_noop("except belongs to units with one_per. Remove it here."),
            )
    desk.no_cycle(units, "parent", UNIT)
    desk.no_cycle(units, "becomes", UNIT)
    if instances > MOST_INSTANCES:
        desk.faults.add(
            desk.place(desk.document, "units"),
            gettext_noop(
                "one_per makes %(count)s units here, more than %(most)s. Divide the register."
            ),
            count=instances,
            most=MOST_INSTANCES,
        )


def _unit_place(desk: Desk, unit: Map) -> None:
    many = "one_per" in unit
    desk.reference(unit, "parent", UNIT, pattern=many)
    desk.reference(unit, "becomes", UNIT, pattern=many)
    entry = desk.book.of(UNIT).get(unit.get("key", ""))
    if entry is not None and entry.of:
        desk.faults.add(
            desk.place(unit, "key"),
            gettext_noop(
                "%(key)s is one of the units that %(pattern)s makes. Write what differs under "
                "except of %(pattern)s."
            ),
            key=unit["key"],
            pattern=entry.of,
        )
    if "province" in unit and not many:
        _province(desk, unit["province"], desk.place(unit, "province"))


def _province(desk: Desk, code: str, place: Place) -> None:
    if code in desk.book.codes:
        return
    desk.faults.add(
        place,
        gettext_noop("%(code)s is no province of %(country)s. Look it up in ISO 3166-2."),
        code=code,
        country=desk.book.country,
    )


def _unit_pattern(desk: Desk, unit: Map) -> None:
    place = desk.place(unit, "one_per")
    if "province" in unit:
        desk.faults.add(
            desk.place(unit, "province"),
            gettext_noop("one_per makes a unit for each province; leave province out here."),
        )
    if unit["one_per"] == "province" and not desk.book.grounds:
        desk.faults.add(
            place,
            gettext_noop(
                "the provinces of %(country)s are not known here. Write its units one by one."
            ),
            country=desk.book.country,
        )
    parent = desk.book.of(UNIT).get(unit.get("parent", ""))
    if unit["one_per"] == "parent" and not (parent and parent.pattern):
        desk.faults.add(
            place,
            gettext_noop(
                "one_per: parent needs a parent that stands for many. Name one with one_per."
            ),
        )
    if "key" in unit:
        _pattern_key(desk, unit)
    for code, changes in unit.get("except", {}).items():
        _exception(desk, unit, code, changes)


def _pattern_key(desk: Desk, item: Map) -> None:
    if len(item["key"]) > LONGEST_PATTERN_KEY:
        desk.faults.add(
            desk.place(item, "key"),
            gettext_noop(
                "the key of what stands for many has at most %(most)s letters. Shorten it."
            ),
            most=LONGEST_PATTERN_KEY,
        )


def _exception(desk: Desk, unit: Map, code: str, changes: object) -> None:
    held = unit["except"]
    place = Place(desk.file, held.at(code))
    _province(desk, code, place)
    if not isinstance(changes, Map) or not set(changes) <= set(EXCEPTABLE):
        desk.faults.add(
            place,
            gettext_noop("an exception is a mapping of some of these keys: %(known)s."),
            known=EXCEPTABLE,
        )
        return
    for key, value in changes.items():
        _exceptional(desk, key, value, desk.place(changes, key))
    if not {"since", "until"} & set(changes):
        return
    whole = Map(changes.line)
    whole.update({k: v for k, v in unit.items() if k in ("since", "until")} | changes)
    whole.lines = dict(changes.lines)
    if all(_is_date(whole.get(k, "2000")) for k in ("since", "until")):
        desk.period(whole)


def _exceptional(desk: Desk, key: str, value: object, place: Place) -> None:
    if key in ("parent", "becomes"):
        if isinstance(value, str) and KEY.pattern and KEY.pattern.fullmatch(value):
            desk.named(value, UNIT, place, pattern=False)
            return
        desk.faults.add(place, gettext_noop("here must stand %(expected)s."), expected=KEY.expected)
    elif key in ("since", "until"):
        if _is_date(value):
            check_date(value, place, desk.faults, desk.book)
            return
        desk.faults.add(place, gettext_noop("here must stand %(expected)s."), expected=DATE_WORDS)
    elif key == "kind":
        if not isinstance(value, str) or not 1 <= len(value) <= 60:
            desk.faults.add(
                place, gettext_noop("here must stand %(expected)s."), expected=WORD.expected
            )
    elif not _is_text(value):
        desk.faults.add(
            place, gettext_noop("here must stand %(expected)s."), expected=TEXTS.expected
        )


def _is_date(value: object) -> bool:
    if isinstance(value, str):
        return DATE.plain.pattern is not None and bool(DATE.plain.pattern.fullmatch(value))
    if not isinstance(value, Map) or len(value) != 1:
        return False
    ((name, text),) = value.items()
    return name in DATE.named.fields and isinstance(text, str) and bool(text)


def _is_text(value: object) -> bool:
    if not isinstance(value, Map) or not value:
        return False
    fits = all(isinstance(text, str) and 1 <= len(text) <= WORD.longest for text in value.values())
    return fits and set(value) <= set(TEXTS.fields)


def _posts(desk: Desk) -> None:
    posts = desk.document.get("posts", ())
    for post in posts:
        unit = desk.reference(post, "unit", UNIT, pattern=True)
        many = unit is not None and unit.pattern
        desk.reference(post, "becomes", POST, pattern=many)
        desk.within(post, "seats", 1, 1_000_000)
        desk.period(post)
        if many and "key" in post:
            _pattern_key(desk, post)
    desk.no_cycle(posts, "becomes", POST)


def _people(desk: Desk) -> None:
    for person in desk.document.get("people", ()):
        desk.short(person, "honorific", 100)
        for holding in person.get("holds", ()):
            desk.reference(holding, "post", POST)
            desk.period(holding)
    _seats(desk)


def _seats(desk: Desk) -> None:
    """No more full holders at once than a post of this file has seats."""
    seats: dict[str, int | None] = {
        post["key"]: None if post.get("seats") == "many" else post.get("seats", 1)
        for post in desk.document.get("posts", ())
        if "key" in post
    }
    held: dict[str, list[tuple[PartialDate | None, PartialDate | None]]] = {}
    for person in desk.document.get("people", ()):
        for holding in person.get("holds", ()):
            post = holding.get("post", "")
            entry = desk.book.of(POST).get(post)
            limit = seats.get(post, seats.get(entry.of) if entry else None)
            if holding.get("acting") or limit is None:
                continue
            times = held.setdefault(post, [])
            term = _quiet(desk, holding)
            if sum(_overlap(term, other) for other in times) >= limit:
                desk.faults.add(
                    desk.place(holding, "post"),
                    gettext_noop(
                        "more people hold %(post)s at once than it has seats (%(seats)s). End "
                        "one holding with until, or give the post more seats."
                    ),
                    post=post,
                    seats=limit,
                )
            times.append(term)


def _quiet(desk: Desk, holding: Map) -> tuple[PartialDate | None, PartialDate | None]:
    """Since and until without telling their faults again."""
    silent = Desk(desk.file, desk.document, desk.book, desk.books, Faults())
    return silent.date(holding, "since"), silent.date(holding, "until")


def _overlap(
    one: tuple[PartialDate | None, PartialDate | None],
    two: tuple[PartialDate | None, PartialDate | None],
) -> bool:
    def before(until: PartialDate | None, since: PartialDate | None) -> bool:
        return until is not None and since is not None and until.first_day <= since.first_day

    return not before(one[1], two[0]) and not before(two[1], one[0])


def _handover(desk: Desk, handover: Map) -> None:
    desk.reference(handover, "event", MEETING)
    desk.date(handover, "date")
    for side in ("from", "to"):
        if side in handover:
            desk.reference(handover[side], "person", PERSON)
            desk.reference(handover[side], "post", POST)
