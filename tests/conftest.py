"""What every test stands on: no screen, no network, and a browser only for those who ask."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

os.environ["MPLBACKEND"] = "agg"
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

REPOSITORY = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to another machine is an error; the project computes from files."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: object) -> None:
        is_far = isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost")
        if is_far:
            raise AssertionError(f"a test tried to connect to {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", only_here)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return REPOSITORY


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; a missing one is a failure, never a test left out unseen."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is not installed: apt-get install chromium (or run `make check`, which needs none)")
    return found
