"""The kernel as a Django app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Tables without a word of any domain: audit, files, links, working time, jobs."""

    name = "diwan.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Declare what the kernel itself does every minute."""
        from diwan.kernel import jobs, sealing  # noqa: PLC0415 - models must be loaded first

        jobs.every_minute("kernel.seals", sealing.seal_waiting)
