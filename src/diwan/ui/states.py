"""How a job and a notice stand, as tags: words with a tone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from diwan.kernel.models import Job, JobState, Notice, NoticeState

from .components import Tag, Text

_JOB_TONES: Mapping[str, str] = {
    JobState.WAITING: "quiet",
    JobState.RUNNING: "new",
    JobState.DONE: "done",
    JobState.REFUSED: "due",
    JobState.DEAD: "late",
    JobState.DROPPED: "quiet",
}
_NOTICE_TONES: Mapping[str, str] = {
    NoticeState.QUEUED: "quiet",
    NoticeState.SENDING: "new",
    NoticeState.SENT: "done",
    NoticeState.IN_DOUBT: "due",
    NoticeState.CARRIED: "done",
    NoticeState.FAILED: "late",
    NoticeState.DEAD: "late",
    NoticeState.LEFT: "quiet",
    NoticeState.SKIPPED: "quiet",
}


def job_tag(job: Job) -> Tag:
    """How the job stands."""
    return Tag(cast("Text", JobState(job.state).label), _JOB_TONES[job.state])


def notice_tag(notice: Notice) -> Tag:
    """How the notice stands."""
    return Tag(cast("Text", NoticeState(notice.state).label), _NOTICE_TONES[notice.state])
