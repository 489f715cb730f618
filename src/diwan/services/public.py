"""What higher floors may use of the room."""

from .actions.filing import file_case
from .actions.given import ApplicantFields, GivenFile
from .constants import CASE, SERVICE
from .models import Case, CaseAnswers, Offer, Service, ServiceVersion
from .policies.services import services as service_policy
from .queries.definitions import definition_of, form_of, offering_units
from .rules.codes import written_code
from .rules.definition import Definition
from .rules.flow import main_way, promised
from .rules.formtree import Form, Node

__all__ = [
    "CASE",
    "SERVICE",
    "ApplicantFields",
    "Case",
    "CaseAnswers",
    "Definition",
    "Form",
    "GivenFile",
    "Node",
    "Offer",
    "Service",
    "ServiceVersion",
    "definition_of",
    "file_case",
    "form_of",
    "main_way",
    "offering_units",
    "promised",
    "service_policy",
    "written_code",
]
