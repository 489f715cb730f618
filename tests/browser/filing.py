"""A service as one Markdown workbook, for those who fill in its form in a browser."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from diwan.directory.models import Unit
from diwan.services.models import Service
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.workbook import check
from diwan.services.tests import factories

WORKBOOK = """
## service

| property | value | label::fa | label::ar |
| --- | --- | --- | --- |
| code | school-place | | |
| name | | ثبت‌نام مدرسه | التقديم للمدرسة |
| channel | online | | |
| channel | counter | | |
| channel | phone | | |

## steps

| state | label::fa | label::ar | role | deadline | end | action | action_label::fa | action_label::ar | to |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| new | بررسی | فحص | clerk | 2 working_days | | grant | پذیرش | قبول | done |
| done | پذیرفته شد | تم القبول | | | done | | | | |

## survey

| type | name | label::fa | label::ar | hint::fa | hint::ar | required | relevant | constraint | constraint_message::fa | constraint_message::ar | choice_filter | calculation | applicant |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| begin group | family | خانواده | الأسرة | | | | | | | | | | |
| text | parent | نام و نام خانوادگی سرپرست | اسم ولي الأمر | | | yes | | | | | | | name |
| date | moved | تاریخ سکونت در این نشانی | تاريخ السكن في هذا العنوان | | | yes | | . <= today() | این تاریخ در آینده است. | هذا التاريخ في المستقبل. | | | |
| select_one provinces | province | استان | المحافظة | | | yes | | | | | | | |
| select_one cities | city | شهر | المدينة | | | yes | ${province} != '' | | | | province = ${province} | | |
| image | proof | تصویر سند سکونت | صورة مستند السكن | کارت یا قبض | بطاقة أو فاتورة | | | | | | | | |
| end group | | | | | | | | | | | | | |
| begin repeat | kids | فرزند | الطفل | | | | | | | | | | |
| text | kid | نام فرزند | اسم الطفل | | | yes | | | | | | | |
| integer | age | سن | السن | | | yes | | . >= 6 and . <= 18 | سن باید از ۶ تا ۱۸ باشد. | السن من ٦ إلى ١٨. | | | |
| end repeat | | | | | | | | | | | | | |
| calculate | many | | | | | | | | | | | count(${kids}) | |
| note | thanks | شمار فرزندان: ${many} | عدد الأطفال: ${many} | | | | | | | | | | |

## choices

| list_name | name | label::fa | label::ar | province |
| --- | --- | --- | --- | --- |
| provinces | nk | خراسان شمالی | خراسان الشمالية | |
| provinces | gz | جیزه | الجيزة | |
| cities | bojnord | بجنورد | بجنورد | nk |
| cities | shirvan | شیروان | شيروان | nk |
| cities | haram | هرم | الهرم | gz |
| cities | dokki | دقی | الدقي | gz |
"""
"""What a form can have: a cascade, a date, a photo, a repeat, a calculation."""


class Anything:
    """A house that knows every name."""

    def unit(self, key: str) -> bool:  # noqa: ARG002 - any
        """Yes."""
        return True

    def kinds(self) -> tuple[str, ...]:
        """Any kind."""
        return ()

    def service(self, code: str) -> bool:  # noqa: ARG002 - any
        """Yes."""
        return True


def opened(unit: Unit, text: str = WORKBOOK) -> Service:
    """The service of a Markdown workbook, open at a unit."""
    read = read_workbook(text.encode(), "service.md")
    checked = check(read, Anything(), name="service.md")
    assert checked.faults == (), checked.faults
    assert checked.definition is not None
    assert checked.form is not None
    made = factories.service(unit, checked.definition, checked.form)
    assert made.current is not None
    made.current.xform = checked.xform
    made.current.save()
    return made


def photo(folder: Path) -> Path:
    """A small picture as a telephone takes it."""
    path = folder / "photo.jpg"
    Image.new("RGB", (320, 240), "teal").save(path)
    return path
