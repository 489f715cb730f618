"""Forms of a page as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Sheet:
    """One form: where it is sent, how, and what its fields hold."""

    action: str = ""
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)

    def sent(self, **typed: Any) -> dict[str, Any]:
        """What is sent when `typed` is filled in over what stands there."""
        return {**self.values, **typed}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self._open: Sheet | None = None
        self._select = ""
        self._area: str | None = None

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "form":
            self._open = Sheet(given.get("action", ""), given.get("method", "get").lower())
            self.sheets.append(self._open)
        elif self._open is not None and "disabled" not in given:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind == "file" or (kind in ("radio", "checkbox") and "checked" not in given):
                return
            self._add(name, given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._add(self._select, given.get("value", ""))
        elif tag == "textarea":
            self._area = ""
            self._area_name = name

    def _add(self, name: str, value: str) -> None:
        assert self._open is not None
        self._open.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area is not None:
            # A browser leaves the first line break of a text area out.
            self._add(self._area_name, self._area.removeprefix("\n"))
            self._area = None


def sheets_of(page: str) -> list[Sheet]:
    """All forms of a page that are posted, but for signing out."""
    reader = _Reader()
    reader.feed(page)
    posted = [sheet for sheet in reader.sheets if sheet.method == "post"]
    return [sheet for sheet in posted if "sign-out" not in sheet.action]


def main_sheet(page: str) -> Sheet:
    """The page's own form, which is sent to the page itself."""
    return next(sheet for sheet in sheets_of(page) if not sheet.action)
