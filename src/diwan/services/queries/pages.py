"""A form as pages that are filled in one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from diwan.services.rules.definition import Texts
from diwan.services.rules.formtree import Form, Node

LOOSE = 6
SHORT = 12
UNASKED = frozenset(
    {
        *("calculate", "hidden", "start", "end", "today", "deviceid", "subscriberid", "simserial"),
        *("phonenumber", "username", "email", "audit", "background-audio", "start-geopoint"),
        *("xml-external", "csv-external"),
    }
)
"""Types that nobody is asked: worked out, or told by a form app about itself."""
_NAMED = re.compile(r"(?:/|\$\{)\s*([A-Za-z_][\w.-]*)")


@dataclass(frozen=True)
class FormPage:
    """Questions that are asked together. `top` is the group or repeat that the page is, if any."""

    number: int
    nodes: tuple[Node, ...]
    title: Texts = field(default_factory=dict)
    top: Node | None = None


def asked(node: Node) -> bool:
    """Whether the applicant sees it: a question or note, or a group in which there is one."""
    if node.by == "office":
        return False
    if node.kind == "question":
        return node.type not in UNASKED
    return any(asked(child) for child in node.children)


def pages_of(form: Form) -> list[FormPage]:
    """The pages of a form, numbered from 1.

    A group or a repeat of the first level is a page of its own; questions that stand loose are
    asked together, at most `LOOSE` on a page.
    """
    found: list[FormPage] = []
    loose: list[Node] = []

    def close() -> None:
        if loose:
            found.append(FormPage(len(found) + 1, tuple(loose)))
            loose.clear()

    for node in form.nodes:
        if not asked(node):
            continue
        if node.kind == "question":
            if len(loose) == LOOSE:
                close()
            loose.append(node)
        else:
            close()
            nodes = node.children if node.kind == "group" else (node,)
            found.append(FormPage(len(found) + 1, nodes, node.label, node))
    close()
    return found


def has_questions(page: FormPage) -> bool:
    """Whether anything is answered on the page, not only read."""
    nodes = (node for top in page.nodes for node in top.walk())
    return any(node.kind == "question" and node.type != "note" and asked(node) for node in nodes)


def whole(form: Form) -> FormPage:
    """All questions on one page."""
    return FormPage(1, tuple(node for node in form.nodes if asked(node)))


def is_short(form: Form) -> bool:
    """Whether a clerk sees the form best on one page."""
    nodes = [node for top in form.nodes if asked(top) for node in top.walk() if asked(node)]
    questions = sum(node.kind == "question" for node in nodes)
    return questions <= SHORT and not any(node.kind == "repeat" for node in nodes)


def facts_asked(form: Form) -> frozenset[str]:
    """Which facts of the applicant the form itself asks."""
    nodes = (node for top in form.nodes for node in top.walk())
    return frozenset(node.applicant for node in nodes if node.applicant and asked(node))


def answered_by(form: Form, page: FormPage) -> frozenset[str]:
    """Names of the page's questions on which something else on the page depends.

    By name alone, so that it may name one too many: the page is then brought once for nothing.
    """
    worked_out = {
        node.name: node.calculation for top in form.nodes for node in top.walk() if node.calculation
    }
    needed = set(_names(_expressions(page)))
    waiting = list(needed)
    while waiting:
        more = set(_names([worked_out.get(waiting.pop(), "")])) - needed
        needed |= more
        waiting += more
    there = (node for top in page.nodes for node in top.walk())
    return frozenset(node.name for node in there if node.kind == "question" and node.name in needed)


def _expressions(page: FormPage) -> Iterator[str]:
    for top in page.nodes:
        for node in top.walk():
            yield from (node.relevant, node.filter, node.count, node.readonly, node.required)
            yield from (node.calculation, *node.label.values(), *node.hint.values())


def _names(expressions: Iterable[str]) -> Iterator[str]:
    for expression in expressions:
        yield from _NAMED.findall(expression)
