"""Words of XLSForms: names of languages and of types of questions, and pyxform's own English."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .definition import Texts

OTHER: Texts = {"fa": "سایر", "ar": "أخرى", "en": "Other"}
SPECIFY: Texts = {"fa": "لطفاً بنویسید کدام.", "ar": "يرجى تحديد ما هو.", "en": "Specify other."}
TEXT_REFERENCE = re.compile(r"\$\{[^{}]+\}")

_LANGUAGES = {
    "persian": "fa",
    "farsi": "fa",
    "فارسی": "fa",
    "dari": "fa",
    "arabic": "ar",
    "عربی": "ar",
    "العربية": "ar",
    "عربي": "ar",
    "english": "en",
    "french": "fr",
    "kurdish": "ku",
    "turkish": "tr",
}
_TYPES = {
    "select one": "select_one",
    "select one using": "select_one",
    "add select one prompt using": "select_one",
    "q select1": "select_one",
    "select all that apply": "select_multiple",
    "select all that apply from": "select_multiple",
    "select multiple from": "select_multiple",
    "select multiple using": "select_multiple",
    "add select multiple prompt using": "select_multiple",
    "q select": "select_multiple",
    "odk:rank": "rank",
    "imei": "deviceid",
    "osm": "file",
    "calculate": "calculate",
    "q calculate": "calculate",
    "add calculate prompt": "calculate",
    "phone number": "text",
    "percentage": "integer",
    "trigger": "acknowledge",
    "q acknowledge": "acknowledge",
    "add acknowledge prompt": "acknowledge",
    "get start time": "start",
    "start time": "start",
    "get end time": "end",
    "end time": "end",
    "get today": "today",
}
_OWN = frozenset(
    """text integer decimal date time select_one select_multiple rank note calculate geopoint
    geotrace geoshape image audio video file barcode acknowledge range hidden start end today
    deviceid username phonenumber email simserial subscriberid audit start-geopoint
    background-audio background-geopoint""".split()  # noqa: SIM905  a list of 34 names reads worse
)
_BOUND = {
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "geopoint": "geopoint",
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    "barcode": "barcode",
}


def language_of(name: str, default: str = "fa") -> str:
    """The code of a language as a workbook names it.

    >>> language_of("Persian (fa)"), language_of("default", "ar"), language_of("English")
    ('fa', 'ar', 'en')
    """
    plain = name.strip().lower()
    if plain in ("", "default"):
        return default
    if plain.endswith(")") and "(" in plain:
        return plain[plain.rindex("(") + 1 : -1].strip() or default
    return _LANGUAGES.get(plain, plain)


def type_of(name: str, bind: Mapping[str, str], control: Mapping[str, str]) -> str:
    """XLSForm's own name of a question's type, whichever of pyxform's many names it has."""
    if name in _TYPES:
        return _TYPES[name]
    if name in _OWN:
        return name
    if control.get("tag") == "upload":
        kind = control.get("mediatype", "").partition("/")[0]
        return kind if kind in ("image", "audio", "video") else "file"
    if name in ("q note", "add note prompt"):
        return "note"
    if "jr:preloadParams" in bind:
        return bind["jr:preloadParams"].removeprefix("uri:")
    return _BOUND.get(bind.get("type", ""), "text")
