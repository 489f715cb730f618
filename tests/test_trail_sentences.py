"""Every verb that an action writes into the audit is a sentence of the trail in all languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation

from diwan.councils.rules.life import Verb
from diwan.kernel import exchange
from diwan.ui.trails import COMMON_VERBS

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "diwan"
RECORD = "record"
BELOW = ("kernel", "accounts", "directory")
LATIN = re.compile("[A-Za-z]")
# Verbs that are not written as text where they are recorded, and where they come from.
CHOSEN = {"taken.verb.value": {verb.value for verb in Verb}, "told": {"link", "unlink"}}


@dataclass(frozen=True)
class Written:
    """A verb at the place where it is written."""

    verb: str
    room: str
    place: str


@cache
def sources() -> list[tuple[str, Path, ast.Module]]:
    """Every module with the room it stands in; tests and migrations left out."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if "tests" not in parts and "migrations" not in parts:
            found.append((parts[0], path, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that a module gives to texts."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if isinstance(node.value.value, str):
                yield from ((t.id, node.value.value) for t in targets if isinstance(t, ast.Name))


def takers(tree: ast.Module) -> dict[str, int]:
    """Functions of a module that take a `verb` and record it themselves → its place."""
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        names = [a.arg for a in node.args.args]
        every = [*names, *(a.arg for a in node.args.kwonlyargs)]
        if "verb" in every and any(is_record(call) for call in ast.walk(node)):
            found[node.name] = names.index("verb") if "verb" in names else -1
    return found


def is_record(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == RECORD
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "audit"
    )


def verb_of(call: ast.Call, place: int) -> ast.expr | None:
    named = next((k.value for k in call.keywords if k.arg == "verb"), None)
    if named is not None or place < 0 or len(call.args) <= place:
        return named
    return call.args[place]


def texts(node: ast.expr, known: dict[str, str]) -> set[str] | None:
    """The verbs that an expression may be; None where it cannot be told."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        first, second = texts(node.body, known), texts(node.orelse, known)
        return first | second if first and second else None
    written = ast.unparse(node)
    if written == "verb":  # handed through: the caller is looked at
        return set()
    if written in CHOSEN:
        return CHOSEN[written]
    return {known[written]} if written in known else None


def written_verbs() -> list[Written]:
    found = []
    for room, path, tree in sources():
        known = dict(pair for other, _p, t in sources() if other == room for pair in constants(t))
        places = takers(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if not is_record(node) and name not in places:
                continue
            verb = verb_of(node, 1 if is_record(node) else places[name])
            place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
            verbs = texts(verb, known) if verb is not None else None
            assert verbs is not None, f"{place}: which verb this writes cannot be told"
            found += [Written(each, room, place) for each in verbs]
    return found


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_every_verb_is_a_sentence(language: str) -> None:
    silent = []
    with translation.override(language):
        for written in written_verbs():
            said = sentences_of(written.room).get(written.verb)
            if not said or (language != "en" and LATIN.search(said)):
                silent.append(f"{written.verb} ({written.place}): {said}")
    assert silent == []


def sentences_of(room: str) -> dict[str, str]:
    """What records say of each verb: a room writes of its own records and of lower rooms'."""
    found = {verb: str(text) for verb, text in COMMON_VERBS.items()}
    for other in (*BELOW, room):
        for kind in exchange.subject_kinds():
            subject = exchange.subject_of(kind)
            if subject is not None and (kind.startswith(f"{other}.") or room == "kernel"):
                found |= {verb: str(text) for verb, text in subject.verbs.items()}
    return found


def test_the_walk_sees_the_verbs() -> None:
    seen = {(written.room, written.verb) for written in written_verbs()}
    assert {("accounts", "elevate"), ("directory", "hand_over"), ("councils", "close")} <= seen
    assert len(seen) > 80
