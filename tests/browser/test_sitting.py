"""A whole meeting in the browser, from its agenda to signed minutes and its last action."""

from __future__ import annotations

from pathlib import Path

import pytest

from .sitting import Sitting
from .stories import MEHREGAN, NAKHEEL, Story, stage
from .visitors import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSIAN = {
    "reason": "در جلسه پیش به آن پرداختیم",
    "item": "نوبت‌دهی غیرحضوری در همه پیشخوان‌ها",
    "decision": "نوبت‌دهی غیرحضوری از ابتدای ماه آینده در همه پیشخوان‌ها اجرا شود.",
    "action": "راه‌اندازی نوبت‌دهی غیرحضوری در پیشخوان مرکزی",
}
ARABIC = {
    "reason": "نوقش في الاجتماع السابق",
    "item": "حجز الأدوار عن بُعد في جميع المراكز",
    "decision": "يبدأ حجز الأدوار عن بُعد في جميع المراكز من أول الشهر القادم.",
    "action": "تشغيل حجز الأدوار عن بُعد في المركز الرئيسي",
}


@pytest.mark.parametrize(
    ("story", "texts"), [(MEHREGAN, PERSIAN), (NAKHEEL, ARABIC)], ids=["fa", "ar"]
)
def test_from_the_agenda_to_the_last_action(
    story: Story, texts: dict[str, str], visit: Visit, tmp_path: Path
) -> None:
    sitting = Sitting(stage(story, tmp_path, None), visit, tmp_path, texts)
    sitting.plan()
    sitting.agenda()
    sitting.invite()
    sitting.gather()
    sitting.decide()
    sitting.end()
    sitting.task(sitting.scene.players["owner"].shown)
    sitting.confirmed(sitting.seal())
    sitting.done()
