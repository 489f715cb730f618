"""`diwan import` and `diwan export`: the register's file, between the disk and interop."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from django.utils.translation import get_language

from diwan.config.prepare import locked
from diwan.config.terminal import progress, say
from diwan.interop import public as interop
from diwan.kernel.policies import Actor


def take_in(files: Sequence[Path]) -> None:
    """Import all files or none, and say what changed. Ends with 1 and every fault if refused."""
    # One import at a time: the second finds what the first has stored.
    try:
        with locked("import"), progress("Importing") as report:
            result = interop.import_files(files, progress=report)
    except interop.ImportRefused as refusal:
        say(str(refusal))
        say("Nothing was changed.")
        raise click.exceptions.Exit(1) from refusal
    say(str(result))


def write_out(file: Path | None, key: str | None, *, popolo: bool = False) -> None:
    """Export to `file`, which appears under its name only when whole, or to standard output."""
    actor = Actor.system("export")
    packed = file is not None and file.suffix == ".zip"
    if popolo:
        content = "".join(interop.export_popolo(actor, get_language() or "en")).encode()
    else:
        content = (interop.export_zip if packed else interop.export_registers)(
            register=key, actor=actor
        )
    if file is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise click.ClickException(f"Cannot write {file}: {error.strerror}.") from error
    say(f"Written to {file}: {len(content):,} bytes.")
