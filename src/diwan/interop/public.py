"""What config may use of interop: registers in and out, and the sample."""

from .actions.importing import ImportReport, import_files
from .actions.refusals import FileFault, ImportRefused
from .queries.export import export_registers, export_zip

__all__ = [
    "FileFault",
    "ImportRefused",
    "ImportReport",
    "export_registers",
    "export_zip",
    "import_files",
]
