"""What config may use of interop: registers in and out, and the sample."""

from .actions.importing import ImportReport, import_files
from .actions.refusals import FileFault, ImportRefused

__all__ = ["FileFault", "ImportRefused", "ImportReport", "import_files"]
