"""A form with a question of each kind, and an evaluation in which everything is relevant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diwan.services.rules.formtree import Choice, Form, Node

CITIES = (
    Choice("bojnord", {"fa": "بجنورد", "ar": "بجنورد"}, {"province": "nk"}),
    Choice("shirvan", {"fa": "شیروان", "ar": "شيروان"}, {"province": "nk"}),
    Choice("yazd", {"fa": "یزد", "ar": "يزد"}, {"province": "yz"}),
)


def question(path: str, kind: str, **more: Any) -> Node:
    """A question by its path, called by its name."""
    name = path.rpartition("/")[2]
    return Node(name, path, "question", kind, {"fa": f"پرسش {name}", "ar": f"سؤال {name}"}, **more)


def group(path: str, *children: Node, kind: str = "group", **more: Any) -> Node:
    """A group or a repeat."""
    name = path.rpartition("/")[2]
    label = {"fa": f"بخش {name}", "ar": f"قسم {name}"}
    return Node(name, path, kind, label=label, children=children, **more)  # type: ignore[arg-type] # group or repeat


ALL = Form(
    id="all",
    version="1",
    root="data",
    title={"fa": "فرم"},
    languages=("fa", "ar"),
    nodes=(
        question("/data/start", "start"),
        question("/data/name", "text", applicant="name", required="true()"),
        question("/data/born", "date"),
        question("/data/area", "decimal"),
        question("/data/born_jalali", "date", appearance="persian"),
        question("/data/words", "text", appearance="multiline"),
        question("/data/hours", "time"),
        question("/data/visit", "dateTime"),
        group(
            "/data/place",
            question("/data/place/province", "select_one", list="provinces"),
            question(
                "/data/place/city",
                "select_one",
                list="cities",
                filter="province = /data/place/province",
            ),
            question("/data/place/where", "geopoint"),
            question("/data/place/decision", "text", by="office"),
        ),
        group(
            "/data/kids",
            question("/data/kids/kid", "text", required="true()"),
            question("/data/kids/age", "integer"),
            kind="repeat",
        ),
        question("/data/wishes", "select_multiple", list="cities"),
        question("/data/order", "rank", list="provinces"),
        question("/data/photo", "image"),
        question("/data/true", "acknowledge"),
        question("/data/stars", "range", parameters={"start": "1", "end": "5"}),
        question("/data/thanks", "note"),
        group("/data/office", question("/data/office/fee", "integer", by="office")),
    ),
    lists={
        "provinces": (Choice("nk", {"fa": "خراسان شمالی"}), Choice("yz", {"fa": "یزد"})),
        "cities": CITIES,
    },
)


@dataclass
class Everything:
    """An evaluation in which everything asked is relevant and nothing is filtered."""

    form: Form
    answers: Mapping[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    readonly: frozenset[str] = frozenset()

    @property
    def relevant(self) -> frozenset[str]:
        """The place of every node, of repeats the first two."""
        found = set()
        for node in self.form.by_path.values():
            found.add(node.path)
            for number in (1, 2):
                found.add(node.path.replace("/kids", f"/kids[{number}]"))
        return frozenset(found)

    def choices(self, path: str) -> Sequence[Choice]:
        """The choices of the list."""
        return self.form.lists[self.form.by_path[path].list]

    def filled(self, text: str, place: str, shown: object = None) -> str:
        """The text as it stands."""
        return text
