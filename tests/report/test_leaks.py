"""Whatever tells who a pupil is closes the gate, however it is wrapped; school codes and figures never do."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import random
import time
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from analysis.errors import GateClosed
from analysis.model.personal_numbers import FIRST_WEIGHTS, SECOND_WEIGHTS
from analysis.report import leaks
from analysis.report.gate import check
from analysis.report.leaks import Known, Leak, scan, scan_folder

SECRET = bytes(range(100, 132))
KNOWN = Known(
    codes=frozenset({"e-2041", "p00017", "Åsa_7B-03", "30581", "12"}),
    keys=(SECRET,),
    texts=frozenset({"217,4375"}),
    folders=(Path("/srv/kommun/årshjul"),),
)
DAY = date(2009, 3, 14)


def luhn(digits: str) -> str:
    """Nine digits and their check digit."""
    total = 0
    for place, each in enumerate(digits):
        total += sum(map(int, str(int(each) * (2 - place % 2))))
    return digits + str(-total % 10)


def swedish(day: date, number: int, added: int = 0) -> str:
    """A Swedish number of ten digits."""
    return luhn(f"{day:%y%m}{day.day + added:02d}{number:03d}")


def norwegian(day: date, number: int, days: int = 0, months: int = 0) -> str | None:
    """A Norwegian number of eleven digits; None where the three in the middle give no check digits."""
    digits = f"{day.day + days:02d}{day.month + months:02d}{day:%y}{number:03d}"
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        rest = -sum(int(each) * weight for each, weight in zip(digits, weights, strict=False)) % 11
        if rest == 10:
            return None
        digits += str(rest)
    return digits


def norwegian_one(days: int = 0, months: int = 0) -> str:
    found = (norwegian(DAY, number, days, months) for number in range(500, 600))
    return next(each for each in found if each is not None)


NUMBER = swedish(DAY, 238)
NUMBERS = {
    "ten digits": NUMBER,
    "with a dash": f"{NUMBER[:6]}-{NUMBER[6:]}",
    "with a plus": f"{NUMBER[:6]}+{NUMBER[6:]}",
    "with a long dash": f"{NUMBER[:6]}\u2013{NUMBER[6:]}",
    "with a blank": f"{NUMBER[:6]} {NUMBER[6:]}",
    "twelve digits": f"20{NUMBER}",
    "twelve digits with a dash": f"20{NUMBER[:6]}-{NUMBER[6:]}",
    "co-ordination number": swedish(DAY, 111, 60),
    "co-ordination number with a century": f"20{swedish(DAY, 111, 60)}",
    "reserved for tests": swedish(DAY, 980),
    "interim": "20090314TF12",
    "interim with a letter": "090314-T123",
    "Norwegian": norwegian_one(),
    "Norwegian with a blank": f"{norwegian_one()[:6]} {norwegian_one()[6:]}",
    "Norwegian D": norwegian_one(days=40),
    "Norwegian help": norwegian_one(months=40),
    "Norwegian test, month + 80": norwegian_one(months=80),
    "Norwegian test, month + 65": norwegian_one(months=65),
}
PLACES = {
    "a sentence": "Eleven {} är frånvarande.",
    "a name": "{}",
    "a CSV row": "klass;{};201,5",
    "a CSV row with commas": "7,{},201.5",
    "an id": '<g id="pupil_{}">',
    "an alt text": '<img alt="Linjediagram över {}: 201 poäng">',
    "a comment": "<!-- {} -->",
    "a file's name": "elev-{}.csv",
    "JSON": '{{"a":"x\\n{}\\n"}}',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", NUMBERS)
def test_a_personal_number_is_found_wherever_it_stands(name: str, place: str) -> None:
    found = scan(PLACES[place].format(NUMBERS[name]).encode(), "page.html", Known())
    assert [leak.kind for leak in found] == ["personal number"]


OTHERS = (
    "16762245 is a school", "974611473 is an organisation", "2120000142 is a municipality's number",
    f"{NUMBER[:-1]}{(int(NUMBER[-1]) + 1) % 10} has a wrong check digit", "1234567890 is no day",
    f"{norwegian_one()[:-1]}{(int(norwegian_one()[-1]) + 1) % 10}", f"1{NUMBER}77 is longer",
    f"0.{NUMBER}", f"a{NUMBER}b", "se-school-12275851-2023-24-trend.csv", "2023/24 201,5 (198–204)",
)  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_are_let_through(text: str) -> None:
    assert scan(text.encode(), "page.html", KNOWN) == []


def test_every_number_of_many_days_is_found_and_every_wrong_check_digit_let_through() -> None:
    draw = random.Random(20240817)
    for _ in range(400):
        day = date(1990, 1, 1) + timedelta(days=draw.randrange(10_000))
        right = swedish(day, draw.randrange(1000), draw.choice((0, 60)))
        wrong = right[:-1] + str((int(right[-1]) + draw.randrange(1, 10)) % 10)
        assert len(scan(right.encode(), "a", Known())) == 1, right
        assert scan(wrong.encode(), "a", Known()) == [], wrong
        abroad = norwegian(day, draw.randrange(1000), draw.choice((0, 40)), draw.choice((0, 40, 65, 80)))
        if abroad is not None:
            assert scan(abroad.encode(), "a", Known()), abroad


def packed(content: bytes, name: str = "xl/sheet1.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def png(kind: bytes, data: bytes) -> bytes:
    chunk = kind + data
    return b"\x89PNG\r\n\x1a\n" + len(data).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")


def address(content: bytes, kind: str = "image/svg+xml") -> bytes:
    return b'<img src="data:' + kind.encode() + b";base64," + base64.b64encode(content) + b'">'


WRAPPED = {
    "plain": lambda text: text,
    "base64 in an address": address,
    "base64 in a variable": lambda text: b"var a = '" + base64.b64encode(text) + b"';",
    "base64 for addresses": lambda text: b"var a = '" + base64.urlsafe_b64encode(text) + b"';",
    "base64 in lines, in JSON": lambda text: json.dumps(base64.encodebytes(text * 4).decode()).encode(),
    "base64 within base64": lambda text: address(address(text)),
    "hexadecimal": lambda text: b'"' + text.hex().encode() + b'"',
    "percent": lambda text: b"data:text/csv," + quote(text).replace(".", "%2E").encode(),
    "every sign in percent": lambda text: "".join(f"%{each:02x}" for each in text).encode(),
    "percent twice": lambda text: quote(quote(text, safe="")).encode(),
    "entities": lambda text: "".join(f"&#{ord(each)};" for each in text.decode()).encode(),
    "entities, hexadecimal": lambda text: "".join(f"&#x{ord(each):x};" for each in text.decode()).encode(),
    "entities twice": lambda text: html.escape("".join(f"&#{ord(each)};" for each in text.decode())).encode(),
    "JSON": lambda text: json.dumps(text.decode()).encode(),
    "JSON, every sign": lambda text: "".join(f"\\u{ord(each):04x}" for each in text.decode()).encode(),
    "gzip": gzip.compress,
    "gzip in base64": lambda text: b'"' + base64.b64encode(gzip.compress(text)) + b'"',
    "archive": packed,
    "archive in an archive": lambda text: packed(packed(text), "inner.xlsx"),
    "a workbook in an address": lambda text: address(packed(text), "application/vnd.ms-excel"),
    "the name of a member": lambda text: packed(b"", text.decode()),
    "UTF-16": lambda text: text.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.decode().encode("utf-16-le"),
    "text chunk of an image": lambda text: png(b"tEXt", b"Comment\0" + text),
    "packed chunk of an image": lambda text: png(b"zTXt", b"Comment\0\0" + zlib.compress(text)),
    "packed words of an image": lambda text: png(b"iTXt", b"Comment\0\1\0sv\0\0" + zlib.compress(text)),
    "a percent-encoded drawing": lambda text: b'<img src="data:image/svg+xml,' + quote(b"<svg>" + text).encode(),
    "an encoded base64 address": lambda text: quote(b"data:text/plain;base64," + base64.b64encode(text)).encode(),
}
SECRETS = {
    "personal number": ("elev 20090314-2387, ", None),
    "pupil's code": ("elev e-2041, ", None),
    "e-mail address": ("skriv till anna.ek@kommun.example, ", None),
    "key": (f"nyckeln {SECRET.hex()}, ", None),
    "path of this machine": ("i /srv/kommun/årshjul/data, ", None),
    "traceback": ("Traceback (most recent call last): ", None),
    "text that is kept back": ("medelvärde 217,4375 i klassen, ", None),
}


@pytest.mark.parametrize("wrapping", WRAPPED)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_however_it_is_wrapped(kind: str, wrapping: str) -> None:
    text = SECRETS[kind][0].replace("20090314-2387", f"20{NUMBER[:6]}-{NUMBER[6:]}")
    assert kind in {leak.kind for leak in scan(WRAPPED[wrapping](text.encode()), "page.html", KNOWN)}


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_a_harmless_text_is_let_through_however_it_is_wrapped(wrapping: str) -> None:
    text = "Björkskolan 16762245: 201,5 poäng (198–204), p-värde 0,04; e-2042 är ingen kod här. ".encode()
    assert scan(WRAPPED[wrapping](text), "page.html", KNOWN) == []


def test_a_number_marked_up_in_parts_is_found() -> None:
    for text in (
        f"<b>{NUMBER[:6]}</b>-{NUMBER[6:]}",
        f"<tspan x='1'>{NUMBER[:3]}</tspan><tspan>{NUMBER[3:]}</tspan>",
        f"{NUMBER[:4]}\u200b{NUMBER[4:]}",
        f"{NUMBER[:6]}&shy;-{NUMBER[6:]}",
    ):
        assert [leak.kind for leak in scan(text.encode(), "a", Known())] == ["personal number"], text


def test_numbers_in_cells_beside_each_other_are_not_one_number() -> None:
    assert scan(f"<td>{NUMBER[:6]}</td><td>{NUMBER[6:]}</td>".encode(), "a", Known()) == []


KEYS = (
    SECRET, SECRET.hex().encode(), SECRET.hex().upper().encode(), base64.b64encode(SECRET),
    base64.urlsafe_b64encode(SECRET).rstrip(b"="), b"-----BEGIN RSA " + b"PRIVATE KEY-----", b"AKIA" + b"Z" * 16,
)  # fmt: skip


@pytest.mark.parametrize("text", KEYS)
def test_a_key_is_found_in_every_way_it_may_be_written(text: bytes) -> None:
    assert {leak.kind for leak in scan(b"<p>" + text + b"</p>", "a", KNOWN)} == {"key"}


@pytest.mark.parametrize(
    "text",
    ["/home/anna/fil", "C:\\Users\\anna\\fil", '"C:\\\\Users\\\\anna"', "file:///home/anna", "/srv/kommun/årshjul"],
)
def test_a_path_of_a_machine_is_found(text: str) -> None:
    assert "path" in scan(f"se {text}.".encode(), "a", KNOWN)[0].kind


@pytest.mark.parametrize("text", ["https://kommun.example/home/start", "/srv/kommun/årshjulet", "../school/a.html"])
def test_an_address_is_no_path_of_a_machine(text: str) -> None:
    assert scan(text.encode(), "a", KNOWN) == []


def test_codes_stand_alone_and_the_shortest_are_counted_not_looked_for() -> None:
    assert KNOWN.passed_over == 2
    assert scan(b"30581 pupils, 12 of them", "a", KNOWN) == []
    assert scan(b"see-2041 ep00017", "a", KNOWN) == []
    assert [leak.place for leak in scan("P00017 åSA_7b-03".encode(), "a", KNOWN)] == [0, 7]


def test_a_leak_does_not_say_what_leaked() -> None:
    text = f"{NUMBER} e-2041 a.b@c.example {SECRET.hex()}"
    found = scan(text.encode(), "page.html", KNOWN)
    assert len(found) == 4
    said = " ".join(map(str, found)) + repr(found) + repr(KNOWN)
    assert not any(secret in said for secret in (NUMBER, "e-2041", "c.example", SECRET.hex(), repr(SECRET)))


def test_what_cannot_be_read_is_a_leak() -> None:
    damaged = gzip.compress(b"a" * 5000)[:-20]
    cut = packed(b"a" * 5000)[:-30]
    deep = b"harmless text that is wrapped and wrapped"
    for _ in range(9):
        deep = gzip.compress(deep)
    for content in (damaged, cut, deep):
        assert [leak.kind.split(" (")[0] for leak in scan(content, "a", KNOWN)] == ["part that cannot be read"]


def test_a_bomb_is_a_leak_and_is_not_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(bytes(200_000_000), 9), 9)
    started = time.process_time()
    assert "unwraps to more" in scan(bomb, "a", KNOWN)[0].kind
    assert time.process_time() - started < 20


def test_a_key_of_a_few_signs_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        Known(keys=(b"short",))


def test_a_hashed_id_of_a_drawing_is_no_personal_number_but_another_id_is() -> None:
    drawing = f'<svg><defs><clipPath id="p{NUMBER}"/></defs><path clip-path="url(#p{NUMBER})"/></svg>'
    assert scan(drawing.encode(), "a", Known()) == []
    assert len(scan(drawing.replace("</svg>", f'<g id="q{NUMBER}"/></svg>').encode(), "a", Known())) == 1
    assert len(scan(f'<svg><g id="p{NUMBER}"/></svg>'.encode(), "a", Known())) == 1


def test_a_folder_is_looked_through_with_names_hidden_files_and_links(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / ".work" / ".ipynb_checkpoints").mkdir(parents=True)
    (run / "index.html").write_text("fine", encoding="utf-8")
    (run / ".work" / ".ipynb_checkpoints" / "a.ipynb").write_text(f'["{NUMBER}"]', encoding="utf-8")
    (run / "e-2041.csv").write_text("fine", encoding="utf-8")
    (run / "link.html").symlink_to(tmp_path)
    assert scan_folder(run, KNOWN) == [
        Leak("personal number", ".work/.ipynb_checkpoints/a.ipynb", 2),
        Leak("pupil's code", "the name of a file", 0),
        Leak("link to another place", "link.html"),
    ]


def test_a_page_with_a_leak_does_not_pass_the_gate(whole) -> None:
    for text in (f"<!-- {NUMBER} -->", f"<p>{NUMBER}</p>", "<p hidden>anna@skola.example</p>"):
        page = whole.html.replace("</main>", f"{text}</main>")
        assert page != whole.html
        with pytest.raises(GateClosed, match="nothing that tells of a person") as closed:
            check(page, whole.node, whole.request)
        assert NUMBER not in str(closed.value)


def test_the_gate_looks_for_what_it_was_told_to(whole, monkeypatch) -> None:
    monkeypatch.setattr(leaks, "_KNOWN", [])
    page = whole.html.replace("</main>", "<p>e-2041</p></main>")
    check(page, whole.node, whole.request)
    leaks.use(KNOWN)
    with pytest.raises(GateClosed, match="pupil's code"):
        check(page, whole.node, whole.request)
