"""Documents for tests."""

from __future__ import annotations

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from diwan.directory.tests.factories import UnitFactory
from diwan.kernel.policies import Confidentiality
from diwan.kernel.text import search_key
from diwan.library.models import Document


class DocumentFactory(DjangoModelFactory[Document]):
    """A roadmap of a unit, for the country's staff."""

    class Meta:
        model = Document

    unit = SubFactory(UnitFactory)
    register = SelfAttribute("unit.register")
    key = Sequence("document-{}".format)
    kind = "roadmap"
    name = Sequence(lambda n: {"fa": f"نقشه راه {n}", "en": f"Roadmap {n}"})
    confidentiality = Confidentiality.INTERNAL
    search = LazyAttribute(lambda row: search_key(*row.name.values()))
