"""The leak scan: no byte that leaves may tell who a pupil is, or open a door to those who know.

A leak is told by its kind and its place, never by what leaked: the message itself may end up in a log.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from analysis.errors import GateClosed
from analysis.model.personal_numbers import personal_numbers
from analysis.report.layers import JOINED, Unreadable, layers

SHORTEST_CODE = 4
SHORTEST_NUMBER = 8
"""a pupil's code of fewer digits cannot be told from a figure, and is not looked for"""
SHORTEST_KEY = 16
HASHED_ID = re.compile(r'<(?:clipPath|path|pattern|linearGradient) id="([mph][0-9a-f]{10})"')
ADDRESS = re.compile(r"@(?:[\w-]+\.)+[^\W\d_]{2,}")
HOME = re.compile(r"(?<![\w.-])(?:/home/|/Users/|/root/)[\w.-]|\b[A-Za-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/)[\w.-]")
KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)
TRACE = re.compile(
    r"Traceback \(most recent call last\)|\bFile \"[^\"\n]{1,300}\", line \d+|Cell In ?\[\d+\], line \d+"
    r"|/site-packages/\w|/tmp/ipykernel_\d"
)
MARKED: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = (
    ("path of a machine", HOME, ("/home/", "Users", "/root/")),
    ("key", KEY, ("PRIVATE KEY", "AKIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "eyJ")),
    ("traceback", TRACE, ("Traceback", 'File "', "Cell In", "/site-packages/", "/tmp/ipykernel_")),
)
"""what is told by its form, and a word of which one stands in it"""
LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ?"
CLASSES = bytes.maketrans(LETTERS + b"123456789", b"a" * len(LETTERS) + b"0" * 9)
"""letters are a (signs outside ASCII too), digits 0, all else itself"""


@dataclass(frozen=True)
class Leak:
    """Something that must not leave: what kind of thing it is and where it stands, not what it says."""

    kind: str
    where: str
    place: int = 0
    """the sign in that layer at which it begins, from 0"""

    def __str__(self) -> str:
        return f"{self.kind} in {self.where}, at sign {self.place}"


@dataclass(frozen=True)
class Known:
    """What is looked for beside all that is told by its form: the pupils' codes, the key and this machine's folders.

    ``codes`` are the pupils' own codes and their keyed ones, ``texts`` other texts that must stand nowhere,
    ``keys`` the secret itself. Codes of fewer than `SHORTEST_CODE` signs or `SHORTEST_NUMBER` digits cannot be told
    from words and figures: `passed_over` says how many there are.
    """

    codes: frozenset[str] = field(default=frozenset(), repr=False)
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    texts: frozenset[str] = field(default=frozenset(), repr=False)
    folders: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if any(len(key) < SHORTEST_KEY for key in self.keys):
            raise ValueError(f"a key has at least {SHORTEST_KEY} bytes")

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The codes that can be told from words and figures, in small letters."""
        return frozenset(code.lower() for code in self.codes if _is_telling(code))

    @property
    def passed_over(self) -> int:
        """How many codes are too short to be looked for."""
        return sum(not _is_telling(code) for code in self.codes)

    @cached_property
    def shapes(self) -> frozenset[bytes]:
        """What the codes look like, with a for any letter and 0 for any digit."""
        return frozenset(_shape(code) for code in self.wanted)

    @cached_property
    def literals(self) -> tuple[tuple[str, str], ...]:
        """Each text to be looked for as it stands, with its kind."""
        found = [("key", form) for key in self.keys for form in _forms(key)]
        for folder in {*self.folders, *(each.resolve() for each in self.folders)}:
            if len(folder.parts) > 1:
                found.append(("path of this machine", str(folder)))
        return (*found, *(("text that is kept back", each) for each in sorted(self.texts)))


def _is_telling(code: str) -> bool:
    return len(code) >= (SHORTEST_NUMBER if code.isdigit() else SHORTEST_CODE)


def _shape(text: str) -> bytes:
    return text.encode("ascii", "replace").translate(CLASSES)


def _forms(key: bytes) -> set[str]:
    """The ways in which a key may be written."""
    packed = {base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode()}
    plain = {key.decode("ascii").strip()} if key.isascii() and len(key.strip()) >= SHORTEST_KEY else set()
    return plain | {key.hex(), key.hex().upper()} | {each.rstrip("=") for each in packed}


def scan(content: bytes, name: str, known: Known) -> list[Leak]:
    """Every leak in the bytes of a file, and in its name.

    Looked for, in every layer of the bytes (see `analysis.report.layers`): Swedish and Norwegian personal numbers by
    date and check digits, pupils' codes, e-mail addresses, paths of a machine, keys, tracebacks and what else is
    ``known``. What cannot be unwrapped is a leak too. An empty list means that the file may leave.
    """
    found = [leak for where, text in _named(name) for leak in _in_text(text, where, known)]
    found += [Leak("key", name, content.find(key)) for key in known.keys if key in content]
    try:
        for where, text in layers(content, name):
            found += _in_text(text, where, known)
    except Unreadable as fault:
        found.append(Leak(f"part that cannot be read ({fault.why})", fault.where))
    seen = {(leak.kind, leak.where + JOINED) for leak in found}
    return [leak for leak in dict.fromkeys(found) if (leak.kind, leak.where) not in seen]


def _named(name: str) -> list[tuple[str, str]]:
    return [("the name of a file", text) for _, text in layers(name.encode("utf-8", "surrogateescape"), "name")]


def _in_text(text: str, where: str, known: Known) -> Iterator[Leak]:
    yield from (Leak("personal number", where, place) for place in _numbers(text))
    yield from (Leak("pupil's code", where, place) for place in _codes(text, known))
    if where.endswith(JOINED):
        return
    for kind, pattern, words in MARKED:
        if any(word in text for word in words):
            yield from (Leak(kind, where, found.start()) for found in pattern.finditer(text))
    if "@" in text:
        for found in ADDRESS.finditer(text):
            if re.fullmatch(r"[\w.%+-]", text[found.start() - 1 : found.start()]):
                yield Leak("e-mail address", where, found.start())
    for kind, literal in known.literals:
        if (place := text.find(literal)) >= 0 and _stands_alone(text, place + len(literal), kind):
            yield Leak(kind, where, place)


def _codes(text: str, known: Known) -> list[int]:
    """Where a pupil's code stands, with no letter or digit beside it."""
    seen, found = _shape(text), []
    for shape in known.shapes:
        place = seen.find(shape)
        while place >= 0:
            end = place + len(shape)
            beside = text[max(place - 1, 0) : place] + text[end : end + 1]
            if text[place:end].lower() in known.wanted and not any(each.isalnum() for each in beside):
                found.append(place)
            place = seen.find(shape, place + 1)
    return sorted(found)


def _stands_alone(text: str, end: int, kind: str) -> bool:
    """A folder's name goes on to the end of its word; other texts may stand inside one."""
    return kind != "path of this machine" or not re.match(r"[\w-]", text[end : end + 1])


def _numbers(text: str) -> list[int]:
    """Where personal numbers stand; the ids that a drawing's shapes have, ten signs of a hash, are none."""
    found = list(personal_numbers(text))
    if not found or not any(mark in text for mark in ("<clipPath", "<defs>")):
        return found
    hashed = set(HASHED_ID.findall(text))
    return [place for place in found if text[place - 1 : place + 10] not in hashed or text[place - 2] not in '"#']


def refuse(leaks: Iterable[Leak]) -> None:
    """Close the gate on any leak."""
    found = list(leaks)
    if found:
        listed = "\n  where: ".join(str(leak) for leak in found[:5])
        raise GateClosed(
            f"the gate is closed: nothing that tells of a person, a key or a machine leaves\n"
            f"  found: {len(found)} {'leak' if len(found) == 1 else 'leaks'}\n  where: {listed}"
        )


def scan_folder(folder: Path, known: Known) -> list[Leak]:
    """Every leak in the files of a run's folder: pages, index, manifest, tables, notebooks, hidden files and names."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found.append(Leak("link to another place", name))
        elif path.is_file():
            found += scan(path.read_bytes(), name, known)
    return found


_KNOWN: list[Known] = []


def use(known: Known) -> None:
    """From now on the gate of this process looks for these too."""
    _KNOWN[:] = [known]


def in_use() -> Known:
    """What the gate looks for: what `use` was given, else this machine's home folder only."""
    return _KNOWN[0] if _KNOWN else Known(folders=(Path.home(),))
