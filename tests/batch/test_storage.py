"""A run in shared storage: a reader sees a whole run or none, and what was broken off is found out and gone on with."""

from __future__ import annotations

import http.server
import json
import signal
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from botocore.exceptions import HTTPClientError
from tests.batch.s3 import BUCKET, KEY, SECRET, Server, served
from tests.faults.light import ended, forked

from analysis.batch import storage, storage_address, storing, verifying
from analysis.batch.selection import Selection, check
from analysis.batch.storage import MARK, Proven, Storage, fetched
from analysis.cli import main
from analysis.errors import ArshjulError, UsageError

AT_ONCE, PAGES = 4, 13


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real S3 server in a process of its own."""
    with served(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture
def at(server, monkeypatch, request) -> str:
    """A place of this test's own in the server, whose address and keys stand in the environment."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(storage, "AT_ONCE", AT_ONCE)
    return f"s3://{BUCKET}/{sha256(request.node.name.encode()).hexdigest()[:12]}/run"


def run_in(folder: Path, version: str = "1", pages: int = PAGES) -> Path:
    """The folder of a run, as it is put in place."""
    hashes = {}
    for number in range(pages):
        file = folder / "school" / f"se-school-{number}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<p>{number} of version {version if number % 2 else 1}</p>", encoding="utf-8")
        hashes[file.name] = sha256(file.read_bytes()).hexdigest()
    (folder / "index.html").write_text(f"<p>index of {version}</p>", encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"manifest": 1, "pages": hashes}), encoding="utf-8")
    return folder


def put(url: str, folder: Path, proven: Proven | None = None) -> tuple[int, Proven]:
    known: Proven = proven or {}
    with Storage.at(url) as place:
        return place.put(folder, dict(known), known.update, lambda line: None), known


def held(url: str) -> dict[str, bytes]:
    """What a reader finds in the place."""
    with Storage.at(url) as place:
        return place._read(list(place._listed()))


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_is_put_there_whole_and_what_is_proven_is_not_sent_again(tmp_path, at) -> None:
    folder = run_in(tmp_path)
    sent, known = put(at, folder)
    assert sent == PAGES + 2 and held(at) == tree(folder)
    assert put(at, folder, known)[0] == 0
    assert put(at, folder)[0] == 0, "without a journal it is read and compared"
    run_in(tmp_path, "2")
    sent, known = put(at, folder, known)
    assert sent == PAGES // 2 + 2 and held(at) == tree(folder)
    (folder / "school" / "se-school-1.html").unlink()
    put(at, folder, known)
    assert held(at) == tree(folder)


def test_pages_are_served_as_pages(tmp_path, at) -> None:
    put(at, run_in(tmp_path, pages=1))
    with Storage.at(at) as place:
        kinds = {name: place.files.info(f"{place.root}/{name}")["ContentType"] for name in place._listed()}
    assert kinds == {
        "school/se-school-0.html": "text/html; charset=utf-8",
        "index.html": "text/html; charset=utf-8",
        "manifest.json": "application/json",
    }


@pytest.mark.parametrize("step", ["stored files", "2", "stored all but the manifest"])
def test_an_upload_that_is_broken_off_shows_no_manifest_and_goes_on(tmp_path, at, step) -> None:
    old = run_in(tmp_path / "old")
    put(at, old)
    new, note = run_in(tmp_path / "new", "2"), tmp_path / "known.json"

    def upload() -> None:
        with Storage.at(at) as place:
            place.put(new, {}, lambda known: note.write_text(json.dumps(known)) and None, lambda line: None)

    assert ended(forked(upload, ARSHJUL_FAIL_AT=step)) == -signal.SIGKILL
    between = held(at)
    assert "manifest.json" not in between and MARK in between
    pages = {name: each for name, each in between.items() if name.startswith("school/")}
    assert all(each in (tree(old)[name], tree(new)[name]) for name, each in pages.items())
    known = json.loads(note.read_text(encoding="utf-8"))
    sent, _ = put(at, new, known)
    assert held(at) == tree(new) and sent < PAGES // 2 + 2


@pytest.mark.parametrize("step", ["stored files", "stored all but the manifest"])
def test_a_page_that_is_withdrawn_goes_also_when_the_upload_is_broken_off_first(tmp_path, at, step) -> None:
    note = tmp_path / "known.json"
    _, known = put(at, run_in(tmp_path / "old"))
    note.write_text(json.dumps(known), encoding="utf-8")
    new = run_in(tmp_path / "new", "2", PAGES - 1)

    def upload() -> None:
        with Storage.at(at) as place:
            proven = json.loads(note.read_text(encoding="utf-8"))
            place.put(new, proven, lambda known: note.write_text(json.dumps(known)) and None, lambda line: None)

    assert ended(forked(upload, ARSHJUL_FAIL_AT=step)) == -signal.SIGKILL
    upload()
    assert held(at) == tree(new)


@pytest.mark.parametrize("change", ["shorter", "same length", "gone"])
def test_a_file_that_was_changed_there_is_found_out_and_mended(tmp_path, at, change) -> None:
    folder = run_in(tmp_path, pages=3)
    _, known = put(at, folder)
    with Storage.at(at) as place:
        name = f"{place.root}/school/se-school-1.html"
        before = place.files.cat_file(name)
        if change == "gone":
            place.files.rm_file(name)
        else:
            place.files.pipe_file(name, before[:-5] if change == "shorter" else before[::-1])
    assert put(at, folder, known)[0] == 2, "the page and the manifest"
    assert held(at) == tree(folder)


def test_what_is_read_back_and_is_another_ends_the_upload_without_a_manifest(tmp_path, at, monkeypatch) -> None:
    folder, read = run_in(tmp_path, pages=3), Storage._read

    def other(self: Storage, names: list[str]) -> dict[str, bytes]:
        return {name: each[:-1] if "school-2" in name else each for name, each in read(self, names).items()}

    monkeypatch.setattr(Storage, "_read", other)
    with pytest.raises(
        ArshjulError, match=r"gives back what it was given\n  found: school/se-school-2.html is another"
    ):
        put(at, folder)
    assert "manifest.json" not in held(at)


def test_a_place_with_other_files_is_refused_and_left_alone(tmp_path, at) -> None:
    with Storage.at(at) as place:
        place.files.pipe_file(f"{place.root}/diary.txt", b"mine")
    with pytest.raises(UsageError, match="holds 1 other files"):
        storing.refuse_unusable(at)
    assert held(at) == {"diary.txt": b"mine"}
    with Storage.at(at) as place:
        place.files.pipe_file(f"{place.root}/manifest.json", b'{"name": "an app"}')
    with pytest.raises(UsageError, match="holds 2 other files"):
        storing.refuse_unusable(at)


def test_a_place_that_can_be_used_is_left_as_it_was_and_no_thread_is_started(tmp_path, at) -> None:
    before = {each.name for each in threading.enumerate()}
    storing.refuse_unusable(at)
    put(at, run_in(tmp_path, pages=1))
    storing.refuse_unusable(at)
    assert held(at) == tree(tmp_path)
    assert {each.name for each in threading.enumerate()} - before <= {"fsspecIO", "asyncio_0"}


def test_errors_name_the_place_and_the_kind_and_never_a_key(tmp_path, at, monkeypatch) -> None:
    folder = run_in(tmp_path, pages=1)
    with pytest.raises(ArshjulError) as error:
        put("s3://no-such-bucket/run", folder)
    assert str(error.value).splitlines()[1] == "  found: s3://no-such-bucket/run: FileNotFoundError"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ArshjulError) as unreachable:
        storing.refuse_unusable(at)
    for told in (error, unreachable):
        assert "mend:" in str(told.value) and told.value.__cause__ is None
        assert SECRET not in str(told.value) and KEY not in str(told.value)


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A server that sends whoever asks to another one."""

    target = ""

    def do_GET(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"{self.target}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


class Listener(http.server.BaseHTTPRequestHandler):
    """A server that nobody has named."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def test_an_answer_that_points_to_another_server_is_not_followed(at, monkeypatch) -> None:
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as other,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as first,
    ):
        Elsewhere.target = f"http://127.0.0.1:{other.server_port}"
        for each in (other, first):
            threading.Thread(target=each.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{first.server_port}")
        with Storage.at(at) as place:
            for ask in (lambda: place.files.pipe_file(f"{place.root}/x", b"a page"), place._listed):
                with pytest.raises(HTTPClientError, match="points to another, which nobody has named"):
                    ask()
        for each in (other, first):
            each.shutdown()
    assert Listener.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA:secret@pages/run",
        "s3://pages/run?key=secret",
        "s3://pages/../run",
        "s3://",
        "https://pages/secret",
        "simplecache::s3://pages/secret",
        "file:///secret",
        "s3://pages/run#secret",
        "s3://pages/a b",
    ],
)
def test_an_address_that_names_no_place_is_refused_and_not_repeated(url) -> None:
    with pytest.raises(UsageError, match="--out: a folder, or an address of the form s3://BUCKET/PREFIX") as error:
        check(Selection(url=url))
    assert "secret" not in str(error.value) and "AKIA" not in str(error.value)
    assert storage_address.is_address(url)


def test_without_the_package_it_is_said_how_to_install_it(monkeypatch) -> None:
    monkeypatch.setattr(storage_address.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'arshjul\[s3\]'"):
        check(Selection(url="s3://pages/run"))


def test_a_page_is_fetched_with_its_manifest_for_as_long_as_it_is_looked_at(tmp_path, at) -> None:
    folder = run_in(tmp_path, pages=2)
    put(at, folder)
    with fetched(f"{at}/school/se-school-1.html") as page:
        assert page.read_bytes() == (folder / "school" / "se-school-1.html").read_bytes()
        assert (page.parents[1] / "manifest.json").is_file()
    assert not page.exists()
    for other in (f"{at}/school/se-school-9.html", f"{at}/index.html", "s3://pages"):
        with pytest.raises(UsageError), fetched(other):
            pass


def test_the_command_verifies_a_page_that_lies_there(tmp_path, at, monkeypatch, capsys) -> None:
    folder = run_in(tmp_path / "run", pages=2)
    (tmp_path / "arshjul.toml").touch()
    put(at, folder)
    looked_at = []

    def again(workspace: object, page: Path, tell: object) -> verifying.Again:
        looked_at.append(page.read_bytes())
        return verifying.Again(is_as_made=True, is_same=True)

    monkeypatch.setattr(verifying, "again", again)
    with pytest.raises(SystemExit) as end:
        main(["-C", str(tmp_path), "verify", f"{at}/school/se-school-1.html"])
    assert (end.value.code or 0, capsys.readouterr().out) == (0, "the same bytes\n")
    assert looked_at == [(folder / "school" / "se-school-1.html").read_bytes()]
