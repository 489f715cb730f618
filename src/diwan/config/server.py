"""Serve: granian in front, the worker's minute tick in a thread beside it, one clean end."""

import multiprocessing
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from django.db import connections
from granian.constants import Interfaces
from granian.server.mp import MPServer

from diwan.kernel.errors import Refused
from diwan.kernel.jobs import run_worker

ADDRESS = "127.0.0.1"
THREADS = 4
WORKER_PATIENCE = 10.0
"""Seconds the worker gets to finish what it is doing when Diwan stops."""


def chosen_port() -> int:
    """PORT of the environment, else 8000. Raises Refused if it is no port number."""
    text = os.environ.get("PORT", "") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Refused(f"PORT={text} is no port number; choose one from 1024 to 65535.")
    return int(text)


def require_free(port: int) -> None:
    """Raise Refused with one sentence if the port is taken or not ours to take."""
    with socket.socket() as probe:
        # As the server itself does it: a port whose last owner just closed it counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except PermissionError as error:
            raise Refused(
                f"No permission to serve on port {port}; choose one from 1024 on: PORT=8001 ./run"
            ) from error
        except OSError as error:
            raise Refused(
                f"Port {port} is taken by another program; choose another: PORT={port + 1} ./run"
            ) from error


def serve(port: int, *, when_up: Callable[[], None]) -> None:
    """Serve on loopback until SIGINT or SIGTERM; `when_up` is called at the first answer."""
    # Not forked: this process has threads, and a fork would copy their locks.
    multiprocessing.set_start_method("spawn", force=True)
    connections.close_all()
    stop = threading.Event()
    threads = [threading.Thread(target=_announce, args=(port, stop, when_up), name="announce")]
    if os.environ.get("DIWAN_WORKER", "") != "apart":
        threads.append(threading.Thread(target=run_worker, args=(stop,), name="worker"))
    for thread in threads:
        thread.start()
    server = MPServer(
        "diwan.config.wsgi:application",
        address=ADDRESS,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    # Granian reloads on SIGHUP; a closed terminal should end Diwan like Ctrl-C.
    server.on_startup(lambda: _stop_on_hangup(server))
    try:
        server.serve()
    finally:
        stop.set()
        for thread in threads:
            thread.join(WORKER_PATIENCE)


def _stop_on_hangup(server: MPServer) -> None:
    signal.signal(signal.SIGHUP, server.signal_handler_interrupt)


def _announce(port: int, stop: threading.Event, when_up: Callable[[], None]) -> None:
    """Call `when_up` once the server answers, well or not: what is wrong is in the answer."""
    while not stop.is_set():
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}:{port}/healthz", timeout=10):
                pass
        except urllib.error.HTTPError:
            pass
        except OSError:
            time.sleep(0.1)
            continue
        when_up()
        return
