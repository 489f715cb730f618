"""`diwan files check`: every content against its checksum."""

from __future__ import annotations

import click

from diwan.config.terminal import say
from diwan.kernel import files
from diwan.kernel.models import StoredFile


def check_all() -> bool:
    """Print a line for each content that is missing or damaged; True if all is well."""
    looked = wrong = 0
    for found in files.examine():
        looked += 1
        if found is None:
            continue
        wrong += 1
        uses = StoredFile.objects.filter(blob_id=found.sha256).order_by("added_at")
        names = ", ".join(dict.fromkeys(uses.values_list("name", flat=True)))
        click.echo(f"{found.kept.value}\t{found.sha256}\t{names or '(nothing uses it)'}")
    say(f"{looked} contents looked at; {wrong} of them are not well.")
    return not wrong
