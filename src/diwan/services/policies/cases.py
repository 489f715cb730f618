"""Who may what with a case: by the posts somebody holds, and by nothing else (`ACCESS.md`).

A case is read where it was filed and where it lies, by the posts that work there, and by the heads
over those units; by a department while it is asked and after; by the post that filed it. It is
worked on by the post that took it, else by the posts with the step's role in the unit where it
lies, and by a head above where nobody holds one. The applicant is nobody of the house: who was
shown the tracking code may read what `queries.story` tells the public, and no rule here is asked.

A complaint is read and worked on only where it lies now, and by the heads above: not where it was
filed, for that is the unit complained of, and the post that typed it in has its receipt. Nobody who
holds a post that took a step of the case complained of ever sees it, from whichever post they ask.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Case as Either
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from diwan.directory.public import (
    Authority,
    DirectoryPolicy,
    Holding,
    PostVersion,
    Role,
    authority_of,
)
from diwan.kernel.policies import Actor
from diwan.services.models import Case, CaseStep, Inquiry, Service

WORKING = (
    Role.CLERK,
    Role.OFFICER,
    Role.REVIEWER,
    Role.SECRETARY,
    Role.TREASURER,
    Role.HEAD,
)
"""The roles of posts that handle cases; administrators keep the register and read no case."""
AT_COUNTERS = (Role.CLERK, Role.OFFICER, Role.SECRETARY, Role.HEAD)
NOBODY = Q(pk__in=[])
COMPLAINT = Q(service__kind=Service.Kind.COMPLAINT)


class CasePolicy(DirectoryPolicy[Case]):
    """Rights on cases.

    `see` reads everything of it; `work` takes steps; `assign` names the post that does; `note`
    writes for the office; `ask` asks other departments; `link` says that two belong together;
    `help` does for the applicant what they may do: a department that is asked alone may not.
    """

    model = Case
    verbs = ("see", "work", "assign", "note", "ask", "link", "help")

    def scope(self, actor: Actor, verb: str) -> Q:
        """The condition of a verb; verbs with the same rule share the very same condition."""
        authority = authority_of(actor)
        if not authority.post_ids:
            return NOBODY
        rules: dict[str, tuple[str, Callable[[], Q]]] = {
            "see": ("see", lambda: _seen(authority)),
            "note": ("see", lambda: _seen(authority)),
            "assign": ("assign", lambda: _headed(authority)),
            "work": ("work", lambda: _worked(actor, authority)),
            "ask": ("work", lambda: _worked(actor, authority)),
            "link": ("link", lambda: _handled(authority)),
            "help": ("help", lambda: _helped(authority)),
        }
        if verb in rules:
            name, condition = rules[verb]
            return authority.condition((f"services.{name}",), lambda: _apart(condition(), actor))
        return super().scope(actor, verb)


CASES = CasePolicy()


def counter_units(actor: Actor) -> set[UUID]:
    """The units where the actor may file for somebody who stands at the counter."""
    return set(authority_of(actor).units(*AT_COUNTERS))


def owed_to(actor: Actor) -> Q:
    """Cases whose step the actor's posts owe: taken by one, or of a role of one and nobody's."""
    authority = authority_of(actor)
    return _any_of(_taken(authority), *_of_roles(authority))


def apart_from(post_ids: Collection[UUID]) -> Q:
    """No complaint about a case of which one of these posts took a step, or has one to take."""
    posts = list(post_ids)
    own = CaseStep.objects.filter(Q(post__in=posts) | Q(by_post__in=posts), case=OuterRef("about"))
    return Q(about__isnull=True) | ~Q(Exists(own))


def apart_for(actor: Actor) -> Q:
    """No complaint about what any post of the actor's person did, whichever they ask from."""
    return apart_from(authority_of(actor).every_post)


def _apart(found: Q, actor: Actor) -> Q:
    return found if found is NOBODY else found & apart_for(actor)


def with_help(actor: Actor, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with `helped`: whether the actor may do what their applicants may.

    Who may not is told no tracking code: whoever has it is taken for the applicant.
    """
    if actor.elevated:
        return cases.annotate(helped=Value(value=True))
    may = When(CASES.scope(actor, "help"), then=Value(value=True))
    return cases.annotate(helped=Either(may, default=Value(value=False)))


def _any_of(*conditions: Q) -> Q:
    possible = [condition for condition in conditions if condition is not NOBODY]
    return reduce(or_, possible) if possible else NOBODY


def _seen(authority: Authority) -> Q:
    return _any_of(_handled(authority), _asked(authority), _typed_in(authority))


def _helped(authority: Authority) -> Q:
    return _any_of(_handled(authority), _typed_in(authority))


def _typed_in(authority: Authority) -> Q:
    """Their post filed it for somebody; a complaint leaves their hands with its receipt."""
    return ~COMPLAINT & Q(filed_by__in=list(authority.post_ids))


def _handled(authority: Authority) -> Q:
    """It was filed in, or lies in, a unit of a working post of theirs, or below one they head.

    Of complaints it says nothing where they were filed.
    """
    units = authority.units(*WORKING)
    if not units:
        return NOBODY
    filed, lies = [Q(unit__in=units)], [Q(at_unit__in=units)]
    if authority.units(Role.HEAD):
        below = authority.below(Role.HEAD)
        filed.append(Q(unit__in=below))
        lies.append(Q(at_unit__in=below))
    return _any_of(*lies, *(~COMPLAINT & one for one in filed))


def _asked(authority: Authority) -> Q:
    """Their department was asked by an inquiry that was not taken back."""
    units = authority.units(*WORKING)
    if not units:
        return NOBODY
    asked = Inquiry.objects.filter(unit__in=units, withdrawn_at__isnull=True)
    return Q(pk__in=asked.order_by().values("case_id"))


def _headed(authority: Authority) -> Q:
    if not authority.units(Role.HEAD):
        return NOBODY
    return Q(at_unit__in=authority.below(Role.HEAD))


def _worked(actor: Actor, authority: Authority) -> Q:
    conditions = [_taken(authority), *_of_roles(authority)]
    if authority.units(Role.HEAD):
        by_role, by_post = _holders(actor, authority)
        free, taken = Q(post__isnull=True), Q(post__isnull=False)
        nobody = (free & ~Q(Exists(by_role))) | (taken & ~Q(Exists(by_post)))
        # Of a complaint the one who holds the post may be who is complained of.
        conditions.append(Q(at_unit__in=authority.below(Role.HEAD)) & (nobody | COMPLAINT))
    return _any_of(*conditions)


def _taken(authority: Authority) -> Q:
    return Q(post__in=list(authority.post_ids))


def _of_roles(authority: Authority) -> list[Q]:
    """For each role of their posts: nobody took it, and it lies where they have the role."""
    return [
        Q(post__isnull=True, role=str(role), at_unit__in=authority.units(role))
        for role in WORKING
        if authority.units(role)
    ]


def _holders(actor: Actor, authority: Authority) -> tuple[QuerySet[Holding], QuerySet[Holding]]:
    """Who holds, at this instant, a post with the step's role there; who the post that took it."""
    held = Holding.objects.at(actor.at)
    words = Concat(Value(" "), OuterRef(OuterRef("role")), Value(" "))
    posts = PostVersion.objects.as_of(authority.day).filter(
        post__unit=OuterRef(OuterRef("at_unit")), roles__contains=words
    )
    return held.filter(post__in=posts.values("post_id")), held.filter(post=OuterRef("post"))
