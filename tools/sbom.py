"""The bill of materials of an installation, from the lock file alone: CycloneDX 1.5 as JSON, without network or clock.

``python tools/sbom.py requirements.lock > sbom.json``. The same lock gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

PACKAGE = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;\\]+)(?: ; ([^\\\n]+?))? ?\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, Any]]:
    """One component per package and version, with the hashes of all its files and the marker it is installed under."""
    found: list[dict[str, Any]] = []
    for line in lock.splitlines():
        package = PACKAGE.match(line)
        if package is not None:
            name, version, marker = re.sub(r"[-_.]+", "-", package[1]).lower(), package[2], package[3]
            address = f"pkg:pypi/{name}@{version}"
            entry = {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}
            entry |= {"hashes": []} | ({"properties": [{"name": "marker", "value": marker}]} if marker else {})
            found.append(entry)
        elif (digest := HASH.search(line)) is not None:
            found[-1]["hashes"].append({"alg": "SHA-256", "content": digest[1]})
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"a lock has packages, hashes and comments, found: {line[:80]!r}")
    bare = [entry["name"] for entry in found if not entry["hashes"]]
    if bare or not found:
        raise ValueError(f"every package of a lock has a hash; without one: {', '.join(bare) or 'there is no package'}")
    return found


def bill(lock: str) -> dict[str, Any]:
    """The whole bill: what it is about is named by the hash of the lock."""
    digest = sha256(lock.encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "arshjul", "name": "arshjul"},
            "properties": [{"name": "lock sha256", "value": digest}],
        },
        "components": components(lock),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(Path(sys.argv[1]).read_text(encoding="utf-8")), indent=1) + "\n")
