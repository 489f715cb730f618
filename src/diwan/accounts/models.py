"""Who can sign in. A user is not a person of the directory; an invitation joins the two."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from diwan.accounts.rules import UnclearLogin, normal_login
from diwan.kernel.dated import CALENDARS
from diwan.kernel.ids import new_id


class UserQuerySet(models.QuerySet["User"]):
    """Filters over users."""

    def active(self) -> Self:
        """Users who may sign in."""
        return self.filter(is_active=True)

    def matching(self, tokens: Iterable[str]) -> Self:
        """Users whose name or sign-in name contains every token."""
        found = self
        for token in tokens:
            found = found.filter(search__contains=token)
        return found


class UserManager(BaseUserManager["User"]):
    """Users by their sign-in name."""

    def get_queryset(self) -> UserQuerySet:
        """All users, with our filters."""
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of a sign-in name, however it was typed."""
        try:
            login = normal_login(username or "")
        except UnclearLogin as error:
            raise User.DoesNotExist from error
        return self.get(login=login)


class User(AbstractBaseUser):
    """Somebody who can sign in; `login` is an e-mail address or a mobile number, normalised.

    `may_elevate` marks administrators: they have no right by it alone, they may take a timed,
    explained and logged elevation. `calendar` is the reader's choice, empty: by language.
    `session_round` is part of what a session proves: raising it ends every session of the user.
    `search` holds the search key of name and login. `erased_at`: the personal data were erased.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login = models.CharField(_("e-mail or mobile number"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(max_length=2, blank=True)
    calendar = models.CharField(max_length=10, choices=CALENDARS, blank=True)
    is_active = models.BooleanField(default=True)
    may_elevate = models.BooleanField(default=False)
    session_round = models.PositiveIntegerField(default=0)
    search = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(login=""), name="user_has_login")]

    def __str__(self) -> str:
        return self.name or self.login

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session proves: the password and the round of sessions it was begun in."""
        value = f"{self.password}:{self.session_round}"
        salt = "diwan.accounts.session"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters over invitations."""

    def open_at(self, at: datetime) -> Self:
        """Those that may still be accepted at `at`."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)

    def for_target(self, kind: str, target_id: UUID) -> Self:
        """Those that let somebody act for one record."""
        return self.filter(target_kind=kind, target_id=target_id)


class Invitation(models.Model):
    """A one-time link that lets somebody act for a `target`: a person, or a seat in a body.

    Only the token's SHA-256 is kept. `target_kind` is a subject kind of the exchange; the kind
    ``accounts.user`` lets that user choose a new password.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target_kind = models.CharField(max_length=60)
    target_id = models.UUIDField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    sent_to = models.CharField(max_length=254, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_accepted_or_withdrawn",
            ),
        ]
        indexes = [
            models.Index(fields=["target_kind", "target_id"], name="invitation_by_target"),
            models.Index(fields=["made_at"], name="invitation_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.target_kind} {self.target_id}"

    def is_open(self, at: datetime) -> bool:
        """True if it may still be accepted at `at`."""
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at


class ElevationQuerySet(models.QuerySet["Elevation"]):
    """Filters over elevations."""

    def running(self, at: datetime) -> Self:
        """Those that give rights at `at`."""
        return self.filter(ended_at__isnull=True, since_at__lte=at, until_at__gt=at)

    def run_out(self, at: datetime) -> Self:
        """Those whose time is over, though nobody has written so yet."""
        return self.filter(ended_at__isnull=True, until_at__lte=at)


class Elevation(models.Model):
    """An administrator's timed and explained use of all rights.

    It ends at `until_at`, or before if somebody ends it; `ended_at` is when it was written off.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="elevations")
    reason = models.TextField()
    since_at = models.DateTimeField(default=timezone.now)
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ElevationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(since_at__lt=F("until_at")), name="elevation_timed"),
            models.CheckConstraint(condition=~Q(reason=""), name="elevation_explained"),
        ]

    def __str__(self) -> str:
        return f"{self.user} until {self.until_at:%H:%M}"


class TokenQuerySet(models.QuerySet["Token"]):
    """Filters over tokens."""

    def in_force(self, at: datetime) -> Self:
        """Those that give anything at `at`."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at, user__is_active=True)


class Token(models.Model):
    """A secret with which a program acts for a user, within `scopes`.

    Only its SHA-256 is kept; `hint` is its beginning, to tell tokens apart. With `post_id` it acts
    from that post alone. `used_date` is the last day on which it was used.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    token_sha256 = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    scopes = models.JSONField(default=list)
    post_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_date = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(made_at__lt=F("expires_at")), name="token_timed"),
            models.CheckConstraint(condition=~Q(name=""), name="token_named"),
        ]
        indexes = [models.Index(fields=["user", "made_at"], name="token_by_user")]

    def __str__(self) -> str:
        return self.name

    def state(self, at: datetime) -> str:
        """`in_force`, `revoked` or `over` at an instant."""
        if self.revoked_at is not None:
            return "revoked"
        return "in_force" if at < self.expires_at else "over"


class Visit(models.Model):
    """When somebody was last here.

    A visit is over when no page was asked for during half an hour. `last_at` is the newest page,
    `before_at` the last page of the visit before. The pages keep it themselves, once a minute at
    most: it is no act and stands in no audit.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="visit"
    )
    last_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.last_at:%Y-%m-%d %H:%M}"
