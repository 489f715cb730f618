"""Four registers with an old meeting in them: two real ones, and two that we invented.

Each comes in as a file. An old record is one whose actions come without a state and whose meeting
is undated or long past; so the sample's meetings forget what became of their actions here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from ruamel.yaml import YAML

from diwan.accounts.tests.factories import PASSWORD, UserFactory
from diwan.councils.models import Action, Meeting
from diwan.directory.models import Person, Register
from diwan.directory.public import link_user
from diwan.interop.public import import_files
from diwan.kernel.policies import Actor
from diwan.kernel.text import local

SAMPLE = Path(__file__).resolve().parents[2] / "packs" / "sample"
LIFE = ("state", "progress", "redated", "proof", "done_on", "closed_on", "closed_by", "reason")


@dataclass(frozen=True)
class Story:
    """Who plays in a register, by the keys of the file.

    `waiting` is how the desk tells the secretary of the old record, in the file's language.
    `giver` hands the owner's post over to `successor`; the administrator where nobody is above.
    """

    language: str
    register: str
    file: str
    meeting: str
    action: str
    waiting: str
    secretary: str
    owner: str
    giver: str = ""
    successor: str = ""
    older: int = 0  # days by which the sample's record is older than it says

    @property
    def shared(self) -> bool:
        """Whether the file is one of the shared meetings."""
        return not (SAMPLE / self.file).exists()


QOM = Story(
    language="fa",
    register="qom-municipality",
    file="qom-smart-city.yaml",
    meeting="m1",
    action="r3-1",
    waiting="۱ اقدام از سابقه‌ای واردشده در انتظار تأیید",
    secretary="p4",
    owner="p2",
    giver="p3",
    successor="p1",
)
EGYPT = Story(
    language="ar",
    register="egypt-local-development",
    file="egypt-technology-centres.yaml",
    meeting="m2",
    action="r1-1",
    waiting="٢٨ إجراءً من سجل مستورد تنتظر التأكيد",
    secretary="p1",
    owner="p1",
)
MEHREGAN = Story(
    language="fa",
    register="mehregan",
    file="mehregan.yaml",
    meeting="h1",
    action="h1-r2-1",
    waiting="۳ اقدام از سابقه‌ای واردشده در انتظار تأیید",
    secretary="mehrju",
    owner="dadgar",
    giver="kianfar",
    successor="niknam",
)
NAKHEEL = Story(
    language="ar",
    register="nakheel",
    file="nakheel.yaml",
    meeting="m1",
    action="m1-r2-1",
    waiting="٣ إجراءات من سجل مستورد تنتظر التأكيد",
    secretary="secretary",
    owner="officer",
    giver="director",
    successor="wadi",
    older=60,
)


@dataclass(frozen=True)
class Player:
    """Somebody who signs in. `shown` is the person's name in the story's language."""

    login: str
    shown: str


@dataclass
class Scene:
    """A story that has been imported, with everybody's account."""

    story: Story
    players: dict[str, Player]
    action: Action
    meeting: Meeting
    administrator: str

    @property
    def text(self) -> str:
        """What is owed, in the story's language."""
        return str(self.action.text[self.story.language])

    def state(self) -> str:
        """How the action stands now."""
        return Action.objects.values_list("state", flat=True).get(pk=self.action.pk)


def stage(story: Story, folder: Path, shared: Path | None) -> Scene:
    """Import the story's file and give its people accounts."""
    source = shared / "meetings" / story.file if shared else _old_sample(story, folder)
    import_files([source])
    register = Register.objects.get(key=story.register)
    names = {"secretary": story.secretary, "owner": story.owner, "giver": story.giver}
    people = {role: _person(register, key) for role, key in names.items() if key}
    people["successor"] = (
        _person(register, story.successor)
        if story.successor
        else Person.objects.create(
            register=register, key="next", name={"ar": "أمل القادم"}, search="امل القادم"
        )
    )
    administrator = UserFactory.create(name="راهبر", may_elevate=True, language=story.language)
    return Scene(
        story=story,
        players={role: player(story, person) for role, person in people.items()},
        action=Action.objects.get(resolution__body__register=register, key=story.action),
        meeting=Meeting.objects.get(body__register=register, key=story.meeting),
        administrator=administrator.login,
    )


def _person(register: Register, key: str) -> Person:
    return Person.objects.get(register=register, key=key)


def player(story: Story, person: Person) -> Player:
    """Somebody of a story with an account; made if there is none yet."""
    shown, _language = local(person.name, story.language)
    person.refresh_from_db()
    if person.user is None:
        user = UserFactory.create(name=shown, language=story.language)
        link_user(Actor.system("test"), person, user.pk)
        person.refresh_from_db()
    assert person.user is not None
    return Player(person.user.login, shown)


def _old_sample(story: Story, folder: Path) -> Path:
    """A register of the sample as a file of its own, its meetings without what came after."""
    yaml = YAML()
    data = yaml.load(SAMPLE / story.file)
    today = timezone.now().date() - timedelta(days=story.older)

    def dated(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: dated(each) for key, each in value.items()}
        if isinstance(value, list):
            return [dated(each) for each in value]
        if isinstance(value, str) and value[:2] in ("@+", "@-"):
            return (today + timedelta(days=int(value[1:]))).isoformat()
        return value

    written = dated(data)
    for action in _actions(written):
        for key in LIFE:
            action.pop(key, None)
    path = folder / story.file
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(written, file)
    return path


def _actions(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for meeting in data["meetings"]:
        for resolution in meeting.get("resolutions", ()):
            yield from resolution.get("actions", ())


__all__ = ["EGYPT", "MEHREGAN", "NAKHEEL", "PASSWORD", "QOM", "Scene", "Story", "player", "stage"]
