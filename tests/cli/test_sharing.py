"""`open`, `serve`, `pack` and `verify`, on a small run that lies in a folder."""

from __future__ import annotations

import http.client
import io
import json
import socket
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.errors import ArshjulError, UsageError
from analysis.report import manifest, site
from analysis.report.finished import Finished
from analysis.report.page import PageRecord
from analysis.report.parameters import page_path
from analysis.report.server import Server

REGION, TOWN = "se:region:01", "se:municipality:0180"
ALM, BERG, FAILED = "se:school:11111111", "se:school:22222222", "se:school:33333333"
UNITS = [
    {"unit_id": REGION, "level": "region", "name": "Stockholms län", "code": "01", "parent_id": None},
    {"unit_id": TOWN, "level": "municipality", "name": "Stockholm", "code": "0180", "parent_id": REGION},
    {"unit_id": ALM, "level": "school", "name": "Almskolan", "code": "11111111", "parent_id": TOWN},
    {"unit_id": BERG, "level": "school", "name": "Bergskolan", "code": "22222222", "parent_id": TOWN},
    {"unit_id": FAILED, "level": "school", "name": "Cederskolan", "code": "33333333", "parent_id": TOWN},
]


def page_text(unit: dict[str, object]) -> str:
    link = f'<a href="../{page_path(str(unit["parent_id"]))}">upp</a>' if unit["parent_id"] else ""
    return (
        f'<!DOCTYPE html><html lang="sv"><head><title>{unit["name"]} 2023/24</title></head><body>{link}</body></html>'
    )


def run_in(folder: Path) -> Path:
    """A finished run of four made pages and a failed one."""
    records = []
    for unit in UNITS:
        unit_id, level = str(unit["unit_id"]), str(unit["level"])
        if unit_id == FAILED:
            records.append(PageRecord(unit_id, level, page_path(unit_id), "failed", reason="its time was up"))
            continue
        content = page_text(unit).encode()
        path = folder / page_path(unit_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        records.append(
            PageRecord(
                unit_id, level, page_path(unit_id), "made", sha256=sha256(content).hexdigest(), bytes=len(content)
            )
        )
    parameters = {"school_years": "2023/24", "lang": "sv", "audience": "public"}
    code = manifest.Code("c" * 40, False)
    given = {"data": "d" * 64, "made_by": code, "lock": "l", "template": "t", "parameters": parameters}
    manifest.write(folder, records, **given, made_up=False, units=UNITS)
    site.write(folder, records, UNITS, lang="sv", school_year="2023/24", made_up=False)
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one finished run."""
    (tmp_path / "arshjul.toml").touch()
    run_in(tmp_path / "reports" / "one")
    return tmp_path


def ended(workspace: Path, *arguments: str | Path) -> object:
    with pytest.raises(SystemExit) as end:
        main(["-C", str(workspace), *map(str, arguments)])
    return end.value.code


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that writes down what it is asked to open."""
    program, asked = tmp_path / "browser", tmp_path / "asked"
    program.write_text(f'#!/bin/sh\necho "$1" >> {asked}\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("BROWSER", f"{program} %s")
    monkeypatch.setattr("webbrowser._tryorder", None)
    monkeypatch.setattr("webbrowser._browsers", {})
    return asked


def test_open_shows_the_run_that_was_written_last(workspace: Path, browser: Path, capsys) -> None:
    import os

    later = run_in(workspace / "reports" / "an-earlier-name")
    os.utime(workspace / "reports/one/manifest.json", (1, 1))
    assert ended(workspace, "open") == 0
    assert browser.read_text(encoding="utf-8").strip() == (later / "index.html").as_uri()
    assert capsys.readouterr().out.strip() == str(later / "index.html")


def test_open_shows_a_unit_by_its_name(workspace: Path, browser: Path) -> None:
    assert ended(workspace, "open", workspace / "reports/one", "--only", "bergskolan") == 0
    wanted = workspace / "reports/one/school/se-school-22222222.html"
    assert browser.read_text(encoding="utf-8").strip() == wanted.as_uri()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["open", "--only", "Almskola"], 2, "Did you mean 'Almskolan'?"),
        (["open", "--only", "Cederskolan"], 2, "unknown unit 'Cederskolan'"),
        (["open", "nowhere"], 2, "nowhere holds no manifest.json\n  mend:  name a folder in reports/"),
        (["serve", "nowhere"], 2, "nowhere holds no manifest.json"),
        (["pack"], 2, "what to pack is said by --only UNIT, or by --each LEVEL"),
        (["pack", "--only", "0180", "--each", "school"], 2, "what to pack is said by"),
        (["pack", "--each", "shcool"], 2, "Did you mean 'school'?"),
        (["pack", "--each", "nation"], 2, "there is no page of the level nation"),
        (["pack", "--each", "school", "--out", "reports/one/packs"], 2, "a run holds pages only, and packs lie beside"),
        (["verify", "nowhere.html"], 2, "nowhere.html is no file"),
        (["verify", "reports/one/index.html"], 2, "holds no manifest.json"),
        (["verify", "reports/one/school/se-school-33333333.html"], 2, "is not among the pages of"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_mend(
    workspace: Path, monkeypatch, capsys, arguments: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(workspace)
    assert ended(workspace, *arguments) == code
    assert said in capsys.readouterr().err


def test_without_a_run_or_a_browser_it_is_said_what_to_do(tmp_path: Path, workspace: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    assert ended(workspace, "open") == 1
    assert "no browser could be started\n  mend:  open this file in one: " in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "arshjul.toml").touch()
    assert ended(empty, "open") == 2
    assert "there is no finished run in" in capsys.readouterr().err


def test_a_manifest_of_another_version_is_refused(workspace: Path) -> None:
    file = workspace / "reports/one/manifest.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["units"]
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UsageError, match="arshjul build --force"):
        Finished.read(file.parent)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="the manifest of a run is JSON"):
        Finished.read(file.parent)


@pytest.fixture
def server(workspace: Path) -> Iterator[Server]:
    """A server of the run, on a port that is free."""
    (workspace / "reports/secret.html").write_text("secret", encoding="utf-8")
    (workspace / "reports/one/school/away.html").symlink_to(workspace / "reports/secret.html")
    (workspace / "reports/one/.hidden.html").write_text("secret", encoding="utf-8")
    (workspace / "reports/one/key.txt").write_text("secret", encoding="utf-8")
    with Server(workspace / "reports/one", 0) as one:
        thread = threading.Thread(target=one.serve_forever)
        thread.start()
        yield one
        one.shutdown()
        thread.join()


def answer(server: Server, method: str, path: str, host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host if host is not None else f"127.0.0.1:{server.server_port}")
    connection.endheaders()
    found = connection.getresponse()
    body = found.read()
    connection.close()
    return found.status, {name.lower(): value for name, value in found.getheaders()}, body


def test_the_pages_are_served_as_they_lie_there_with_headers_that_shut_others_out(server: Server) -> None:
    for path, file in (("/", "index.html"), ("/school/se-school-11111111.html?a=1", "school/se-school-11111111.html")):
        status, headers, body = answer(server, "GET", path)
        assert (status, body) == (200, (server.folder / file).read_bytes())
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert "python" not in headers["server"].lower()
    status, headers, body = answer(server, "HEAD", "/")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) == len((server.folder / "index.html").read_bytes())


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/school/..%2f..%2fsecret.html",
        "/school/../../secret.html",
        "//secret.html",
        "/school/away.html",
        "/.hidden.html",
        "/key.txt",
        "/school",
        "/school/",
        "/nothing.html",
        "/index.html%00.html",
        "/..%5csecret.html",
    ],
)
def test_nothing_but_the_pages_of_the_run_is_served(server: Server, path: str) -> None:
    status, _, body = answer(server, "GET", path)
    assert (status, body) == (404, b"not found\n")


@pytest.mark.parametrize("host", ["", "a.example", "a.example:8000", "127.0.0.1", "0.0.0.0:8000"])
def test_a_name_that_others_let_lead_here_gets_nothing(server: Server, host: str) -> None:
    assert answer(server, "GET", "/", host)[::2] == (421, b"misdirected\n")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_pages_can_only_be_read(server: Server, method: str) -> None:
    assert answer(server, method, "/")[0] == 501


def test_the_server_hears_this_machine_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    with pytest.raises(UsageError, match="a free port is needed"):
        Server(server.folder, server.server_port)


def test_serve_says_the_address_and_stops_when_told(workspace: Path, repository: Path) -> None:
    import os
    import signal
    import time

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-m", "analysis.cli", "-C", str(workspace), "serve", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(repository / "src")}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores Ctrl-C
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert f"at http://127.0.0.1:{port}/" in process.stdout.readline()
        time.sleep(0.5)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130
    finally:
        process.kill()
        process.communicate()


def contents(pack: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack.read_bytes())) as archive:
        assert archive.testzip() is None
        return {each.partition("/")[2]: archive.read(each) for each in archive.namelist()}


SITE = {"index.html", "glossary.html", "methods.html", "not-shown.html", "manifest.json"}


@pytest.mark.parametrize(
    ("only", "beside", "pages", "absent"),
    [
        ("Almskolan", "none", [ALM], [TOWN]),
        ("Almskolan", "above", [ALM, TOWN, REGION], []),
        ("0180", "below", [TOWN, ALM, BERG], [REGION]),
        ("0180", "both", [TOWN, ALM, BERG, REGION], []),
    ],
)
def test_a_pack_holds_what_was_asked_for_and_nothing_else(
    workspace: Path, only: str, beside: str, pages: list[str], absent: list[str]
) -> None:
    assert ended(workspace, "pack", "--only", only, "--with", beside) == 0
    (file,) = (workspace / "reports/packs/one").iterdir()
    found = contents(file)
    assert set(found) == SITE | {page_path(each) for each in (*pages, *absent)}
    for each in pages:
        assert found[page_path(each)] == (workspace / "reports/one" / page_path(each)).read_bytes()
    for each in absent:
        assert b'name="arshjul-state"' in found[page_path(each)]
    assert {each["unit_id"] for each in json.loads(found["manifest.json"])["pages"]} == set(pages)
    names = {str(unit["name"]) for unit in UNITS if unit["unit_id"] not in {*pages, *absent, TOWN, REGION}}
    assert [name for name in names for content in found.values() if name.encode() in content] == []


def test_a_pack_is_a_run_of_its_own_and_the_same_bytes_each_time(workspace: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        assert ended(workspace, "pack", "--each", "school", "--out", tmp_path / folder) == 0
    first, second = (sorted((tmp_path / folder).iterdir()) for folder in ("a", "b"))
    assert [path.name for path in first] == [f"se-school-{code}-2023-24.zip" for code in ("11111111", "22222222")]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    with zipfile.ZipFile(first[0]) as archive:
        archive.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    assert str(Finished.read(folder).find("Almskolan")["unit_id"]) == ALM


def test_a_page_that_was_changed_is_not_passed_on(workspace: Path) -> None:
    page = workspace / "reports/one" / page_path(ALM)
    page.write_text(page.read_text(encoding="utf-8").replace("2023/24", "2024/25"), encoding="utf-8")
    run = Finished.read(workspace / "reports/one")
    with pytest.raises(ArshjulError, match="it has been changed since"):
        run.html(run.record(page))
    page.unlink()
    with pytest.raises(ArshjulError, match="it is gone since"):
        run.html(run.find("Almskolan"))
    assert ended(workspace, "pack", "--only", "Almskolan") == 1
    assert not (workspace / "reports/packs").exists()
