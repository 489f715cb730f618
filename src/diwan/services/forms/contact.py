"""Who asks and where: what a case needs to know and the service's own form does not ask."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from diwan.kernel.text import clean, to_ascii_digits
from diwan.services.actions.given import ApplicantFields
from diwan.services.models import Case

Grouped = Sequence[tuple[str, Sequence[tuple[str, str]]]]
FACTS = ("name", "phone", "email")
EXAMPLE = "name@example.org"
_PHONE = re.compile(r"\+?\d{6,15}")
_BETWEEN = re.compile(r"[\s()./\-\u200c\u200e\u200f]")


class PhoneField(forms.CharField):
    """A telephone number in any digits; gives it in ASCII figures."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "tel", "dir": "ltr"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> str:
        """Read the number. Raises ValidationError for what cannot be one."""
        typed = clean(to_ascii_digits(str(value or "")))
        plain = _BETWEEN.sub("", typed)
        if plain and not _PHONE.fullmatch(plain):
            raise ValidationError(
                _("This is no telephone number: write its figures alone, with the area code."),
                code="invalid",
            )
        return plain


class EmailField(forms.CharField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "email", "autocomplete": "email", "dir": "ltr"}
        super().__init__(max_length=254, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Read the address. Raises ValidationError for what cannot be one."""
        typed = clean(str(super().clean(value) or ""))
        if typed:
            told = _("This is no e-mail address: it looks like %(example)s.")
            EmailValidator(told % {"example": EXAMPLE})(typed)
        return typed


class ContactForm(forms.Form):
    """Where it is asked for, by whom, and how they are reached.

    `places` are the units that offer it, by region; `asked` are facts that the form itself asks. At
    a counter nobody has to have a telephone; elsewhere one way to reach them is needed.
    """

    unit = forms.ChoiceField(label=gettext_lazy("Where you ask for it"))
    channel = forms.ChoiceField(
        label=gettext_lazy("How they came"),
        widget=forms.RadioSelect,
        choices=[
            (Case.Channel.COUNTER, pgettext_lazy("channel", "at a counter")),
            (Case.Channel.PHONE, pgettext_lazy("channel", "by telephone")),
        ],
    )
    name = forms.CharField(
        label=gettext_lazy("Name and family name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label=gettext_lazy("Mobile number"),
        required=False,
        error_messages={
            "required": gettext_lazy(
                "Write a telephone number or an e-mail address, so that you can be reached."
            )
        },
    )
    email = EmailField(label=gettext_lazy("E-mail"), required=False)

    def __init__(
        self,
        *args: Any,
        places: Grouped,
        asked: Collection[str] = (),
        counter: bool = False,
        phone: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.counter = counter
        every = [pair for _region, pairs in places for pair in pairs]
        if len(every) <= 1:
            del self.fields["unit"]
        else:
            self._offer(places)
        if not (counter and phone):
            del self.fields["channel"]
        for fact in FACTS:
            if fact in asked:
                del self.fields[fact]
        if counter and "name" in self.fields:
            self.fields["name"].widget.attrs["autocomplete"] = "off"
        if counter and "phone" in self.fields:
            self.fields["phone"].widget.attrs["autocomplete"] = "off"
        if "phone" in self.fields and not counter:
            self.fields["phone"].help_text = _("We tell you there when something happens.")
            # One way to reach them is needed; an e-mail address does as well.
            mailed = "email" in self.fields and str(self.data.get("email", "")).strip()
            self.fields["phone"].required = not mailed

    def _offer(self, places: Grouped) -> None:
        field = self.fields["unit"]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError
        named = [(region, list(pairs)) for region, pairs in places]
        first = [("", _("Choose a place"))]
        if len(named) == 1:
            field.choices = [*first, *named[0][1]]
        else:
            field.choices = [
                *first,
                *((region or _("elsewhere"), pairs) for region, pairs in named),
            ]

    @property
    def empty(self) -> bool:
        """Whether nothing has to be asked; an e-mail address alone is not worth a page."""
        return not set(self.fields) - {"email"}

    def typed(self) -> dict[str, str]:
        """What was typed, as a draft keeps it, right or not."""
        return {name: str(self.data.get(name, ""))[:300].strip() for name in self.fields}

    @property
    def unit_id(self) -> UUID | None:
        """The unit chosen, None where it is not one of those offered."""
        field = self.fields.get("unit")
        chosen = str(self.data.get("unit", "")) if field is not None else ""
        if not isinstance(field, forms.ChoiceField) or not chosen:
            return None
        return UUID(chosen) if field.valid_value(chosen) else None


class LaterForm(forms.Form):
    """Where the link of a form goes that is to be gone on with."""

    address = forms.CharField(
        label=gettext_lazy("Mobile number or e-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "tel"}),
    )

    def clean_address(self) -> str:
        """Read a number or an address, whichever it is."""
        typed: str = self.cleaned_data["address"]
        if "@" in typed:
            return str(EmailField().clean(typed))
        return PhoneField().to_python(typed)


def applicant_of(cleaned: Mapping[str, Any], **more: Any) -> ApplicantFields:
    """The facts of the applicant that a page asked."""
    return ApplicantFields(**{fact: cleaned.get(fact, "") for fact in FACTS}, **more)
