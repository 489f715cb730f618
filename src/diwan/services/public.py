"""What higher floors may use of the room."""

from .constants import CASE, SERVICE
from .models import Case, Offer, Service, ServiceVersion
from .policies.services import services as service_policy
from .queries.definitions import definition_of, form_of
from .rules.definition import Definition
from .rules.flow import main_way, promised
from .rules.formtree import Form

__all__ = [
    "CASE",
    "SERVICE",
    "Case",
    "Definition",
    "Form",
    "Offer",
    "Service",
    "ServiceVersion",
    "definition_of",
    "form_of",
    "main_way",
    "promised",
    "service_policy",
]
