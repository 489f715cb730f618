"""Open311 GeoReport v2: what a form asks as attributes, what is sent as answers, and the XML.

What of a case everybody may read is little: the service, where it stands, whose it is, the dates,
and the place where the form asks for one. Words, names, papers and pictures stay in the office.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from diwan.services.public import Form, Node

LONGEST_SPAN = timedelta(days=90)
MOST = 1000
"""Requests of one answer, as the specification limits it."""
DATATYPES = {
    "integer": "number",
    "decimal": "number",
    "range": "number",
    "date": "datetime",
    "time": "datetime",
    "dateTime": "datetime",
    "select_one": "singlevaluelist",
    "select_multiple": "multivaluelist",
    "rank": "multivaluelist",
}
ASKED = frozenset({"text", "acknowledge", "barcode", "geopoint", *DATATYPES})
"""Types of questions that a report can answer; a form that demands others is no report."""
APPLICANT = {
    "name": ("first_name", "last_name"),
    "phone": ("phone",),
    "email": ("email",),
}
DECIMALS = 4
"""Of a place that everybody may read: some ten metres."""
_ATTRIBUTE = re.compile(r"attribute\[([\w./-]{1,200})\](\[\])?")
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadRequest(ValueError):
    """A parameter cannot be understood; `code` is which sentence says so, `name` the parameter."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{code}: {name}")
        self.code, self.name = code, name


@dataclass(frozen=True)
class Asked:
    """What a client asks of the list of requests; both instants are aware, `until` is included."""

    since: datetime
    until: datetime
    ids: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    statuses: frozenset[str] = frozenset({"open", "closed"})


def asked(parameters: Mapping[str, str], now: datetime) -> Asked:
    """Read the filters. Without dates the last 90 days are asked for. Raises BadRequest."""
    ids = _listed(parameters.get("service_request_id", ""))
    until = _instant(parameters, "end_date")
    since = _instant(parameters, "start_date")
    if until is None:
        until = min(since + LONGEST_SPAN, now) if since else now
    since = max(since or until - LONGEST_SPAN, until - LONGEST_SPAN)
    statuses = frozenset(_listed(parameters.get("status", ""))) or frozenset({"open", "closed"})
    if not statuses <= {"open", "closed"}:
        raise BadRequest("status", "status")
    return Asked(since, until, ids, _listed(parameters.get("service_code", "")), statuses)


def attributes_of(form: Form, language: str) -> list[dict[str, Any]]:
    """What a client asks its user besides description, place and name, in the form's order."""
    found = []
    for place, node in enumerate(_questions(form), start=1):
        if node.applicant in APPLICANT or node.type == "geopoint" or node.name == "description":
            continue
        told = {
            "variable": True,
            "code": code_of(form, node),
            "datatype": DATATYPES.get(node.type, "text"),
            "required": bool(node.required) and node.required != "false()",
            "datatype_description": _in(node.hint, language) or None,
            "order": place,
            "description": _in(node.label, language) or node.name,
        }
        if node.list:
            told["values"] = [
                {"key": choice.name, "name": _in(choice.label, language) or choice.name}
                for choice in form.lists.get(node.list, ())
            ]
        found.append(told)
    return found


def fits(form: Form) -> bool:
    """True where a report can answer everything that the form demands."""
    asked_for = {node.path for node in _questions(form)}
    return not any(
        node.required and node.path not in asked_for
        for node in form.by_path.values()
        if node.kind == "question" and node.by != "office"
    )


def answers_of(form: Form, sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answers in a report, as a tree by the form's names. Raises BadRequest.

    ``lat`` and ``long`` answer the first question for a place, ``description`` and
    ``address_string`` the questions of the names ``description`` and ``address``.
    """
    by_code = {code_of(form, node): node for node in _questions(form)}
    given = {}
    for name, values in sent.items():
        if match := _ATTRIBUTE.fullmatch(name):
            if match[1] not in by_code:
                raise BadRequest("attribute", match[1])
            given[match[1]] = " ".join(value.strip() for value in values)
    for node in by_code.values():
        value = _known(node, sent)
        if value:
            given.setdefault(code_of(form, node), value)
    tree: dict[str, Any] = {}
    for code, value in given.items():
        *groups, name = code.split(".")
        inner = tree
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[name] = value
    return tree


def applicant_of(sent: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Who reports, as far as they said: ``name``, ``phone``, ``email``."""
    found = {}
    for fact, names in APPLICANT.items():
        words = [sent[name][0].strip() for name in names if sent.get(name)]
        if text := " ".join(word for word in words if word):
            found[fact] = text
    return found


def place_in(form: Form, answers: Mapping[str, Any]) -> tuple[float, float] | None:
    """Latitude and longitude of the first place answered, as exactly as everybody may know it."""
    for node in _questions(form):
        if node.type == "geopoint":
            found: Any = answers
            for name in node.path.split("/")[2:]:
                found = found.get(name) if isinstance(found, Mapping) else None
            parts = found.split() if isinstance(found, str) else []
            if len(parts) > 1:
                return round(float(parts[0]), DECIMALS), round(float(parts[1]), DECIMALS)
    return None


def code_of(form: Form, node: Node) -> str:
    """What a question is called in a report: its way through the groups, with dots."""
    return node.path.removeprefix(f"/{form.root}/").replace("/", ".")


def xml_of(root: str, item: str, content: Any) -> bytes:
    """An answer as XML: lists get an element `item` each; None is an empty element."""
    element = ET.Element(root)
    _fill(element, content, item)
    written: bytes = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return written


ITEMS = {"attributes": "attribute", "values": "value"}


def _fill(element: ET.Element, content: Any, item: str) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(ET.SubElement(element, name), value, ITEMS.get(name, "item"))
    elif isinstance(content, list):
        for value in content:
            _fill(ET.SubElement(element, item), value, "item")
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = _CONTROL.sub("", str(content))


def _questions(form: Form) -> Iterator[Node]:
    """Questions outside repeats that a report can answer."""
    waiting = list(form.nodes)
    while waiting:
        node = waiting.pop(0)
        if node.kind == "group":
            waiting[:0] = node.children
        elif _can_be_asked(node):
            yield node


def _can_be_asked(node: Node) -> bool:
    asks = node.kind == "question" and node.type in ASKED
    return asks and node.by != "office" and not node.calculation


def _known(node: Node, sent: Mapping[str, Sequence[str]]) -> str:
    if node.type == "geopoint":
        latitude, longitude = (sent.get(name, [""])[0].strip() for name in ("lat", "long"))
        return f"{latitude} {longitude} 0 0" if latitude and longitude else ""
    names = APPLICANT.get(node.applicant, ())
    if node.name in ("description", "address"):
        names = ("description",) if node.name == "description" else ("address_string",)
    return " ".join(sent[name][0].strip() for name in names if sent.get(name)).strip()


def _instant(parameters: Mapping[str, str], name: str) -> datetime | None:
    text = parameters.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest("instant", name) from None
    if found.tzinfo is None:
        raise BadRequest("instant", name)
    return found


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _in(texts: Mapping[str, str], language: str) -> str:
    found = texts.get(language, "")
    return found or next((text for text in texts.values() if text), "")
