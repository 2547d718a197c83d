"""Which code a run was made with, and which packages were locked."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Code:
    """The code a run was made with: its commit, and whether files were changed since."""

    commit: str
    modified: bool

    def __str__(self) -> str:
        return f"{self.commit[:12]}{' (modified)' if self.modified else ''}"


def code(root: Path) -> Code:
    """The code in a folder, as git knows it; unknown outside git."""
    commit = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    if commit is None or changed is None:
        return Code(UNKNOWN, False)
    return Code(commit, bool(changed))


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def lock_hash(root: Path, names: Iterable[str] = ("requirements.lock", "uv.lock", "requirements.txt")) -> str:
    """The hash of the first lock file there is in a folder; unknown when there is none."""
    for name in names:
        if (root / name).is_file():
            return sha256((root / name).read_bytes()).hexdigest()
    return UNKNOWN
