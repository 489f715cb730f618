"""The catalogue of services as CPSV-AP 3.2, an RDF graph out of plain data.

The vocabulary is that of the Core Public Service Vocabulary Application Profile 3.2.0. Its shapes
ask of every value that it says what it is: each language, place, event and classification named
here is therefore described, too, if only by its type and a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal as OneOf
from urllib.parse import quote

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD

Texts = Mapping[str, str]

CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
LANGUAGES = Namespace("http://publications.europa.eu/resource/authority/language/")
CURRENCIES = Namespace("http://publications.europa.eu/resource/authority/currency/")
COUNTRIES = Namespace("http://publications.europa.eu/resource/authority/country/")

LANGUAGE_CODES = {"fa": "FAS", "ar": "ARA", "en": "ENG"}
COUNTRY_CODES = {"IR": "IRN", "EG": "EGY"}
CHANNEL_TYPES = {
    "online": "E-service",
    "api": "E-service",
    "collect": "Mobile application",
    "open311": "Mobile application",
    "phone": "Telephone",
    "counter": "Service desk",
}
PREFIXES: dict[str, Namespace] = {"cpsv": CPSV, "cv": CV, "eli": ELI, "adms": ADMS}


@dataclass(frozen=True)
class Organisation:
    """The unit that answers for a service or offers it."""

    key: str
    name: Texts
    country: str
    page: str


@dataclass(frozen=True)
class Named:
    """Something with a key, a name and perhaps words about it and an address."""

    key: str
    name: Texts
    note: Texts = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True)
class Price:
    """What a service costs. `amount` is a decimal number, empty where it varies."""

    name: Texts
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True)
class OpenService:
    """What everybody may know of a service. `duration` is ISO 8601, empty without a promise."""

    key: str
    code: str
    name: Texts
    description: Texts
    owner: Organisation
    page: str
    kind: OneOf["service", "complaint", "duty"] = "service"
    offered: tuple[Organisation, ...] = ()
    keywords: Texts = field(default_factory=dict)
    audience: Texts = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    papers: tuple[Named, ...] = ()
    laws: tuple[Named, ...] = ()
    events: tuple[Named, ...] = ()
    output: Texts = field(default_factory=dict)
    prices: tuple[Price, ...] = ()
    steps: tuple[Texts, ...] = ()
    duration: str = ""


class Catalogue:
    """The graph of a house's services. `base` is the address under which its records are named."""

    def __init__(self, base: str, title: Texts, license_url: str) -> None:
        self.base = base
        self.graph = Graph()
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace)
        self.dataset = URIRef(base)
        self._is(self.dataset, DCAT.Dataset)
        self._texts(self.dataset, DCTERMS.title, title)
        self._texts(self.dataset, DCTERMS.description, title)
        self._add(self.dataset, DCTERMS.identifier, Literal(base))
        self._add(self.dataset, DCTERMS.license, URIRef(license_url))

    def published_by(self, organisation: Organisation) -> None:
        """Say who publishes the catalogue."""
        self._add(self.dataset, DCTERMS.publisher, self._organisation(organisation))

    def add(self, service: OpenService) -> None:
        """Describe one service and everything that it names."""
        this = self._uri("services", service.key)
        self._is(this, CPSV.PublicService)
        self._add(this, DCTERMS.identifier, Literal(service.code))
        self._texts(this, DCTERMS.title, service.name)
        self._texts(this, DCTERMS.description, service.description or service.name)
        for language, words in service.keywords.items():
            for word in _split(words):
                self._add(this, DCAT.keyword, Literal(word, lang=language))
        self._add(this, DCTERMS.isPartOf, self.dataset)
        self._add(self.dataset, DCTERMS.hasPart, this)
        self._page(this, service.page)
        self._about(this, service)
        for organisation in (service.owner, *service.offered):
            known = self._organisation(organisation)
            if organisation == service.owner:
                self._add(this, CV.hasCompetentAuthority, known)
            else:
                self._participation(this, service, organisation, known)
        channels = [self._channel(this, service, word) for word in service.channels]
        self._needs(this, service, channels)
        self._rules(this, service)

    def _about(self, this: URIRef, service: OpenService) -> None:
        for language in service.name:
            if code := LANGUAGE_CODES.get(language):
                self._is(LANGUAGES[code], DCTERMS.LinguisticSystem)
                self._add(this, DCTERMS.language, LANGUAGES[code])
        self._add(this, DCTERMS.spatial, self._place(service.owner.country))
        self._add(this, DCTERMS.type, self._concept("types", service.kind, {"en": service.kind}))
        if service.audience:
            audience = self._concept("audiences", service.key, service.audience)
            self._add(this, DCTERMS.audience, audience)
        if service.duration:
            self._add(this, CV.processingTime, Literal(service.duration, datatype=XSD.duration))
        for event in service.events:
            of = self._uri("events", event.key)
            self._is(of, CV.Event)
            self._is(of, CV.LifeEvent)
            self._add(of, DCTERMS.identifier, Literal(event.key), once=True)
            self._texts(of, DCTERMS.title, event.name)
            self._add(of, CV.hasRelatedService, this)
            self._add(this, CV.isGroupedBy, of)

    def _participation(
        self, this: URIRef, service: OpenService, organisation: Organisation, known: URIRef
    ) -> None:
        of = self._uri("participations", f"{service.key}-{organisation.key}")
        self._is(of, CV.Participation)
        self._add(of, DCTERMS.identifier, Literal(str(of)))
        self._texts(of, DCTERMS.description, organisation.name)
        self._add(of, CV.role, self._concept("roles", "provider", {"en": "service provider"}))
        self._is(known, FOAF.Agent)
        self._add(of, CV.hasParticipant, known)
        self._add(this, CV.hasParticipation, of)

    def _channel(self, this: URIRef, service: OpenService, word: str) -> URIRef:
        of = self._uri("channels", f"{service.key}-{word}")
        self._is(of, CV.Channel)
        self._add(of, DCTERMS.identifier, Literal(str(of)))
        name = CHANNEL_TYPES.get(word, word)
        self._add(of, DCTERMS.type, self._concept("channel-types", word, {"en": name}))
        self._page(of, service.page)
        self._add(this, CV.hasChannel, of)
        return of

    def _needs(self, this: URIRef, service: OpenService, channels: Iterable[URIRef]) -> None:
        channels = list(channels)
        for paper in service.papers:
            of = self._described("evidence", service, paper, CV.Evidence)
            self._add(this, CPSV.hasInput, of)
            for channel in channels:
                self._add(channel, CPSV.hasInput, of)
        if service.output:
            made = self._described("outputs", service, Named("output", service.output), CV.Output)
            self._add(this, CPSV.produces, made)
        for place, price in enumerate(service.prices, start=1):
            of = self._uri("costs", f"{service.key}-{place}")
            self._is(of, CV.Cost)
            self._add(of, DCTERMS.identifier, Literal(str(of)))
            self._texts(of, DCTERMS.description, price.name)
            amount = _number(price.amount)
            if amount is not None:
                self._add(of, CV.hasValue, Literal(amount, datatype=XSD.double))
            if price.currency:
                currency = CURRENCIES[quote(price.currency)]
                self._labelled(currency, {"en": price.currency})
                self._add(of, CV.currency, currency)
            self._add(this, CV.hasCost, of)

    def _rules(self, this: URIRef, service: OpenService) -> None:
        laws = []
        for law in service.laws:
            of = URIRef(law.url) if law.url else self._uri("laws", f"{service.key}-{law.key}")
            self._is(of, ELI.LegalResource)
            self._texts(of, DCTERMS.title, law.name)
            self._add(this, CV.hasLegalResource, of)
            laws.append(of)
        for place, step in enumerate(service.steps, start=1):
            named = Named(str(place), step, step)
            rule = self._described("rules", service, named, CPSV.Rule)
            self._add(this, CPSV.follows, rule)
            for law_of in laws:
                self._add(rule, CPSV.implements, law_of)

    def _described(self, path: str, service: OpenService, named: Named, kind: URIRef) -> URIRef:
        of = self._uri(path, f"{service.key}-{named.key}")
        self._is(of, kind)
        self._add(of, DCTERMS.identifier, Literal(str(of)))
        self._texts(of, DCTERMS.title, named.name)
        self._texts(of, DCTERMS.description, named.note)
        return of

    def _organisation(self, organisation: Organisation) -> URIRef:
        of = self._uri("organisations", organisation.key)
        self._is(of, CV.PublicOrganisation)
        self._is(of, FOAF.Agent)
        self._add(of, DCTERMS.identifier, Literal(organisation.key), once=True)
        self._texts(of, SKOS.prefLabel, organisation.name)
        self._texts(of, DCTERMS.title, organisation.name)
        self._add(of, DCTERMS.spatial, self._place(organisation.country))
        self._page(of, organisation.page)
        return of

    def _place(self, country: str) -> URIRef:
        of = COUNTRIES[COUNTRY_CODES.get(country, country)]
        self._is(of, DCTERMS.Location)
        return of

    def _concept(self, path: str, key: str, label: Texts) -> URIRef:
        of = self._uri(path, key)
        self._labelled(of, label)
        return of

    def _labelled(self, of: URIRef, label: Texts) -> None:
        self._is(of, SKOS.Concept)
        self._texts(of, SKOS.prefLabel, label)

    def _page(self, of: URIRef, address: str) -> None:
        page = URIRef(address)
        self._is(page, FOAF.Document)
        self._add(of, FOAF.page, page)

    def _uri(self, path: str, key: str) -> URIRef:
        return URIRef(f"{self.base}/{path}/{quote(key, safe='-._~')}")

    def _is(self, of: URIRef, kind: URIRef) -> None:
        self._add(of, RDF.type, kind)

    def _texts(self, of: URIRef, path: URIRef, texts: Texts) -> None:
        for language, text in texts.items():
            if text:
                self._add(of, path, Literal(text, lang=language))

    def _add(
        self, of: URIRef, path: URIRef, value: URIRef | Literal, *, once: bool = False
    ) -> None:
        if not once or (of, path, None) not in self.graph:
            self.graph.add((of, path, value))


def context() -> dict[str, str]:
    """The prefixes with which the catalogue is written as JSON-LD."""
    known = {"dct": DCTERMS, "skos": SKOS, "foaf": FOAF, "dcat": DCAT, "xsd": XSD, "rdfs": RDFS}
    return {prefix: str(uri) for prefix, uri in (PREFIXES | known).items()}


def duration_of(amount: float, unit: str) -> str:
    """A length of time as ISO 8601 writes it. Working days are told as days: it knows no others.

    >>> duration_of(20, "working_days"), duration_of(1.5, "working_hours")
    ('P20D', 'PT1H30M')
    """
    if unit != "working_hours":
        return f"P{max(1, round(amount))}D"
    hours, minutes = divmod(round(amount * 60), 60)
    return f"PT{hours}H{minutes}M" if minutes else f"PT{hours}H"


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.replace("،", ",").split(",") if word.strip()]


def _number(amount: str) -> float | None:
    try:
        return float(amount)
    except ValueError:
        return None
