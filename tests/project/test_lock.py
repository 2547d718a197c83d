from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis.cli.machine import locked

LOCKS = ("requirements.lock", "requirements.installer.lock")


def blocks(path: Path) -> list[str]:
    """One text per locked package: its line and the lines with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.M)
    return [block for block in re.split(r"\n(?=\S)", text.strip()) if block]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_a_hash(repository, name) -> None:
    found = blocks(repository / name)
    assert found
    pattern = re.compile(r"[\w.-]+(\[[\w,]+\])?==\S+( ; [^\\]+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\\n|$))+")
    assert [block.splitlines()[0] for block in found if not pattern.fullmatch(block)] == []


def test_every_requirement_of_the_project_is_locked_in_a_version_it_allows(repository) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [each for extra in extras for each in extra]
    pinned = {canonicalize_name(name): version for name, version in locked(repository / "requirements.lock")}
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_download_from(repository, name) -> None:
    assert not re.search(r"://|--(index|extra-index|find-links)", (repository / name).read_text(encoding="utf-8"))
