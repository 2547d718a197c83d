"""A finished run in shared storage: put there after it has been looked at as a whole, its manifest last.

Reading and writing go through fsspec, so nothing here knows which storage it is. Credentials and the address of the
storage come from where its own programs find them (`AWS_ENDPOINT_URL`, `AWS_PROFILE` and so on), never from the URL,
and stand in no journal, line or error: of what a storage answers only the kind of the error is repeated.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.batch.failpoints import passed
from analysis.batch.placing import LAST, MANIFEST, files_of
from analysis.batch.storage_address import check
from analysis.errors import ArshjulError, UsageError
from analysis.report.finished import VERSION

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

MARK = ".arshjul-upload"
"""a file that is there as long as an upload is under way, or was broken off"""
TRIAL = ".arshjul-trial"
AT_ONCE = 32
"""so many files are sent side by side, and then read back"""
KINDS = {".html": "text/html; charset=utf-8", ".json": "application/json"}
Proven = dict[str, list[str]]
"""of each file its hash and the storage's own mark of its content (an S3 object's ETag)"""


@dataclass(frozen=True)
class Storage:
    """A place in a storage that holds one run: ``root`` is what the storage itself calls it."""

    url: str
    files: AbstractFileSystem = field(hash=False, repr=False)
    root: str

    @classmethod
    @contextlib.contextmanager
    def at(cls, url: str) -> Iterator[Storage]:
        """The place that a URL names, for as long as it is used.

        Raises UsageError for one that names none, without repeating it.
        """
        check(url)
        from analysis.batch.storage_s3 import opened

        with opened() as files:
            yield cls(url.rstrip("/"), files, "".join(urlsplit(url.rstrip("/"))[1:3]))

    def try_out(self) -> None:
        """Refuse a place that cannot be used, before a page is made: it is looked at, written in and read from.

        Raises UsageError for one that holds something else than a run, and ArshjulError when the storage refuses.
        """
        with self._said("be looked at"):
            there = self._listed()
            held = self._read([MANIFEST])[MANIFEST] if MANIFEST in there else b""
        if there and MARK not in there and not _is_manifest(held):
            raise UsageError(
                "--out: a place without files, or that of an earlier run, is needed\n"
                f"  found: {self.url} holds {len(there)} other files\n  mend:  name a place inside it"
            )
        with self._said("be written in"):
            self.files.pipe_file(self._at(TRIAL), b"\0")
            self.files.rm_file(self._at(TRIAL))

    def put(self, folder: Path, proven: Proven, note: Callable[[Proven], None], tell: Callable[[str], None]) -> int:
        """Make the place hold what the folder of a run holds, and nothing else of what was ``proven``; how many sent.

        First the manifest that is there goes, so that whoever goes by it sees a whole run or none; then come the
        pages, what tells of them, and last the manifest. Every file is read back and proven by its hash; what is
        there already and proven so is not sent again. ``note`` is given what is proven so far, for the next run.
        Raises ArshjulError when the storage refuses, or gives back something else than it was given.
        """
        ours = {path.relative_to(folder).as_posix(): path for path in files_of(folder)}
        hashes = {name: sha256(path.read_bytes()).hexdigest() for name, path in ours.items()}
        with self._said("be looked at"):
            there = self._listed()
            known = self._proven(there, hashes, proven)
        todo = sorted(ours.keys() - known.keys(), key=lambda name: (name in LAST, name == MANIFEST, name))
        gone = sorted(name for name in proven if name in there and name not in ours)
        if not (todo or gone or MARK in there):
            return 0
        with self._said("be written in"):
            self.files.pipe_file(self._at(MARK), hashes.get(MANIFEST, "").encode())
            if MANIFEST in there:
                self.files.rm_file(self._at(MANIFEST))
        known.pop(MANIFEST, None)
        to_go = {name: proven[name] for name in gone}  # known as ours until they are gone, also to the next run
        pages = [name for name in todo if name not in LAST]
        for first in range(0, len(pages), AT_ONCE):
            known |= self._sent({name: ours[name].read_bytes() for name in pages[first : first + AT_ONCE]})
            note(to_go | known)
            tell(f"stored   {min(first + AT_ONCE, len(pages))}/{len(pages)} files")
            passed("stored files")
        known |= self._sent({name: ours[name].read_bytes() for name in todo if name in LAST and name != MANIFEST})
        with self._said("be written in"):
            for name in gone:
                self.files.rm_file(self._at(name))
        passed("stored all but the manifest")
        known |= self._sent({MANIFEST: ours[MANIFEST].read_bytes()})
        with self._said("be written in"):
            self.files.rm_file(self._at(MARK))
        note(known)
        return len({*todo, MANIFEST})

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _listed(self) -> dict[str, dict[str, Any]]:
        """What lies in the place, by name."""
        found: dict[str, dict[str, Any]] = self.files.find(self.root, detail=True)
        inside = {path.removeprefix(f"{self.root}/"): about for path, about in found.items() if path != self.root}
        return {name: about for name, about in inside.items() if name != TRIAL}

    def _proven(self, there: Mapping[str, dict[str, Any]], hashes: Mapping[str, str], proven: Proven) -> Proven:
        """The files that are there as they are to be: known by the storage's mark, or read and compared."""
        found, unsure = {}, []
        for name in sorted(there.keys() & hashes.keys()):
            if proven.get(name) == [hashes[name], _mark(there[name])] and _mark(there[name]):
                found[name] = proven[name]
            else:
                unsure.append(name)
        for first in range(0, len(unsure), AT_ONCE):
            for name, content in self._read(unsure[first : first + AT_ONCE]).items():
                if sha256(content).hexdigest() == hashes[name]:
                    found[name] = [hashes[name], _mark(there[name])]
        return found

    def _read(self, names: Sequence[str]) -> dict[str, bytes]:
        found = self.files.cat([self._at(name) for name in names], on_error="raise") if names else {}
        return {path.removeprefix(f"{self.root}/"): bytes(content) for path, content in found.items()}

    def _sent(self, contents: Mapping[str, bytes]) -> Proven:
        """Send files side by side, read them back, and give what is proven of them."""
        with self._said("be written in"):
            for kind in sorted({Path(name).suffix for name in contents}):
                part = {self._at(name): each for name, each in contents.items() if Path(name).suffix == kind}
                self.files.pipe(part, **({"ContentType": KINDS[kind]} if kind in KINDS else {}))
        with self._said("be read from"):
            back = self._read(list(contents))
            there = self._listed()
        for name, content in contents.items():
            if back.get(name) != content:
                raise ArshjulError(
                    f"a storage gives back what it was given\n  found: {name} is another at {self.url}\n"
                    "  mend:  give the command again; it sends what is not right"
                )
        return {name: [sha256(content).hexdigest(), _mark(there.get(name, {}))] for name, content in contents.items()}

    @contextlib.contextmanager
    def _said(self, what: str) -> Iterator[None]:
        """An error of the storage as one of ours, by its kind alone: its own words may hold more than may be told."""
        try:
            yield
        except ArshjulError:
            raise
        except Exception as error:
            kind = type(error).__name__
            raise ArshjulError(
                f"the place that --out names must {what}\n  found: {self.url}: {kind}\n"
                "  mend:  see that it exists, that AWS_ENDPOINT_URL names its server if it is not Amazon's, and"
                " that one may list, read, write and remove there; the same command then goes on where it was"
            ) from None


def _mark(about: Mapping[str, Any]) -> str:
    """What a storage says of the content of a file and changes with it; empty where it says nothing."""
    return f"{about.get('size', '')} {about['ETag']}" if about.get("ETag") else ""


def _is_manifest(content: bytes) -> bool:
    try:
        found = json.loads(content)
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("manifest") == VERSION


@contextlib.contextmanager
def fetched(url: str) -> Iterator[Path]:
    """A page in a storage, in a folder of its own with its run's manifest, for as long as it is looked at.

    Raises UsageError unless the URL is that of a page (``…/school/se-school-1.html``) of a run.
    """
    run, level, name = [*url.rsplit("/", 2), "", ""][:3]
    with Storage.at(run) as place:
        with place._said("be looked at"):
            there = place._listed()
        if not name.endswith(".html") or not {MANIFEST, f"{level}/{name}"} <= there.keys():
            raise UsageError(f"a page of a run is needed\n  found: no such page, or no {MANIFEST} of its run, at {run}")
        with place._said("be read from"):
            contents = place._read([MANIFEST, f"{level}/{name}"])
    with tempfile.TemporaryDirectory(prefix="arshjul-") as folder:
        for path, content in contents.items():
            file = Path(folder) / path
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
        yield Path(folder) / level / name
