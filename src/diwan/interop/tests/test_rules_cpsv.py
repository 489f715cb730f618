"""The catalogue as RDF: what is said of a service, and that every value says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from diwan.interop.rules.cpsv import (
    CPSV,
    CV,
    Catalogue,
    Named,
    OpenService,
    Organisation,
    Price,
    context,
    duration_of,
)

OWNER = Organisation("unit-1", {"fa": "شهرداری ارغوان", "en": "City"}, "IR", "https://d.example/u")
TEXT = {"fa": "مجوز هرس درخت", "ar": "تصريح تقليم شجرة", "en": "Permit to prune a tree"}
FULL = OpenService(
    key="IR-tree-permit",
    code="tree-permit",
    name=TEXT,
    description=TEXT,
    owner=OWNER,
    page="https://d.example/fa/services/tree-permit/",
    offered=(OWNER, Organisation("unit-2", TEXT, "EG", "https://d.example/u2")),
    keywords={"fa": "درخت، هرس", "en": "tree, prune"},
    audience=TEXT,
    channels=("online", "counter"),
    papers=(Named("deed", TEXT, TEXT), Named("photo", TEXT)),
    laws=(Named("1", TEXT), Named("2", TEXT, url="https://d.example/law")),
    events=(Named("home", TEXT),),
    output=TEXT,
    prices=(Price(TEXT, "2500000", "IRR"), Price(TEXT)),
    steps=(TEXT, TEXT),
    duration="P20D",
)


def made(*services: OpenService) -> Graph:
    catalogue = Catalogue("https://d.example/cpsv", TEXT, "https://d.example/licence")
    catalogue.published_by(OWNER)
    for service in services:
        catalogue.add(service)
    return catalogue.graph


def test_what_a_service_says_is_in_the_graph() -> None:
    graph = made(FULL)
    (this,) = graph.subjects(RDF.type, CPSV.PublicService)
    assert set(graph.objects(this, DCTERMS.title)) == {
        Literal(text, lang=language) for language, text in TEXT.items()
    }
    (owner,) = graph.objects(this, CV.hasCompetentAuthority)
    assert Literal("شهرداری ارغوان", lang="fa") in set(graph.objects(owner, SKOS.prefLabel))
    assert len(list(graph.objects(this, CV.hasChannel))) == 2
    assert len(list(graph.objects(this, CPSV.hasInput))) == 2
    values = [graph.value(cost, CV.hasValue) for cost in graph.objects(this, CV.hasCost)]
    assert sorted(str(value) for value in values) == ["2500000.0", "None"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_json_ld_and_turtle_say_the_same() -> None:
    graph = made(FULL)
    turtle = Graph().parse(data=graph.serialize(format="turtle"), format="turtle")
    text = graph.serialize(format="json-ld", context=context(), auto_compact=True)
    assert json.loads(text)["@context"]["cpsv"] == str(CPSV)
    linked = Graph().parse(data=text, format="json-ld")
    assert set(turtle) == set(graph) == set(linked)


@given(st.floats(0.02, 2000), st.sampled_from(["working_hours", "working_days", "calendar_days"]))
def test_a_duration_is_one_of_xml_schema(amount: float, unit: str) -> None:
    literal = Literal(
        duration_of(amount, unit), datatype=URIRef("http://www.w3.org/2001/XMLSchema#duration")
    )
    assert literal.value is not None
    assert literal.value.total_seconds() > 0


# pyshacl asks rdflib for names that it will drop.
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl"
)
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize("services", [(FULL,), ()], ids=["full", "empty"])
def test_the_catalogue_passes_the_shapes(services: tuple[OpenService, ...], shared: Path) -> None:
    import pyshacl  # noqa: PLC0415 - slow to import, and only here

    shapes = shared / "schemas/cpsv-ap/cpsv-ap-SHACL.ttl"
    least = OpenService("IR-x", "x", {"en": "X"}, {}, OWNER, "https://d.example/x")
    conforms, _graph, told = pyshacl.validate(
        made(*services, least), shacl_graph=str(shapes), inference="none"
    )
    assert conforms, told
