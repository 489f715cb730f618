"""What clients send: answers, files, who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, BinaryIO, Literal, cast

from django.core.files.uploadedfile import UploadedFile as Upload
from django.utils.translation import gettext as _
from ninja import Field
from ninja.files import UploadedFile
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from diwan.kernel.api.shapes import Line, Prose, Sent, Texts
from diwan.kernel.errors import Refused
from diwan.services.actions.given import ApplicantFields, Asked, GivenFile
from diwan.services.rules.answertypes import MEDIA
from diwan.services.rules.definition import Definition
from diwan.services.rules.formtree import Form, Node

DEEPEST = 12
MOST_FILES = 20


def _storable(value: Any, depth: int = 0) -> Any:
    """Refuse what no answer is: texts that nobody can store, and trees deeper than any form."""
    if depth > DEEPEST:
        raise PydanticCustomError("too_long", "too deep")
    if isinstance(value, str) and any(s == "\x00" or "\ud800" <= s <= "\udfff" for s in value):
        raise PydanticCustomError("nul", "NUL")
    if isinstance(value, Mapping):
        for name, each in value.items():
            _storable(name, depth)
            _storable(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _storable(each, depth + 1)
    return value


Answers = Annotated[
    dict[str, Any],
    AfterValidator(_storable),
    Field(description="As the JSON Schema of the form says; a file by its name."),
]
Language = Literal["fa", "ar", "en"]


class ApplicantSent(Sent):
    """Who asks, as far as the form does not ask for it itself."""

    name: Line = ""
    phone: Line = ""
    email: Line = ""
    identity: Line = ""
    on_behalf: Line = ""

    def fields(self) -> ApplicantFields:
        """As the actions take them."""
        return ApplicantFields(**self.model_dump())


class AskedSent(Sent):
    """One thing that is missing: a paper of the service by its key, a question, or in words."""

    paper: Line = ""
    text: Texts | None = None
    question: Line = Field("", description="The question's path, such as /data/deed.")


Missing = Annotated[list[AskedSent], Field(max_length=50)]


def asked_of(sent: Sequence[AskedSent], definition: Definition, form: Form) -> list[Asked]:
    """As the actions take it. Raises Refused for a paper or a question that the service lacks."""
    papers = {paper.key: paper for paper in definition.papers}
    found = []
    for one in sent:
        text = one.text.texts() if one.text else {}
        if one.paper and one.paper not in papers:
            raise Refused(_("The service has no such paper. Name it in words."), field="asked")
        if one.question and one.question not in form.by_path:
            raise Refused(_("The form has no such question."), field="asked")
        if not (one.paper or one.question or text):
            raise Refused(_("Say what is missing: a paper, a question or words."), field="asked")
        paper = papers.get(one.paper)
        question = one.question or (paper.question if paper else "")
        found.append(Asked(one.paper, text or (paper.name if paper else {}), question))
    return found


def files_of(
    sent: Sequence[UploadedFile], form: Form, answers: Mapping[str, Any]
) -> list[GivenFile]:
    """The files of a request, each with the question whose answer names it, if one does."""
    _require_few(sent)
    named = dict(_named(form.nodes, answers))
    return [_given(one, named.get(one.name or "", "")) for one in sent]


def files_for(sent: Sequence[UploadedFile], form: Form, question: str) -> list[GivenFile]:
    """The files of a request, all for one question ("": none). Raises Refused."""
    _require_few(sent)
    node = form.by_path.get(question)
    if question and (node is None or node.type not in MEDIA):
        raise Refused(_("The form asks for no file at this question."), field="question")
    return [_given(one, question) for one in sent]


def office_files(sent: Sequence[UploadedFile], outputs: Sequence[str]) -> list[GivenFile]:
    """Files of the office; `outputs` names those that the applicant gets. Raises Refused."""
    _require_few(sent)
    unknown = set(outputs) - {one.name for one in sent}
    if unknown:
        raise Refused(_("A file that the applicant gets is not among the files."), field="outputs")
    return [_given(one, "", output=one.name in outputs) for one in sent]


def _require_few(sent: Sequence[UploadedFile]) -> None:
    if len(sent) > MOST_FILES:
        raise Refused(_("Attach at most 20 files at once."), field="files")


def _given(one: UploadedFile, question: str, *, output: bool = False) -> GivenFile:
    upload = cast("BinaryIO", cast("Upload[Any]", one).file)
    return GivenFile(one.name or "", upload, question=question, output=output)


def _named(nodes: Sequence[Node], answers: Any) -> Iterator[tuple[str, str]]:
    """The names of files among the answers, each with its question's path."""
    for node, value in _pairs(nodes, answers):
        if node.kind != "question":
            yield from _named(node.children, value)
        elif node.type in MEDIA and isinstance(value, str) and value:
            yield value, node.path


def unknown_in(nodes: Sequence[Node], answers: Any, above: str = "/answers") -> Iterator[str]:
    """Where answers stand to what the form does not ask the applicant, as JSON Pointers."""
    known = {node.name: node for node in nodes if node.by != "office"}
    for name, value in answers.items() if isinstance(answers, Mapping) else ():
        pointer = f"{above}/{str(name).replace('~', '~0').replace('/', '~1')}"
        node = known.get(name)
        if node is None:
            yield pointer
        elif node.kind == "group":
            yield from unknown_in(node.children, value, pointer)
        elif node.kind == "repeat":
            for place, one in enumerate(value if isinstance(value, list) else ()):
                yield from unknown_in(node.children, one, f"{pointer}/{place}")


def _pairs(nodes: Sequence[Node], answers: Any) -> Iterator[tuple[Node, Any]]:
    for node in nodes:
        value = answers.get(node.name) if isinstance(answers, Mapping) else None
        if node.kind == "repeat":
            for one in value if isinstance(value, list) else ():
                yield node, one
        else:
            yield node, value


class Withdrawing(Sent):
    """A reason, which may be left out."""

    reason: Prose = ""
