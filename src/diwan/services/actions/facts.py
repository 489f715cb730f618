"""What the form's answers say of the applicant, and what the case is called after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _

from diwan.kernel.text import clean, local, search_key, to_ascii_digits
from diwan.services.rules.answers import at_path, named
from diwan.services.rules.definition import Definition
from diwan.services.rules.formtree import Form, Node

from .given import ApplicantFields


def facts_said(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """The facts for which questions of the form ask, as they were answered."""
    return {
        node.applicant: value
        for node in form.by_path.values()
        if node.applicant and (value := at_path(answers, node.path))
    }


def facts_kept(given: ApplicantFields, said: Mapping[str, str]) -> dict[str, Any]:
    """The columns of an applicant: what the form's questions say, else what was given besides."""
    told: dict[str, Any] = dict(said)
    facts = replace(given, **told)
    name, on_behalf = clean(facts.name)[:200], clean(facts.on_behalf)[:200]
    return {
        **asdict(facts),
        "name": name,
        "phone": _figures(facts.phone)[:40],
        "email": clean(facts.email)[:254],
        "identity": _figures(facts.identity)[:40],
        "on_behalf": on_behalf,
        "search": search_key(name, on_behalf),
    }


def title_of(form: Form, definition: Definition, answers: Mapping[str, Any], language: str) -> str:
    """What the case is called in lists: the answer that the workbook names."""
    node = named(form, definition.cased) if definition.cased else None
    value = at_path(answers, node.path) if node is not None else ""
    return _shown_answer(form, node, value, language)[:200] if node and value else ""


def _shown_answer(form: Form, node: Node, value: str, language: str) -> str:
    labels = {choice.name: choice.label for choice in form.lists.get(node.list, ())}
    if not labels:
        return clean(value)
    words = [local(labels.get(name, {}), language)[0] or name for name in value.split()]
    return _(", ").join(words)


def _figures(typed: str) -> str:
    """A number as it is kept and looked for: ASCII figures without what stands between them."""
    plain = to_ascii_digits(clean(typed))
    figures = "".join(sign for sign in plain if sign.isdigit())
    other = [sign for sign in plain if not sign.isdigit() and sign not in " -–()+./"]
    return plain if other else figures
