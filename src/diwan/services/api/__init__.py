"""Services and cases over the API: the same queries, actions and policies as the pages."""

from . import applicants, cases, catalogue, citizens, figures, filing, inquiries, steps
from .routing import routes

__all__ = [
    "applicants",
    "cases",
    "catalogue",
    "citizens",
    "figures",
    "filing",
    "inquiries",
    "routes",
    "steps",
]
