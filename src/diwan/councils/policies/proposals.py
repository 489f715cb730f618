"""Who sees what members propose: the members, and whoever runs the body."""

from __future__ import annotations

from django.db.models import Q

from diwan.councils.models import Proposal
from diwan.kernel.policies import Actor

from .reach import among, any_of, runs, seats_of
from .records import CouncilsPolicy, Scopes


class ProposalPolicy(CouncilsPolicy[Proposal]):
    """`see` it; `sign` it, as a member; `run` it: put it on an agenda, or decline it."""

    model = Proposal
    verbs = (
        "see",
        "sign",
        "run",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "sign": self._sign, "run": self._run}

    def _see(self, actor: Actor) -> Q:
        return any_of(self._sign(actor), self._run(actor))

    def _sign(self, actor: Actor) -> Q:
        return among("body", seats_of(actor).member)

    def _run(self, actor: Actor) -> Q:
        return runs(actor, "body__")


PROPOSALS = ProposalPolicy()
