"""The pages of one run, served to the browser on this machine and to nobody else."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from analysis.errors import UsageError

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json; charset=utf-8"}
"""what a run holds; nothing else is served"""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""beside each page's own policy, which stands in the page and holds as well"""


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the files of the run; everything else is refused without a word about why."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "arshjul", ""

    def do_GET(self) -> None:
        """Send a page."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send what is said of a page, without the page."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        status, kind, content = self._found()
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def _found(self) -> tuple[HTTPStatus, str, bytes]:
        """A page asks under this machine's own name only: a name that somebody else lets lead here gets nothing."""
        if self.headers.get("Host", "") not in self.server.hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "text/plain; charset=utf-8", b"misdirected\n"
        path = self.server.file(self.path)
        if path is None:
            return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"not found\n"
        return HTTPStatus.OK, TYPES[path.suffix], path.read_bytes()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written down about who reads what."""


class Server(ThreadingHTTPServer):
    """A server for the folder of one run, on this machine's own address."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder.resolve()
        try:
            super().__init__((HOST, port), Handler)
        except OSError as error:
            raise UsageError(
                f"--port: a free port is needed\n  found: {port} cannot be used ({error.strerror})\n"
                "  mend:  name another, or 0 for any that is free"
            ) from None
        self.hosts = frozenset(f"{name}:{self.server_port}" for name in NAMES)

    @property
    def address(self) -> str:
        """Where the index is."""
        return f"http://{HOST}:{self.server_port}/"

    def file(self, target: str) -> Path | None:
        """The file of the run that a request is for; None for any other, also one that a link leads to."""
        name = unquote(urlsplit(target).path).removeprefix("/") or "index.html"
        parts = name.split("/")
        if any(not part or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            return None
        path = self.folder.joinpath(*parts)
        if path.suffix not in TYPES or not path.is_file() or path.resolve() != path:
            return None
        return path
