"""Files over the API: what is known of one, and its content."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from diwan.councils.queries.duties import proof_file
from diwan.kernel import files
from diwan.kernel.api.routes import Raw, Shown
from diwan.kernel.policies import Actor

from .routing import files_routes
from .shapes import FileShape, file_shape


@files_routes.one("/files/{uuid:id}", FileShape)
def get_file(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - the address's own word
    """What is known of a file: its name, size, type and checksum."""
    return Shown(file_shape(proof_file(actor, id)))


@files_routes.one("/files/{uuid:id}/content", None)
def get_content(actor: Actor, id: UUID, request: HttpRequest) -> Raw:  # noqa: A002 - as above
    """The content of a file, as it was attached; its ETag is its SHA-256."""
    return Raw(files.answer_with(request, proof_file(actor, id)))
