"""Words of the room that others use, too."""

from __future__ import annotations

SERVICE = "services.service"
VERSION = "services.version"
CASE = "services.case"
DRAFT = "services.draft"
RATING = "services.rating"

LANGUAGES = ("fa", "ar", "en")

# Facts, told in the transaction of the action; their data name service, unit and version.
FILED = "services.case_filed"
MOVED = "services.case_moved"
RETURNED = "services.case_returned"
RESUMED = "services.case_resumed"
ENDED = "services.case_ended"
REOPENED = "services.case_reopened"
RATED = "services.case_rated"
PUBLISHED = "services.version_published"
LATE = "services.case_late"

WITHDRAWN = "_withdrawn"
"""The way out of a step that no workbook names: the applicant withdrew the case."""

# Notices about a case: to the applicant's number or address, to who owes the step, to the head.
TO_APPLICANT = "services.to_applicant"
TO_OWNER = "services.to_owner"
TO_HEAD = "services.to_head"

# About an inquiry: to the department that is asked, to who asked. About few stars: to the head.
TO_ASKED = "services.to_asked"
TO_ASKER = "services.to_asker"
FEW_STARS = "services.few_stars"
