"""Icons: lucide's lines, drawn into the page so that no request and no font is needed."""

from __future__ import annotations

from functools import lru_cache

from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide


@lru_cache(maxsize=512)
def draw(name: str, *, size: int = 18, label: str = "") -> SafeString:
    """Return the icon ``name`` as SVG of ``size`` pixels.

    Without ``label`` it is decoration and hidden from screen readers; with it, it speaks.
    Icons that point forward or back turn round in right-to-left pages (class ``icon-directed``).

    Raises:
        lucide.IconDoesNotExist: there is no such icon.
    """
    directed = " icon-directed" if any(w in name for w in ("left", "right", "log-", "undo")) else ""
    voice = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    attributes = {"class": f"icon{directed}", "focusable": "false", **voice}
    # The library escapes attribute values itself.
    return mark_safe(lucide(Context(), name, size=size, **attributes))  # noqa: S308 - lucide's own markup
