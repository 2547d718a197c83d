"""The places in a PDF's own table are not taken for the numbers of persons; such numbers in it still are."""

from __future__ import annotations

from analysis.model.personal_numbers import is_swedish
from analysis.report.leaks import Known, scan

FIRST = next(place for place in range(1_010_000, 1_020_000) if is_swedish(f"{place:010d}"))
"""a place in a file whose ten digits are those of somebody born on 1 January 2000"""


def pdf(place: int, written: str = "") -> bytes:
    """A PDF whose only object begins at this place, and which says something before it."""
    before = b"%PDF-1.4\n" + written.encode() + b"\n"
    body = before + b"." * (place - len(before) - 1) + b"\n1 0 obj\n<<>>\nendobj\n"
    table = f"xref\n0 2\n0000000000 65535 f \n{place:010d} 00000 n \ntrailer\n<</Size 2>>\n"
    return body + table.encode() + f"startxref\n{len(body)}\n%%EOF\n".encode()


def kinds(content: bytes) -> list[str]:
    return [leak.kind for leak in scan(content, "page.pdf", Known())]


def test_the_place_of_an_object_is_no_personal_number() -> None:
    assert f"{FIRST:010d}".encode() in pdf(FIRST)
    assert kinds(pdf(FIRST)) == []


def test_the_same_digits_in_what_the_file_says_are_a_personal_number() -> None:
    assert kinds(pdf(FIRST, f"({FIRST:010d})")) == ["personal number"]


def test_a_number_in_the_table_at_which_no_object_begins_is_a_personal_number() -> None:
    elsewhere = pdf(FIRST).replace(b"\n1 0 obj", b"\n. . ...")
    assert kinds(elsewhere) == ["personal number"]
