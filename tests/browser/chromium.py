"""Drive a headless Chromium over a pipe: no port, no socket, nothing but what the page does."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
    "about:blank",
)


class Page:
    """One tab, as wide as it is told, that notes every request it makes."""

    def __init__(self, writer: int, reader: int) -> None:
        self._writer, self._reader, self._rest = writer, reader, b""
        self._number, self._session = 0, ""
        self.requests: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")
        self._ask("Network.enable")

    def open(self, path: Path, width: int, height: int = 900) -> None:
        """Open a file at a window width in CSS pixels."""
        assert path.is_file(), f"{path} is not there"
        self.widen(width, height)
        self.requests.clear()
        self._ask("Page.navigate", url=path.resolve().as_uri())
        deadline = time.monotonic() + 30
        while self.value("document.readyState") != "complete":
            assert time.monotonic() < deadline, f"{path} did not load"
            time.sleep(0.05)

    def widen(self, width: int, height: int = 900) -> None:
        """Let the window be so many CSS pixels wide, with the page that is open in it."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def pdf(self) -> bytes:
        """The page printed on A4, tagged."""
        return base64.b64decode(self._ask("Page.printToPDF", preferCSSPageSize=True, generateTaggedPDF=True)["data"])

    def print_look(self, wanted: bool) -> None:
        """Show the page as it looks on paper, or as on a screen again."""
        self._ask("Emulation.setEmulatedMedia", media="print" if wanted else "")

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("method") == "Network.requestWillBeSent":
                self.requests.append(answer["params"]["request"]["url"])
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._reader, 1 << 20)
            assert part, "Chromium ended"
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer


@contextmanager
def started(program: str) -> Iterator[Page]:
    """A Chromium with an empty profile, ended afterwards whatever happens."""
    to_reader, to_writer = os.pipe()
    from_reader, from_writer = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *FLAGS[:-1], f"--user-data-dir={profile}", FLAGS[-1]]
        process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_reader} 4>&{from_writer}', "bash", *command],
            pass_fds=(to_reader, from_writer),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_reader)
        os.close(from_writer)
        try:
            yield Page(to_writer, from_reader)
        finally:
            process.kill()
            process.wait()
            os.close(to_writer)
            os.close(from_reader)
