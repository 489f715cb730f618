"""A worker in a process of its own, for the tests that kill it: database, folder, what it does."""

import os
import sys
import threading
import time
from pathlib import Path


def main(database: str, folder: str, seconds: float) -> None:
    """Do jobs until nothing is due for a second; each leaves a line in the folder."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from diwan.kernel import jobs

    place = Path(folder)
    until = time.monotonic() + 120

    @jobs.job("t.count")
    def count(n: int) -> None:
        met = place / f"met-{os.getpid()}"
        if not met.exists():  # none of the workers does everything before the other has begun
            met.touch()
            while len(list(place.glob("met-*"))) < 2 and time.monotonic() < until:
                time.sleep(0.01)
        with (place / f"count-{n}").open("a") as file:
            file.write(f"{os.getpid()}\n")

    @jobs.job("t.long", atomic=True)
    def long() -> None:
        from diwan.kernel.models import Heartbeat

        Heartbeat.objects.create(name=f"long-{os.getpid()}")
        (place / f"begun-{os.getpid()}").touch()
        time.sleep(seconds)

    (place / f"ready-{os.getpid()}").touch()
    while not (place / "go").exists() and time.monotonic() < until:
        time.sleep(0.01)
    idle = 0
    while idle < 3 and time.monotonic() < until:
        if jobs.run_one(f"w{os.getpid()}", stop=threading.Event()):
            idle = 0
        else:
            idle += 1
            time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
