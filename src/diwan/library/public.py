"""What higher floors may use of the library."""

from .actions import put_documents
from .constants import DOCUMENT
from .models import Document
from .queries import DocumentRecord, document_records_of

__all__ = ["DOCUMENT", "Document", "DocumentRecord", "document_records_of", "put_documents"]
