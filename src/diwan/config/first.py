"""The first start: the sample or the first administrator, and the words of welcome."""

import sys

import click

from diwan.accounts import public as accounts
from diwan.config import country
from diwan.config.server import ADDRESS
from diwan.config.terminal import progress, say
from diwan.interop import public as interop
from diwan.kernel.errors import Refused
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor


def nothing_written() -> bool:
    """True as long as nobody has done anything here: every write leaves an audit entry."""
    return not AuditEntry.objects.exists()


def first_start(*, empty: bool) -> None:
    """Load the sample, or help to make the first administrator; nothing on later starts."""
    if not nothing_written():
        return
    if not empty:
        with progress("Loading the sample") as report:
            interop.load_sample(progress=report)
        country.at_first_start()
    elif sys.stdin.isatty():
        ask_administrator()
    else:
        say("Nobody can sign in yet. Make the first administrator: .venv/bin/diwan admin create")


def ask_administrator() -> None:
    """Ask on the terminal for the first administrator, again until the answers will do."""
    say("Nobody can sign in yet. Who is the first administrator?")
    while True:
        login = click.prompt("E-mail or mobile number", err=True)
        name = click.prompt("Name", err=True)
        password = click.prompt("Password", err=True, hide_input=True, confirmation_prompt=True)
        try:
            make_administrator(login=login, name=name, password=password)
        except Refused as refusal:
            say(str(refusal))
        else:
            return


def make_administrator(*, login: str, name: str, password: str) -> None:
    """Make a user who may take an elevation. Raises Refused for a name or password unfit."""
    actor = Actor.system("command line")
    accounts.create_administrator(actor, login=login, name=name, password=password)


def welcome(port: int) -> None:
    """Print the address and, while the sample is in use, its accounts."""
    click.echo(f"\nDiwan is ready: http://{ADDRESS}:{port}/")
    sample = interop.sample_accounts()
    if sample:
        click.echo("\nSample accounts (invented people):")
        widths = [max(map(len, column)) for column in zip(*map(_columns, sample), strict=True)]
        for account in sample:
            cells = zip(_columns(account), widths, strict=True)
            click.echo("  " + "  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip())
    click.echo("\nCtrl-C stops it.\n")


def _columns(account: interop.SampleAccount) -> tuple[str, str, str, str]:
    return account.login, account.password, account.role, account.tries
