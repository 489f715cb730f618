"""A form made ready to be worked out: its expressions compiled, its nodes in order. Made once."""

from __future__ import annotations

from dataclasses import dataclass, field

from .expressions import order_of, references
from .formtree import Choice, Form, Node
from .xpath.compiling import work_of
from .xpath.tree import Item
from .xpath.world import Work


@dataclass(frozen=True)
class Ready:
    """A node with its expressions compiled. None: there is none. `always`: required as such."""

    node: Node
    relevant: Work | None
    required: Work | None
    constraint: Work | None
    calculation: Work | None
    readonly: Work | None
    default: Work | None
    filter: Work | None
    count: Work | None
    always: bool
    never_written: bool
    office: bool


@dataclass
class Program:
    """All of a form that does not depend on the answers."""

    form: Form
    order: tuple[str, ...] = ()
    ready: dict[str, Ready] = field(default_factory=dict)
    vague: bool = False
    _lists: dict[str, list[Item]] = field(default_factory=dict)

    def choices(self, name: str) -> list[Item]:
        """The list of choices as `instance()` answers it: one item, and the choices below root."""
        if name not in self._lists:
            above = Item("")
            root = Item("root", above)
            for choice in self.form.lists.get(name, ()):
                _choice_item(root, choice)
            self._lists[name] = [above]
        return self._lists[name]


def program_of(form: Form) -> Program:
    """The form made ready; kept with it. Raises ExpressionError for a form never checked."""
    kept: Program | None = form.__dict__.get("_program")
    if kept is None:
        kept = _made(form)
        form.__dict__["_program"] = kept
    return kept


def _made(form: Form) -> Program:
    program = Program(form, order_of(form))
    for top in form.nodes:
        _make_ready(program, top, office=False)
    return program


def _make_ready(program: Program, node: Node, *, office: bool) -> None:
    office = office or node.by == "office"
    program.ready[node.path] = Ready(
        node,
        relevant=_work(node.relevant),
        required=_work(node.required),
        constraint=_work(node.constraint),
        calculation=_work(node.calculation),
        readonly=_work(node.readonly),
        default=_work(node.default_expression),
        filter=_work(node.filter),
        count=_work(node.count),
        always=node.required == "true()",
        never_written=node.readonly == "true()" and not node.calculation,
        office=office,
    )
    for text in (node.relevant, node.calculation):
        if text and references(program.form, text, node.path).vague:
            program.vague = True
    for child in node.children:
        _make_ready(program, child, office=office)


def _work(text: str) -> Work | None:
    return work_of(text) if text else None


def _choice_item(root: Item, choice: Choice) -> None:
    item = Item("item", root)
    Item("name", item, text=choice.name)
    for name, value in choice.extra.items():
        Item(name, item, text=value)
