"""Papers and pictures of running cases: two small files, each use of them a row of its own."""

from __future__ import annotations

from uuid import UUID

from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.services.constants import CASE
from diwan.services.models import CaseFile
from diwan.services.rules.answers import at_path
from diwan.services.rules.formtree import Form

from .dice import Dice
from .services import kept
from .services_answers import MEDIA
from .services_parts import Running
from .story import Era
from .table import Store
from .wording import PACK

FILES = {"jpg": "photo.jpg", "pdf": "paper.pdf"}


class Papers:
    """Gives running cases the files that their answers name."""

    def __init__(self, store: Store, stream: Dice, era: Era) -> None:
        self.store, self._dice, self._era = store, stream, era
        self._kept: dict[str, str] = {}

    def give(self, case: Running, form: Form) -> None:
        """A file for each answer that is one; nothing for a case that is over."""
        if case.ended_at is not None:
            return
        for node in form.by_path.values():
            name = at_path(case.answers, node.path) if node.type in MEDIA else ""
            if name:
                self._add(case, node.path, name, self._content(case.id, name))

    def _content(self, case: UUID, name: str) -> str:
        file = FILES.get(name.rpartition(".")[2], "paper.pdf")
        if file not in self._kept:
            content = (PACK / "papers" / file).read_bytes()
            self._kept[file] = kept(Ref(CASE, case), content, file, self._era)
        return self._kept[file]

    def _add(self, case: Running, question: str, name: str, sha: str) -> None:
        at, pk = case.asked.at, self._dice.id_at(case.asked.at)
        self.store.add(
            StoredFile,
            id=pk,
            blob_id=sha,
            sha256=sha,
            given_sha256=sha,
            name=name,
            subject_kind=CASE,
            subject_id=case.id,
            confidentiality="body",
            added_at=at,
        )
        self.store.add(
            CaseFile,
            id=self._dice.id_at(at),
            case_id=case.id,
            question=question,
            name=name,
            file_id=pk,
            by_applicant=case.asked.channel == "online",
            at=at,
        )
