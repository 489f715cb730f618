"""Filing online: page by page, kept for later, and filed once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.directory.tests.factories import UnitFactory
from diwan.services.models import Case, Draft

from .factories import service

pytestmark = pytest.mark.django_db


def where(name: str, *args: object, language: str = "fa") -> str:
    with override(language):
        return reverse(f"services:{name}", args=args)


@pytest.fixture
def offered() -> object:
    return service(UnitFactory.create())


def test_the_way_of_a_citizen(offered: object, client: Client) -> None:
    url = where("file", "tree-permit")
    page = client.get(url)
    assert page.status_code == 200
    assert Draft.objects.count() == 0
    sent = {"q/name": "سارا بهاری", "q/trees": "۲", "shown": "/data/kind", "q/kind": "plane"}
    answer = client.post(url, {**sent, "go": "next"})
    assert answer.status_code == 302, answer.content.decode()
    draft = Draft.objects.get()
    assert draft.answers == {"name": "سارا بهاری", "trees": "2", "kind": "plane"}
    about = client.get(answer["Location"])
    assert "شماره" in about.content.decode()
    answer = client.post(answer["Location"], {"phone": "۰۹۱۲۰۰۰۰۰۰۰", "go": "next"})
    check = client.get(answer["Location"])
    assert "سارا بهاری" in check.content.decode()
    assert "چنار" in check.content.decode()
    answer = client.post(answer["Location"], {"go": "file"})
    case = Case.objects.get()
    assert answer["Location"] == where("receipt", case.code)
