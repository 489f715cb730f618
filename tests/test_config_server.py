"""The port: refused in one sentence where it is taken or none; locks of a home."""

import socket
from pathlib import Path
from threading import Thread

import pytest

from diwan.config.prepare import locked
from diwan.config.server import chosen_port, require_free
from diwan.kernel.errors import Refused


def test_the_port_is_8000_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert chosen_port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert chosen_port() == 8123


def test_a_taken_port_is_refused_with_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} is taken.*PORT={port + 1}"):
            require_free(port)
    require_free(port)


def test_the_second_waits_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = []

    def second() -> None:
        with locked("prepare", tmp_path):
            order.append("second")

    with locked("prepare", tmp_path):
        thread = Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]
    assert "waiting" in capsys.readouterr().err
