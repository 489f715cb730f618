"""Who can sign in. A user is not a person of the directory; an invitation joins the two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel.dated import CALENDARS
from diwan.kernel.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Users by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of a sign-in name, without regard to case."""
        return self.get(login=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who can sign in; `login` is an e-mail address or a mobile number, normalised.

    `may_elevate` marks administrators: they have no right by it alone, they may take a timed,
    explained and logged elevation. `calendar` is the reader's choice, empty: by language.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login = models.CharField(_("e-mail or mobile number"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(max_length=2, blank=True)
    calendar = models.CharField(max_length=10, choices=CALENDARS, blank=True)
    is_active = models.BooleanField(default=True)
    may_elevate = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name"]

    objects: Any = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(login=""), name="user_has_login")]

    def __str__(self) -> str:
        return self.name or self.login


class Invitation(models.Model):
    """A one-time link that lets somebody act for a `target`: a person, or a seat in a body.

    Only the token's SHA-256 is kept. `target_kind` is a subject kind of the exchange.
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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target_kind} {self.target_id}"

    def is_open(self, at: datetime) -> bool:
        """True if it may still be accepted at `at`."""
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at


class Elevation(models.Model):
    """An administrator's timed and explained use of all rights."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="elevations")
    reason = models.TextField()
    since_at = models.DateTimeField(default=timezone.now)
    until_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(since_at__lt=F("until_at")), name="elevation_timed"),
            models.CheckConstraint(condition=~Q(reason=""), name="elevation_explained"),
        ]

    def __str__(self) -> str:
        return f"{self.user} until {self.until_at:%H:%M}"
