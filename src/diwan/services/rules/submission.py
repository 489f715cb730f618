"""Answers as OpenRosa's XML: what form apps send, and what is sent to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .answertypes import MEDIA
from .formtree import Form, Node

LARGEST = 5_000_000  # bytes of XML; photos travel beside it
_JR_TEMPLATE = "{http://openrosa.org/javarosa}template"
_NEVER = dict.fromkeys(i for i in range(32) if i not in (9, 10, 13)) | {0xFFFE: None, 0xFFFF: None}


class NotASubmission(ValueError):
    """The XML is none, too large, or no answers to this form.

    `code`: ``size``, ``xml`` (broken, or with entities), ``form`` (of another form).
    """

    def __init__(self, code: str) -> None:
        """What is wrong."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Identity:
    """Of which form the answers are, and which they are: the same instance is the same filing."""

    form_id: str
    version: str
    instance_id: str


def to_xml(form: Form, answers: Mapping[str, Any], instance_id: str) -> str:
    """Answers as XML; what is not answered has no element."""
    root = Element(form.root, {"id": form.id, "version": form.version})
    _write(root, form.nodes, answers)
    meta = SubElement(root, "meta")
    SubElement(meta, "instanceID").text = instance_id
    return tostring(root, encoding="unicode")


def identity_of(xml: bytes | str) -> Identity:
    """What a submission says of itself. Raises NotASubmission."""
    return _identity(_parsed(xml))


def from_xml(form: Form, xml: bytes | str) -> tuple[dict[str, Any], str, dict[str, str]]:
    """Answers, instance and files (the question's path by the file's name) of a submission.

    Elements that the form does not ask for stay in, so that they are told of. Raises
    NotASubmission.
    """
    root = _parsed(xml)
    if _local(root) != form.root:
        raise NotASubmission("form")
    files: dict[str, str] = {}
    answers = _read(root, form.nodes, files)
    answers.pop("meta", None)
    return answers, _identity(root).instance_id, files


def _write(at: Element, nodes: Sequence[Node], answers: Mapping[str, Any]) -> None:
    for node in nodes:
        given = answers.get(node.name)
        if node.kind == "question":
            if isinstance(given, str):
                SubElement(at, node.name).text = given.translate(_NEVER)
            continue
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, Mapping):
                _write(SubElement(at, node.name), node.children, one)


def _parsed(xml: bytes | str) -> Element:
    if len(xml) > LARGEST:
        raise NotASubmission("size")
    try:
        root: Element = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotASubmission("xml") from error
    return root


def _identity(root: Element) -> Identity:
    meta = next((child for child in root if _local(child) == "meta"), None)
    instance = ""
    for child in meta if meta is not None else ():
        if _local(child) == "instanceID":
            instance = (child.text or "").strip()
    return Identity(root.get("id", ""), root.get("version", ""), instance[:100])


def _read(at: Element, nodes: Sequence[Node], files: dict[str, str]) -> dict[str, Any]:
    by_name = {node.name: node for node in nodes}
    found: dict[str, Any] = {node.name: [] for node in nodes if node.kind == "repeat"}
    for child in at:
        name = _local(child)
        node = by_name.get(name)
        if child.get(_JR_TEMPLATE) is not None:
            continue
        if node is None or node.kind == "question":
            text = child.text or ""
            found[name] = text
            if node is not None and node.type in MEDIA and text.strip():
                files[text.strip()] = node.path
        elif node.kind == "group":
            found[name] = _read(child, node.children, files)
        else:
            found[name].append(_read(child, node.children, files))
    return found


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
