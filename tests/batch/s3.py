"""A real S3 server in a process of its own, on 127.0.0.1."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.batch.far import ended, wait_for

BUCKET = "pages"
SECRET = "a-secret-that-is-told-to-nobody"
KEY = "AKIAMADEUPFORTESTS00"


@dataclass
class Server:
    """An S3 server that listens on 127.0.0.1, and what a user of it has in the environment."""

    address: str
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "eu-north-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Server]:
    """moto's server with one empty bucket."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
        )
    try:
        wait_for(lambda: _answers(port), "the S3 server")
        asked = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.status == 200
        yield Server(address, process)
    finally:
        ended([process])


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False
