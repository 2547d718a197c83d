"""Files that are in their place whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from analysis.errors import PageFailed


def publish(content: bytes, path: Path) -> None:
    """Put a file in its place whole or not at all: written beside it, synced, renamed.

    Raises PageFailed, with the system's own word for it, when the disk is full or may not be written.
    """
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            beside = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
        beside.replace(path)
        sync(path.parent)
    except OSError as error:
        raise PageFailed(f"{path.name}: cannot be written: {error.strerror}", "DISK") from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Let the disk know which files a folder has."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
