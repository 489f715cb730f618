"""What is wrong with a workbook, in the reader's language: what, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from diwan.kernel.reader import current
from diwan.kernel.text import isolate, to_digits
from diwan.services.rules.sheets import Fault

_NUMBERS = ("rows", "row", "columns", "cells", "size", "least", "most")

SENTENCES: Mapping[str, str | Promise] = {
    # The file
    "too_large": __("The file is larger than %(size)s MB. Leave pictures out of the workbook."),
    "macro": __(
        "The file holds macros, and they are never run here. Save it as a plain workbook (.xlsx)."
    ),
    "not_its_type": __(
        "The file %(name)s is not what its name says. Save it anew as .xlsx in a spreadsheet "
        "program."
    ),
    "type": __(
        "The file %(name)s is no workbook. Send an .xlsx file, an .xls one for a plain form, or "
        "the twin in Markdown (.md)."
    ),
    "broken": __(
        "The file %(name)s cannot be read: it is damaged or has a password. Save it anew as .xlsx."
    ),
    "not_a_workbook": __(
        "The content of the file is no workbook. Save it as .xlsx in a spreadsheet program."
    ),
    "no_sheet": __(
        "The file %(name)s has no sheet that is known here. A service needs the sheet survey at "
        "least."
    ),
    "bomb": __(
        "Unpacked, the file would be larger than %(size)s MB. Copy its sheets into a new workbook."
    ),
    "entities": __(
        "The file declares entities of its own, as no spreadsheet program does. Copy its sheets "
        "into a new workbook."
    ),
    "too_many_rows": __(
        "A sheet may have %(rows)s rows. Take out the rest, also rows that only look empty."
    ),
    "too_many_columns": __("A sheet may have %(columns)s columns. Take out the rest."),
    "too_many_cells": __("A workbook may have %(cells)s filled cells. Shorten its lists."),
    # Sheets and columns
    "sheet_needed": __("The sheet %(given)s is missing. Add it."),
    "sheet_name": __(
        "The sheet %(given)s is not read. If it is the sheet %(nearest)s, give it that name."
    ),
    "unknown_column": __(
        "There is no column %(given)s here. Name it after one of these: %(known)s."
    ),
    "unknown_language": __(
        "The language %(given)s is not known by that name. Write its code: fa, ar, en."
    ),
    "column_twice": __("The column %(given)s stands twice. Keep one of them."),
    "language_missing": __("The text is missing in these languages: %(languages)s."),
    # Cells
    "unknown_word": __("%(given)s is not known here. Write one of these: %(known)s."),
    "unknown_word_near": __("%(given)s is not known here. Do you mean %(nearest)s?"),
    "value_needed": __("This cell is empty. Fill it in."),
    "text_needed": __("The text is missing. Write it in one language at least."),
    "yes_or_no": __("%(given)s is neither yes nor no. Write yes or no."),
    "not_a_number": __(
        "%(given)s is not right here. Write a whole number from %(least)s to %(most)s."
    ),
    "deadline_shape": __(
        "%(given)s is no length of time. Write a number and working_hours, working_days or "
        "calendar_days, as in: %(example)s."
    ),
    "deadline_long": __("%(given)s is longer than ten years. Write a shorter time."),
    "unknown_unit": __("There is no unit with the key %(given)s. Write the key of one of yours."),
    "not_yours": __(
        "The unit %(given)s is not yours to offer: it is neither one that you run nor below one. "
        "Name another, or have the workbook published by who runs it."
    ),
    "unknown_kind": __("No unit is of the kind %(given)s. Write one of these: %(known)s."),
    "kind_elsewhere": __(
        "No unit here is of the kind %(given)s; the service is offered at the others alone."
    ),
    "unknown_kind_near": __("No unit is of the kind %(given)s. Do you mean %(nearest)s?"),
    "key_shape": __(
        "%(given)s cannot be a key. Write at most 40 small English letters, figures, - and _, a "
        "letter first."
    ),
    # service
    "property_missing": __("The name of the property is missing. Write it, or empty the row."),
    "property_twice": __("The property %(given)s stands twice. Keep one of them."),
    "property_needed": __("The property %(given)s is missing. Add a row for it."),
    "code_shape": __(
        "%(given)s cannot be a code. Write at most 40 small English letters, figures and dashes, a "
        "letter first, as in: %(example)s."
    ),
    "code_taken": __("%(given)s is a word of Diwan's own addresses. Choose another code."),
    "code_of_another": __(
        "Another unit has a service with the code %(given)s already. Choose another code."
    ),
    "kind_of_before": __(
        "The service %(given)s was published as another kind, and its cases are seen by the rules "
        "of that kind. Leave the kind as it was, or choose another code."
    ),
    "code_of_this": __(
        "This workbook is of the service %(given)s. Upload it there, or give it the code of this "
        "service."
    ),
    "address_shape": __(
        "%(given)s is no address. Write one that begins with https://, or leave it empty."
    ),
    "paper_shape": __("%(given)s is not right here. Write it like %(example)s."),
    "paper_twice": __("The paper %(given)s stands twice. Keep one of them."),
    "unknown_paper": __("There is no paper %(given)s. Write one of these: %(known)s."),
    "unknown_paper_near": __("There is no paper %(given)s. Do you mean %(nearest)s?"),
    "cost_shape": __(
        "%(given)s is no amount. Write a number and the currency, as in: %(example)s."
    ),
    "unknown_service": __(
        "There is no service with the code %(given)s yet. Publish it, too, or complaints have "
        "nowhere to go."
    ),
    # steps
    "no_steps": __("There is no state here. Write the first one."),
    "too_many_states": __("A service may have %(most)s states. Join some of them."),
    "state_needed": __("The state is missing. Write its key in the first row of each state."),
    "state_twice": __("The state %(given)s stands twice. Keep its rows together."),
    "belongs_to_state": __(
        "This belongs into the first row of the state %(given)s. Move it there."
    ),
    "end_acts": __("The state %(given)s is an end and has no action. Take out one or the other."),
    "where_shape": __("%(given)s is no place. Write here, above, kind:NAME or unit:KEY."),
    "action_needed": __("The key of the action is missing. Write it."),
    "action_twice": __("The action %(given)s stands twice in this state. Keep one of them."),
    "to_needed": __("The state to which the action leads is missing. Write it."),
    "unknown_state": __("There is no state %(given)s. Write one of these: %(known)s."),
    "unknown_state_near": __("There is no state %(given)s. Do you mean %(nearest)s?"),
    "system_requires": __("Nobody is there to give anything in a step of the system. Empty this."),
    "pause_by_office": __(
        "Only the office asks for what is missing. Take the pause out, or write office in the "
        "column by."
    ),
    "no_way_out": __("No way leads out of the state %(given)s. Add an action, or make it an end."),
    "no_end": __("No state is an end. Write done, refused or withdrawn beside the last ones."),
    "endless": __(
        "From the state %(given)s no way leads to an end: cases would go round for ever. Add a way "
        "out."
    ),
    "unreachable": __(
        "No case comes to the state %(given)s. Lead an action to it, or take it out."
    ),
    "start_is_end": __("The first state is where cases begin: it cannot be an end."),
    "pause_to_end": __(
        "The action %(given)s asks the applicant for something and ends the case: let it lead to "
        "a state that goes on."
    ),
    "system_loop": __(
        "Late cases would go round by themselves without end: %(given)s. Let the office act once."
    ),
    "system_without_deadline": __(
        "The system acts when the state %(given)s is late, and it has no deadline. Write one."
    ),
    "system_twice": __("The system can go one way out of the state %(given)s. Keep one of them."),
    "office_idle": __("In the state %(given)s only the applicant can act: the office waits."),
    # notices, rating
    "unknown_place": __(
        "There is nothing to put in for %(given)s. These can stand in braces: %(known)s."
    ),
    "notice_twice": __("The notice of %(given)s stands twice for the same reader. Keep one."),
    "too_many_questions": __("%(most)s questions are enough. Take out the rest."),
    "question_twice": __("The question %(given)s stands twice. Keep one of them."),
    # survey
    "applicant_twice": __(
        "Row %(row)s asks for the applicant's %(given)s already. Keep one of the two."
    ),
    "unknown_question": __("There is no question %(given)s in the sheet survey. Correct the name."),
    "unknown_question_near": __(
        "There is no question %(given)s in the sheet survey. Do you mean %(nearest)s?"
    ),
    "unknown_list": __(
        "There is no list %(given)s in the sheet choices. Correct the name, or write the list "
        "there."
    ),
    "unknown_list_near": __(
        "There is no list %(given)s in the sheet choices. Do you mean %(nearest)s?"
    ),
    "not_of_the_office": __(
        "The question %(given)s is the applicant's. Write office beside it in the column by of the "
        "sheet survey."
    ),
    "of_the_office": __(
        "The question %(given)s is answered by the office, so the applicant cannot. Name another."
    ),
    "repeated": __("The question %(given)s is asked several times. Name one that is asked once."),
    "form_too_long": __("A form may have %(most)s questions. Shorten it."),
    "xlsform": __("The form cannot be read. The form tool says: %(message)s"),
    "xlsform_external": __(
        "Choices that lie in another file are not taken. Write them into the sheet choices."
    ),
    "xlsform_nesting": __("Groups stand too deep in each other. Take some of them out."),
    "xlsform_empty": __("The form asks nothing. Write a question."),
    # Formulas
    "x_syntax": __("The formula cannot be read near %(given)s. Write it as XLSForm asks."),
    "x_too_long": __("The formula is too long. Share it among several calculations."),
    "x_too_deep": __("Brackets stand too deep in each other. Share the formula among several."),
    "x_function": __("There is no function %(given)s. Look up its name in the XLSForm reference."),
    "x_arguments": __("The function %(given)s takes another number of values. Look it up."),
    "x_pattern": __(
        "The pattern %(given)s cannot be used: a pattern here looks neither ahead nor back. Write "
        "it without."
    ),
    "x_path": __("The formula speaks of %(given)s, and there is no such question. Correct it."),
    "x_list": __("There is no list of choices %(given)s. Correct its name."),
    "x_division": __("The formula always divides by zero. Divide by something else."),
    "x_cycle": __(
        "The formula waits for itself by way of %(given)s. Break the circle in one place."
    ),
    # Against the version before
    "choice_gone": __(
        "The choice %(given)s is no longer offered. Figures over both versions keep them apart."
    ),
    "question_gone": __(
        "The question %(given)s is no longer asked. Its answers stay with the older cases."
    ),
    "type_changed": __(
        "The question %(given)s is asked in another way. Figures over both versions keep them "
        "apart."
    ),
}


EXAMPLES: Mapping[str, str] = {
    "deadline_shape": "3 working_days",
    "code_shape": "shop-licence",
    "cost_shape": "2500000 IRR",
    "paper_shape": "plan? = plan",
}


def sentence_of(fault: Fault) -> str:
    """What is wrong, where it stands first."""
    where, what = where_of(fault), what_of(fault)
    return _("%(where)s: %(what)s") % {"where": where, "what": what} if where else what


def where_of(fault: Fault) -> str:
    """Sheet, row and column, as far as it lies in one place."""
    if not fault.sheet:
        return ""
    parts = [_("sheet %(sheet)s") % {"sheet": isolate(fault.sheet)}]
    if fault.row:
        parts.append(_("row %(row)s") % {"row": _digits(str(fault.row))})
    if fault.column:
        parts.append(_("column %(column)s") % {"column": isolate(fault.column)})
    return _(", ").join(parts)


def what_of(fault: Fault) -> str:
    """What is wrong and how to mend it."""
    code = fault.code
    if fault.values.get("nearest") and f"{code}_near" in SENTENCES:
        code = f"{code}_near"
    values = {**fault.values, "example": EXAMPLES.get(code, "")}
    return str(SENTENCES[code]) % {k: _shown(k, v) for k, v in values.items()}


def _shown(name: str, value: str) -> str:
    if name in _NUMBERS:
        return _digits(value)
    if name in ("known", "languages", "message", "example"):
        return isolate(value)
    return _("“%(text)s”") % {"text": isolate(value)}


def _digits(text: str) -> str:
    return to_digits(text, current().language)
