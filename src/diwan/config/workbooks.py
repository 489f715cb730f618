"""`diwan service`: workbooks between the disk and the services room."""

import os
import sys
from pathlib import Path

import click
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from diwan.config.terminal import say
from diwan.directory.models import Unit
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in
from diwan.services.actions.definitions import publish, upload
from diwan.services.actions.keeping import forget_months, keep_months
from diwan.services.errors import WorkbookFaults
from diwan.services.models import Service, ServiceVersion
from diwan.services.queries.faults import sentence_of
from diwan.services.queries.services import House, sheets_of
from diwan.services.rules.checking import Anything, Known
from diwan.services.rules.markdown import to_markdown
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.sheets import Unreadable
from diwan.services.rules.spreadsheet import to_xlsx
from diwan.services.rules.workbook import check

AT_ONCE = 12
"""So many months are summed up between two words of how far it is."""


def check_file(file: Path, language: str | None) -> bool:
    """Say what is wrong with a workbook, one line each; whether nothing is."""
    with translation.override(language or translation.get_language()):
        try:
            found = check(read_workbook(file.read_bytes(), file.name), _known(), name=file.name)
        except Unreadable as error:
            say(sentence_of(error.fault))
            return False
        for fault in found.faults:
            say(sentence_of(fault))
        for warning in found.warnings:
            say(f"({sentence_of(warning)})")
    if found.definition is None or found.form is None:
        return False
    states = len(found.definition.states)
    questions = sum(node.kind == "question" for node in found.form.by_path.values())
    click.echo(f"{found.definition.code}: {questions} questions, {states} states")
    return True


def _known() -> Known:
    """The one country of this home; whatever is asked where there is none, or there are several."""
    try:
        countries = list(Unit.objects.values_list("country", flat=True).distinct()[:2])
    except DatabaseError:
        return Anything()
    if len(countries) != 1:
        return Anything()
    return House(countries[0], today_in(countries[0], timezone.now()))


def publish_file(file: Path, owner: str, note: str) -> None:
    """Publish a workbook in one go, or say every fault and end with 1."""
    actor = Actor.system("service publish")
    try:
        with transaction.atomic():
            version = upload(actor, file.read_bytes(), file.name, owner=_unit(owner))
            if version.state == ServiceVersion.State.PUBLISHED:
                say(f"{version.service.code} stands so already: version {version.number}.")
                return
            service = publish(actor, version, note=note)
    except WorkbookFaults as refusal:
        for fault in refusal.faults:
            say(sentence_of(fault))
        say("Nothing was changed.")
        raise click.exceptions.Exit(1) from refusal
    say(f"{service.code} is published: version {version.number}.")


def _unit(key: str) -> Unit:
    found = list(Unit.objects.filter(key=key)[:2])
    if not found:
        raise Refused(f"There is no unit with the key {key}.")
    if len(found) > 1:
        raise Refused(f"There are several units with the key {key}: publish on the page instead.")
    return found[0]


def write_out(code: str, file: Path | None, kind: str, country: str | None) -> None:
    """Write a published workbook to `file`, or to standard output."""
    content = _content(code, kind, country)
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


def _content(code: str, kind: str, country: str | None) -> bytes:
    found = Service.objects.filter(code=code, current__isnull=False)
    services = list(found.filter(country=country.upper()) if country else found)
    if not services:
        raise Refused(f"There is no published service with the code {code}.")
    if len(services) > 1:
        countries = ", ".join(sorted(service.country for service in services))
        raise Refused(f"Several countries have a service {code}: give --country ({countries}).")
    version = services[0].current
    sheets = sheets_of(version) if version is not None else None
    if sheets is None:
        raise Refused(f"The workbook of {code} is not stored here.")
    return to_xlsx(sheets) if kind == "xlsx" else to_markdown(sheets, code).encode()


def sum_up() -> None:
    """Forget the months of the figures that are summed up, and sum them up anew."""
    forget_months()
    count = 0
    while done := keep_months(timezone.now(), most=AT_ONCE):
        count += done
        say(f"{count} months are summed up.")
    say("All months are summed up.")
