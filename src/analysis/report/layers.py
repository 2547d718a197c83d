"""Everything that can be read in a file, however it is wrapped: the layers of its bytes as plain text.

A page holds images as base64, tables as percent-encoded addresses and signs as entities; a workbook is an archive
of compressed members. Each is unwrapped, and what comes out is unwrapped again.
"""

from __future__ import annotations

import base64
import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from analysis.report.offsets import BEGINS, without_offsets

DEEPEST = 6
JOINED = " > joined"
"""the end of the place of a text in which inline tags are left out, so that parts of a number stand together"""
MOST_BYTES = 64_000_000
"""what one file may unwrap to; a larger one is not let through unread"""
IN_ADDRESS = re.compile(r"data:[\w/+.-]{0,60}(?:;[\w=.-]{1,40})*;base64,\s*([A-Za-z0-9+/_\s-]*={0,2})(?![%&\\])")
BARE = re.compile(r"[A-Za-z0-9+/_-]{14,}(?:(?<=[A-Za-z0-9+/_-]{56})\s{1,4}[A-Za-z0-9+/_-]{14,})*={0,2}")
HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrtbf/\"]))")
WRITTEN_OUT = {form % number: bytes([number]) for number in range(256) for form in (b"%02x", b"%02X")}
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
INLINE = re.compile(r"</?(?:a|b|em|font|i|mark|r|small|span|strong|sub|sup|t|tspan|u|wbr)(?:\s[^<>]{0,400})?/?>")
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
READABLE = re.compile(r"[\w\s!-~]*", re.UNICODE)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Unreadable(Exception):
    """A part of a file that claims to be compressed and cannot be unwrapped, or unwraps to too much."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why


def layers(content: bytes, where: str) -> Iterator[tuple[str, str]]:
    """Every layer of a file as ``(where, text)``, the file's own bytes first.

    Unwraps base64 (in data addresses and bare), hexadecimal digits, percent-encoding, entities, JSON escapes, gzip,
    zlib, archives (members, their names and comments), text chunks of PNG and UTF-16; nested, `DEEPEST` deep. Inline
    tags and invisible signs are left out, so that a number is found when it is marked up in parts. Raises Unreadable
    for a damaged, locked or monstrous archive: what cannot be read is not let through.
    """
    yield from _unwrapped(content, where, 0, [MOST_BYTES])


def _unwrapped(content: bytes, where: str, depth: int, left: list[int]) -> Iterator[tuple[str, str]]:
    left[0] -= len(content)
    if left[0] < 0:
        raise Unreadable(where, "unwraps to more than can be looked through")
    if depth > DEEPEST:
        raise Unreadable(where, "is wrapped too many times")
    if content.startswith(b"\x1f\x8b"):
        yield from _unwrapped(_inflated(content, where, left[0], 31), f"{where} > gzip", depth + 1, left)
        return
    if content.startswith(b"PK\x03\x04"):
        yield from _members(content, where, depth, left)
        return
    if content.startswith(SIGNATURE):
        yield from _chunks(content, where, depth, left)
    text = _text(without_offsets(content) if content.startswith(BEGINS) else content)
    yield from _texts(text, where, depth, left)


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:200] and content[1:200:2].count(0) > len(content[:200]) // 3:
        return content.decode("utf-16-le", "replace")
    return content.decode("utf-8", "replace")


def _texts(text: str, where: str, depth: int, left: list[int]) -> Iterator[tuple[str, str]]:
    """The text without what is wrapped in it, and then what is."""
    parts: list[tuple[str, bytes]] = []

    def address(found: re.Match[str]) -> str:
        parts.append(("data", _from_base64(found[1])))
        return "data:"

    outer = _plain(IN_ADDRESS.sub(address, text) if ";base64," in text else text)
    if ";base64," in outer:  # encoded once more, so that it was not seen at first
        outer = IN_ADDRESS.sub(address, outer)
    for run in dict.fromkeys(BARE.findall(outer)):  # the same names come again and again
        if HEXADECIMAL.fullmatch(run):
            parts.append(("hexadecimal", bytes.fromhex(run)))
        parts.append(("base64", _from_base64(run)))
    yield where, outer
    joined = INLINE.sub("", outer) if "</" in outer else outer
    if joined != outer:
        yield where + JOINED, joined
    for kind, part in parts:
        if kind == "data" or _says_something(part):
            yield from _unwrapped(part, f"{where} > {kind}", depth + 1, left)


def _plain(text: str) -> str:
    """The text with its escapes, entities and percent-encodings written out, and invisible signs left out."""
    for _ in range(DEEPEST):
        before = text
        if "\\" in text:
            text = ESCAPE.sub(_escaped, text)
        if "&" in text:
            text = _without_entities(text)
        if "%" in text:
            text = _without_percents(text)
        if text == before:
            break
    if not text.isascii():
        for sign in UNSEEN:
            text = text.replace(sign, "")
    return text


def _without_entities(text: str) -> str:
    for each in sorted(set(ENTITY.findall(text)), key=lambda found: (found.startswith("&amp"), -len(found))):
        text = text.replace(each, html.unescape(each))
    return text


def _without_percents(text: str) -> str:
    first, *rest = text.encode("utf-8", "replace").split(b"%")
    whole = [first, *(WRITTEN_OUT.get(each[:2], b"%" + each[:2]) + each[2:] for each in rest)]
    return b"".join(whole).decode("utf-8", "replace")


def _escaped(found: re.Match[str]) -> str:
    number = found[1] or found[2]
    if number:
        return chr(int(number, 16))
    return found[3] if found[3] in '/"' else "\n"


def _from_base64(text: str) -> bytes:
    packed = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    return base64.b64decode(packed + "=" * (-len(packed) % 4))


def _says_something(content: bytes) -> bool:
    """Whether decoded bytes are text or a format that is unwrapped, and not a word that looks like base64."""
    if content.startswith((b"\x1f\x8b\x08", b"PK\x03\x04", SIGNATURE)):
        return True
    try:
        return READABLE.fullmatch(content.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def _inflated(content: bytes, where: str, most: int, bits: int = 15) -> bytes:
    opened = zlib.decompressobj(bits)
    try:
        inside = opened.decompress(content, most + 1)
    except zlib.error as error:
        raise Unreadable(where, "is compressed and damaged") from error
    if len(inside) > most or not opened.eof:
        raise Unreadable(where, "is compressed and not whole, or unwraps to more than can be looked through")
    return inside


def _members(content: bytes, where: str, depth: int, left: list[int]) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from _texts(_text(archive.comment), f"{where} > comment", depth, left)
            for member in archive.infolist():
                inside = f"{where} > {len(left)}"
                yield from _texts(member.filename, f"{inside} > member's name", depth, left)
                yield from _texts(_text(member.comment + member.extra), f"{inside} > comment", depth, left)
                if member.file_size > left[0]:
                    raise Unreadable(where, "unwraps to more than can be looked through")
                yield from _unwrapped(archive.read(member), f"{where} > {member.filename}", depth + 1, left)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise Unreadable(where, "is an archive that is damaged or locked") from error


def _chunks(content: bytes, where: str, depth: int, left: list[int]) -> Iterator[tuple[str, str]]:
    """The compressed text chunks of a PNG; those that are not compressed stand in its bytes."""
    at = len(SIGNATURE)
    while at + 8 <= len(content):
        (length,), kind = struct.unpack(">I", content[at : at + 4]), content[at + 4 : at + 8]
        data = content[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"zTXt":
            packed = data.partition(b"\0")[2][1:]
        elif kind == b"iTXt" and data.partition(b"\0")[2][:1] == b"\1":
            packed = data.partition(b"\0")[2][2:].split(b"\0", 2)[2]
        else:
            continue
        yield from _unwrapped(_inflated(packed, where, left[0]), f"{where} > text chunk", depth + 1, left)
