"""Evidence files: type by content, bounded size, checksum, the same content stored once.

What the rooms use stands here; the parts are named for what they do. A client's file name is kept
for people to read and never used as a path.
"""

from .cleaning import Finding, clean, examine
from .content import Kept, content_name, opened, put_at, read
from .disk import evidence_folder
from .names import clean_name
from .receiving import MAX_BYTES
from .serving import answer_with
from .storing import files_of, remember, store
from .types import TYPES, media_type_of

__all__ = [
    "MAX_BYTES",
    "TYPES",
    "Finding",
    "Kept",
    "answer_with",
    "clean",
    "clean_name",
    "content_name",
    "evidence_folder",
    "examine",
    "files_of",
    "media_type_of",
    "opened",
    "put_at",
    "read",
    "remember",
    "store",
]
