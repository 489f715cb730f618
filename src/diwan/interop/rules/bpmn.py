"""The steps of a service as BPMN 2.0, with the diagram that modelling tools draw from.

A state is a user task, its deadline a timer beside it that interrupts nothing, its ways out an
exclusive gateway where there are several. A way that pauses (the citizen brings papers) leads back
to its task. The picture is laid out by how far a state is from the beginning: BPMN draws from left
to right in every language.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

from .cpsv import duration_of

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TASK, EVENT, GATEWAY = (140, 80), (36, 36), (50, 50)
COLUMN, ROW, LEFT, TOP = 320, 160, 160, 80


@dataclass(frozen=True)
class Way:
    """A way out of a state."""

    key: str
    name: str
    to: str


@dataclass(frozen=True)
class Stay:
    """A state of the flow. `deadline` is an amount and its unit, as the workbook says it."""

    key: str
    name: str
    role: str = ""
    deadline: tuple[float, str] | None = None
    ways: tuple[Way, ...] = ()
    ends: bool = False


@dataclass(frozen=True)
class Words:
    """What the drawing says besides the service's own words, in one language."""

    begin: str = "Filed"
    late: str = "Deadline"
    told: str = "The head is told"
    way: str = "Which way?"


@dataclass(frozen=True)
class Box:
    """Where an element stands in the picture, its left upper corner and size in points."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> tuple[float, float]:
        """The middle of its left side."""
        return (self.x, self.y + self.height / 2)

    @property
    def right(self) -> tuple[float, float]:
        """The middle of its right side."""
        return (self.x + self.width, self.y + self.height / 2)

    @property
    def below(self) -> tuple[float, float]:
        """The middle of its lower side."""
        return (self.x + self.width / 2, self.y + self.height)


def bpmn_of(key: str, name: str, stays: tuple[Stay, ...], words: Words | None = None) -> bytes:
    """The process as an XML document in UTF-8. `stays` begins with the first state.

    `key` is made into an identifier. A gateway chooses by the variable ``action``, the key of the
    way taken. Raises ValueError where there is no state.
    """
    if not stays:
        raise ValueError("a process needs a state")
    return _Document(key, name, stays, words or Words()).written()


class Flow(NamedTuple):
    """An arrow from an element to another; `when` is its condition at a gateway."""

    name: str
    source: str
    target: str
    label: str
    when: str


class _Document:
    def __init__(self, key: str, name: str, stays: tuple[Stay, ...], words: Words) -> None:
        for prefix, uri in (("bpmn", BPMN), ("bpmndi", DI), ("dc", DC), ("di", DD), ("xsi", XSI)):
            ET.register_namespace(prefix, uri)
        self.stays, self.words = stays, words
        self.entries = Counter(way.to for stay in stays for way in stay.ways)
        self.entries[stays[0].key] += 1
        self.root = ET.Element(
            f"{{{BPMN}}}definitions",
            {"id": f"definitions_{_id(key)}", "targetNamespace": "https://diwan.example/bpmn"},
        )
        self.process = ET.SubElement(
            self.root,
            f"{{{BPMN}}}process",
            {"id": _id(key), "name": name, "isExecutable": "true"},
        )
        diagram = ET.SubElement(self.root, f"{{{DI}}}BPMNDiagram", {"id": f"diagram_{_id(key)}"})
        self.plane = ET.SubElement(
            diagram, f"{{{DI}}}BPMNPlane", {"id": f"plane_{_id(key)}", "bpmnElement": _id(key)}
        )
        self.boxes: dict[str, Box] = {}
        self.flows: list[Flow] = []

    def written(self) -> bytes:
        places = _places(self.stays)
        row = places[self.stays[0].key][1]
        at = (LEFT - 140, self._middle(row, EVENT))
        self._node("startEvent", "begin", self.words.begin, at, EVENT)
        for stay in self.stays:
            if stay.key in places:
                self._stay(stay, *places[stay.key])
        self._flow("flow_begin", "begin", self._into(self.stays[0].key))
        self._close()
        ET.indent(self.root)
        written: bytes = ET.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return written

    def _middle(self, row: int, size: tuple[int, int]) -> float:
        return TOP + row * ROW + (TASK[1] - size[1]) / 2

    def _stay(self, stay: Stay, column: int, row: int) -> None:
        x, name = LEFT + column * COLUMN, _state(stay)
        if self.entries[stay.key] > 1:
            at = (x - 70, self._middle(row, GATEWAY))
            self._node("exclusiveGateway", self._into(stay.key), "", at, GATEWAY)
            self._flow(f"flow_{self._into(stay.key)}", self._into(stay.key), name)
        if stay.ends:
            self._node("endEvent", name, stay.name, (x, self._middle(row, EVENT)), EVENT)
            return
        self._node("userTask", name, stay.name, (x, self._middle(row, TASK)), TASK)
        if stay.deadline:
            self._timer(stay, name)
        self._ways(stay, name, (x + TASK[0] + 40, self._middle(row, GATEWAY)))

    def _ways(self, stay: Stay, task: str, at: tuple[float, float]) -> None:
        if len(stay.ways) == 1:
            (way,) = stay.ways
            self._flow(f"flow_{task}", task, self._into(way.to))
            return
        gate = f"choice_{_id(stay.key)}"
        self._node("exclusiveGateway", gate, self.words.way, at, GATEWAY)
        self._flow(f"flow_{task}", task, gate)
        for way in stay.ways:
            flow = f"flow_{_id(stay.key)}_{_id(way.key)}"
            self._flow(flow, gate, self._into(way.to), way.name, f"action == '{way.key}'")

    def _into(self, key: str) -> str:
        """The element by which a state is entered: a gateway where several ways meet."""
        return f"join_{_id(key)}" if self.entries[key] > 1 else f"state_{_id(key)}"

    def _timer(self, stay: Stay, task: str) -> None:
        """The deadline: a timer on the task's edge, and its own end, so that it leads somewhere."""
        box, late = self.boxes[task], f"late_{_id(stay.key)}"
        at = (box.x + box.width - 48, box.y + box.height - 18)
        more = {"attachedToRef": task, "cancelActivity": "false"}
        event = self._node("boundaryEvent", late, self.words.late, at, EVENT, more)
        timer = ET.SubElement(event, f"{{{BPMN}}}timerEventDefinition", {"id": f"timer_{late}"})
        length = ET.SubElement(
            timer, f"{{{BPMN}}}timeDuration", {f"{{{XSI}}}type": "bpmn:tFormalExpression"}
        )
        amount, unit = stay.deadline or (0, "")
        length.text = duration_of(amount, unit)
        told = f"told_{_id(stay.key)}"
        self._node("endEvent", told, self.words.told, (at[0] + 60, at[1] + 24), EVENT)
        self._flow(f"flow_{late}", late, told)

    def _node(
        self,
        kind: str,
        name: str,
        label: str,
        at: tuple[float, float],
        size: tuple[int, int],
        more: Mapping[str, str] | None = None,
    ) -> ET.Element:
        told = {"id": name, **({"name": label} if label else {}), **(more or {})}
        element = ET.SubElement(self.process, f"{{{BPMN}}}{kind}", told)
        box = self.boxes[name] = Box(*at, *size)
        shape = ET.SubElement(
            self.plane, f"{{{DI}}}BPMNShape", {"id": f"shape_{name}", "bpmnElement": name}
        )
        if kind == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        bounds = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        ET.SubElement(shape, f"{{{DC}}}Bounds", {key: f"{v:g}" for key, v in bounds.items()})
        return element

    def _flow(self, name: str, source: str, target: str, label: str = "", when: str = "") -> None:
        self.flows.append(Flow(name, source, target, label, when))

    def _close(self) -> None:
        """Write the flows; elements name them first, as the schema orders it."""
        known = {element.get("id"): element for element in self.process}
        for flow in self.flows:
            self._named(known[flow.source], "outgoing", flow.name)
            self._named(known[flow.target], "incoming", flow.name)
            told = {"id": flow.name, "sourceRef": flow.source, "targetRef": flow.target}
            if flow.label:
                told["name"] = flow.label
            element = ET.SubElement(self.process, f"{{{BPMN}}}sequenceFlow", told)
            if flow.when:
                condition = ET.SubElement(
                    element,
                    f"{{{BPMN}}}conditionExpression",
                    {f"{{{XSI}}}type": "bpmn:tFormalExpression"},
                )
                condition.text = flow.when
            edge = ET.SubElement(
                self.plane,
                f"{{{DI}}}BPMNEdge",
                {"id": f"edge_{flow.name}", "bpmnElement": flow.name},
            )
            for x, y in self._line(self.boxes[flow.source], self.boxes[flow.target]):
                ET.SubElement(edge, f"{{{DD}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})

    @staticmethod
    def _named(element: ET.Element, word: str, name: str) -> None:
        """``incoming`` before ``outgoing``, both before what an event means."""
        child = ET.Element(f"{{{BPMN}}}{word}")
        child.text = name
        later = {"incoming": ("outgoing",), "outgoing": ()}[word]
        place = len(element)
        for at, other in enumerate(element):
            tag = other.tag.rpartition("}")[2]
            if tag in later or tag == "timerEventDefinition":
                place = at
                break
        element.insert(place, child)

    @staticmethod
    def _line(source: Box, target: Box) -> list[tuple[float, float]]:
        if target.x > source.x:
            (ax, ay), (bx, by) = source.right, target.left
            return [(ax, ay), (bx - 20, ay), (bx - 20, by), (bx, by)]
        (ax, ay), (bx, by) = source.below, target.below
        low = max(ay, by) + 30
        return [(ax, ay), (ax, low), (bx, low), (bx, by)]


def _places(stays: tuple[Stay, ...]) -> dict[str, tuple[int, int]]:
    """Column and row of every state that can be come to: by its distance from the beginning."""
    by_key = {stay.key: stay for stay in stays}
    depth = {stays[0].key: 0}
    waiting = deque(depth)
    while waiting:
        key = waiting.popleft()
        for way in by_key[key].ways:
            if way.to not in depth:
                depth[way.to] = depth[key] + 1
                waiting.append(way.to)
    rows: dict[int, int] = {}
    found = {}
    for key, column in depth.items():
        found[key] = (column, rows.get(column, 0))
        rows[column] = rows.get(column, 0) + 1
    return found


def _state(stay: Stay) -> str:
    return f"state_{_id(stay.key)}"


def _id(key: str) -> str:
    """An identifier of XML out of a key: other signs as their code points."""
    return "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}" for c in f"k{key}")
