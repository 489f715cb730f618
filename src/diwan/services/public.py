"""What higher floors may use of the room."""

from .actions.attaching import attach
from .actions.filing import file_case
from .actions.given import ApplicantFields, GivenFile
from .actions.limits import TooMuch, count_filing
from .constants import CASE, SERVICE
from .errors import FormFaults
from .models import Case, CaseAnswers, Offer, Service, ServiceVersion
from .policies.cases import counter_units
from .policies.services import services as service_policy
from .queries.answer_faults import sentence_of as answer_sentence
from .queries.definitions import definition_of, form_of, offering_units, services_offered
from .rules.codes import written_code
from .rules.definition import Definition
from .rules.flow import main_way, promised
from .rules.formtree import Form, Node
from .rules.submission import NotASubmission
from .rules.submission import from_xml as answers_in
from .rules.submission import identity_of as submission_of

__all__ = [
    "CASE",
    "SERVICE",
    "ApplicantFields",
    "Case",
    "CaseAnswers",
    "Definition",
    "Form",
    "FormFaults",
    "GivenFile",
    "Node",
    "NotASubmission",
    "Offer",
    "Service",
    "ServiceVersion",
    "TooMuch",
    "answer_sentence",
    "answers_in",
    "attach",
    "count_filing",
    "counter_units",
    "definition_of",
    "file_case",
    "form_of",
    "main_way",
    "offering_units",
    "promised",
    "service_policy",
    "services_offered",
    "submission_of",
    "written_code",
]
