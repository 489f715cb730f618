"""What our code and templates say to people, found without gettext's tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "diwan"

_PLAIN = {"gettext", "gettext_lazy", "gettext_noop", "_"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_BOTH = {"npgettext", "npgettext_lazy"}
_CALL = re.compile(r"(?<![\w.])(n?p?gettext|_)\s*\(")


@dataclass(frozen=True)
class Word:
    """One text of the interface: context (or None), singular, plural (or None)."""

    context: str | None
    text: str
    plural: str | None = None


def rooms_with_words() -> list[str]:
    """Every room that says anything."""
    return sorted(
        path.name
        for path in PACKAGE.iterdir()
        if (path / "__init__.py").exists() and any(True for _ in words_of(path.name))
    )


def words_of(room: str) -> Iterator[tuple[Word, Path]]:
    """The texts of a room with the file that says each; tests aside."""
    for path in sorted((PACKAGE / room).rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts):
            for word in in_python(path.read_text(encoding="utf-8")):
                yield word, path
    for path in sorted((PACKAGE / room).rglob("*.html")):
        if "tests" not in path.relative_to(PACKAGE).parts:
            for word in in_template(path.read_text(encoding="utf-8")):
                yield word, path


def in_python(source: str) -> Iterator[Word]:
    """The texts that a Python file says."""
    aliases = dict(_aliases(ast.parse(source)))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _called(node, aliases)


def _aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """`from django.utils.translation import gettext_lazy as _` gives (_, gettext_lazy)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                yield alias.asname or alias.name, alias.name


def _called(node: ast.Call, aliases: dict[str, str]) -> Iterator[Word]:
    if isinstance(node.func, ast.Name):
        # Rules know no Django and bring a gettext_noop of their own.
        name = aliases.get(node.func.id, node.func.id if node.func.id == "gettext_noop" else "")
    elif isinstance(node.func, ast.Attribute):  # translation.gettext(…)
        name = node.func.attr
    else:
        return
    texts: list[str | None] = [_constant(argument) for argument in node.args]
    texts += [None] * 3
    first, second, third = texts[:3]
    if name in _PLAIN and first is not None:
        yield Word(None, first)
    elif name in _PLURAL and first is not None and second is not None:
        yield Word(None, first, second)
    elif name in _CONTEXT and first is not None and second is not None:
        yield Word(first, second)
    elif name in _BOTH and first is not None and second is not None and third is not None:
        yield Word(first, second, third)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_template(source: str) -> Iterator[Word]:
    """Django's own step before xgettext turns a template into calls; these are read here."""
    text = templatize(source)
    for call in _CALL.finditer(text):
        parsed = _parse_call(text[call.start() :])
        if parsed is not None:
            yield from _called(parsed, {"_": "gettext", **{n: n for n in _NAMES}})


_NAMES = _PLAIN | _PLURAL | _CONTEXT | _BOTH


def _parse_call(text: str) -> ast.Call | None:
    """The call at the beginning of `text`; None if none ends within it."""
    depth, quote, skip = 0, "", False
    for place, sign in enumerate(text):
        if skip:
            skip = False
        elif sign == "\\":
            skip = True
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                node = ast.parse(text[: place + 1], mode="eval").body
                return node if isinstance(node, ast.Call) else None
    return None
