"""Our tree of a form from what pyxform made of it.

Names, types and texts come from pyxform's survey; expressions come from the XForm, where pyxform
has put paths for the names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from xml.etree.ElementTree import Element

from pyxform.survey import Survey
from pyxform.utils import default_is_dynamic

from .definition import Texts
from .formtree import Choice, Form, Node
from .xlsform_words import OTHER, SPECIFY, TEXT_REFERENCE, language_of, type_of

_XF = "{http://www.w3.org/2002/xforms}"
_HTML = "{http://www.w3.org/1999/xhtml}"
_JR = "{http://openrosa.org/javarosa}"
_NO = ("", "false()")
_LEFT_OUT = ("meta", "xml-external", "csv-external", "audit")


@dataclass(frozen=True)
class _Itemset:
    """Where a select's choices come from: a list's name or a repeat's path, and the condition."""

    list: str = ""
    filter: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def form_of(survey: Survey, xform: Element) -> Form:
    """The tree of a survey; `xform` is the XForm made of it."""
    maker = _Maker(survey, xform)
    nodes = tuple(maker.nodes(survey))
    lists = {name: maker.choices(items) for name, items in (survey.choices or {}).items()}
    texts = [text for node in nodes for each in node.walk() for text in (each.label, each.hint)]
    texts += [choice.label for choices in lists.values() for choice in choices]
    # pyxform's own English words are no sign of a language.
    texts = [text for text in texts if text is not OTHER and text is not SPECIFY]
    found = dict.fromkeys(language for text in texts for language in text)
    return Form(
        id=survey.id_string,
        version=str(survey.version or ""),
        root=survey.name,
        title=maker.texts(survey.title, survey),
        languages=tuple(sorted(found, key=lambda language: language != maker.language))
        or (maker.language,),
        nodes=nodes,
        lists=lists,
    )


class _Maker:
    def __init__(self, survey: Survey, xform: Element) -> None:
        self.survey = survey
        self.language = language_of(survey.default_language or "", "fa")
        self.binds = {bind.get("nodeset", ""): bind for bind in xform.iter(f"{_XF}bind")}
        self.counts = {
            repeat.get("nodeset", ""): repeat.get(f"{_JR}count", "").strip()
            for repeat in xform.iter(f"{_XF}repeat")
        }
        self.begun = {
            one.get("ref", ""): one.get("value", "").strip()
            for one in xform.iter(f"{_XF}setvalue")
            if "first-load" in one.get("event", "") or "new-repeat" in one.get("event", "")
        }
        self.triggers = dict(_triggers(xform))
        self.itemsets = dict(_itemsets(xform))

    def nodes(self, section: Any) -> Iterator[Node]:
        """The nodes below a section, in the form's order; what is no question is left out."""
        for child in section.children:
            kind = getattr(child, "type", "")
            if child.name in _LEFT_OUT or kind in _LEFT_OUT:
                continue
            if getattr(child, "flat", False):
                yield from self.nodes(child)
            elif kind in ("group", "repeat", "loop") or hasattr(child, "_link_children"):
                yield self._section(child)
            else:
                yield self._question(child)

    def _section(self, section: Any) -> Node:
        kind: Literal["group", "repeat"] = "repeat" if section.type == "repeat" else "group"
        path = section.get_xpath()
        control = section.control or {}
        by = _by(section)
        children = tuple(self.nodes(section))
        return Node(
            section.name,
            path,
            kind,
            label=self.texts(section.label, section),
            hint=self.texts(section.hint, section),
            relevant=self._bound(path, "relevant"),
            readonly=self._bound(path, "readonly"),
            appearance=str(control.get("appearance", "")),
            count=self.counts.get(path, ""),
            by=by,
            children=tuple(map(_of_office, children)) if by else children,
        )

    def _question(self, asked: Any) -> Node:
        path, bind, control = asked.get_xpath(), asked.bind or {}, asked.control or {}
        items = self.itemsets.get(path, _Itemset())
        trigger, calculation = self.triggers.get(path, ("", ""))
        default = str(asked.default or "")
        dynamic = default != "" and default_is_dynamic(default, asked.type)
        extra = asked.extra_data or {}
        return Node(
            asked.name,
            path,
            "question",
            type_of(asked.type, bind, control),
            label=self.texts(asked.label, asked),
            hint=self.texts(asked.hint, asked),
            guidance=self.texts(asked.guidance_hint, asked),
            relevant=self._bound(path, "relevant"),
            required=self._bound(path, "required"),
            required_message=self.texts(bind.get("jr:requiredMsg"), asked),
            constraint=self._bound(path, "constraint"),
            constraint_message=self.texts(bind.get("jr:constraintMsg"), asked),
            calculation=self._bound(path, "calculate") or calculation,
            readonly=self._bound(path, "readonly"),
            default="" if dynamic else default,
            default_expression=self.begun.get(path, "") if dynamic else "",
            trigger=trigger,
            appearance=str(control.get("appearance", "")),
            parameters={**_plain(asked.parameters), **items.parameters},
            list=items.list,
            filter=items.filter,
            by=_by(asked),
            applicant=str(extra.get("applicant", "")).strip().lower(),
        )

    def _bound(self, path: str, name: str) -> str:
        bind = self.binds.get(path)
        expression = "" if bind is None else bind.get(name, "").strip()
        return "" if expression in _NO else expression

    def texts(self, given: Any, element: Any) -> Texts:
        """A text by language; names in it (``${name}``) become expressions."""
        if not given:
            return {}
        if given == "Specify other.":
            return SPECIFY
        plain = given if isinstance(given, Mapping) else {"default": given}
        return {
            language_of(language, self.language): self._with_paths(str(text), element)
            for language, text in plain.items()
            if text not in (None, "")
        }

    def _with_paths(self, text: str, element: Any) -> str:
        if "${" not in text:
            return text

        def path(found: Any) -> str:
            # pyxform writes a path for a name with blanks around.
            expression = self.survey.insert_xpaths(found.group(0), element)
            return "${" + str(expression).strip() + "}"

        return TEXT_REFERENCE.sub(path, text)

    def choices(self, items: Any) -> tuple[Choice, ...]:
        """The choices of a list, in the sheet's order."""
        return tuple(self._choice(option) for option in items.options)

    def _choice(self, option: Any) -> Choice:
        added = option.name == "other" and set(_plain(option.label).values()) <= {"Other"}
        media = option.media or {}
        image = media.get("image", "")
        if isinstance(image, Mapping):
            image = next(iter(image.values()), "")
        return Choice(
            str(option.name),
            OTHER if added or option.label == "Other" else self.texts(option.label, self.survey),
            _plain(option.extra_data),
            str(image),
        )


def _by(element: Any) -> Literal["", "office"]:
    extra = element.extra_data or {}
    return "office" if str(extra.get("by", "")).strip().lower() == "office" else ""


def _of_office(node: Node) -> Node:
    """What stands in a group of the office is the office's."""
    return replace(node, by="office", children=tuple(map(_of_office, node.children)))


def _plain(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        return {}
    return {str(key): str(value) for key, value in given.items() if not key.startswith("__")}


def _triggers(xform: Element) -> Iterator[tuple[str, tuple[str, str]]]:
    """By path of what is worked out: the question whose change does it, and the expression."""
    body = xform.find(f"{_HTML}body")
    for control in body.iter() if body is not None else ():
        for action in control.findall(f"{_XF}setvalue"):
            if "value-changed" in action.get("event", ""):
                found = (control.get("ref", ""), action.get("value", "").strip())
                yield action.get("ref", ""), found


def _itemsets(xform: Element) -> Iterator[tuple[str, _Itemset]]:
    for control in xform.iter():
        items = control.find(f"{_XF}itemset")
        if items is not None:
            yield control.get("ref", ""), _itemset(items)


def _itemset(items: Element) -> _Itemset:
    nodeset = items.get("nodeset", "").strip()
    shuffled = nodeset.startswith("randomize(")
    if shuffled:
        nodeset = nodeset.removeprefix("randomize(").rpartition(")" if "]" not in nodeset else "]")[
            0
        ]
        nodeset += "]" if "[" in nodeset else ""
    source, _bracket, condition = nodeset.partition("[")
    condition = condition.rpartition("]")[0].strip()
    if source.startswith("instance("):
        name = source.partition("(")[2].partition(")")[0].strip(" '\"")
        return _Itemset(name, condition)
    value, label = items.find(f"{_XF}value"), items.find(f"{_XF}label")
    names = {
        "value": "" if value is None else value.get("ref", ""),
        "label": "" if label is None else label.get("ref", ""),
    }
    return _Itemset(source.strip(), condition, names)
