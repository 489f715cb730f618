"""What the pack `packs/sample/country` says: names, places, registers, what councils resolve."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from diwan import __file__ as package_file

PACK = Path(package_file).resolve().parents[2] / "packs" / "sample" / "country"
Texts = dict[str, str]


@dataclass(frozen=True)
class Matter:
    """Something that a council may resolve: its text, what is owed for it, or one by each unit."""

    text: str
    actions: tuple[str, ...] = ()
    each: str = ""
    kind: str = ""
    every: str = ""
    confidentiality: str = ""


@dataclass(frozen=True)
class FieldOfWork:
    """A field of work: what stands on the agenda, and what may be resolved."""

    agenda: tuple[str, ...]
    matters: tuple[Matter, ...]


@dataclass(frozen=True)
class Wording:
    """The sentences of one language."""

    language: str
    fields: dict[str, FieldOfWork]
    said: dict[str, list[str]]
    documents: list[Texts] = field(default_factory=list)


@cache
def read(name: str) -> Any:
    """A file of the pack as plain data."""
    return YAML(typ="safe").load((PACK / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def wording(language: str) -> Wording:
    """The sentences of a language."""
    raw = dict(read(f"wording-{language}"))
    fields = {
        name: FieldOfWork(
            agenda=tuple(told["agenda"]),
            matters=tuple(_matter(matter) for matter in told["resolutions"]),
        )
        for name, told in raw.pop("fields").items()
    }
    documents = raw.pop("documents")
    return Wording(language, fields, {name: list(lines) for name, lines in raw.items()}, documents)


def _matter(told: dict[str, Any]) -> Matter:
    return Matter(**{**told, "actions": tuple(told.get("actions", ()))})


def proofs(language: str) -> list[Path]:
    """The proof files of a language, in order of their names."""
    return sorted((PACK / "proof" / language).iterdir())


def filled(text: str, **values: str) -> str:
    """The sentence with its `<marks>` filled in."""
    for mark, value in values.items():
        text = text.replace(f"<{mark}>", value)
    return text
