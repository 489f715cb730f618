"""The API's reference, drawn from its own document in our own shell; nothing of a foreign host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from diwan.config.api import document
from diwan.kernel.api.callers import SCOPES
from diwan.kernel.api.problems import KINDS
from diwan.kernel.policies import ActorKind
from diwan.kernel.requests import actor_of


@dataclass(frozen=True)
class Parameter:
    """A parameter, or a field of a body."""

    name: str
    required: bool
    where: str = ""
    type: str = ""
    description: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation."""

    method: str
    path: str
    summary: str
    description: str
    parameters: Sequence[Parameter]
    fields: Sequence[Parameter]
    statuses: str


@dataclass(frozen=True)
class Group:
    """The operations of one room."""

    tag: str
    name: str
    operations: Sequence[Operation]


def _names() -> Mapping[str, str]:
    return {
        "me": _("The caller"),
        "directory": _("Units, posts and people"),
        "councils": _("Bodies, meetings, resolutions and actions"),
        "services": _("Services"),
        "files": _("Files"),
        "library": _("Documents"),
        "desk": _("Desk, search and trail"),
        "webhooks": _("Webhooks"),
    }


def _places() -> Mapping[str, str]:
    return {"query": _("query"), "path": _("address"), "header": _("header")}


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def api_reference(request: HttpRequest) -> HttpResponse:
    """Show every operation, scope and kind of problem; open to everybody.

    Opened by somebody who writes a program and asks: what can it read and write, and how does it
    begin? Next: make a token.
    """
    groups = _groups(document())
    signed_in = actor_of(request).kind is ActorKind.USER
    context = {
        "groups": groups,
        "count": sum(len(group.operations) for group in groups),
        "scopes": list(SCOPES.items()),
        "problems": sorted(KINDS.values(), key=lambda kind: (kind.status, kind.slug)),
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "language": get_language(),
        "openapi_url": reverse("openapi"),
        "tokens_url": reverse("accounts:tokens") if signed_in else "",
        "webhooks_url": reverse("interop:webhooks") if signed_in else "",
    }
    return render(request, "ui/api_reference.html", context)


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def api_problem(request: HttpRequest, slug: str) -> HttpResponse:
    """Explain one kind of problem; its address is the problem's type."""
    kind = KINDS.get(slug)
    if kind is None:
        raise Http404
    context = {"kind": kind, "reference_url": reverse("api_reference")}
    return render(request, "ui/api_problem.html", context)


def _groups(found: Mapping[str, Any]) -> list[Group]:
    names = _names()
    by_tag: dict[str, list[Operation]] = {tag: [] for tag in names}
    for path, methods in found["paths"].items():
        for method, details in methods.items():
            tag = details["tags"][0]
            by_tag.setdefault(tag, []).append(_operation(path, method, details, found))
    return [Group(tag, names.get(tag, tag), rows) for tag, rows in by_tag.items() if rows]


def _operation(
    path: str, method: str, details: Mapping[str, Any], found: Mapping[str, Any]
) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        summary=details["summary"],
        description=details.get("description", "").replace("`", ""),
        parameters=list(_parameters(details["parameters"])),
        fields=list(_fields(details, found)),
        statuses=", ".join(str(status) for status in details["responses"]),
    )


def _parameters(given: Sequence[Mapping[str, Any]]) -> Iterator[Parameter]:
    places = _places()
    for each in given:
        words = [each.get("description", "")]
        choices = [choice for choice in each["schema"].get("enum", []) if choice]
        if choices:
            words.append(" | ".join(choices))
        yield Parameter(
            name=each["name"],
            required=bool(each.get("required")),
            where=places.get(each["in"], each["in"]),
            description=" ".join(word for word in words if word),
        )


def _fields(details: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Parameter]:
    content = details.get("requestBody", {}).get("content", {})
    for body in content.values():
        schema = _resolved(body["schema"], found)
        for name, field in schema.get("properties", {}).items():
            yield Parameter(
                name=name,
                required=name in schema.get("required", []),
                type=_type(field),
                description=field.get("description", ""),
            )


def _resolved(schema: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    resolved: Mapping[str, Any] = found["components"]["schemas"][name] if name else schema
    return resolved


def _type(field: Mapping[str, Any]) -> str:
    """A field's type in few words."""
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[-1])
    if "enum" in field or "const" in field:
        return " | ".join(str(choice) for choice in field.get("enum", [field.get("const")]))
    if "anyOf" in field:
        return " | ".join(_type(each) for each in field["anyOf"])
    if field.get("type") == "array":
        return f"[{_type(field.get('items', {}))}]"
    return str(field.get("format") or field.get("type", ""))
