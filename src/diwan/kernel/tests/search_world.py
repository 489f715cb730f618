"""A fixed world of records for the test set of the search: invented names, the same every time.

Identifiers, days and texts are worked out from a counter, so that the stored answers
(`search_answers.json`) hold on every database. Written anew with
DIWAN_WRITE_ANSWERS=1 in the environment of the test, and then read by a human.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from diwan.kernel.search import CLOSED, PUBLIC, Texts

PLACES = {
    "تبریز": "Tabriz", "شیراز": "Shiraz", "اصفهان": "Isfahan", "مشهد": "Mashhad", "یزد": "Yazd",
    "كرمانشاه": "Kermanshah", "القاهرة": "Cairo", "الإسكندرية": "Alexandria", "أسوان": "Aswan",
}  # fmt: skip
OFFICES = {
    "ادارهٔ فناوری": "Technology Office", "شهرداری": "Municipality", "مدیریت خدمات": "Services",
    "مركز المعلومات": "Information Centre", "کتابخانه": "Library",
}  # fmt: skip
DUTIES = (
    "سامانهٔ نوبت‌دهی را در پیشخوان‌ها راه‌اندازی کند",
    "گزارش ماهانهٔ رضایت‌سنجی را منتشر می‌کند",
    "کتاب‌های کتابخانهٔ شهر را فهرست‌نویسی کند",
    "بودجهٔ سال ۱۴۰۴ را به شورا ارائه دهد",
    "إعداد تقرير الميزانية للمجلس",
    "تدريب الموظفين على النظام الجديد",
    "publish the service catalogue on the portal",
)
PEOPLE = ("سارا نیک‌پندار", "مریم بهروزی", "كريم الوادي", "هدى المنصور", "Robin Example")


@dataclass(frozen=True)
class Made:
    """One record of the world."""

    kind: str
    texts: Texts


def world() -> Iterator[Made]:
    """Every record: units, posts, people, resolutions and actions."""
    count = 0

    def made(kind: str, names: Sequence[str], texts: Sequence[str] = (), number: str = "") -> Made:
        nonlocal count
        count += 1
        day = date(2020, 1, 1) + timedelta(days=count * 7 % 1500)
        reach = (CLOSED, "EG", PUBLIC)[count % 3] if count % 5 == 0 else "IR"
        return Made(kind, Texts(UUID(int=count << 64 | count), day, reach, names, texts, number))

    for place, english in PLACES.items():
        for office, name in OFFICES.items():
            yield made("w.unit", [f"{office} {place}", f"{name} of {english}"])
            yield made("w.post", [f"رئیس {office}"], [f"{office} {place}"])
    for person in PEOPLE:
        yield made("w.person", [person])
    for at, place in enumerate(PLACES):
        for turn, duty in enumerate(DUTIES):
            number = f"{1400 + at}/ش/{turn + 1}"
            yield made("w.resolution", (), [f"{duty} {place}"], number)
            yield made("w.action", (), [duty, number] if turn % 2 else [f"{place}: {duty}", number])


def queries() -> list[str]:
    """What is asked: whole words, beginnings, several words, other spellings, numbers, slips."""
    texts = [made.texts for made in world()]
    names = [name for each in texts for name in each.names]
    found = dict.fromkeys(word for name in names[:60] for word in name.split())
    found |= dict.fromkeys(word[:3] for word in [*found] if len(word) > 4)
    found |= dict.fromkeys(each.number for each in texts[100:160] if each.number)
    found |= dict.fromkeys(names[:20:3])
    return [*found, *ODD]


ODD = (
    "كتابخانه", "کتاب خانه", "کتابها", "کتاب ها", "کتاب‌ها", "ميزانية", "الميزانية", "والميزانية",
    "للمجلس", "نوبتدهی", "نوبت دهی", "نوبت‌دهی", "راه اندازی", "راهاندازی", "می شود", "منتشر میکند",
    "منتشر می‌کند", "۱۴۰۴", "1404", "١٤٠٤", "سال 1404", "1404 ش 1", "۱۴۰۰/ش/۱", "1400-ش-1", "ش",
    "اداره فناوری", "اداره ی فناوری", "فناوری اداره", "تبریز شهرداری", "شهرداری تبریز", "نیکپندار",
    "نیک پندار", "هدی المنصور", "منصور", "هدي", "كريم", "کریم", "library of tabriz", "Lib Tab",
    "LIBRARY", "services", "portal catalogue", "catalog", "گزارش رضایت سنجی", "رضایت‌سنجی", "سنجی",
    "تقریر", "تقرير المجلس", "سامانه پیشخوان", "پیشخوان سامانه", "بودجه شورا 1404", "خانه", "ا",
    "و", "در", "شورا", "شور", "؟", "\"شورا\"", "شورا*", "-شورا", "NEAR", "OR", "aivnhvd",
    "شهرداریی", "تقارير", "ktabkhane", "مجلس القاهرة", "yazd", "1404/ش/2", "کتاب",
)  # fmt: skip


def order(refs: Iterable[tuple[str, UUID]]) -> list[str]:
    """Records as the stored answers name them: the kind's letter and the counter."""
    return [f"{kind[2]}{id_.int & 0xFFFF}" for kind, id_ in refs]
