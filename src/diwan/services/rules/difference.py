"""What a new version changes: questions, choices, steps, deadlines, words, one change a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from .definition import Definition, Texts
from .formtree import Form, Node
from .sheets import Fault

Section = Literal["service", "papers", "steps", "questions", "choices", "notices", "rating"]
SECTIONS: tuple[Section, ...] = (
    "steps",
    "questions",
    "choices",
    "papers",
    "service",
    "notices",
    "rating",
)
_TEXTS = frozenset(
    [
        "name",
        "summary",
        "description",
        "audience_text",
        "synonyms",
        "output",
        "note",
        "public",
        "text",
        "label",
        "hint",
        "guidance",
        "required_message",
        "constraint_message",
    ]
)
_QUESTION = [
    "label",
    "hint",
    "guidance",
    "type",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "readonly",
    "default",
    "default_expression",
    "appearance",
    "list",
    "filter",
    "count",
    "by",
    "applicant",
]


@dataclass(frozen=True)
class Thing:
    """Something that two versions may both have: a state, a question, a choice.

    `of` is what it belongs to (the state of an action, the list of a choice), `name` how people
    call it, `facts` what is said of it by the names of `Definition` and `Node`.
    """

    section: Section
    kind: str
    key: str
    name: Texts
    facts: Mapping[str, Any]
    of: Texts | None = None


@dataclass(frozen=True)
class Change:
    """One difference. `part` is what changed of the thing, "" if it came or went as a whole.

    `language` is that of a text which changed in one language.
    """

    thing: Thing
    what: Literal["added", "removed", "changed"]
    part: str = ""
    language: str = ""
    before: Any = None
    after: Any = None


def differences(
    before: tuple[Definition, Form], after: tuple[Definition, Form]
) -> tuple[Change, ...]:
    """Every difference between two versions, by section and in the order of the new one."""
    old = {(t.section, t.kind, t.key): t for t in _things(*before)}
    new = {(t.section, t.kind, t.key): t for t in _things(*after)}
    found: list[Change] = []
    for key, thing in new.items():
        if key not in old:
            found.append(Change(thing, "added"))
        else:
            found += _changes(old[key], thing)
    found += [Change(thing, "removed") for key, thing in old.items() if key not in new]
    return tuple(sorted(found, key=lambda change: SECTIONS.index(change.thing.section)))


def lost(before: Form, after: Form) -> tuple[Fault, ...]:
    """Warnings: what figures over both versions cannot add up any more."""
    found = []
    for path, node in before.by_path.items():
        now = after.by_path.get(path)
        if node.kind != "question" or node.type in ("note", "calculate"):
            continue
        if now is None:
            found.append(Fault("survey", 0, "", "question_gone", {"given": node.name}))
        elif now.type != node.type:
            found.append(Fault("survey", 0, "type", "type_changed", {"given": node.name}))
    for name, choices in before.lists.items():
        kept = {choice.name for choice in after.lists.get(name, ())}
        found += [
            Fault("choices", 0, "name", "choice_gone", {"given": choice.name})
            for choice in choices
            if name in after.lists and choice.name not in kept
        ]
    return tuple(found)


def _changes(old: Thing, new: Thing) -> Iterator[Change]:
    for part in dict.fromkeys([*old.facts, *new.facts]):
        before, after = old.facts.get(part), new.facts.get(part)
        if before == after:
            continue
        if part in _TEXTS:
            before, after = before or {}, after or {}
            for language in dict.fromkeys([*before, *after]):
                was, now = before.get(language, ""), after.get(language, "")
                if was != now:
                    yield Change(new, "changed", part, language, was, now)
        else:
            yield Change(new, "changed", part, "", before, after)


def _things(definition: Definition, form: Form) -> Iterator[Thing]:
    yield _service(definition)
    yield from _lists(definition)
    yield from _steps(definition)
    for path, node in form.by_path.items():
        yield Thing("questions", node.kind, path, node.label or _plain(node.name), _facts(node))
    for name, choices in form.lists.items():
        for choice in choices:
            key = f"{name}/{choice.name}"
            facts = {"label": dict(choice.label), "extra": dict(choice.extra)}
            label = choice.label or _plain(choice.name)
            yield Thing("choices", "choice", key, label, facts, _plain(name))
    for notice in definition.notices:
        key = f"{notice.when} {notice.to}"
        told = {"text": dict(notice.text), "when": notice.when, "to": notice.to}
        yield Thing("notices", "notice", key, _plain(notice.when), told)
    rating = asdict(definition.rating)
    questions = rating.pop("questions")
    yield Thing("rating", "rating", "", {}, rating)
    for question in questions:
        yield Thing("rating", "question", question["key"], question["name"], question)


def _service(definition: Definition) -> Thing:
    apart = {"states", "papers", "costs", "laws", "notices", "rating"}
    facts = {f.name: getattr(definition, f.name) for f in fields(definition)}
    told = {name: value for name, value in facts.items() if name not in apart}
    return Thing("service", "service", "", definition.name, told)


def _lists(definition: Definition) -> Iterator[Thing]:
    for paper in definition.papers:
        yield Thing("papers", "paper", paper.key, paper.name, asdict(paper))
    for cost in definition.costs:
        yield Thing("service", "cost", _first(cost.name), cost.name, asdict(cost))
    for law in definition.laws:
        yield Thing("service", "law", _first(law.name), law.name, asdict(law))


def _steps(definition: Definition) -> Iterator[Thing]:
    order = [state.key for state in definition.states]
    for state in definition.states:
        facts = {
            "name": dict(state.name),
            "public": dict(state.public),
            "role": state.role if not state.end else "",
            "where": state.where if not state.end else "",
            "deadline": state.deadline,
            "end": state.end,
            "first": order[0] == state.key,
        }
        yield Thing("steps", "state", state.key, state.name, facts)
        for action in state.actions:
            facts = {f.name: getattr(action, f.name) for f in fields(action)}
            key = f"{state.key}/{action.key}"
            yield Thing("steps", "action", key, action.name, facts, state.name)


def _facts(node: Node) -> dict[str, Any]:
    return {name: getattr(node, name) for name in _QUESTION}


def _plain(name: str) -> Texts:
    return {"en": name} if name else {}


def _first(texts: Texts) -> str:
    values: Sequence[str] = list(texts.values())
    return values[0] if values else ""
