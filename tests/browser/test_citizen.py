"""A citizen on a small telephone, without an account: from the catalogue to a complaint.

Every page on the way fits 320 px and pleases axe. Filing itself stands in test_filing.py, what the
office does meanwhile in test_service_way.py.
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from diwan.directory.tests.factories import UnitFactory, staff
from diwan.services.actions.ratings import open_rating
from diwan.services.models import Case, CasePause, Rating, Service
from diwan.services.rules.codes import written_code
from diwan.services.tests.factories import case, service, variant

from .visitors import Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 320, "height": 640}
WORDS = {
    "fa": {
        "look": "درخت",
        "service": "مجوز هرس درخت",
        "deed": "سند ملک",
        "here": "بررسی مدارک",
        "review": "بررسی کارشناس",
        "good": "خوب",
        "again": "پاسخ درست نبود",
        "complaint": "ثبت شکایت",
    },
    "ar": {
        "look": "شجرة",
        "service": "تصريح تقليم شجرة",
        "deed": "عقد الملكية",
        "here": "فحص المستندات",
        "review": "فحص المختص",
        "good": "جيد",
        "again": "لم يكن الرد صحيحًا",
        "complaint": "تسجيل شكوى",
    },
}


def well(visitor: Visitor) -> None:
    """The page that is open fits the telephone, and axe finds nothing."""
    assert visitor.fits(PHONE["width"]) == []
    assert visitor.axe() == [], visitor.path


def offered(language: str) -> Service:
    """A service and one that takes complaints, at an office with a head."""
    unit = UnitFactory.create(name={"fa": "دفتر خدمات", "ar": "مركز الخدمات"})
    head = staff(unit, "head")
    head.post.versions.update(name={"fa": "رئیس دفتر", "ar": "رئيس المركز"})
    name = {language: WORDS[language]["complaint"]}
    service(unit, variant("grumble", kind="complaint", name=name))
    return service(unit, events=["home"])


def ask(one: Case) -> None:
    """The office asks for the deed."""
    Case.objects.filter(pk=one.pk).update(phase=Case.Phase.WAITING, returned=1)
    asked = [{"paper": "deed", "text": {}, "question": ""}]
    step = one.steps.get()
    CasePause.objects.create(case=one, step=step, asked=asked, since_at=timezone.now())


def grant(one: Case) -> None:
    """The office is done with it."""
    now = timezone.now()
    one.steps.filter(left_at=None).update(left_at=now, action="grant")
    fields = {"phase": "done", "state": "done", "role": "", "ended_at": now, "on_time": True}
    Case.objects.filter(pk=one.pk).update(**fields)
    one.refresh_from_db()
    open_rating(one, now)


def looks_it_up(citizen: Visitor, said: dict[str, str]) -> None:
    """From the catalogue to the service's page."""
    assert citizen.go("services/") == 200
    well(citizen)
    citizen.page.locator("#ask").fill(said["look"])
    citizen.press("Look")
    citizen.follow(citizen.page.get_by_role("link", name=said["service"]))
    citizen.reads(said["service"], said["deed"], citizen.words("How others judged it"))
    well(citizen)


def follows(citizen: Visitor, said: dict[str, str], one: Case) -> None:
    """From the receipt to where the case is, and what is missing."""
    citizen.go(f"services/receipt/{one.code}/")
    citizen.reads(written_code(one.code), said["here"])
    well(citizen)
    ask(one)
    citizen.go("services/follow/")
    citizen.page.locator("input[name=code]").fill(written_code(one.code).lower())
    citizen.press("Show my case")
    citizen.reads(said["deed"], said["review"])
    well(citizen)
    citizen.press("Bring what is missing")
    well(citizen)
    paper = {"name": "deed.txt", "mimeType": "text/plain", "buffer": "سند".encode()}
    citizen.page.locator("input[type=file]").set_input_files(paper)  # type: ignore[arg-type]
    citizen.press("Send it to the office")
    citizen.reads(citizen.words("Thank you. The office has it, and the clock runs again."))


def judges(citizen: Visitor, said: dict[str, str], one: Case) -> None:
    """One judgement, by keyboard; the second is told that there is one."""
    grant(one)
    citizen.go(f"services/follow/{one.code}/")
    citizen.press("Judge the service")
    well(citizen)
    where = citizen.path
    citizen.page.get_by_label(said["good"], exact=False).nth(1).focus()
    citizen.page.keyboard.press("Space")
    citizen.follow(citizen.button("Send my judgement"))
    assert citizen.heading == citizen.words("Thank you")
    citizen.go(where)
    assert citizen.heading == citizen.words("This case was judged already")
    well(citizen)
    assert Rating.objects.get().stars == 4


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_from_the_catalogue_to_a_complaint(language: str, visit: Visit) -> None:
    said = WORDS[language]
    one = case(offered(language), language=language)
    citizen = visit(language, viewport=PHONE)
    looks_it_up(citizen, said)
    follows(citizen, said, one)
    judges(citizen, said, one)
    citizen.go(f"services/complain/?case={one.code}")
    citizen.reads(said["complaint"])
    well(citizen)
    citizen.press("Write the complaint")
    assert citizen.path == f"/{language}/services/grumble/file/"
    citizen.go(f"services/follow/{one.code}/reopen/")
    well(citizen)
    citizen.write("Reason", said["again"])
    citizen.press("Open the case again")
    citizen.reads(said["here"])
    one.refresh_from_db()
    assert (one.phase, one.reopened) == (Case.Phase.OPEN, 1)
