"""What citizens fill in on their own pages: a code, a judgement, papers that were missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.services.actions.ratings import LONGEST, MOST_VISITS, Judgement
from diwan.services.queries.answer_faults import sentence_of
from diwan.services.queries.following import Missing
from diwan.services.rules.definition import RatingQuestion, RatingRule
from diwan.services.rules.evaluation import AnswerFault
from diwan.services.rules.formtree import Form, Node
from diwan.ui.forms import FileField, NumberField
from diwan.ui.show import show_local

from .case_steps import canonical, question_field

STARS = (
    ("5", _("very good")),
    ("4", pgettext_lazy("judgement", "good")),
    ("3", _("so-so")),
    ("2", pgettext_lazy("judgement", "bad")),
    ("1", _("very bad")),
)
WRITTEN = ("text", "integer", "decimal", "date", "select_one", "select_multiple")
YES_NO = (("yes", _("Yes")), ("no", _("No")))


class CodeForm(forms.Form):
    """A tracking code, as it stands on the receipt."""

    code = forms.CharField(
        label=_("Tracking code"),
        max_length=60,
        help_text=_("Twelve letters and figures; dashes and spaces don't matter."),
        widget=forms.TextInput(
            {"class": "follow-code", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
        ),
    )


class StarsInput(forms.RadioSelect):
    """One to five as big buttons, each with its word."""

    template_name = "services/widgets/stars.html"


class RateForm(forms.Form):
    """A judgement: what the workbook asks, and no more."""

    stars = forms.ChoiceField(
        label=_("All in all, how was the service?"), choices=STARS, widget=StarsInput
    )

    def __init__(self, rule: RatingRule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if rule.promise:
            self.fields["promise"] = _yes_no(_("Was the promised date kept?"))
        if rule.visits:
            self.fields["visits"] = NumberField(
                label=_("How often did you have to come?"),
                min_value=0,
                max_value=MOST_VISITS,
                required=False,
            )
        if rule.papers:
            self.fields["papers"] = _yes_no(_("Were all papers asked for at once?"))
        for question in rule.questions:
            self.fields[own_field(question)] = _own(question)
        if rule.words:
            self.fields["words"] = forms.CharField(
                label=_("What should the office know?"),
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea({"rows": 4}),
                help_text=_("The office reads it with your case. Leave names and numbers out."),
            )

    def judgement(self) -> Judgement:
        """What was filled in; the form must be valid."""
        given = self.cleaned_data
        own = {one.key: _own_answer(one, given.get(own_field(one))) for one in self.rule.questions}
        return Judgement(
            stars=int(given["stars"]),
            promise_kept=_said(given.get("promise")),
            visits=given.get("visits"),
            papers_once=_said(given.get("papers")),
            words=given.get("words", ""),
            answers={key: value for key, value in own.items() if value not in (None, "")},
        )


def own_field(question: RatingQuestion) -> str:
    """The field of a question that the workbook added."""
    return f"own_{question.key}"


def _yes_no(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, widget=forms.RadioSelect)


def _own(question: RatingQuestion) -> forms.Field:
    label = show_local(question.name)
    if question.kind == "stars":
        return forms.ChoiceField(label=label, choices=STARS, required=False, widget=StarsInput)
    if question.kind == "yesno":
        return _yes_no(label)
    area = forms.Textarea({"rows": 3})
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=area)


def _own_answer(question: RatingQuestion, value: Any) -> Any:
    if value in (None, ""):
        return None
    if question.kind == "stars":
        return int(value)
    return _said(value) if question.kind == "yesno" else value


def _said(value: Any) -> bool | None:
    return {"yes": True, "no": False}.get(str(value))


class BringForm(forms.Form):
    """Everything that is missing, all at once: a file for each paper, and words."""

    def __init__(self, missing: Sequence[Missing], tree: Form, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing = missing
        self.asked = {one.number: node for one in missing if (node := _written(one, tree))}
        for one in missing:
            label = show_local(one.text) or _("Paper")
            if one.number in self.asked:
                field = question_field(tree, self.asked[one.number])
                field.label, field.required = label, False
                self.fields[f"answer_{one.number}"] = field
            else:
                self.fields[f"file_{one.number}"] = FileField(label=label, required=False)
        self.fields["words"] = forms.CharField(
            label=_("Your answer in words"),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea({"rows": 4}),
            help_text=_("If something is asked for that is no file, write it here."),
        )

    def uploads(self) -> Mapping[int, Any]:
        """The files that were chosen, by the number of what is missing."""
        given = {one.number: self.cleaned_data.get(f"file_{one.number}") for one in self.missing}
        return {number: file for number, file in given.items() if file}

    def answers(self) -> dict[str, Any]:
        """What was answered anew, by the form's tree."""
        found: dict[str, Any] = {}
        for number, node in self.asked.items():
            value = canonical(self.cleaned_data.get(f"answer_{number}"))
            if value:
                *way, name = node.path.split("/")[2:]
                here = found
                for group in way:
                    here = here.setdefault(group, {})
                here[name] = value
        return found

    def mark(self, faults: Sequence[AnswerFault], tree: Form) -> None:
        """Say what is wrong with which answer."""
        fields = {node.path: f"answer_{number}" for number, node in self.asked.items()}
        for fault in faults:
            self.add_error(fields.get(fault.path), sentence_of(fault, tree))


def _written(one: Missing, tree: Form) -> Node | None:
    """The question that is answered in writing; None for a paper, and within a repeat."""
    node = tree.by_path.get(one.question)
    if node is None or node.kind != "question" or node.type not in WRITTEN or node.by == "office":
        return None
    above = [f"/{'/'.join(one.question.split('/')[1:n])}" for n in range(3, 20)]
    repeats = {path for path, other in tree.by_path.items() if other.kind == "repeat"}
    return None if repeats.intersection(above) else node


class ReasonForm(forms.Form):
    """Why a case is withdrawn or opened again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=forms.Textarea({"rows": 4})
    )


class MayBeReasonForm(ReasonForm):
    """The same, where nobody must say why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
