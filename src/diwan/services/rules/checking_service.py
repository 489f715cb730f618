"""The sheet `service`: what a service is, who offers it, what it asks and gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from diwan.kernel.text import to_ascii_digits

from .checking import Table, suggested
from .definition import Cost, Law, Offering, Paper
from .events import EVENTS
from .sheets import Row

COLUMNS = ("property", "value", "label")
KINDS = ("service", "complaint", "duty")
AUDIENCES = ("public", "staff")
CHANNELS = ("online", "counter", "phone", "api", "collect", "open311")
CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LONGEST_CODE = 40
LEAST_WAITING = 7
RESERVED = frozenset(
    {"work", "manage", "counter", "follow", "rate", "receipt", "draft", "cases", "figures"}
    | {"events", "complain", "complaints", "try", "open311", "openrosa", "standards", "search"}
)
"""First words of the room's own addresses: a service of that code could not be reached."""

FREE = "0"
"""What costs nothing costs it in any currency."""
_COST = re.compile(r"(\d[\d,٬ _]*(?:[.٫]\d+)?)\s*([A-Za-z]{3})")
_PAPER = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,39})\s*(\?)?\s*(?:=\s*(\S+))?")
_KIND = re.compile(r"(?:(\S+)\s+)?kind:\s*(\S.*)")

Properties = dict[str, Any]
"""Fields of `Definition` that the sheet names, and ``questions``: cells that name questions."""


def read_service(table: Table) -> Properties:
    """What the sheet says; questions are looked up later, when the form is known."""
    found: Properties = {"questions": []}
    seen: set[str] = set()
    notes: list[tuple[Row, str]] = []
    for row in table.sheet.rows:
        name = table.value(row, "property").lower()
        if not name:
            table.fault(row, "property", "property_missing")
            continue
        name = table.one_of(row, "property", name, PROPERTIES)
        if name in seen and name not in MANY:
            table.fault(row, table.at("property"), "property_twice", given=name)
        elif name == "paper_note":
            notes.append((row, table.value(row, "value")))
        elif name:
            PROPERTIES[name](table, row, found)
        seen.add(name)
    _paper_notes(table, found, notes)
    _kinds_elsewhere(table, found)
    for required in ("code", "name"):
        if required not in seen:
            table.fault(0, "property", "property_needed", given=required)
    return found


def _kinds_elsewhere(table: Table, found: Properties) -> None:
    """A pack names the kinds of many provinces: one that is not here is no fault beside others."""
    faults = table.found.faults
    unknown = [one for one in faults if (one.sheet, one.code) == (table.sheet.name, "unknown_kind")]
    if len(unknown) < len(found.get("offered", ())):
        for one in unknown:
            faults.remove(one)
            table.warn(one.row, one.column, "kind_elsewhere", given=one.values["given"])


def code_fault(code: str) -> str:
    """What is wrong with the code of a service: ``code_shape``, ``code_taken`` or nothing."""
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        return "code_shape"
    return "code_taken" if code in RESERVED else ""


def _code(table: Table, row: Row, found: Properties) -> None:
    code = to_ascii_digits(table.value(row, "value"))
    fault = code_fault(code) if code else "value_needed"
    if fault:
        table.fault(row, table.at("value"), fault, given=code)
    found["code"] = code


def _one_of(name: str, words: tuple[str, ...]) -> Callable[[Table, Row, Properties], None]:
    def read(table: Table, row: Row, found: Properties) -> None:
        found[name] = table.word(row, "value", words, words[0])
        if name == "audience":
            found["audience_text"] = table.texts(row, "label")

    return read


def _many_of(name: str, words: tuple[str, ...]) -> Callable[[Table, Row, Properties], None]:
    def read(table: Table, row: Row, found: Properties) -> None:
        word = table.word(row, "value", words)
        if not table.value(row, "value"):
            table.fault(row, table.at("value"), "value_needed")
        if word and word not in found.get(name, ()):
            found[name] = (*found.get(name, ()), word)

    return read


def _text(name: str) -> Callable[[Table, Row, Properties], None]:
    def read(table: Table, row: Row, found: Properties) -> None:
        found[name] = table.texts(row, "label")
        if not found[name]:
            table.fault(row, table.at("label"), "text_needed")

    return read


def _owner(table: Table, row: Row, found: Properties) -> None:
    found["owner"] = table.unit(row, "value", table.value(row, "value"))


def _offered(table: Table, row: Row, found: Properties) -> None:
    given = table.value(row, "value")
    by_kind = _KIND.fullmatch(given)
    key, kind = (by_kind[1] or "", by_kind[2]) if by_kind else (given, "")
    if not key and not kind:
        table.fault(row, table.at("value"), "value_needed")
        return
    offering = Offering(
        table.unit_of_ours(row, "value", key) if key else "",
        table.kind(row, "value", kind) if kind else "",
    )
    found["offered"] = (*found.get("offered", ()), offering)


def _law(table: Table, row: Row, found: Properties) -> None:
    url = table.value(row, "value")
    if url and not re.match(r"https?://[^\s/]+", url):
        table.fault(row, table.at("value"), "address_shape", given=url)
    name = _named(table, row)
    found["laws"] = (*found.get("laws", ()), Law(name, url))


def _paper(table: Table, row: Row, found: Properties) -> None:
    given = table.value(row, "value")
    shape = _PAPER.fullmatch(given)
    if shape is None:
        table.fault(row, table.at("value"), "paper_shape", given=given)
        return
    key, optional, question = shape[1], shape[2], shape[3] or ""
    papers: tuple[Paper, ...] = found.get("papers", ())
    if key in {paper.key for paper in papers}:
        table.fault(row, table.at("value"), "paper_twice", given=key)
        return
    if question:
        found["questions"].append((row, table.at("value"), question, f"paper:{key}"))
    paper = Paper(key, _named(table, row), required=not optional, question=question)
    found["papers"] = (*papers, paper)


def _paper_notes(table: Table, found: Properties, notes: list[tuple[Row, str]]) -> None:
    papers = {paper.key: paper for paper in found.get("papers", ())}
    for row, key in notes:
        note = _named(table, row)
        if key not in papers:
            table.fault(row, table.at("value"), "unknown_paper", **suggested(key, papers))
        else:
            old = papers[key]
            papers[key] = Paper(key, old.name, note, old.required, old.question)
    found["papers"] = tuple(papers.values())


def _cost(table: Table, row: Row, found: Properties) -> None:
    given = table.value(row, "value")
    amount, currency = "", ""
    if to_ascii_digits(given) == FREE:
        amount = FREE
    elif given:
        shape = _COST.fullmatch(to_ascii_digits(given))
        if shape is None:
            table.fault(row, table.at("value"), "cost_shape", given=given)
            return
        amount = re.sub(r"[,٬ _]", "", shape[1]).replace("٫", ".")
        currency = shape[2].upper()
    cost = Cost(_named(table, row), amount, currency)
    found["costs"] = (*found.get("costs", ()), cost)


def _target(table: Table, row: Row, found: Properties) -> None:
    found["target"] = table.deadline(row, "value")


def _reopen(table: Table, row: Row, found: Properties) -> None:
    days = table.whole(row, "value", least=0, most=3_650)
    found["reopen_days"] = 30 if days is None else days


def _waiting(table: Table, row: Row, found: Properties) -> None:
    days = table.whole(row, "value", least=LEAST_WAITING, most=3_650)
    found["waiting_days"] = 180 if days is None else days


def _complaints(table: Table, row: Row, found: Properties) -> None:
    code = table.value(row, "value")
    if code and not table.found.known.service(code):
        table.warn(row, table.at("value"), "unknown_service", given=code)
    found["complaints"] = code


def _title(table: Table, row: Row, found: Properties) -> None:
    question = table.value(row, "value")
    if not question:
        table.fault(row, table.at("value"), "value_needed")
        return
    found["questions"].append((row, table.at("value"), question, "title"))
    found["cased"] = question


def _named(table: Table, row: Row) -> dict[str, str]:
    name = table.texts(row, "label")
    if not name:
        table.fault(row, table.at("label"), "text_needed")
    return name


PROPERTIES: Mapping[str, Callable[[Table, Row, Properties], None]] = {
    "code": _code,
    "kind": _one_of("kind", KINDS),
    "audience": _one_of("audience", AUDIENCES),
    "name": _text("name"),
    "summary": _text("summary"),
    "description": _text("description"),
    "words": _text("synonyms"),
    "event": _many_of("events", EVENTS),
    "owner": _owner,
    "offered_by": _offered,
    "channel": _many_of("channels", CHANNELS),
    "law": _law,
    "paper": _paper,
    "paper_note": lambda *_given: None,
    "output": _text("output"),
    "cost": _cost,
    "target": _target,
    "reopen": _reopen,
    "waiting": _waiting,
    "complaints": _complaints,
    "title": _title,
}
MANY = frozenset({"event", "offered_by", "channel", "law", "paper", "paper_note", "cost"})
