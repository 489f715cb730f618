"""What is printed on A4: the register, a meeting, a desk and a handover sheet.

The words stand on the paper, a table's head on each of its pages, and nothing that only a screen
can use.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.accounts.tests.factories import UserFactory
from diwan.councils.models import Action, Meeting
from diwan.directory.models import Handover, Person
from diwan.directory.public import link_user
from diwan.interop.public import load_sample
from diwan.kernel.policies import Actor
from diwan.kernel.text import local

from .visitors import Visit, Visitor, bare

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A4 = (595, 842)
PAGE = re.compile(rb"/Type\s*/Page\b")
BOX = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")


@pytest.fixture
def sample(db: None, tmp_path: Path, settings: object) -> None:
    """The invented registers with their accounts."""
    settings.DIWAN_HOME = tmp_path  # type: ignore[attr-defined] # pytest-django's
    load_sample()


def reader(visit: Visit, language: str, person: str) -> Visitor:
    """Somebody of the sample, signed in; whoever has no account gets one."""
    row = Person.objects.get(register__key="mehregan", key=person)
    user = row.user or UserFactory.create()
    link_user(Actor.system("test"), row, user.pk)
    client = Client()
    client.force_login(user)
    visitor = visit(language)
    visitor.carry(client)
    return visitor


def addressed(language: str, name: str, *args: object) -> str:
    with override(language):
        return reverse(name, args=args)


def printed(visitor: Visitor, path: str, folder: Path) -> list[str]:
    """The words of each page on paper; without pdftotext as many empty ones as there are pages."""
    assert visitor.go(path) == 200
    visitor.page.wait_for_load_state("networkidle")  # styles for paper come after all others
    paper = folder / "page.pdf"
    data = visitor.page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    box = BOX.search(data)
    assert box is not None
    assert (round(float(box[1])), round(float(box[2]))) == A4
    if shutil.which("pdftotext") is None:
        return [""] * len(PAGE.findall(data))
    ran = subprocess.run(["pdftotext", paper, "-"], capture_output=True, check=True)
    return ran.stdout.decode().split("\f")[:-1]


def on_paper(visitor: Visitor) -> str:
    """What the page that is open says on paper, as the browser lays it out."""
    visitor.page.emulate_media(media="print")
    said = bare(visitor.page.locator("body").inner_text())
    for useless in ("nav", ".search", ".languages", ".tools", ".button", ".pager", ".skip"):
        for one in visitor.page.locator(useless).all():
            assert not one.is_visible(), f"{visitor.path}: {useless} is printed"
    visitor.page.emulate_media(media="null")
    return said


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_sheets_of_paper(language: str, visit: Visit, sample: None, tmp_path: Path) -> None:
    secretary = reader(visit, language, "rastegar")
    meeting = Meeting.objects.get(body__register__key="mehregan", key="s3")
    handover = Handover.objects.get(from_post__key="counters-head")
    resolved = [local(one.text, language)[0] for one in meeting.resolutions.all()]
    officer = reader(visit, language, "bahari")
    head = reader(visit, language, "roshandel")
    duty = local(Action.objects.get(key="s3-r2-2").text, language)[0]
    for visitor, path, must in (
        (secretary, addressed(language, "councils:meeting", meeting.pk), resolved),
        (secretary, addressed(language, "councils:meeting_sheet", meeting.pk), resolved),
        (officer, addressed(language, "desk:home"), [duty]),
        (head, addressed(language, "directory:handover", handover.pk), []),
    ):
        pages = printed(visitor, path, tmp_path)
        assert 1 <= len(pages) <= 6, f"{path}: {len(pages)} pages"
        said = on_paper(visitor)
        assert [text for text in [visitor.heading, *must] if text not in said] == []


def test_a_long_register_repeats_its_head(visit: Visit, sample: None, tmp_path: Path) -> None:
    secretary = reader(visit, "en", "rastegar")
    pages = printed(secretary, addressed("en", "councils:register") + "?all=1", tmp_path)
    assert len(pages) >= 2
    head = secretary.page.locator("table.register thead th").first
    assert head.count() == 1
    words = head.text_content() or ""
    if any(pages):
        rows = [page for page in pages if page.count("\n") > 10]
        assert all(words.strip() in page for page in rows)
        assert "roadmap" in "".join(pages)
    assert "The roadmap is adopted." in on_paper(secretary)
