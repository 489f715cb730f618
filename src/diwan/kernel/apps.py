"""The kernel as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    """Tables without a word of any domain: audit, files, links, working time, jobs."""

    name = "diwan.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Declare what the kernel itself does every minute, and what it does not keep for ever."""
        # Models must be loaded first; verifying declares a job.
        from diwan.kernel import (  # noqa: PLC0415 - as above
            files,
            jobs,
            notices,
            retention,
            sealing,
            search,
            statistics,
            verifying,  # noqa: F401 - as above
        )

        retention.declare_retention(
            "kernel.blobs", _("contents of files that nothing uses"), 1, files.clean
        )
        jobs.every_minute("kernel.seals", sealing.seal_waiting)
        jobs.every_minute("kernel.retention", retention.carry_out_retention)
        retention.declare_own()
        jobs.every_minute("kernel.notices", notices.look)
        retention.declare_retention("kernel.jobs", _("jobs that are over"), 30, jobs.forget)
        retention.declare_retention(
            "kernel.notices", _("notices that are over"), 180, notices.forget
        )
        jobs.every_minute("kernel.search", search.tick)
        jobs.every_minute("kernel.statistics", statistics.gather)
