"""Answers as form apps send them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diwan.services.rules.submission import NotASubmission, from_xml, identity_of, to_xml

from .forms import form_of, row

FORM = form_of(
    row("text", "name"),
    row("begin group", "home"),
    row("image", "front"),
    row("begin repeat", "kids"),
    row("text", "kid"),
    row("end repeat", "kids_end"),
    row("end group", "home_end"),
)
# Control characters cannot be written in XML at all; a carriage return is read as a new line.
_texts = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")
)


@given(_texts, st.lists(_texts, max_size=3), st.uuids())
@settings(max_examples=40)
def test_answers_go_out_and_come_back(name: str, kids: list[str], instance: Any) -> None:
    answers = {"name": name, "home": {"front": "a b.jpg", "kids": [{"kid": k} for k in kids]}}
    xml = to_xml(FORM, answers, f"uuid:{instance}")
    assert from_xml(FORM, xml) == (answers, f"uuid:{instance}", {"a b.jpg": "/data/home/front"})
    assert identity_of(xml.encode()).form_id == "data"


def test_as_collect_sends_it() -> None:
    xml = b"""<?xml version='1.0' ?><data id="kin" version="3"
      xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa">
      <name>a</name><home><front>1.jpg</front><kids jr:template=""><kid/></kids>
      <kids><kid>b</kid></kids></home><planted>x</planted>
      <orx:meta><orx:instanceID>uuid:7</orx:instanceID></orx:meta></data>"""
    answers, instance, files = from_xml(FORM, xml)
    assert answers == {
        "name": "a",
        "home": {"front": "1.jpg", "kids": [{"kid": "b"}]},
        "planted": "x",
    }
    assert (instance, files) == ("uuid:7", {"1.jpg": "/data/home/front"})
    assert identity_of(xml).version == "3"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<data><name>", "xml"),
        ("", "xml"),
        ('<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><data><name>&b;</name></data>', "xml"),
        ('<!DOCTYPE d SYSTEM "http://x.example/d"><data/>', "xml"),
        ("<?xml version='1.0' encoding='none'?><data/>", "xml"),
        ("<other/>", "form"),
        ("<data>" + "x" * 5_000_000 + "</data>", "size"),
    ],
)
def test_what_is_no_submission_is_refused(xml: str, code: str) -> None:
    with pytest.raises(NotASubmission) as refused:
        from_xml(FORM, xml.encode())
    assert refused.value.code == code
