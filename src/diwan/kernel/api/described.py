"""What the OpenAPI document says of an operation beside its own parameters and answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ninja import Field, Schema
from ninja.schema import NinjaGenerateJsonSchema
from pydantic import create_model

from .problems import MEDIA_TYPE
from .shapes import ProblemShape

READ_STATUSES = (400, 401, 403, 404, 406, 422, 429, 500)
WRITE_STATUSES = (400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 428, 429, 500)


def page(answer: type[Schema]) -> type[Schema]:
    """The shape of a page of `answer`."""
    next_ = Field(None, description="The cursor of the next page; null at the end.")
    # mypy knows types that are written, not those that are handed over.
    items: Any = list[answer]  # type: ignore[valid-type]
    named = f"{answer.__name__}Page"
    return create_model(named, __base__=Schema, items=(items, ...), next=(str | None, next_))


def responses(status: int, answer: type[Schema] | None, *, writes: bool) -> dict[int, Any]:
    """The statuses of a request that went well, and their shapes."""
    found: dict[int, Any] = {status: answer}
    if not writes:
        found[304] = None
    return found


def problems(*, writes: bool) -> dict[int, Any]:
    """Every status that a problem may have. All are of one shape, which is not worked out anew."""
    schema = {"$ref": f"#/components/schemas/{ProblemShape.__name__}"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in (WRITE_STATUSES if writes else READ_STATUSES)
    }


def description(function: Callable[..., Any], scope: str) -> str:
    """The function's words, and its scope."""
    text = inspect.cleandoc(function.__doc__ or "").partition("\n")[2].strip()
    return f"{text}\n\nScope: `{scope}`.".strip() if scope else text


def extra(
    *, writes: bool, once: bool, key_required: bool, guarded: bool, scope: str, anybody: bool
) -> dict[str, Any]:
    """Headers that ninja does not know of, and the scope for the reference's page."""
    parameters = [
        _header("Accept-Language", "fa, ar or en: the language of sentences.", "fa"),
        _header("Diwan-Post", "The post to act from; by default the first that is held.", None),
    ]
    parameters[1]["schema"]["format"] = "uuid"
    if not writes:
        parameters.append(_header("If-None-Match", "An ETag: 304 while the answer is that.", None))
    if once:
        words = "A key of this request; a repeat with it gets the same answer."
        key = _header("Idempotency-Key", words, None)
        key["required"] = key_required
        key["schema"] |= {"minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        parameters.append(key)
    if guarded:
        revision = _header("If-Match", "The ETag of the record as it was read, or *.", "*")
        revision["required"] = True
        parameters.append(revision)
    found: dict[str, Any] = {"parameters": parameters, "x-scope": scope}
    found["responses"] = problems(writes=writes)
    return found | {"security": [{}]} if anybody else found


def _header(name: str, words: str, example: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "in": "header",
        "name": name,
        "required": False,
        "description": words,
        "schema": {"type": "string"},
    }
    if example:
        found["example"] = example
    return found


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """The document with files, the shape of problems, and parameters that are never null."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = _without_null(parameter["schema"])
            for status, answer in operation["responses"].items():
                if int(status) == 200 and "content" not in answer:  # a file
                    binary = {"type": "string", "format": "binary"}
                    answer["content"] = {"*/*": {"schema": binary}}
    shape = ProblemShape.model_json_schema(
        ref_template="#/components/schemas/{model}",
        schema_generator=NinjaGenerateJsonSchema,
        mode="serialization",
    )
    document["components"]["schemas"] |= shape.pop("$defs", {}) | {ProblemShape.__name__: shape}
    return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, never sent as null."""
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(choices) != 1:
        return schema
    kept = {name: value for name, value in schema.items() if name != "anyOf"}
    return kept | dict(choices[0])
