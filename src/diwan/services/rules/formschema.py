"""A form as JSON Schema, for programs that file by the interface: what shape answers have.

Conditions between answers (relevance, constraints) are told in words; they are worked out when the
answers arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .answertypes import LONGEST_ANSWER, METADATA
from .filling import MOST_REPEATS
from .formtree import Form, Node

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SILENT = METADATA | {"note", "calculate", "hidden", "background-audio"}
_FORMATS: dict[str, dict[str, Any]] = {
    "integer": {"pattern": "^(-?[0-9]{1,18})?$"},
    "decimal": {"pattern": r"^(-?[0-9]+(\.[0-9]+)?)?$"},
    "range": {"pattern": r"^(-?[0-9]+(\.[0-9]+)?)?$"},
    "date": {"pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"},
    "time": {"pattern": "^([0-9]{2}:[0-9]{2}.*)?$"},
    "dateTime": {"pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}T.*)?$"},
    "acknowledge": {"enum": ["", "OK"]},
}


def json_schema(form: Form, language: str = "") -> dict[str, Any]:
    """The shape of the answers to a form; titles and descriptions in `language` or the form's own.

    What the office answers is left out. An answer is a text in the form's canonical writing: days
    as ``2026-11-22``, several choices with blanks between, a file by its name.
    """
    language = language or form.languages[0]
    schema = _object(form, form.nodes, language)
    return {"$schema": DIALECT, "title": _in(form.title, language) or form.id, **schema}


def _object(form: Form, nodes: Sequence[Node], language: str) -> dict[str, Any]:
    asked = [node for node in nodes if node.by != "office" and node.type not in _SILENT]
    needed = [node.name for node in asked if node.required == "true()" and not node.relevant]
    found: dict[str, Any] = {
        "type": "object",
        "properties": {node.name: _node(form, node, language) for node in asked},
        "additionalProperties": False,
    }
    return {**found, "required": needed} if needed else found


def _node(form: Form, node: Node, language: str) -> dict[str, Any]:
    words = {
        "title": _in(node.label, language),
        "description": _in(node.hint, language),
        "$comment": f"relevant: {node.relevant}" if node.relevant else "",
    }
    told = {name: text for name, text in words.items() if text}
    if node.kind == "group":
        return {**told, **_object(form, node.children, language)}
    if node.kind == "repeat":
        items = _object(form, node.children, language)
        return {**told, "type": "array", "maxItems": MOST_REPEATS, "items": items}
    return {**told, "type": "string", "maxLength": LONGEST_ANSWER, **_answer(form, node, language)}


def _answer(form: Form, node: Node, language: str) -> dict[str, Any]:
    if node.type == "select_one" and node.list in form.lists:
        choices = [
            {"const": choice.name, "title": _in(choice.label, language) or choice.name}
            for choice in form.lists[node.list]
        ]
        # Blank is an answer, too, unless one must be given.
        blank = [] if node.required == "true()" else [{"const": "", "title": ""}]
        return {"oneOf": [*blank, *choices]}
    found = dict(_FORMATS.get(node.type, {}))
    if node.required == "true()" and not node.relevant and "enum" not in found:
        found["minLength"] = 1
    return found


def _in(texts: Any, language: str) -> str:
    return str(texts.get(language) or next(iter(texts.values()), ""))
