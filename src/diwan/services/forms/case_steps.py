"""What the steps of a case ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from diwan.directory.public import Unit
from diwan.kernel.text import clean
from diwan.services.actions.given import Asked, GivenFile
from diwan.services.models import CaseLink, Inquiry
from diwan.services.rules.codes import read_code
from diwan.services.rules.definition import Definition, StepAction
from diwan.services.rules.formtree import Form, Node
from diwan.ui.finding import Candidates, FindManyField, choices, offer
from diwan.ui.forms import CalendarDateField, NumberField
from diwan.ui.show import show_local
from diwan.ui.widgets import FileInput

LONGEST = 4000
MOST_LINES = 20
FILES_HELP = gettext_lazy(
    "PDF, picture, Word, Excel, OpenDocument or plain text, up to 25 MB each."
)


class ManyFilesInput(FileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; gives the list of uploads, empty for none."""

    widget = ManyFilesInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Choose at least one file.")
    }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file by itself."""
        given = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(ManyFilesField, self).clean(one, initial) for one in given or [None]]
        return [upload for upload in cleaned if upload]


def words_field(label: Any, *, required: bool = True, **more: Any) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        **more,
    )


def files_of(
    uploads: Sequence[UploadedFile[Any]], *, output: bool = False, question: str = ""
) -> list[GivenFile]:
    """Uploads as the actions take them."""
    return [
        GivenFile(one.name or "", one.file, question=question, output=output)  # type: ignore[arg-type] # Django's File is one
        for one in uploads
    ]


class StepForm(forms.Form):
    """Base of all: the first field is where one begins to type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begin()

    def begin(self) -> None:
        """Put the cursor into the first field, unless the form came back with errors."""
        first = next(iter(self.fields.values()), None)
        if first is not None and not self.is_bound:
            first.widget.attrs["autofocus"] = True


class ActForm(StepForm):
    """A way out of a state, with what the workbook requires of it."""

    note = words_field(
        gettext_lazy("Note for the office"),
        required=False,
        help_text=gettext_lazy("The applicant never reads it."),
    )

    def __init__(
        self, *args: Any, action: StepAction, form: Form, ends: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tree = form
        required = set(action.requires)
        added: dict[str, forms.Field] = {}
        self.questions = office_questions(form, action)
        for node in self.questions:
            added[field_name(node.path)] = question_field(form, node)
        if "said" in required or ends:
            added["said"] = words_field(
                gettext_lazy("What the applicant reads"), required="said" in required
            )
        if "output" in required or ends:
            added["output"] = ManyFilesField(
                label=gettext_lazy("What the applicant gets"),
                required="output" in required,
                help_text=FILES_HELP,
            )
        if "file" in required:
            added["files"] = ManyFilesField(
                label=gettext_lazy("Files for the office"), help_text=FILES_HELP
            )
        self.fields["note"].required = "note" in required
        note = self.fields.pop("note")
        note.widget.attrs.pop("autofocus", None)
        self.fields = {**added, "note": note}
        self.begin()

    def answers(self) -> dict[str, Any]:
        """The answers to the office's questions, by the form's tree."""
        return _answers(self.questions, self.cleaned_data)

    def attached(self) -> list[GivenFile]:
        """What was attached, for the office and for the applicant."""
        given = self.cleaned_data
        mine = files_of(given.get("files") or ())
        return [*mine, *files_of(given.get("output") or (), output=True)]


def _answers(questions: Sequence[Node], given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in questions:
        *way, name = node.path.split("/")[2:]
        here = found
        for group in way:
            here = here.setdefault(group, {})
        here[name] = canonical(given.get(field_name(node.path)))
    return found


def field_name(path: str) -> str:
    """The name of the field that takes the answer to a question of the office."""
    return f"answer:{path}"


def office_questions(form: Form, action: StepAction) -> list[Node]:
    """The questions that the action requires, named by path or by name alone."""
    named = [node for node in form.by_path.values() if node.kind == "question"]
    wanted = set(action.requires)
    return [node for node in named if wanted & {node.path, node.name} and node.by == "office"]


def question_field(form: Form, node: Node) -> forms.Field:
    """A simple field for a question of the office."""
    told: dict[str, Any] = {
        "label": show_local(node.label) or node.name,
        "help_text": show_local(node.hint),
    }
    options = [(one.name, show_local(one.label)) for one in form.lists.get(node.list, ())]
    if node.type == "select_multiple":
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=options, widget=widget, **told)
    if options:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **told)
    if node.type == "integer":
        return NumberField(**told)
    if node.type == "decimal":
        return forms.CharField(max_length=40, **told)
    if node.type == "date":
        return CalendarDateField(**told)
    return forms.CharField(max_length=LONGEST, **told)


def canonical(value: object) -> str:
    """A value as a form keeps it: ISO days, choices apart by blanks."""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


class ReturnForm(StepForm):
    """Everything that is missing, at once."""

    papers = forms.MultipleChoiceField(
        label=gettext_lazy("What is missing"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    more = words_field(
        gettext_lazy("What else is missing"),
        required=False,
        help_text=gettext_lazy("One thing on each line."),
    )
    said = words_field(gettext_lazy("What the applicant reads besides"), required=False)
    note = words_field(
        gettext_lazy("Note for the office"),
        required=False,
        help_text=gettext_lazy("The applicant never reads it."),
    )

    def __init__(
        self, *args: Any, definition: Definition, action: StepAction, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        for name in ("said", "note"):
            self.fields[name].required = name in action.requires
        papers = [(paper.key, show_local(paper.name)) for paper in definition.papers]
        choices(self, "papers", papers)
        if not papers:
            del self.fields["papers"]
            self.begin()

    def clean(self) -> dict[str, Any]:
        """Refuse to ask for nothing."""
        given = super().clean() or {}
        lines = [clean(line).strip() for line in given.get("more", "").splitlines()]
        given["lines"] = [line for line in lines if line][:MOST_LINES]
        if not given.get("papers") and not given["lines"]:
            self.add_error(
                "more",
                _("Say what is missing: tick the papers, or write each missing thing on a line."),
            )
        return given

    def asked(self, language: str) -> list[Asked]:
        """All that is missing, papers first; lines are in the language of who wrote them."""
        by_key = {paper.key: paper for paper in self.definition.papers}
        papers = [by_key[key] for key in self.cleaned_data.get("papers", ())]
        named = [Asked(paper.key, paper.name, paper.question) for paper in papers]
        return [*named, *(Asked(text={language: line}) for line in self.cleaned_data["lines"])]


class AskForm(StepForm):
    """Other departments are asked, all at once."""

    question = words_field(gettext_lazy("What do you ask?"))
    units = FindManyField[Unit](label=gettext_lazy("Which units?"))
    due = CalendarDateField(label=gettext_lazy("Answer until"), required=False)

    def __init__(self, *args: Any, units: Candidates[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "units", units)


class InquiryAnswerForm(StepForm):
    """What a department says."""

    opinion = forms.ChoiceField(
        label=gettext_lazy("Your opinion"),
        choices=Inquiry.Opinion.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the opinions.")},
    )
    text = words_field(gettext_lazy("Your answer"), required=False)


class AssignForm(StepForm):
    """Which post does it."""

    post = forms.ChoiceField(
        label=gettext_lazy("Post"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a post.")},
    )

    def __init__(self, *args: Any, posts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "post", posts)


class NoteForm(StepForm):
    """A note for the office."""

    text = words_field(
        gettext_lazy("Note"), help_text=gettext_lazy("The applicant never reads it.")
    )


class ReasonForm(StepForm):
    """A step that needs its reason."""

    reason = words_field(
        gettext_lazy("Reason"),
        error_messages={"required": gettext_lazy("Say in a few words why.")},
    )


class LinkForm(StepForm):
    """Another case by its tracking code, and how the two belong together."""

    code = forms.CharField(
        label=gettext_lazy("Tracking code of the other case"),
        max_length=40,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )
    verb = forms.ChoiceField(
        label=pgettext_lazy("case link", "This case"),
        choices=CaseLink.Verb.choices,
        widget=forms.RadioSelect,
        initial=CaseLink.Verb.TOGETHER,
    )

    def clean_code(self) -> str:
        """The code as it is stored."""
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("This is no tracking code: it has twelve letters and figures. Look at it again.")
            )
        return code


class BringForm(StepForm):
    """What the applicant brought to the counter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Named as the action names it; a class could not have it beside Django's own.
        self.fields["files"] = ManyFilesField(
            label=gettext_lazy("Papers brought"), required=False, help_text=FILES_HELP
        )
        self.fields["words"] = words_field(gettext_lazy("What the applicant said"), required=False)
        self.begin()


class BatchForm(StepForm):
    """What an action on many cases requires; the same for all of them."""

    def __init__(
        self, *args: Any, action: StepAction, form: Form, ends: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        required: Mapping[str, bool] = dict.fromkeys(action.requires, True)
        self.questions = office_questions(form, action)
        for node in self.questions:
            self.fields[field_name(node.path)] = question_field(form, node)
        if "said" in required or ends:
            self.fields["said"] = words_field(
                gettext_lazy("What the applicants read"), required="said" in required
            )
        self.fields["note"] = words_field(
            gettext_lazy("Note for the office"), required="note" in required
        )
        self.begin()

    def answers(self) -> dict[str, Any]:
        """The answers to the office's questions, by the form's tree."""
        return _answers(self.questions, self.cleaned_data)


class NothingForm(StepForm):
    """A step that needs nothing."""
