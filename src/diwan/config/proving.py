"""`diwan audit`: verify the seals, publish them, and prove one entry; between kernel and disk."""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.config.terminal import progress, say
from diwan.kernel import proofs, verifying
from diwan.kernel.seals import SealFacts
from diwan.kernel.verifying import Report

SHOWN = 20
"""Findings that are told; how many more there are is said."""


def verify(against: Path | None, *, as_json: bool) -> None:
    """Verify everything and tell it; ends with 1 where something sealed was touched."""
    published = proofs.read_chain(against.read_text(encoding="utf-8")) if against else []
    at, begun = timezone.now(), time.monotonic()
    with progress(_("Verifying")) as told:
        report = verifying.verify(at, against=published, told=lambda n, total: told(n, total, ""))
    verifying.keep(report, at)
    seconds = time.monotonic() - begun
    if as_json:
        click.echo(json.dumps(as_data(report, published, seconds), ensure_ascii=False, indent=1))
    else:
        for line in lines(report, published, seconds):
            click.echo(line)
    if not report.whole:
        raise click.exceptions.Exit(1)


def lines(report: Report, published: list[SealFacts], seconds: float) -> Iterable[str]:
    """What was found, in the language of the terminal; the verdict and the first fault lead."""
    if report.whole:
        yield _("Whole: nothing that is sealed was changed, removed, inserted or moved.")
    else:
        yield _("NOT WHOLE. The first fault: %(finding)s") % {
            "finding": report.findings[0].sentence()
        }
        for finding in report.findings[1:SHOWN]:
            yield f"  {finding.sentence()}"
        more = report.bad - min(len(report.findings), SHOWN)
        if more > 0:
            yield ngettext("  and %(n)s more", "  and %(n)s more", more) % {"n": more}
    yield ngettext("%(n)s entry is sealed.", "%(n)s entries are sealed.", report.entries) % {
        "n": report.entries
    }
    yield ngettext(
        "%(n)s entry is not sealed yet and was not proved.",
        "%(n)s entries are not sealed yet and were not proved.",
        report.waiting,
    ) % {"n": report.waiting}
    if published and report.whole:
        yield _("All published seals are there, up to number %(number)s.") % {
            "number": published[-1].number
        }
    if seconds >= 1:
        yield _("%(speed)s entries a second.") % {"speed": round(report.entries / seconds)}


def as_data(report: Report, published: list[SealFacts], seconds: float) -> dict[str, Any]:
    """The same for programs."""
    found = [
        {
            **{k: str(v) for k, v in asdict(finding).items() if v not in {None, ""}},
            "sentence": finding.sentence(),
        }
        for finding in report.findings
    ]
    return {
        "whole": report.whole,
        "seals": report.seals,
        "entries": report.entries,
        "not_sealed_yet": report.waiting,
        "faults": report.bad,
        "first": found[0] if found else None,
        "findings": found,
        "published_compared": len(published),
        "seconds": round(seconds, 3),
    }


def publish(file: Path) -> None:
    """Write the chain of seals to `file`, which appears under its name only when whole."""
    _write(file, proofs.chain_as_json(timezone.now()))
    say(_("Written. Put it where nobody of this house can change it, and keep older ones."))


def proof(entry: UUID, file: Path | None) -> None:
    """Write the proof of an entry to `file`, else to standard output."""
    text = json.dumps(proofs.proof_of(entry), ensure_ascii=False, indent=1)
    if file is None:
        click.echo(text)
        return
    _write(file, [text, "\n"])


def _write(file: Path, pieces: Iterable[str]) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as opened:
            opened.writelines(pieces)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise click.ClickException(f"Cannot write {file}: {error.strerror}.") from error
