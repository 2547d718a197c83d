"""The name of a snapshot outside its workspace: nobody can check a guess about a small group against it."""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from analysis.errors import UsageError

FILE = "released.key"
BYTES = 32


def sealed(snapshot_hash: str, data: Path) -> str:
    """HMAC-SHA256 of the hash with the key in the folder ``data``, which is made when there is none.

    The hash itself would let whoever holds all but a few of the figures try which of the possible ones give it.
    Raises UsageError for a key that is not one.
    """
    return hmac.new(_key(data / FILE), snapshot_hash.encode(), sha256).hexdigest()


def _key(file: Path) -> bytes:
    """The key, for nobody else to read; two processes that make it at once get the same one."""
    if not file.is_file():
        with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", encoding="ascii") as beside:
            beside.write(secrets.token_hex(BYTES) + "\n")
            beside.flush()
            os.fsync(beside.fileno())
            with suppress(FileExistsError):
                os.link(beside.name, file)
    written = file.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != BYTES:
        raise UsageError(
            f"{file}: the key that names releases is {2 * BYTES} hexadecimal signs\n"
            f"  found: {len(written)} signs\n"
            "  mend:  put the file back from a copy, or remove it: then earlier runs cannot be audited again"
        )
    return key
