"""Who may object to a resolution, and who answers for its body."""

from __future__ import annotations

from django.db.models import Q

from diwan.councils.models import Resolution
from diwan.kernel.policies import Actor

from .reach import both, objects, runs
from .records import RESOLUTIONS, CouncilsPolicy, Scopes


class ObjectionPolicy(CouncilsPolicy[Resolution]):
    """`object`: posts that the body's rules named at the adoption; `answer`: who runs the body.

    The answer is given also when the minutes are signed. What lies in the days is asked by the
    action.
    """

    model = Resolution
    verbs = (
        "see",
        "object",
        "answer",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {
            "see": lambda actor: RESOLUTIONS.scope(actor, "see"),
            "object": self._object,
            "answer": lambda actor: runs(actor, "body__"),
        }

    def _object(self, actor: Actor) -> Q:
        return both(Q(state=Resolution.State.ADOPTED), objects(actor))


OBJECTIONS = ObjectionPolicy()
