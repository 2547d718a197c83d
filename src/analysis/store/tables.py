"""Text files as tables: decoded, of the right shape, nothing guessed."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import InputRefused, nearest

MOJIBAKE = ("Ã¥", "Ã¤", "Ã¶", "Ã…", "Ã„", "Ã–", "Ã¸", "Ã¦", "Ã˜", "Ã†", "Ã©", "\ufffd")
LARGEST = 200_000_000
"""bytes; a larger file is not one of these sources"""
LONGEST = 30_000
"""letters in one cell; the longest names and headers have some hundred"""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""signs that steer machines and are no text; tabs and line breaks may stand within a cell"""


@dataclass(frozen=True)
class Table:
    """A header and the rows under it; ``first`` is the number of the first row in the file."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int

    def place(self, column: str) -> int:
        """Where a column stands; a missing one is refused, and the nearest name is suggested."""
        if column not in self.header:
            raise InputRefused(
                f"the column {column!r} must be there",
                file=self.file,
                row=self.first - 1,
                found=f"the columns {', '.join(self.header)}.{nearest(column, self.header)}",
                mend=f"name the column {column!r}, or fetch the file anew from its publisher",
            )
        return self.header.index(column)


def utf8(content: bytes, file: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark, composed letter by letter."""
    _check_size(content, file)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:200]:
        raise _wrong_text(file, "UTF-8", "a file with NUL bytes, as UTF-16 has")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong_text(file, "UTF-8", f"the byte {content[error.start]:#04x} at position {error.start}") from error
    if not text.strip():
        raise _empty(file, "a byte order mark and nothing after it")
    return _checked(text, file)


def utf16(content: bytes, file: str) -> str:
    """The text of a little-endian UTF-16 file, with or without a byte order mark."""
    _check_size(content, file)
    body = content.removeprefix(b"\xff\xfe")
    if len(body) % 2 or body[1:2] != b"\0":
        raise _wrong_text(file, "UTF-16 (little-endian)", f"a file that begins with {content[:8]!r}")
    try:
        text = body.decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise _wrong_text(file, "UTF-16 (little-endian)", f"no letter at byte {error.start}") from error
    if not text.strip():
        raise _empty(file, "blanks only")
    return _checked(text, file)


def table(text: str, file: str, delimiter: str, *, preamble: int = 0, may_end: bool = False) -> Table:
    """The rows under the header in line ``preamble + 1``.

    Every row has as many cells as the header. With ``may_end``, an empty line ends the table and
    what follows are the publisher's footnotes, one cell to a line.
    """
    read = _lines(text, file, delimiter)
    if len(read) <= preamble or not read[preamble]:
        raise InputRefused(
            f"line {preamble + 1} holds the names of the columns",
            file=file,
            row=preamble + 1,
            found="a file that ends before it" if len(read) <= preamble else "an empty line",
            mend="fetch the file anew from its publisher",
        )
    return checked_table(file, read[preamble], read[preamble + 1 :], preamble + 2, may_end=may_end)


def _lines(text: str, file: str, delimiter: str) -> list[list[str]]:
    """The cells of every line. The csv module's own limit to a cell is lifted, for it is told by the same error."""
    before = csv.field_size_limit(max(len(text), 1))
    lines: list[list[str]] = []
    try:
        lines.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputRefused(
            "quotation marks must be closed", file=file, row=len(lines) + 1, found=str(error),
            mend="close or remove the quotation mark",
        ) from error  # fmt: skip
    finally:
        csv.field_size_limit(before)
    return lines


def checked_table(
    file: str, header: Sequence[str], lines: Sequence[Sequence[str]], first: int, *, may_end: bool = False
) -> Table:
    """A table whose columns have different names and whose rows are all as long as the header."""
    names = [name.strip() for name in header]
    check_signs(header, [""] * len(names), file, first - 1)
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise InputRefused(
            "two columns may not have the same name", file=file, row=first - 1, found=", ".join(doubled),
            mend="remove or rename one of them",
        )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for number, line in enumerate(lines, first):
        if len(line) != len(names):
            if may_end and len(line) == 0:
                _check_footnotes(file, lines[number - first :], number)
                break
            if len(line) == 0 and not any(lines[number - first :]):
                break
            raise InputRefused(
                "a row has as many cells as the header", file=file, row=number,
                found=f"{len(line)} cells under {len(names)} columns", mend="remove or add the delimiter in that row",
            )  # fmt: skip
        check_signs(line, names, file, number)
        rows.append(tuple(line))
    if not rows:
        raise InputRefused(
            "there must be rows under the header", file=file, row=first, found="none",
            mend="fill it in, take it away, or fetch it anew from its publisher",
        )  # fmt: skip
    return Table(file, tuple(names), tuple(rows), first)


def check_signs(line: Sequence[str], names: Sequence[str], file: str, row: int) -> None:
    """Refuse a cell with a control character, or one that is too long to be a name or a number."""
    together = "".join(line)
    if len(together) <= LONGEST and CONTROL.search(together) is None:
        return
    for cell, name in zip(line, names, strict=True):
        found = CONTROL.search(cell)
        if found is not None:
            raise InputRefused(
                "a cell holds no control characters", file=file, row=row, column=name or None,
                found=f"{found[0]!r} in {cell[:60]!r}", mend="remove it, or fetch the file anew from its publisher",
            )  # fmt: skip
        if len(cell) > LONGEST:
            raise InputRefused(
                f"a cell has at most {LONGEST:,} letters", file=file, row=row, column=name or None,
                found=f"{len(cell):,} letters that begin {cell[:60]!r}",
                mend="shorten the cell; perhaps a quotation mark stands before it and another far below",
            )  # fmt: skip


def _check_footnotes(file: str, lines: Sequence[Sequence[str]], first: int) -> None:
    for number, line in enumerate(lines, first):
        if len(line) > 2:
            raise InputRefused(
                "only footnotes may follow the empty line after the table", file=file, row=number,
                found=f"a row of {len(line)} cells", mend="remove the empty line within the table",
            )  # fmt: skip


def _check_size(content: bytes, file: str) -> None:
    if not content.strip():
        raise _empty(file, "an empty file")
    if len(content) > LARGEST:
        raise InputRefused(
            f"a file has at most {LARGEST:,} bytes", file=file, found=f"{len(content):,}", mend="divide the file"
        )


def _checked(text: str, file: str) -> str:
    suspicious = any(sign in text for sign in MOJIBAKE)
    for line, content in enumerate(text.splitlines(), 1) if suspicious else ():
        for sign in MOJIBAKE:
            if sign in content:
                raise InputRefused(
                    "letters must be whole: å, ä, ö, æ and ø", file=file, row=line, found=repr(sign),
                    mend="the file was once opened with the wrong encoding; fetch it anew, or save it as UTF-8",
                )  # fmt: skip
    return unicodedata.normalize("NFC", text)


def _empty(file: str, found: str) -> InputRefused:
    return InputRefused("a file must have content", file=file, found=found, mend="fetch the file anew, or fill it in")


def _wrong_text(file: str, wanted: str, found: str) -> InputRefused:
    return InputRefused(f"the file must be {wanted} text", file=file, found=found, mend=f"save it as {wanted}")
