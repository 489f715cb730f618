"""The house keeps its shape: floors of foreign keys, small files and functions, front doors.

Imports are held by import-linter; here is what it cannot see.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "diwan"

# DESIGN §2, from the ground up. Rooms of one floor are strangers.
FLOORS = (
    {"kernel"},
    {"ui"},
    {"accounts"},
    {"directory"},
    {
        *("councils", "indicators", "services", "programmes", "treasury"),
        *("contests", "ballots", "training", "library"),
    },
    {"insight"},
    {"portal", "desk", "interop", "intake"},
    {"config"},
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ROOMS = [*settings.ROOMS, "config"]

INLINE = ("<style", " style=", "javascript:", "<script>", " onclick=", " onchange=", " onsubmit=")

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
# Tests of a whole flow read best in one piece; a test that sprawls further is two tests.
LONGEST_TEST = 60


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("diwan.")]


def room_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def sources(*, tests: bool) -> Iterator[Path]:
    for path in sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        is_test = "tests" in path.relative_to(ROOT).parts
        if "migrations" not in path.parts and is_test is tests:
            yield path


def relations(model: type[models.Model]) -> Iterator[tuple[str, type[models.Model]]]:
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        target = field.remote_field.model if field.remote_field else None
        if isinstance(target, type) and target.__module__.startswith("diwan."):
            yield field.name, target


def test_every_room_stands_on_a_floor() -> None:
    assert [room for room in ROOMS if room not in FLOOR_OF] == []
    there = {p.name for p in PACKAGE.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert there == set(ROOMS)


def test_foreign_keys_point_down_or_stay_in_their_room() -> None:
    wrong = []
    for model in our_models():
        for name, target in relations(model):
            mine, theirs = room_of(model), room_of(target)
            if mine != theirs and FLOOR_OF[theirs] >= FLOOR_OF[mine]:
                wrong.append(f"{mine}.{model.__name__}.{name} → {theirs}.{target.__name__}")
    assert wrong == []


def test_foreign_keys_to_other_rooms_name_models_by_string() -> None:
    """The front door is for functions; a model is named as "room.Model"."""
    rooms = "|".join(settings.ROOMS)
    wrong = []
    for path in [*PACKAGE.glob("*/models.py"), *PACKAGE.glob("*/models/*.py")]:
        room = path.relative_to(PACKAGE).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            parts = (module or "").split(".")
            if len(parts) > 1 and parts[0] == "diwan" and parts[1] not in (room, "kernel"):
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module} ({rooms})")
    assert wrong == []


def test_every_record_has_a_uuid() -> None:
    """Identifiers can be made anywhere. The worked-out tree is no record; a heartbeat is known by
    its name and a file's content by its checksum; rows of the search index stand in order."""
    allowed = {"UnitPath", "Heartbeat", "Lease", "Blob", "Claim"}
    allowed |= {"SearchRecord", "SearchStale", "SearchBuild"}
    # Seals are known by their number in the chain, retention by the kind of what is kept.
    allowed |= {"Seal", "RetentionRule", "RetentionRun"}
    # A visit is its user's, an open table is known by its word.
    allowed |= {"Visit", "OpenedTable"}
    # What is published stands in the order of its lists, and one row says up to where it does.
    allowed |= {"PublishedObject", "PublishedUpTo"}
    through = {m for model in our_models() for m in _through_tables(model)}
    wrong = [
        f"{room_of(model)}.{model.__name__}"
        for model in our_models()
        if model not in through
        and model.__name__ not in allowed
        and not isinstance(model._meta.pk, models.UUIDField)
    ]
    assert wrong == []


def _through_tables(model: type[models.Model]) -> Iterator[type[models.Model]]:
    for field in model._meta.many_to_many:
        through = field.remote_field.through
        if through is not None and through._meta.auto_created:
            yield through


def test_no_model_overrides_save_or_delete() -> None:
    """Every write is an action; a save() with a life of its own would be a second way."""
    wrong = []
    for model in our_models():
        for name in ("save", "delete", "asave", "adelete"):
            owner = next(c for c in model.__mro__ if name in vars(c))
            if owner.__module__.startswith("diwan."):
                wrong.append(f"{owner.__qualname__}.{name}")
    assert wrong == []


def test_no_signal_receivers_of_models() -> None:
    """Effects stand in actions, where one reads them."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources(tests=False)
        if "post_save" in (text := path.read_text(encoding="utf-8")) or "pre_save" in text
    ]
    assert wrong == []


def test_files_are_short() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in [*sources(tests=False), *sources(tests=True)]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert wrong == []


@pytest.mark.parametrize(("tests", "longest"), [(False, LONGEST_FUNCTION), (True, LONGEST_TEST)])
def test_functions_are_short(*, tests: bool, longest: int) -> None:
    wrong = []
    for path in sources(tests=tests):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > longest:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines}")
    assert wrong == []


def test_templates_and_styles_are_short() -> None:
    found = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("static/**/*.css")]
    wrong = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in found
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_page(room: str) -> None:
    """README.md: purpose, words, what must always hold."""
    text = (PACKAGE / room / "README.md").read_text(encoding="utf-8")
    assert len(text) > 300


@pytest.mark.parametrize(
    "room", [r for r in settings.ROOMS if (PACKAGE / r / "public.py").exists()]
)
def test_front_doors_name_what_passes_through_them(room: str) -> None:
    """`__all__` is exactly what public.py defines or takes from its own room, no more."""
    public = importlib.import_module(f"diwan.{room}.public")
    listed = list(public.__all__)
    assert len(listed) == len(set(listed))
    tree = ast.parse((PACKAGE / room / "public.py").read_text(encoding="utf-8"))
    own, foreign = _names_at_the_top(tree, room)
    assert sorted(own - set(listed)) == [], "imported but not listed"
    assert sorted(foreign & set(listed)) == [], "another room's name passed on"
    for name in listed:
        thing = getattr(public, name)
        module = getattr(inspect.unwrap(thing), "__module__", None) if callable(thing) else None
        if module and module.startswith("diwan."):
            assert module.split(".")[1] == room, f"{name} is {module}'s"


def _names_at_the_top(tree: ast.Module, room: str) -> tuple[set[str], set[str]]:
    own: set[str] = set()
    foreign: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            ours = node.level > 0 or (node.module or "").startswith(f"diwan.{room}")
            names = {alias.asname or alias.name for alias in node.names}
            (own if ours else foreign).update(names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            own.add(node.name)
    return own, foreign


def test_every_address_of_a_room_has_a_name() -> None:
    def unnamed(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
        for pattern in patterns:
            where = f"{prefix}{pattern.pattern}"
            if isinstance(pattern, URLResolver):
                yield from unnamed(pattern.url_patterns, where)
            elif not pattern.name:
                yield where

    assert list(unnamed(get_resolver().url_patterns)) == []


def test_templates_carry_no_inline_script_or_style() -> None:
    """The strict policy would refuse them in the browser; here one learns it sooner."""
    wrong = []
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        if path.name == "mail.html":  # mail readers know no style sheets, and no policy of ours
            continue
        wrong += [f"{path.relative_to(PACKAGE)}: {sign}" for sign in INLINE if sign in text]
    assert wrong == []


def test_styles_are_logical() -> None:
    """Right-to-left first: no left and right where a start and an end is meant."""
    physical = (
        *("margin-left", "margin-right", "padding-left", "padding-right", "border-left"),
        *("border-right", "text-align: left", "text-align: right", "float: left", "float: right"),
    )
    wrong = []
    for path in sorted(PACKAGE.rglob("static/**/*.css")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            wrong += [f"{path.name}:{number} {sign}" for sign in physical if sign in line]
    assert wrong == []


def test_nothing_is_left_for_later() -> None:
    """No stub, no skipped test, no mark of unfinished work in what we hand over."""
    words = (
        "TO" + "DO",
        "FIX" + "ME",
        "X" * 3,
        "pytest.mark." + "skip",
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in [*sources(tests=False), *sources(tests=True), *PACKAGE.rglob("*.html")]
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert wrong == []
