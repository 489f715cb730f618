"""Answers as a tree by the names of the form's nodes: reading one, putting several together.

A question's answer is a text, a group is a dict, a repeat a list of dicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .formtree import Form, Node

Tree = Mapping[str, Any]


def at_path(answers: Tree, path: str) -> str:
    """The answer to the question of that path, "" if there is none; of a repeat the first one's.

    >>> at_path({"kids": [{"name": "a"}, {"name": "b"}]}, "/data/kids/name")
    'a'
    """
    found: Any = answers
    for name in path.split("/")[2:]:
        if isinstance(found, list):
            found = found[0] if found else None
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def merged(answers: Tree, more: Tree) -> dict[str, Any]:
    """Both together; what `more` says holds, and a repeat in it takes the place of the other.

    >>> merged({"a": "1", "g": {"x": "1"}}, {"g": {"y": "2"}})
    {'a': '1', 'g': {'x': '1', 'y': '2'}}
    """
    found = dict(answers)
    for name, value in more.items():
        known = found.get(name)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            found[name] = merged(known, value)
        else:
            found[name] = value
    return found


def named(form: Form, reference: str) -> Node | None:
    """The question that a workbook names by its path or by its name."""
    if reference in form.by_path:
        return form.by_path[reference]
    return next((node for node in form.by_path.values() if node.name == reference), None)


def questions_in(answers: Tree, root: str) -> Iterator[str]:
    """The paths of the questions that are answered; each question of a repeat once."""
    return iter(dict.fromkeys(_paths(answers, f"/{root}")))


def changed_in(before: Tree, after: Tree, root: str) -> list[str]:
    """The paths of the questions whose answers differ; no answer and an empty one are the same.

    >>> changed_in({"a": "1", "b": ""}, {"a": "2"}, "data")
    ['/data/a']
    """
    old, new = _values(before, f"/{root}"), _values(after, f"/{root}")
    return [path for path in {**old, **new} if old.get(path) != new.get(path)]


def _values(answers: Tree, above: str) -> dict[str, list[str]]:
    """The answers of each question, those of a repeat in their order."""
    found: dict[str, list[str]] = {}
    for path, value in _leaves(answers, above):
        found.setdefault(path, []).append(value)
    return {path: values for path, values in found.items() if any(values)}


def _leaves(answers: Tree, above: str) -> Iterator[tuple[str, str]]:
    for name, value in answers.items():
        for row in value if isinstance(value, list) else [value]:
            if isinstance(row, Mapping):
                yield from _leaves(row, f"{above}/{name}")
            else:
                yield f"{above}/{name}", row


def _paths(answers: Tree, above: str) -> Iterator[str]:
    for name, value in answers.items():
        path = f"{above}/{name}"
        if isinstance(value, Mapping):
            yield from _paths(value, path)
        elif isinstance(value, list):
            for row in value:
                yield from _paths(row, path)
        else:
            yield path
