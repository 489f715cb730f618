"""A large upload is taken in by the worker: its files wait in the data folder until then."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.public import require_elevated
from diwan.kernel import jobs
from diwan.kernel.errors import Refused
from diwan.kernel.ids import new_id
from diwan.kernel.models import Job
from diwan.kernel.policies import Actor
from diwan.kernel.text import isolate

from .importing import import_files

JOB = "interop.import"
LARGE = 256 * 1024
"""Bytes of upload from which the worker does it: about a hundred meetings."""


def is_large(uploads: Sequence[UploadedFile[Any]]) -> bool:
    """True if taking these in would keep the page waiting."""
    return sum(upload.size or 0 for upload in uploads) > LARGE


def import_later(actor: Actor, uploads: Sequence[UploadedFile[Any]]) -> Job:
    """Park the files and ask for the job that takes them in.

    Raises Forbidden without elevation, Refused where the data folder has no room.
    """
    require_elevated(actor)
    name = new_id().hex
    folder = _folder(name)
    names = [upload.name or str(n + 1) for n, upload in enumerate(uploads)]
    try:
        folder.mkdir(parents=True)
        for n, upload in enumerate(uploads):
            with (folder / str(n)).open("wb") as file:
                file.writelines(upload.chunks())
        with transaction.atomic():
            label = ", ".join(isolate(each) for each in names)
            return jobs.enqueue(JOB, {"folder": name, "names": names}, actor=actor, label=label)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(
            _("There is no room for these files here. Ask whoever runs this house."),
            field="uploads",
        ) from error


@jobs.job(JOB, label=gettext_lazy("Taking registers in"), attempts=3, atomic=True)
def take_in(folder: str, names: Sequence[str]) -> dict[str, Any]:
    """Take parked files in, once: the note that it is done is part of the same transaction.

    Raises ImportRefused with every fault: then nothing was stored.
    """
    place = _folder(folder)
    row = jobs.present()
    actor = jobs.asker_of(row) if row else None
    paths: Mapping[Path, str] = {place / str(n): name for n, name in enumerate(names)}
    if not all(path.exists() for path in paths):
        raise Refused(_("The files are not here any more. Upload them again."))
    report = import_files(list(paths), actor=actor, names=paths, progress=jobs.report)
    return {"lines": str(report).split("\n"), "url": reverse("interop:registers")}


def clear_parked(before: datetime) -> int:
    """Delete parked files older than `before`; returns how many uploads went."""
    gone = 0
    root = _folder("")
    for place in root.iterdir() if root.exists() else ():
        if place.stat().st_mtime < before.timestamp():
            shutil.rmtree(place, ignore_errors=True)
            gone += 1
    return gone


def _folder(name: str) -> Path:
    return Path(settings.DIWAN_HOME) / "imports" / name
