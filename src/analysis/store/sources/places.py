"""Which files in the folder data each source reads. Needs no pandas."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from analysis.errors import InputRefused
from analysis.model import Source

OWN_FOLDER, LOCAL_FOLDER = "own", "local"
OWN_FOLDERS = (OWN_FOLDER, LOCAL_FOLDER)
"""the folders of data, and the sources, that hold what one has written oneself"""
FOR_PEOPLE = (".md",)
"""files in the folder of one's own figures that are for people"""
LOCK = "~$"
"""how Excel begins the name of a file that says that a workbook is open"""


def files_of(source: Source, data: Path) -> list[Path]:
    """The files a source reads, in order; ``mine.CSV`` fits the pattern ``own/*.csv``."""
    found = {
        path
        for pattern in source.files
        for path in (data / PurePosixPath(pattern).parent).glob("*")
        if PurePosixPath(path.name.lower()).match(PurePosixPath(pattern).name.lower())
        and not path.name.startswith((".", LOCK))
    }
    return sorted(found)


def refuse_unknown_own(data: Path, own: Source) -> None:
    """Refuse a file in a folder of one's own that is not read: it is never left out silently.

    The folder has the source's name. Hidden files, which systems put there, and notes for people (.md) may
    stand beside the files.
    """
    read = set(files_of(own, data))
    for path in sorted((data / own.id).rglob("*")):
        is_beside = path.name.startswith(".") or path.suffix.lower() in FOR_PEOPLE
        if not path.is_file() or path in read or is_beside:
            continue
        is_lock = path.name.startswith(LOCK)
        save = f"save it as .csv or .xlsx in data/{own.id}, or remove it"
        raise InputRefused(
            f"a file of one's own figures fits {' or '.join(own.files)}", file=path.relative_to(data).as_posix(),
            found="a sign that a workbook is open" if is_lock else f"the name {path.name!r}",
            mend="close the workbook in Excel" if is_lock else save,
        )  # fmt: skip
