"""The folder one works in, and its settings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.catalogue.indicator_list import indicator
from analysis.errors import UsageError, nearest

SETTINGS = "arshjul.toml"
KNOWN = {
    "scope": ("se", "no"),
    "build": ("within", "having"),
    "synthetic": ("seed", "protected"),
    "retention": ("days",),
}
"""the tables of the settings file and what may stand in them"""


@dataclass(frozen=True)
class Workspace:
    """A folder with ``arshjul.toml`` in it.

    ``scope`` gives the county codes read per country (empty = all). ``within`` lists the municipalities
    and counties whose schools get pages by default, ``having`` the indicators a school must have a row of.
    ``synthetic`` says that everything in the folder data is made up: ``synthetic = true`` at the top of the
    file, or a table ``[synthetic]`` with the seed it was made from. ``protected`` says that figures are kept back
    so that no small group can be worked out: always so, unless ``[synthetic]`` says ``protected = false``.
    """

    root: Path
    scope: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    within: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    synthetic: bool = False
    protected: bool = True

    @property
    def data(self) -> Path:
        """Where the files of the sources lie."""
        return self.root / "data"

    @property
    def store(self) -> Path:
        """Where the collected figures lie."""
        return self.data / "store"

    @property
    def reports(self) -> Path:
        """Where the pages come out."""
        return self.root / "reports"

    @property
    def notebooks(self) -> Path:
        """Where the notebooks lie."""
        return self.root / "notebooks"

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """The workspace one stands in: the nearest folder upwards with ``arshjul.toml`` in it."""
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / SETTINGS).is_file():
                return cls.read(folder)
        raise UsageError(
            f"no workspace: neither {here} nor a folder above it has the file {SETTINGS}\n"
            f"  mend:  go to the folder that has it, or put an empty file named {SETTINGS} beside the folder data"
        )

    @classmethod
    def read(cls, folder: Path) -> Workspace:
        """The workspace in this folder, with every setting checked."""
        file = folder / SETTINGS
        try:
            written = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problem = f"{file}: the settings must be TOML\n  found: {error}\n  mend:  correct that line"
            raise UsageError(problem) from error
        _check_names(file, written)
        scope = {land: _codes(file, f"scope.{land}", codes, (2,)) for land, codes in written.get("scope", {}).items()}
        build = written.get("build", {})
        within = _texts(file, "build.within", build.get("within", []))
        having = tuple(indicator(each).id for each in build.get("having", []))
        synthetic = written.get("synthetic", False)
        return cls(folder, scope, within, having, _synthetic(file, synthetic), _protected(file, synthetic))


def _check_names(file: Path, written: dict[str, Any]) -> None:
    for table, settings in written.items():
        if table not in KNOWN:
            raise UsageError(f"{file}: unknown setting {table!r}.{nearest(table, KNOWN)}")
        if table == "synthetic" and isinstance(settings, bool):
            continue
        if not isinstance(settings, dict):
            raise UsageError(f"{file}: {table!r} is a table, written [{table}], found: {settings!r}")
        for name in settings:
            if name not in KNOWN[table]:
                raise UsageError(f"{file}: unknown setting {f'{table}.{name}'!r}.{nearest(name, KNOWN[table])}")


def _synthetic(file: Path, found: bool | dict[str, Any]) -> bool:
    if isinstance(found, bool):
        return found
    seed = found.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise UsageError(f"{file}: synthetic.seed is a whole number, found: {seed!r}")
    return True


def _protected(file: Path, found: bool | dict[str, Any]) -> bool:
    wanted = found.get("protected", True) if isinstance(found, dict) else True
    if not isinstance(wanted, bool):
        raise UsageError(f"{file}: synthetic.protected is true or false, found: {wanted!r}")
    return wanted


def _texts(file: Path, name: str, found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        raise UsageError(f'{file}: {name} is a list of texts in quotation marks, as ["0380"], found: {found!r}')
    return tuple(found)


def _codes(file: Path, name: str, codes: object, widths: tuple[int, ...]) -> tuple[str, ...]:
    if not isinstance(codes, list):
        raise UsageError(f"{file}: {name} is a list of codes, found: {codes!r}")
    for code in codes:
        if not isinstance(code, str) or not code.isdigit() or len(code) not in widths:
            digits = " or ".join(str(width) for width in widths)
            raise UsageError(
                f'{file}: {name} holds codes of {digits} digits in quotation marks, as "01", found: {code!r}'
            )
    return tuple(codes)
