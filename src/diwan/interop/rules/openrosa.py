"""OpenRosa's documents: the list of forms, a form as an app takes it, and answers to a sending."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml.ElementTree import fromstring

VERSION = "1.0"
_LIST = "http://openrosa.org/xforms/xformsList"
_MANIFEST = "http://openrosa.org/xforms/xformsManifest"
_RESPONSE = "http://openrosa.org/http/response"
_XF = "http://www.w3.org/2002/xforms"
_BOUND = ("required", "constraint", "calculate")

for _prefix, _uri in (
    ("", _XF),
    ("h", "http://www.w3.org/1999/xhtml"),
    ("jr", "http://openrosa.org/javarosa"),
    ("orx", "http://openrosa.org/xforms"),
    ("odk", "http://www.opendatakit.org/xforms"),
    ("ev", "http://www.w3.org/2001/xml-events"),
):
    register_namespace(_prefix, _uri)


@dataclass(frozen=True)
class Listed:
    """A form of the list. Addresses are absolute."""

    form_id: str
    name: str
    version: str
    description: str
    xform: str
    address: str
    manifest: str


def form_id_of(country: str, code: str) -> str:
    """The identifier of a service's form; codes are its own in each country alone."""
    return f"{country}-{code}".lower()


def service_of(form_id: str) -> tuple[str, str]:
    """Country and code that an identifier names."""
    country, _dash, code = form_id.partition("-")
    return country.upper(), code


@lru_cache(maxsize=64)
def app_form(xform: str, form_id: str, version: str, left_out: frozenset[str]) -> str:
    """An XForm under our identifier and version, without the questions of the paths `left_out`.

    Their data stay, so that what is calculated from them can be; nobody is asked for them.
    """
    root = fromstring(xform, forbid_dtd=True)
    for instance in root.iter(f"{{{_XF}}}instance"):
        for data in instance:
            data.set("id", form_id)
            data.set("version", version)
        break
    for bind in root.iter(f"{{{_XF}}}bind"):
        if bind.get("nodeset", "") in left_out:
            for name in _BOUND[:2]:
                bind.attrib.pop(name, None)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("ref", "") in left_out and not str(child.tag).endswith("}setvalue"):
                parent.remove(child)
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="unicode")


def list_xml(forms: Iterable[Listed]) -> str:
    """The list of forms."""
    root = Element("xforms", {"xmlns": _LIST})
    for form in forms:
        one = SubElement(root, "xform")
        digest = hashlib.md5(form.xform.encode(), usedforsecurity=False).hexdigest()
        for name, text in (
            ("formID", form.form_id),
            ("name", form.name),
            ("version", form.version),
            ("hash", f"md5:{digest}"),
            ("descriptionText", form.description),
            ("downloadUrl", form.address),
            ("manifestUrl", form.manifest),
        ):
            SubElement(one, name).text = text
    return _written(root)


def manifest_xml() -> str:
    """The manifest of a form: none of ours has files beside it."""
    return _written(Element("manifest", {"xmlns": _MANIFEST}))


def message_xml(text: str, *, good: bool) -> str:
    """What an app shows after a sending."""
    root = Element("OpenRosaResponse", {"xmlns": _RESPONSE})
    message = SubElement(root, "message", {"nature": "submit_success" if good else "error"})
    message.text = text
    return _written(root)


def secret_in(authorization: str) -> str:
    """The password of HTTP Basic, "" if there is none. The user's name is not looked at."""
    scheme, _blank, told = authorization.partition(" ")
    if scheme.lower() != "basic" or len(told) > 2000:
        return ""
    try:
        plain = base64.b64decode(told.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return plain.partition(":")[2]


def _written(root: Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="unicode")
