"""The address of a place in shared storage, as it is written after ``--out``."""

from __future__ import annotations

import importlib.util
import re
from hashlib import sha256
from urllib.parse import urlsplit

from analysis.errors import UsageError

SCHEME = "s3"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"(?:/[A-Za-z0-9_.=+-]+)*/?")


def is_address(text: str) -> bool:
    """Whether it names a place in a storage, and not a folder.

    >>> is_address("s3://pages/2024"), is_address("reports/2024")
    (True, False)
    """
    return "://" in text or "::" in text


def check(url: str) -> None:
    """Refuse what names no place, before anything is read. What was written is not repeated: it may hold a key.

    >>> check("s3://pages/schools/2024")

    Raises UsageError.
    """
    found = urlsplit(url)
    is_plain = found.scheme == SCHEME and BUCKET.fullmatch(found.netloc) and PREFIX.fullmatch(found.path)
    if not is_plain or found.query or found.fragment or {".", ".."} & set(found.path.split("/")):
        raise UsageError(
            "--out: a folder, or an address of the form s3://BUCKET/PREFIX is needed: letters, digits and - _ . = +\n"
            "  mend:  keys stand in the environment or in ~/.aws, and the server's address in AWS_ENDPOINT_URL"
        )
    if importlib.util.find_spec("s3fs") is None:
        raise UsageError(
            "--out s3://… needs the package s3fs\n  found: it is not installed\n  mend:  pip install 'arshjul[s3]'"
        )


def name_of(url: str) -> str:
    """What the folder of work of a run is called that is put there.

    >>> name_of("s3://pages/schools/2024")
    's3-pages-schools-2024-96e1096c'
    """
    plain = url.rstrip("/")
    words = re.sub(r"[^A-Za-z0-9_.]+", "-", plain)
    return f"{words}-{sha256(plain.encode()).hexdigest()[:8]}"
