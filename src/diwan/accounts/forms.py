"""What people type into this room's pages. The rules are the actions'; these only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from diwan.accounts.actions.checks import read_login
from diwan.accounts.actions.telling import Wishes
from diwan.accounts.constants import (
    DEFAULT_INVITATION_DAYS,
    ELEVATION_MINUTES,
    INVITATION_DAYS,
    TOKEN_DAYS,
)
from diwan.accounts.models import User
from diwan.accounts.rules import is_mobile
from diwan.kernel import notices
from diwan.kernel.api.callers import SCOPES
from diwan.kernel.dated import CALENDARS
from diwan.kernel.errors import Refused
from diwan.kernel.models import Channel, NoticeWishes, Pace
from diwan.ui.forms import ClockField, SearchForm, TypedAgainForm
from diwan.ui.show import show_digits

LANGUAGE_CHOICES = [("", _("the page's")), ("fa", "فارسی"), ("ar", "العربية"), ("en", "English")]
CALENDAR_CHOICES = [("", _("that of the language")), *CALENDARS]
STATE_CHOICES = [
    ("", _("all")),
    ("on", _("in use")),
    ("off", _("switched off")),
    ("administrators", _("administrators")),
]


def login_field() -> forms.CharField:
    """Where a sign-in name is typed: Latin letters and figures run left to right."""
    return forms.CharField(
        label=_("E-mail or mobile number"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "dir": "ltr", "spellcheck": "false"}
        ),
    )


def password_field(*, label: Any, new: bool = False, help_text: Any = "") -> forms.CharField:
    """Where a password is typed; what was typed is never sent back."""
    memory = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": memory, "dir": "ltr"}),
    )


def reason_field() -> forms.CharField:
    """Where a reason is typed."""
    return forms.CharField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("It stays in the record and others can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Name and password; allauth limits the attempts and begins the session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = login_field()
        self.fields["password"] = password_field(label=_("Password"))
        self.fields["remember"].label = _("Stay signed in on this device")

    def clean_login(self) -> str:
        """The name in its one form. Raises ValidationError with the sentence of an unclear one."""
        try:
            return read_login(self.cleaned_data["login"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class SignInAgainForm(forms.Form):
    """The password of who is signed in; allauth limits the attempts."""

    password = password_field(label=_("Password"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Raises ValidationError for another password, and after too many attempts."""
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(gettext("This is not your password."))
        return password


class TwicePasswordForm(forms.Form):
    """A new password, typed twice so that a slip does not lock anybody out."""

    password = password_field(
        label=_("New password"),
        new=True,
        help_text=_("At least ten characters; a few words that belong together only for you."),
    )
    again = password_field(label=_("The same once more"), new=True)

    def clean(self) -> dict[str, Any]:
        """Compare both. Raises ValidationError at the second."""
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password"), cleaned.get("again")
        if first and second and first != second:
            self.add_error("again", _("The two passwords differ; type them again."))
        return cleaned


class ChangePasswordForm(TwicePasswordForm):
    """The present password and the new one."""

    old = password_field(label=_("Present password"))
    field_order = ["old", "password", "again"]


class JoinForm(TwicePasswordForm):
    """Somebody who gets an account by an invitation."""

    login = login_field()
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "login", "password", "again"]


class ProfileForm(forms.Form):
    """How one is called and how one reads."""

    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES, required=False)
    calendar = forms.ChoiceField(label=_("Calendar"), choices=CALENDAR_CHOICES, required=False)


class UserForm(forms.Form):
    """A user whom an administrator makes."""

    name = forms.CharField(label=_("Name"), max_length=200)
    login = login_field()
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES, required=False)


class InviteForm(forms.Form):
    """Whom the link is for, and how long it lasts."""

    sent_to = forms.CharField(
        label=_("E-mail or mobile number of the guest"),
        required=False,
        max_length=300,
        help_text=_("The link is sent there. Empty: you hand it over yourself."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long the link works"), coerce=int, initial=DEFAULT_INVITATION_DAYS
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [  # type: ignore[attr-defined]  # a choice field
            (n, ngettext_lazy("%(shown)s day", "%(shown)s days", n) % {"shown": show_digits(n)})
            for n in INVITATION_DAYS
        ]


class ElevateForm(forms.Form):
    """The password again, why, and for how long."""

    reason = reason_field()
    minutes = forms.TypedChoiceField(label=_("For how long"), coerce=int)
    password = password_field(label=_("Your password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].choices = [  # type: ignore[attr-defined]  # a choice field
            (
                n,
                ngettext_lazy("%(shown)s minute", "%(shown)s minutes", n)
                % {"shown": show_digits(n)},
            )
            for n in ELEVATION_MINUTES
        ]


class ReasonForm(forms.Form):
    """Why an administrator does it."""

    reason = reason_field()


class EraseForm(ReasonForm, TypedAgainForm):
    """Why a user's data are erased, and the sign-in name once more."""

    field_order = ("reason", "typed")


class UserSearchForm(SearchForm):
    """Users by name or sign-in name, and by their state."""

    state = forms.ChoiceField(label=_("State"), choices=STATE_CHOICES, required=False)


WAYS = [
    ("email now", _("by e-mail, at once")),
    ("email daily", _("by e-mail, collected once a day")),
    ("email weekly", _("by e-mail, collected once a week")),
    ("sms now", _("by text message, at once")),
    ("sms daily", _("by text message, collected once a day")),
    ("none now", _("not at all")),
]


def _address(label: Any, kind: str, hint: Any) -> forms.CharField:
    attrs = {"dir": "ltr", "spellcheck": "false", "autocomplete": kind}
    return forms.CharField(
        label=label,
        required=False,
        max_length=300,
        help_text=hint,
        widget=forms.TextInput(attrs=attrs),
    )


class NoticeChoicesForm(forms.Form):
    """One choice a group of notices, then where and when."""

    def __init__(
        self,
        data: Any,
        *,
        user: User,
        wishes: NoticeWishes,
        chosen: Mapping[str, tuple[str, str]],
    ) -> None:
        super().__init__(data)
        mobile = is_mobile(user.login)
        fallback = "sms now" if mobile and not wishes.email else "email now"
        for name, group in notices.groups().items():
            usual = fallback if group.wanted else "none now"
            now = " ".join(chosen.get(name, ())) or usual
            self.fields[f"way_{name}"] = forms.ChoiceField(
                label=str(group.label), choices=WAYS, initial=now
            )
        known = _("Empty: the one you sign in with.")
        self.fields["email"] = _address(_("E-mail"), "email", "" if mobile else known)
        self.fields["mobile"] = _address(_("Mobile number"), "tel", known if mobile else "")
        self.fields["quiet_since"] = ClockField(label=_("Quiet from"))
        self.fields["quiet_until"] = ClockField(
            label=_("Quiet until"), help_text=_("Text messages wait until then.")
        )
        self.fields["working_days"] = forms.BooleanField(
            label=_("Quiet on days off, too"), required=False
        )
        self.fields["quiet_email"] = forms.BooleanField(
            label=_("E-mail keeps to these hours, too"), required=False
        )
        for name in ("email", "mobile", "quiet_since", "quiet_until", "working_days"):
            self.fields[name].initial = getattr(wishes, name)
        self.fields["quiet_email"].initial = wishes.quiet_email

    def wishes(self) -> Wishes:
        """What was chosen."""
        data = self.cleaned_data
        ways = {group: data[f"way_{group}"].split(" ") for group in notices.groups()}
        return Wishes(
            email=data["email"],
            mobile=data["mobile"],
            quiet_since=data["quiet_since"],
            quiet_until=data["quiet_until"],
            quiet_email=data["quiet_email"],
            working_days=data["working_days"],
            choices={
                group: (Channel(channel).value, Pace(pace).value)
                for group, (channel, pace) in ways.items()
            },
        )


class TokenForm(forms.Form):
    """What a token is for, what it may, and for how long."""

    name = forms.CharField(
        label=_("What the token is for"),
        max_length=100,
        help_text=_("The program's name, so that you know it again."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("May be used to"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may yourself. Choose only what the program needs."),
    )
    post_id = forms.TypedChoiceField(
        label=_("Acts from"), coerce=UUID, required=False, empty_value=None
    )
    days = forms.TypedChoiceField(label=_("How long the token works"), coerce=int, initial=90)

    def __init__(self, *args: Any, posts: Sequence[tuple[UUID, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("every post that I hold")), *((str(pk), name) for pk, name in posts)]
        self.fields["post_id"].choices = choices  # type: ignore[attr-defined] # a choice field
        self.fields["days"].choices = [  # type: ignore[attr-defined]  # as above
            (n, ngettext_lazy("%(shown)s day", "%(shown)s days", n) % {"shown": show_digits(n)})
            for n in TOKEN_DAYS
        ]
