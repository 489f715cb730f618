"""A plain XLSForm as a service: its code and name from the form, and one step for the office."""

from __future__ import annotations

import hashlib
import re

from .checking_service import LONGEST_CODE, code_fault
from .definition import State, StepAction

STATES = (
    State(
        "new",
        {"fa": "بررسی درخواست", "ar": "فحص الطلب", "en": "Look at the request"},
        {"fa": "در دست بررسی", "ar": "قيد الفحص", "en": "Being looked at"},
        role="clerk",
        actions=(
            StepAction("finish", {"fa": "انجام شد", "ar": "تم الإنجاز", "en": "Finish"}, "done"),
            StepAction(
                "return",
                {
                    "fa": "اعلام نقص مدارک",
                    "ar": "إعادة لاستيفاء المستندات",
                    "en": "Return for papers",
                },
                "new",
                pauses=True,
            ),
            StepAction(
                "refuse",
                {"fa": "رد درخواست", "ar": "رفض الطلب", "en": "Refuse"},
                "refused",
                requires=("said",),
            ),
        ),
    ),
    State("done", {"fa": "انجام شد", "ar": "تم الإنجاز", "en": "Finished"}, end="done"),
    State(
        "refused",
        {"fa": "موافقت نشد", "ar": "لم يوافق عليه", "en": "Not granted"},
        end="refused",
    ),
)
"""The steps of a service whose workbook has no sheet `steps`."""


def code_of(*names: str) -> str:
    """A code from the first of the names that gives one.

    >>> code_of("فرم", "Household survey (2)")
    'household-survey-2'
    """
    for name in names:
        code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_CODE].strip("-")
        if code and code_fault(code):
            code = f"form-{code}"[:LONGEST_CODE].strip("-")
        if code:
            return code
    return f"form-{hashlib.sha256(''.join(names).encode()).hexdigest()[:8]}"
