"""What higher floors may use of the room."""

from .constants import CASE, SERVICE
from .models import Case, Service, ServiceVersion

__all__ = ["CASE", "SERVICE", "Case", "Service", "ServiceVersion"]
