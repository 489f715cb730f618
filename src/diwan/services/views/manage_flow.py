"""The steps of a service drawn: its states one below the other, and the ways between them.

A way to the next state is a line downwards; any other runs beside the states in a track of its own,
as short as can be. The list of states beside the picture says everything in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from diwan.kernel.text import direction
from diwan.services.rules.definition import Definition, State
from diwan.ui.show import show_digits, show_local

ROW, TRACK, RADIUS, BEND = 58, 13, 15, 7
LABEL, LONGEST = 210, 27


@dataclass(frozen=True)
class Spot:
    """A state: its number in a circle and its name beside it."""

    number: str
    name: str
    url: str
    tone: str
    x: int
    y: int
    name_x: int


@dataclass(frozen=True)
class Way:
    """A line between two states; `kind` is ``office``, ``applicant`` or ``system``."""

    path: str
    kind: str


@dataclass(frozen=True)
class Drawing:
    """Everything of the picture, in pixels; `anchor` says at which end names begin."""

    width: int
    height: int
    spots: tuple[Spot, ...]
    ways: tuple[Way, ...]
    right_to_left: bool


def drawn(definition: Definition) -> Drawing:
    """The picture of a service's steps, mirrored for readers from right to left."""
    order = {state.key: place for place, state in enumerate(definition.states)}
    found = _ways(definition, order)
    tracks = _tracks([pair for pair in found if pair[1] - pair[0] != 1])
    gutter = TRACK * (max(tracks.values(), default=0) + 1) + BEND
    width = gutter + 2 * RADIUS + 10 + LABEL
    mirrored = direction(get_language() or "en") == "rtl"
    sheet = _Sheet(gutter + RADIUS, width, mirrored=mirrored)
    spots = tuple(sheet.spot(state, order[state.key]) for state in definition.states)
    ways = tuple(
        Way(sheet.way(pair, tracks.get(pair, 0)), kind) for pair, kind in sorted(found.items())
    )
    return Drawing(width, ROW * len(spots), spots, ways, mirrored)


def _ways(definition: Definition, order: dict[str, int]) -> dict[tuple[int, int], str]:
    """One way for each pair of states, the office's own before the others'."""
    found: dict[tuple[int, int], str] = {}
    for state in definition.states:
        for action in state.actions:
            pair = (order[state.key], order[action.to])
            if pair not in found or action.by == "office":
                found[pair] = action.by
    return found


def _tracks(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """A track for each way beside the states; ways that overlap lie in different ones."""
    taken: list[list[tuple[int, int]]] = []
    found: dict[tuple[int, int], int] = {}
    for pair in sorted(pairs, key=lambda pair: (abs(pair[1] - pair[0]), pair)):
        first, last = min(pair), max(pair)
        free = (
            place
            for place, lane in enumerate(taken)
            if all(last < begun or first > ended for begun, ended in lane)
        )
        place = next(free, len(taken))
        if place == len(taken):
            taken.append([])
        taken[place].append((first, last))
        found[pair] = place
    return found


class _Sheet:
    """Where things lie; from right to left every distance is measured from the other edge."""

    def __init__(self, axis: int, width: int, *, mirrored: bool) -> None:
        self.axis, self.width, self.mirrored = axis, width, mirrored

    def x(self, distance: int) -> int:
        return self.width - distance if self.mirrored else distance

    def y(self, place: int) -> int:
        return ROW * place + ROW // 2

    def spot(self, state: State, place: int) -> Spot:
        name = show_local(state.name)
        tone = {"done": "done", "refused": "quiet", "withdrawn": "quiet"}.get(state.end, "new")
        return Spot(
            number=show_digits(place + 1),
            name=name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…",
            url=f"#state-{state.key}",
            tone=tone,
            x=self.x(self.axis),
            y=self.y(place),
            name_x=self.x(self.axis + RADIUS + 10),
        )

    def way(self, pair: tuple[int, int], track: int) -> str:
        start, end = pair
        if end - start == 1:
            x = self.x(self.axis)
            return f"M{x} {self.y(start) + RADIUS}V{self.y(end) - RADIUS - 4}"
        # Out of the lower half of a state and into the upper half of another, so that both show.
        out, into = self.y(start) + 6, self.y(end) - 6
        down = 1 if into > out else -1
        edge = self.x(self.axis - RADIUS + 1)
        lane = self.axis - RADIUS - BEND - TRACK * (track + 1) + 4
        near, far = self.x(lane + BEND), self.x(lane)
        tip = self.x(self.axis - RADIUS - 4)
        bend, back = out + down * BEND, into - down * BEND
        if start == end:
            bend, back = out + 1, into - 1
        return (
            f"M{edge} {out}H{near}Q{far} {out} {far} {bend}V{back}Q{far} {into} {near} {into}H{tip}"
        )
