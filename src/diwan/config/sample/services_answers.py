"""Answers to a service's form as people might give them, taken only where the form takes them.

A few sets of answers are drawn for each service and worked out by the room's own rules; each case
gets one of them with its own applicant, its days moved to the case's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from diwan.services.rules.evaluation import AnswerFault, Evaluated, evaluate
from diwan.services.rules.formtree import Form, Node

from .dice import Dice
from .wording import read

Step = str | int
Place = tuple[Step, ...]
TRIES = 60
NEAR = 400
"""Days within which an answered day belongs to the request and moves with it; births do not."""
MEDIA = {"image": "jpg", "file": "pdf", "audio": "m4a", "video": "mp4"}
POINTS = {"EG": "30.58 31.50 0 0", "IR": "32.65 51.67 0 0"}
NUMBERS = {
    "land_area": (120, 500),
    "street_width": (6, 20),
    "storeys": (2, 6),
    "storeys_now": (0, 2),
    "floor_area": (50, 110),
    "floor_units": (1, 3),
    "area": (14, 130),
    "shop_units": (1, 1),
    "motor_power": (1, 8),
    "pavement": (4, 7),
    "length": (2, 8),
    "width": (1, 2),
    "months_known": (3, 9),
    "grade": (4, 6),
    "round": (1, 50),
    "pupils": (90, 260),
    "expected": (260, 300),
    "received": (150, 260),
    "spoiled": (0, 2),
    "warmth": (3, 7),
    "count": (1, 4),
    "years": (2, 20),
    "visit_grade": (1, 9),
}
MARKS = {"c_": (45, 95), "m7": (12, 20), "m8": (12, 20), "m9": (12, 20)}
DAYS = {
    "begin_date": (20, 90),
    "from_date": (5, 25),
    "until_date": (40, 180),
    "best_date": (10, 60),
    "member_birth": (-19_000, -10_000),
    "dep_birth": (-20_000, -900),
    "offence_date": (-4_200, -1_500),
    "happened_date": (-20, 0),
    "job_from": (-3_600, -2_600),
    "job_until": (-900, -450),
    "delivery_date": (0, 0),
    "visit_date": (-3, 0),
    "expiry": (2, 6),
}

OFFICE_NUMBERS = {"years_watched": (3, 5), "second_percent": (70, 100)}


@dataclass(frozen=True)
class Filled:
    """Answers that the form took: where the applicant's facts stand, and days that move along."""

    answers: Mapping[str, Any]
    facts: Mapping[str, Place]
    days: tuple[tuple[Place, int], ...]

    def of(self, told: Mapping[str, str], day: date) -> dict[str, Any]:
        """The same for an applicant and a day."""
        found = dict(self.answers)
        for fact, place in self.facts.items():
            _put(found, place, told[fact])
        for place, offset in self.days:
            _put(found, place, (day + timedelta(days=offset)).isoformat())
        return found


@dataclass
class Answerer:
    """Fills in one form."""

    form: Form
    country: str
    language: str
    stream: Dice
    now: datetime
    words: Any = field(init=False)

    def __post_init__(self) -> None:
        self.words = read("cases")[self.language]

    def fill(self) -> Filled:
        """Answers that have no fault. Raises ValueError for a form that takes none of many."""
        answers = self._group(self.form.nodes)
        if "delivery" in answers:
            self._milk(answers["delivery"])
        for _try in range(TRIES):
            told = evaluate(self.form, answers, now=self.now)
            if not told.faults:
                self._match(told.answers)
                return self._filled(told.answers)
            for fault in told.faults:
                self._mend(answers, fault, told)
        raise ValueError(f"{self.form.id}: {told.faults}")

    def office(self, node: Node, day: date, number: int) -> str:
        """What the office answers to a question of its own within a step."""
        if node.type == "acknowledge":
            return "OK"
        if node.type == "date":
            ahead = 365 if "until" in node.name or "valid" in node.name else 0
            return (day + timedelta(days=ahead)).isoformat()
        if node.type == "dateTime":
            return f"{(day + timedelta(days=3)).isoformat()}T10:00:00.000+03:00"
        if node.type in ("integer", "decimal"):
            low, high = OFFICE_NUMBERS.get(node.name, (5, 60))
            return str(self.stream.between(low, high))
        if node.list:
            return self.stream.one(self.form.lists[node.list]).name
        return f"{day.year}/{number}"

    def _filled(self, answers: Mapping[str, Any]) -> Filled:
        facts: dict[str, Place] = {}
        days = []
        today = self.now.date()
        for place, node, value in _walk(self.form.nodes, answers, ()):
            if node.applicant and (value or node.applicant != "on_behalf"):
                facts[node.applicant] = place
            elif node.type == "date" and value:
                offset = (date.fromisoformat(value) - today).days
                if abs(offset) <= NEAR:
                    days.append((place, offset))
        return Filled(answers, facts, tuple(days))

    def _group(self, nodes: tuple[Node, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for node in nodes:
            if node.kind == "group":
                found[node.name] = self._group(node.children)
            elif node.kind == "repeat":
                times = 1 if node.count else self.stream.between(1, 2)
                found[node.name] = [self._group(node.children) for _ in range(times)]
            elif not (node.by or node.calculation or node.type in ("note", "calculate")):
                self._first(found, node)
        return found

    def _first(self, found: dict[str, Any], node: Node) -> None:
        if node.default or node.filter or node.name == "case_code":  # it names no case of theirs
            return
        if node.required or self.stream.chance(0.5):
            found[node.name] = self._value(node)

    def _milk(self, delivery: dict[str, Any]) -> None:
        """Most rounds come in full."""
        came = self.stream.random()
        delivery["came"] = "full" if came < 0.8 else "short" if came < 0.94 else "none"
        if delivery["came"] == "full":
            delivery["received"], delivery["spoiled"] = delivery["expected"], "0"

    def _match(self, answers: dict[str, Any]) -> None:
        """What a complaint is called agrees with what it is about."""
        if "what" in answers:
            detail = answers["what"].get("subject_detail", "")
            answers["what"]["subject"] = self.words["subjects"].get(
                detail, answers["what"]["subject"]
            )

    def _mend(self, answers: dict[str, Any], fault: AnswerFault, told: Evaluated) -> None:
        node = self.form.by_path[fault.path]
        place = _place(self.form, fault.path, fault.index)
        if node.list:
            names = [choice.name for choice in told.choices(_written(self.form, place))]
            value = self.stream.one(names) if names else ""
        else:
            value = self._value(node)
        _put(answers, place, value, copied=False)

    def _value(self, node: Node) -> str:
        stream, kind = self.stream, node.type
        if kind in ("integer", "decimal", "range"):
            low, high = NUMBERS.get(node.name) or MARKS.get(node.name[:2]) or (1, 9)
            return str(stream.between(low, high))
        if kind == "date":
            low, high = DAYS.get(node.name, (-30, 0))
            return (self.now.date() + timedelta(days=stream.between(low, high))).isoformat()
        if node.list:
            names = [choice.name for choice in self.form.lists[node.list]]
            several = kind == "select_multiple"
            return " ".join(sorted(stream.some(names, 2))) if several else stream.one(names)
        plain = {"geopoint": POINTS[self.country], "acknowledge": "OK", "time": "09:30:00.000"}
        file = f"{node.name}.{MEDIA[kind]}" if kind in MEDIA else ""
        return plain.get(kind) or file or self._text(node)

    def _text(self, node: Node) -> str:
        fact = "identity" if node.name == "dep_id" else node.applicant
        if fact in ("phone", "email", "identity"):
            return applicant(self.stream, self.country, "")[fact]
        if "address" in node.name:
            return str(self.stream.one(self.words["addresses"]))
        if node.name in ("plot", "membership_number", "old_number"):
            return str(self.stream.between(10_000, 99_999))
        if "name" in node.name and node.name not in self.words:
            return name(self.stream, self.language)
        if node.name in ("dep_name", "participant", "visitor"):
            return name(self.stream, self.language)
        return str(self.stream.one(self.words.get(node.name) or self.words["other"]))


def name(stream: Dice, language: str) -> str:
    """An invented person's name."""
    names = read("people")[language]
    given = stream.one(names["women"] if stream.chance(0.45) else names["men"])
    if language == "fa":
        return f"{given} {stream.one(names['first'])}{stream.one(names['second'])}"
    return f"{given} {stream.one(names['families'])}"


def applicant(stream: Dice, country: str, called: str) -> dict[str, str]:
    """The facts of an invented applicant: numbers that no network and no registry gives out."""
    figures = int(stream.random() * 10**14)
    if country == "EG":
        phone, identity = f"0100000{figures % 10**4:04}", f"{figures:014}"
    else:
        phone, identity = f"0900000{figures % 10**4:04}", f"{figures % 10**10:010}"
    email = f"n{figures % 10**6}@mail.example"
    return {"name": called, "phone": phone, "identity": identity, "email": email}


def _walk(
    nodes: tuple[Node, ...], answers: Mapping[str, Any], above: Place
) -> Iterator[tuple[Place, Node, str]]:
    for node in nodes:
        value, place = answers.get(node.name), (*above, node.name)
        if node.kind == "group" and isinstance(value, Mapping):
            yield from _walk(node.children, value, place)
        elif node.kind == "repeat" and isinstance(value, list):
            for n, one in enumerate(value):
                yield from _walk(node.children, one, (*place, n))
        elif isinstance(value, str):
            yield place, node, value


def _place(form: Form, path: str, index: tuple[int, ...]) -> Place:
    """Where an answer stands in the tree: names, and numbers (from nought) within repeats."""
    found: list[Step] = []
    names, numbers = path.split("/")[2:], iter(index)
    for depth, part in enumerate(names, start=1):
        found.append(part)
        node = form.by_path["/".join(["", form.root, *names[:depth]])]
        if node.kind == "repeat" and depth < len(names):
            found.append(next(numbers) - 1)
    return tuple(found)


def _written(form: Form, place: Place) -> str:
    """A place as the rules write it: ``/data/kids[2]/name``."""
    text = f"/{form.root}"
    for step in place:
        text += f"[{step + 1}]" if isinstance(step, int) else f"/{step}"
    return text


def _put(tree: dict[str, Any], place: Place, value: str, *, copied: bool = True) -> None:
    """Put an answer in its place; what lies on the way is copied, for others may share it."""
    here: Any = tree
    for step, following in pairwise(place):
        if isinstance(here, dict):
            inner = here.get(step, [] if isinstance(following, int) else {})
        else:
            while len(here) <= int(step):
                here.append({})
            inner = here[int(step)]
        here[step] = (list(inner) if isinstance(inner, list) else dict(inner)) if copied else inner
        here = here[step]
    here[place[-1]] = value
