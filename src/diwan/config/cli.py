"""The command line `diwan`: run, import, export, service, doctor, admin, audit, tick.

Exit codes: 0 done, 1 refused (one sentence on standard error), 2 wrong usage. Django is loaded by
the commands and not by this module, so that `--help` answers at once and works anywhere.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from diwan import __version__
from diwan.config.home import HomeUnusable
from diwan.config.terminal import first_line, say

FILES = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
FRESH = click.Path(dir_okay=False, writable=True, path_type=Path)


@contextmanager
def diwan(*, prepared: bool = True) -> Iterator[None]:
    """Django loaded and, unless told otherwise, the home made ready.

    What is refused, and a database or a folder that cannot be used, ends the command with one
    sentence and exit code 1.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diwan.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import Error as DatabaseError
    from django.utils import translation

    from diwan.kernel.errors import Refused

    try:
        django.setup()
        translation.activate(language_of_terminal())
        if prepared:
            from diwan.config.prepare import prepare

            prepare()
        yield
    except (Refused, HomeUnusable, ImproperlyConfigured) as error:
        raise click.ClickException(str(error)) from error
    except DatabaseError as error:
        sentence = f"The database cannot be used: {first_line(error)}"
        raise click.ClickException(sentence) from error


def language_of_terminal() -> str:
    """Persian or Arabic if the terminal's locale says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = os.environ.get(name, "")
        if locale:
            return locale[:2] if locale[:2] in {"fa", "ar"} else "en"
    return "en"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="diwan")
def main() -> None:
    """Diwan: from a decision to a duty that somebody owns and finishes.

    \b
    Environment:
      DIWAN_HOME          where the data lives (default: var beside ./run)
      DIWAN_DATABASE_URL  a PostgreSQL database instead of the SQLite file in DIWAN_HOME
      PORT                where `diwan run` serves on 127.0.0.1 (default: 8000)
    """  # noqa: D301 - click's mark for a paragraph that keeps its lines


@main.command()
@click.option("--empty", is_flag=True, help="Start without the sample of invented people.")
def run(*, empty: bool) -> None:
    """Serve on 127.0.0.1 until Ctrl-C.

    The minute tick is included. On the very first start a small sample of invented people is
    loaded, or with --empty the first administrator is asked for.
    """
    with diwan(prepared=False):
        from diwan.config import first, prepare, server

        port = server.chosen_port()
        server.require_free(port)
        prepare.prepare()
        if prepare.collect_static():
            say("Static files collected.")
        first.first_start(empty=empty)
        server.serve(port, when_up=lambda: first.welcome(port))
    say("Diwan has stopped.")


@main.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILES)
def import_(files: tuple[Path, ...]) -> None:
    """Take registers into this home.

    The files are YAML (diwan-register/1); all of them are taken or none. Needs no other step: an
    empty home is made ready first. Importing the same file again changes nothing. A file that is
    refused is named with the line and the mend.
    """
    with diwan():
        from diwan.config import register

        register.take_in(files)


@main.command()
@click.argument("file", required=False, type=FRESH)
@click.option("--register", "key", metavar="KEY", help="One register alone, by its key.")
@click.option("--popolo", is_flag=True, help="All of it as Popolo 1.0 (JSON) instead.")
def export(file: Path | None, key: str | None, *, popolo: bool) -> None:
    """Write the whole register to FILE.

    Without FILE to standard output, as diwan-register/1; a FILE that ends in .zip carries the
    proofs, too. The order is stable: two exports of the same register are the same, byte for byte.
    """
    with diwan():
        from diwan.config import register

        if popolo and key:
            raise click.UsageError("--popolo takes all registers: leave --register out.")
        register.write_out(file, key, popolo=popolo)


@main.command()
@click.option("--units", type=click.IntRange(130, 100_000), default=700, show_default=True)
@click.option(
    "--seed", type=int, default=1404, show_default=True, help="Another seed, other fates."
)
@click.option("--until", type=DAY, help="The last day of its two years (default: today).")
@click.option("--actions", type=click.IntRange(60), help="About so many (default: by the units).")
@click.option("--audit", type=click.IntRange(60), help="About so many audit entries.")
@click.option("--cases", type=click.IntRange(0), default=50_000, show_default=True)
def sample(
    *,
    units: int,
    seed: int,
    until: datetime | None,
    actions: int | None,
    audit: int | None,
    cases: int,
) -> None:
    """Fill an empty home with an invented country.

    Two years of a ministry, a guild, two cities and their schools. The same seed, size and day
    give the same records. A home that holds real data is left alone.
    """
    with diwan():
        from diwan.config import country
        from diwan.config.sample import Size

        size = Size(units=units, actions=actions, audit=audit, cases=cases)
        country.make(size, seed=seed, until=until.date() if until else None)


@main.command()
def doctor() -> None:
    """Look whether everything is well.

    Says what is not and how to mend it: exit code 1 then. Changes nothing. The worker counts as
    unwell while Diwan is not running.
    """
    with diwan(prepared=False):
        from diwan.config.doctor import examine

        checks = list(examine())
    width = max(len(check.name) for check in checks)
    for check in checks:
        click.echo(f"{'ok     ' if check.ok else 'FAILING'} {check.name:<{width}}  {check.note}")
    if not all(check.ok for check in checks):
        sys.exit(1)


@main.group()
def files() -> None:
    """Look after evidence files."""


@files.command()
def check() -> None:
    """Compare the content of every file with its checksum.

    Names each that is missing or damaged (state, SHA-256, names): exit code 1 then. Changes
    nothing.
    """
    with diwan():
        from diwan.config.evidence_check import check_all

        well = check_all()
    if not well:
        sys.exit(1)


@main.group("search")
def search_() -> None:
    """The index of the search."""


@search_.command("rebuild")
def rebuild() -> None:
    """Build the index anew.

    Needed after rows were written past Diwan (a restored table, a bulk load); else it keeps itself
    in step. What is found meanwhile is what was found before. Killed, it goes on at the next tick.
    """
    with diwan():
        from diwan.config.searching import rebuild_index

        held = rebuild_index()
    say(f"The index holds {held} records.")


@main.group()
def admin() -> None:
    """Make administrators.

    They are users who may take a timed, explained and logged elevation.
    """


@admin.command()
@click.option("--login", prompt="E-mail or mobile number", help="What they sign in with.")
@click.option("--name", prompt="Name", help="Their name, as others read it.")
@click.option(
    "--password",
    envvar="DIWAN_ADMIN_PASSWORD",
    prompt="Password",
    hide_input=True,
    confirmation_prompt=True,
    help="Better asked, or given in DIWAN_ADMIN_PASSWORD: what is typed here others may see.",
)
def create(login: str, name: str, password: str) -> None:
    """Make an administrator, the first one too."""
    with diwan():
        from diwan.config.first import make_administrator

        make_administrator(login=login, name=name, password=password)
    say(f"{login} may sign in now and take an elevation.")


@main.group()
def audit() -> None:
    """Prove that the record of what was done is whole."""


@audit.command()
@click.option("--against", metavar="FILE", type=FILES, help="Seals published earlier.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def verify(against: Path | None, *, as_json: bool) -> None:
    """Verify every sealed entry and the chain of seals.

    Names the first entry that was changed, deleted, inserted or moved: exit code 1 then. Says how
    many entries wait for a seal; the worker seals every minute. With --against, also that what was
    published is still there.
    """
    with diwan(prepared=False):
        from diwan.config import proving

        proving.verify(against, as_json=as_json)


@audit.command()
@click.argument("file", type=FRESH)
def publish(file: Path) -> None:
    """Write the chain of seals to FILE.

    It says nothing of any entry. docs/verify_seals.py checks it without Diwan.
    """
    with diwan(prepared=False):
        from diwan.config import proving

        proving.publish(file)


@audit.command()
@click.argument("entry", type=click.UUID)
@click.argument("file", required=False, type=FRESH)
def proof(entry: UUID, file: Path | None) -> None:
    """Write the proof that ENTRY lies under its seal.

    To FILE or to standard output. It shows the entry, without the personal values kept apart.
    """
    with diwan(prepared=False):
        from diwan.config import proving

        proving.proof(entry, file)


@main.group("service")
def service_() -> None:
    """Services, each of which is one workbook."""


@service_.command("check")
@click.argument("file", type=FILES)
@click.option("--language", type=click.Choice(["fa", "ar", "en"]), help="Of what is said.")
def check_workbook(file: Path, language: str | None) -> None:
    """Say everything that is wrong with a workbook: exit code 1 then. Changes nothing.

    FILE is .xlsx, .xls (a plain XLSForm) or the twin in Markdown. Units are looked up in this home,
    if it has any.
    """
    with diwan(prepared=False):
        from diwan.config import workbooks

        well = workbooks.check_file(file, language)
    if not well:
        sys.exit(1)


@service_.command("publish")
@click.argument("file", type=FILES)
@click.option("--owner", metavar="KEY", required=True, help="The unit that answers for it.")
@click.option("--note", default="", help="What is new, for those who come after.")
def publish_workbook(file: Path, owner: str, note: str) -> None:
    """Publish a workbook as a service, or as a new version of one.

    Publishing the same workbook again changes nothing.
    """
    with diwan():
        from diwan.config import workbooks

        workbooks.publish_file(file, owner, note)


@service_.command("export")
@click.argument("code")
@click.argument("file", required=False, type=FRESH)
@click.option("--markdown", "kind", flag_value="md", default="md", help="The twin (default).")
@click.option("--xlsx", "kind", flag_value="xlsx", help="A spreadsheet.")
@click.option("--country", metavar="CODE", help="Where the code is known in several: IR, EG …")
def export_workbook(code: str, file: Path | None, kind: str, country: str | None) -> None:
    """Write the published workbook of a service to FILE or to standard output."""
    with diwan():
        from diwan.config import workbooks

        workbooks.write_out(code, file, kind, country)


@service_.command("recount")
def recount_figures() -> None:
    """Sum the months of the figures up anew; they are the same before, meanwhile and after."""
    with diwan():
        from diwan.config import workbooks

        workbooks.sum_up()


@main.command()
@click.option("--threads", default=2, show_default=True, help="How many jobs at once.")
def worker(threads: int) -> None:
    """Do jobs and tick every minute until Ctrl-C, as a process of its own.

    `diwan run` does it by itself, unless DIWAN_WORKER=apart is set. Any number of workers may run.
    """
    with diwan():
        from diwan.kernel.jobs import run_worker

        run_worker(until_stopped(), threads=threads)
    say("The worker has stopped.")


@main.command()
@click.option("--forever", is_flag=True, help="The same as `diwan worker`.")
def tick(*, forever: bool) -> None:
    """Do once what is due every minute, and the jobs that wait.

    Nothing is done while a worker ticks at this very moment.
    """
    with diwan():
        from diwan.kernel.jobs import run_worker, tick_alone, work_off

        if forever:
            run_worker(until_stopped())
            return
        failed = tick_alone(f"tick-{os.getpid()}") or []
        work_off(f"tick-{os.getpid()}")
    if failed:
        raise click.ClickException(f"These failed; the log says why: {', '.join(failed)}.")


def until_stopped() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
