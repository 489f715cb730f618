"""What config may use of interop: registers in and out, and the sample."""

from .actions.importing import ImportReport, import_files
from .actions.refusals import FileFault, ImportRefused
from .actions.sample import REGISTERS as SAMPLE_REGISTERS
from .actions.sample import SampleAccount, SampleReport, load_sample, sample_accounts
from .queries.export import export_registers, export_zip
from .queries.popolo import popolo as export_popolo

__all__ = [
    "SAMPLE_REGISTERS",
    "FileFault",
    "ImportRefused",
    "ImportReport",
    "SampleAccount",
    "SampleReport",
    "export_popolo",
    "export_registers",
    "export_zip",
    "import_files",
    "load_sample",
    "sample_accounts",
]
