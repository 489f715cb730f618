"""What every page of the shell shows of the account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from diwan.accounts.models import User
from diwan.ui.components import Standing


def account(request: HttpRequest) -> dict[str, Any]:
    """`sign_in_url` or `standing`, and while one runs `elevation_until` with its pages.

    The standing is of the name alone; the directory's rooms put the post beside it.
    """
    elevation = getattr(request, "elevation", None)
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        query = urlencode({"next": request.get_full_path()})
        return {"sign_in_url": f"{reverse('accounts:sign_in')}?{query}"}
    found: dict[str, Any] = {
        "standing": Standing(
            name=str(user),
            sign_out_url=reverse("accounts:sign_out"),
            account_url=reverse("accounts:profile"),
        )
    }
    if elevation is not None:
        found["elevation_until"] = elevation.until_at
        found["end_elevation_url"] = reverse("accounts:end_elevation")
    return found
