"""The key that turns pupils' codes into others, before anything but the reading of the file has seen them.

The code that a pupil has in the school's own system is replaced by HMAC-SHA256 of it under a key that lies
outside the workspace. Whoever has the figures without the key cannot find a pupil by trying codes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable, MutableMapping
from pathlib import Path

import pandas as pd

from analysis.errors import InputRefused, UsageError

VARIABLE = "ARSHJUL_KEY_FILE"
USUAL = Path(".config") / "arshjul" / "key"
BYTES = 32
PUPIL_FILES = ("pupils", "results", "answers")
MARKS = ("arshjul.toml", "snapshot.json", "manifest.json", ".git", ".work")
"""a folder that holds one of these is a workspace, a snapshot, a run or a repository: what lies there is shared"""
NEW_KEY = "make one: arshjul key new"


def key_place() -> Path:
    """Where the key lies: where ``ARSHJUL_KEY_FILE`` says, else ``~/.config/arshjul/key``."""
    given = os.environ.get(VARIABLE, "")
    return Path(given) if given else Path.home() / USUAL


def new_key(place: Path) -> Path:
    """Write a new key that nobody else may read. Raises UsageError where there is one, or where one must not lie."""
    _refuse_shared(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"there is a key already in {place}\n  mend:  keep it: with another one, codes of this year and the next"
            " no longer fit; to change it all the same, remove the file first"
        ) from error
    except OSError as error:
        raise UsageError(f"the key cannot be written to {place}: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(BYTES) + "\n")
    return place


def read_key(place: Path) -> bytes:
    """The key. Raises UsageError for one that is not there, is open to others, lies where others look, or is none."""
    _refuse_shared(place)
    try:
        with place.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(4 * BYTES)
    except OSError as error:
        raise UsageError(f"there is no key to read in {place}: {error.strerror}\n  mend:  {NEW_KEY}") from error
    if not stat.S_ISREG(mode) or stat.S_IMODE(mode) & 0o177:
        raise UsageError(
            f"the key in {place} may be read and written by its owner only, found: {stat.filemode(mode)}\n"
            f"  mend:  chmod 600 {place}"
        )
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != BYTES:
        raise UsageError(f"a key is {2 * BYTES} hexadecimal digits, {place} holds something else\n  mend:  {NEW_KEY}")
    return key


def _refuse_shared(place: Path) -> None:
    """A key lies outside every workspace, run and repository, also when a link leads there."""
    if not place.is_absolute():
        raise UsageError(f"the place of the key is an absolute path, found: {place}\n  mend:  write it from / on")
    for way in (Path(os.path.abspath(place)), place.resolve()):
        for folder in way.parents:
            found = next((mark for mark in MARKS if (folder / mark).exists()), None)
            if found is not None:
                raise UsageError(
                    f"a key lies outside every workspace, repository and folder of pages\n"
                    f"  found: {place}, in {folder}, which holds {found}\n"
                    f"  mend:  move it to ~/{USUAL}, or name another place in {VARIABLE}"
                )


def keyed(code: str, key: bytes) -> str:
    """The code a pupil has after reading: 64 hexadecimal digits, the same for the same code and key.

    >>> keyed("e-2041", b"k" * 32) == keyed("e-2041", b"k" * 32) != keyed("e-2042", b"k" * 32)
    True
    """
    return hmac.new(key, code.encode("utf-8"), hashlib.sha256).hexdigest()


def replace_codes(frames: MutableMapping[str, pd.DataFrame], *, synthetic: bool) -> None:
    """Put keyed codes in the place of the pupils' own, in the tables themselves.

    In a workspace in which everything is made up the codes stay as they are. Elsewhere files about pupils are
    refused without a key. An empty code stays empty, so that the row is refused by its own rule.
    """
    about_pupils = [frames[name] for name in PUPIL_FILES if name in frames]
    if synthetic or not about_pupils:
        return
    try:
        key = read_key(key_place())
    except UsageError as error:
        raise InputRefused(
            "pupil codes are replaced by keyed ones before anything is collected",
            file=str(about_pupils[0].attrs["file"]),
            found=f"a file about pupils in a workspace that is not marked as synthetic, and no key: {error}",
            mend=f"pupil files need a key, {NEW_KEY}; or remove the file",
        ) from error
    for frame in about_pupils:
        meaning = {code: keyed(code, key) if code else "" for code in frame["pupil"].unique()}
        frame["pupil"] = frame["pupil"].map(meaning).astype("str")


def codes_of(frames: Iterable[pd.DataFrame], key: bytes | None) -> frozenset[str]:
    """The pupils' codes in tables as they are written, and their keyed ones, for the leak scan to look for."""
    own = {str(code) for frame in frames for code in frame["pupil"].unique() if code}
    return frozenset(own if key is None else own | {keyed(code, key) for code in own})
