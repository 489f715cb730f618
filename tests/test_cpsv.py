"""The catalogue of services as programs gather it: what is open to all, in RDF that is valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from rdflib import RDF, Graph, Literal
from rdflib.namespace import DCTERMS

from diwan.directory.tests.factories import UnitFactory
from diwan.interop.rules.cpsv import CPSV, CV
from diwan.services.rules.definition import Cost, Deadline, Law
from diwan.services.tests.factories import SIMPLE, service, variant

pytestmark = [
    pytest.mark.django_db,
    # rdflib's own reader of JSON-LD, and pyshacl, ask for names that rdflib will drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
TEXT = {"fa": "پروانه ساختمان", "ar": "رخصة بناء", "en": "Building licence"}


@pytest.fixture
def made() -> None:
    unit = UnitFactory.create(country="IR")
    whole = variant(
        "whole",
        name=TEXT,
        target=Deadline(20, "working_days"),
        laws=(Law(TEXT, "https://law.example/1"),),
        costs=(Cost(TEXT, "2500000", "IRR"), Cost(TEXT)),
        events=("home",),
        synonyms={"fa": "ساخت، خانه"},
        output=TEXT,
    )
    service(unit, whole)
    service(UnitFactory.create(country="EG"), SIMPLE)
    service(unit, variant("inner", audience="staff"))
    closed = service(unit, variant("closed"))
    closed.state = closed.State.CLOSED
    closed.save()


def read(client: Client, address: str, form: str, **headers: str) -> Graph:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    return Graph().parse(data=answer.content, format=form)


def codes(graph: Graph) -> set[str]:
    return {
        str(graph.value(one, DCTERMS.identifier))
        for one in graph.subjects(RDF.type, CPSV.PublicService)
    }


def test_only_what_is_open_to_all_is_there(made: None, client: Client) -> None:
    everywhere = read(client, "/cpsv.ttl", "turtle")
    assert codes(everywhere) == {"whole", "tree-permit"}
    assert codes(read(client, "/cpsv.ttl?country=eg", "turtle")) == {"tree-permit"}
    (whole,) = everywhere.subjects(DCTERMS.identifier, Literal("whole"))
    assert Literal("رخصة بناء", lang="ar") in set(everywhere.objects(whole, DCTERMS.title))
    assert str(everywhere.value(whole, CV.processingTime)) == "P20D"
    for country in ("germany", "1", "<>"):
        assert client.get("/cpsv.ttl", {"country": country}).status_code == 400


def test_both_forms_say_the_same_and_are_not_sent_twice(made: None, client: Client) -> None:
    turtle = read(client, "/cpsv", "turtle", accept="text/turtle")
    linked = read(client, "/cpsv", "json-ld", accept="application/ld+json")
    assert set(turtle) == set(linked)
    etag = client.get("/cpsv.jsonld")["ETag"]
    assert client.get("/cpsv.jsonld", headers={"if-none-match": etag}).status_code == 304
    assert client.post("/cpsv.ttl").status_code == 405


def test_the_catalogue_passes_the_shapes(made: None, client: Client, shared: Path) -> None:
    import pyshacl  # noqa: PLC0415 - slow to import, and only here

    shapes = shared / "schemas" / "cpsv-ap" / "cpsv-ap-SHACL.ttl"
    conforms, _graph, told = pyshacl.validate(
        read(client, "/cpsv.ttl", "turtle"), shacl_graph=str(shapes)
    )
    assert conforms, told
