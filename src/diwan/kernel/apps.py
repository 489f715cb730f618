"""The kernel as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    """Tables without a word of any domain: audit, files, links, working time, jobs."""

    name = "diwan.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Declare what the kernel itself does every minute."""
        from diwan.kernel import files, jobs, retention, sealing  # noqa: PLC0415 - models must be loaded first

        retention.declare_retention(
            "kernel.blobs", _("contents of files that nothing uses"), 1, files.clean
        )
        jobs.every_minute("kernel.seals", sealing.seal_waiting)
