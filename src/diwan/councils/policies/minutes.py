"""Who signs minutes: the holders of a post that signs, or who acts for a named seat that does."""

from __future__ import annotations

from django.db.models import Q

from diwan.councils.models import MinutesSignature
from diwan.directory.public import authority_of
from diwan.kernel.policies import Actor, ActorKind

from .reach import NOBODY, among, any_of, both, seats_of
from .records import CouncilsPolicy, Scopes


class SignaturePolicy(CouncilsPolicy[MinutesSignature]):
    """`see` a place for a signature as one's own, and `sign` there; nobody else's, ever.

    An elevation signs nothing: it gives rights, and a signature is somebody's word.
    """

    model = MinutesSignature
    verbs = (
        "see",
        "sign",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self.own, "sign": self.own}

    def own(self, actor: Actor) -> Q:
        """The places where this actor signs."""
        return any_of(among("post", frozenset(authority_of(actor).post_ids)), self.by_seat(actor))

    def by_seat(self, actor: Actor) -> Q:
        """The named seats for which the actor's user acts."""
        if actor.kind is not ActorKind.USER:
            return NOBODY
        return both(Q(post__isnull=True), among("seat", seats_of(actor).named))


SIGNATURES = SignaturePolicy()
