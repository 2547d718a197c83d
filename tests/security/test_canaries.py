"""Twenty secrets are planted: a scan of the run finds every one, and a real build lets none of them out."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.report.test_leaks import NUMBER, norwegian_one, swedish
from tests.security.conftest import Built, built, town_of
from tests.store.town import FILES

from analysis.drawing import address
from analysis.publish.figure import source_of
from analysis.report import leaks
from analysis.report.known import known_of
from analysis.report.leaks import scan_folder
from analysis.store.local.keys import VARIABLE, keyed

pytestmark = pytest.mark.slow
SECRET = "c4" * 32
SMALL = "a9-2020-4"
VALUE = "217,4375"
"""the merit value of one pupil, with decimals that no other figure has"""
ADDRESS = "rektor.hemlig@hittestad.example"


def coded(name: str) -> str:
    """A file about pupils in which every code is a personal number, and the pupil SMALL has the merit value VALUE."""
    header, *rows = FILES[name].splitlines()
    found = [header]
    for row in rows:
        code, *rest = row.split(";")
        if name == "results" and code == SMALL and rest[1] == "merit_value":
            rest[2] = VALUE
        found.append(";".join([number_of(code), *rest]))
    return "\n".join(found) + "\n"


def number_of(code: str) -> str:
    """A personal number for a code of the town, the same every time."""
    from datetime import date, timedelta

    place = sorted({row.partition(";")[0] for row in FILES["pupils"].splitlines()[1:]}).index(code)
    digits = swedish(date(2005, 1, 1) + timedelta(days=7 * place), 100 + place)
    return f"20{digits[:6]}-{digits[6:]}"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Pages of a town whose pupils' codes are personal numbers and whose texts hold addresses, with a key in use."""
    place = tmp_path_factory.mktemp("safe") / "key"
    place.write_text(SECRET, encoding="ascii")
    place.chmod(0o600)
    files: dict[str, str | None] = {name: coded(name) for name in ("pupils", "results", "answers")}
    files["commitments"] = FILES["commitments"].replace(";rektor;", f";{ADDRESS};")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(place))
        workspace = town_of(tmp_path_factory.mktemp("town"), **files)
        return built(workspace, ("se:municipality:9901", "se:area:norr", "se:school:99000003", "se:school:99000005"))


@pytest.fixture(scope="session")
def known(town: Built) -> leaks.Known:
    """What the scan is told: the codes of the town, the key, the places, and the small cell."""
    secret = bytes.fromhex(SECRET)
    codes = {number_of(SMALL), *(row.partition(";")[0] for row in coded("pupils").splitlines()[1:])}
    found = replace(known_of(town.workspace), keys=(secret,), texts=frozenset({VALUE, VALUE.replace(",", ".")}))
    return replace(found, codes=found.codes | codes | {keyed(code, secret) for code in codes})


def test_a_real_build_lets_nothing_out(town: Built, known: leaks.Known) -> None:
    assert town.summary.failed == () and town.summary.made == 4
    assert len(known.wanted) > 300
    work = town.workspace.reports / ".work"
    files = [path for place in (town.out, work) for path in place.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".json", ".ipynb"} and len(files) > 10
    assert scan_folder(town.out, known) == [] and scan_folder(work, known) == []


def test_the_store_has_no_code_and_no_key_either(town: Built, known: leaks.Known) -> None:
    found = {leak.kind for leak in scan_folder(town.workspace.store, replace(known, texts=frozenset()))}
    assert found <= {"e-mail address"}, "only what somebody wrote into commitments.csv"


def sheet(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/hidden.xml", f"<c><v>{text}</v></c>")
    return out.getvalue()


def in_drawing(html: str, change: Callable[[str], str]) -> str:
    """The page with its first drawing changed."""
    old = re.search(r'src="(data:image/svg[^"]+)"', html)
    assert old is not None
    drawing = address.drawn(unescape(old[1]))
    assert drawing is not None
    return html.replace(old[1], source_of(change(drawing).encode()), 1)


def page(change: Callable[[str], str]) -> Callable[[Path], None]:
    """A change of a page of the run."""

    def plant(out: Path) -> None:
        path = out / "school" / "se-school-99000003.html"
        html = path.read_text(encoding="utf-8")
        assert change(html) != html
        path.write_text(change(html), encoding="utf-8")

    return plant


def notebook(change: Callable[[dict], None]) -> Callable[[Path], None]:
    """An executed notebook of the run put among its pages, with a change."""

    def plant(out: Path) -> None:
        (made,) = (out.parent / ".work").rglob("se-school-99000003.ipynb")
        node = json.loads(made.read_text(encoding="utf-8"))
        change(node)
        (out / "school" / made.name).write_text(json.dumps(node), encoding="utf-8")

    return plant


def new(name: str, content: bytes | str) -> Callable[[Path], None]:
    """A new file in the run."""

    def plant(out: Path) -> None:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return plant


def manifest(out: Path) -> None:
    path = out / "manifest.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["pages"][0]["reason"] = f"no such file: {Path.home()}/elever.csv"
    path.write_text(json.dumps(found), encoding="utf-8")


CODE = number_of(SMALL)
KEYED = keyed(CODE, bytes.fromhex(SECRET))
TRACE = ["\x1b[0;31mKeyError\x1b[0m                 Traceback (most recent call last)"]
ENTITIES = "".join(f"&#{ord(each)};" for each in ADDRESS)
LINK = "data:text/csv;charset=utf-8,"
CELL = {"cell_type": "raw", "metadata": {}, "source": [ADDRESS]}
NUMBERED, KEPT, MAIL, CODED = "personal number", "text that is kept back", "e-mail address", "pupil's code"


def before(mark: str, text: str) -> Callable[[Path], None]:
    """A text before a mark in a page."""
    return page(lambda html: html.replace(mark, text + mark, 1))


def after(mark: str, text: str) -> Callable[[Path], None]:
    """A text after a mark in a page."""
    return page(lambda html: html.replace(mark, mark + text, 1))


def drawn(text: str) -> Callable[[Path], None]:
    """A text at the end of a drawing in a page."""
    return page(lambda html: in_drawing(html, lambda svg: svg.replace("</svg>", f"{text}</svg>")))


CANARIES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a number in a sentence": (NUMBERED, before("</main>", f"<p>{NUMBER}</p>")),
    "a number in a unit's name": (NUMBERED, after("<h1>", f"{NUMBER} ")),
    "a number in an alt text": (NUMBERED, after('alt="', f"{norwegian_one()} ")),
    "a number in a comment of a drawing": (NUMBERED, drawn(f"<!--{NUMBER}-->")),
    "a number in an id of a drawing": (NUMBERED, drawn(f'<g id="x{NUMBER}"/>')),
    "a number in a table to download": (NUMBERED, after(LINK, quote(f"{NUMBER};"))),
    "a small cell in a drawing's text": (KEPT, drawn(f"<text>{VALUE}</text>")),
    "a small cell in an alt text": (KEPT, after('alt="', f"{VALUE} ")),
    "a small cell in data of the page": (KEPT, after("<main", f' data-a="{VALUE.replace(",", ".")}"')),
    "a code in a class": (CODED, after("<main", f' class="{CODE}"')),
    "a keyed code": (CODED, after("<main", f' data-pupil="{KEYED}"')),
    "an address, in entities": (MAIL, before("</main>", ENTITIES)),
    "the key in a file of settings": ("key", new("settings.json", json.dumps({"key": SECRET}))),
    "the key in base64": ("key", new("a.txt", base64.b64encode(bytes.fromhex(SECRET)))),
    "a path in the manifest": ("path", manifest),
    "a number in a notebook's metadata": (NUMBERED, notebook(lambda node: node["metadata"].update(pupil=NUMBER))),
    "an address in a notebook's cell": (MAIL, notebook(lambda node: node["cells"].append(CELL))),
    "a traceback in a notebook": ("traceback", notebook(lambda node: node["metadata"].update(error=TRACE))),
    "a number in a packed workbook": (NUMBERED, new("school/a.xlsx.gz", gzip.compress(sheet(NUMBER)))),
    "a number in a checkpoint's name": (NUMBERED, new(f".ipynb_checkpoints/{NUMBER}-checkpoint.ipynb", "{}")),
}


def test_there_are_twenty_canaries() -> None:
    assert len(CANARIES) == 20


@pytest.mark.parametrize("name", CANARIES)
def test_a_planted_canary_is_found(name: str, town: Built, known: leaks.Known, tmp_path: Path) -> None:
    kind, plant = CANARIES[name]
    out = tmp_path / "run"
    shutil.copytree(town.out, out)
    shutil.copytree(town.workspace.reports / ".work", tmp_path / ".work")
    plant(out)
    found = scan_folder(out, known)
    kinds = {leak.kind for leak in found}
    assert any(each.startswith(kind) for each in kinds), kinds
    assert len({leak.where for leak in found}) == 1
