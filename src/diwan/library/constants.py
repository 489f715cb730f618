"""Words of the room that others use, too."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

DOCUMENT = "library.document"

KINDS: Mapping[str, Promise] = {
    "regulation": pgettext_lazy("kind of document", "regulation"),
    "directive": pgettext_lazy("kind of document", "directive"),
    "statute": pgettext_lazy("kind of document", "statute"),
    "guide": pgettext_lazy("kind of document", "guide"),
    "programme": pgettext_lazy("kind of document", "programme"),
    "plan": pgettext_lazy("kind of document", "plan"),
    "roadmap": pgettext_lazy("kind of document", "roadmap"),
    "vision": pgettext_lazy("kind of document", "vision"),
    "study": pgettext_lazy("kind of document", "study"),
    "agreement": pgettext_lazy("kind of document", "agreement"),
}


def kind_name(kind: str) -> str:
    """What kind of document it is, in the reader's words; an unusual one as it was written."""
    known = KINDS.get(kind)
    return str(known) if known else kind.replace("-", " ")
