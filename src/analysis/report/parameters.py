"""What a page is asked for, checked before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.catalogue import AUDIENCES, COMPARISONS, USUAL, report_kind, report_kinds
from analysis.errors import ParameterError, nearest
from analysis.model import Lang

UNIT = re.compile(r"(?:se|no):(?:group|team|school|area|municipality|region|nation):[0-9a-z-]+")
YEAR = re.compile(r"[0-9]{4}/[0-9]{2}")
NEEDED = ("unit", "school_year", "lang", "audience")
FREE = {"level": "", "report": USUAL, "compare_with": ""}
"""the parameters that may be left out: an empty level is the unit's own, an empty comparison is none of its own"""
NAMES = (*NEEDED, *FREE)


@dataclass(frozen=True)
class PageRequest:
    """One page that somebody wants: which unit, which school year, which language, from which notebook.

    ``school_year`` is written 2023/24, ``audience`` says who reads it; ``is_made_up`` says that the figures are, and
    that the page must say so. ``report`` is the kind of report, ``compare_with`` what the unit is held against beside
    the usual. The parameters are checked when the request is made, so whoever holds one need not check again.
    """

    unit_id: str
    level: str
    unit_name: str
    school_year: str
    lang: str
    audience: str
    notebook: Path
    is_made_up: bool
    report: str = USUAL
    compare_with: str = ""

    def __post_init__(self) -> None:
        parameters({**self.parameters, "level": ""})
        if self.unit_id.split(":")[1] != self.level:
            raise ParameterError(f"the unit {self.unit_id!r} is not at the level asked for, got level: {self.level!r}")
        if not self.unit_name.strip():
            raise ParameterError(f"a page needs the name of its unit, got an empty name for {self.unit_id!r}")

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of a report notebook."""
        given = (self.unit_id, self.school_year, self.lang, self.audience, self.level, self.report, self.compare_with)
        return dict(zip(NAMES, given, strict=True))

    @property
    def safe_name(self) -> str:
        """The unit's id, and the kind of report unless it is the usual, as a file name."""
        return self.path.partition("/")[2].removesuffix(".html")

    @property
    def path(self) -> str:
        """Where the page stands in the folder of its run: ``school/se-school-16762245.html``."""
        return page_path(self.unit_id, self.report)


def safe_name(unit_id: str) -> str:
    """A unit's id as a file name, the same on every system.

    >>> safe_name("se:school:16762245")
    'se-school-16762245'
    """
    _match("unit", unit_id, UNIT, "se:school:16762245")
    return unit_id.replace(":", "-")


def page_path(unit_id: str, report: str = USUAL) -> str:
    """Where a unit's page stands in the folder of a run; other kinds than the usual are named after the unit.

    >>> page_path("no:municipality:1103")
    'municipality/no-municipality-1103.html'
    >>> page_path("no:municipality:1103", "board_brief")
    'municipality/no-municipality-1103_board_brief.html'
    """
    name = safe_name(unit_id)
    _one_of("report", report, tuple(report_kinds()))
    kind = "" if report == USUAL else f"_{report}"
    return f"{unit_id.split(':')[1]}/{name}{kind}.html"


def parameters(raw: Mapping[str, object]) -> dict[str, str]:
    """The parameters of a report notebook, checked: none unknown, all text, each of its own form.

    Those that may be left out get their usual value; the level, when given, is the unit's own.

    >>> parameters({"unit": "se:region:01", "school_year": "2023/24", "lang": "sv", "audience": "public"})["lang"]
    'sv'

    Raises ParameterError for an unknown, missing or ill-typed parameter, and names the nearest known one.
    """
    for name in raw:
        if name not in NAMES:
            raise ParameterError(
                f"a report's parameters are {', '.join(NAMES)}, got: {name!r}.{nearest(str(name), NAMES)}"
            )
    missing = [name for name in NEEDED if name not in raw]
    if missing:
        raise ParameterError(f"a report needs the parameters {', '.join(NEEDED)}, missing: {', '.join(missing)}")
    found = {name: _text(name, raw[name] if name in raw else FREE[name]) for name in NAMES}
    _match("unit", found["unit"], UNIT, "se:school:16762245")
    _match("school_year", found["school_year"], YEAR, "2023/24")
    _spans_two_years(found["school_year"])
    _one_of("lang", found["lang"], [each.value for each in Lang])
    _one_of("audience", found["audience"], AUDIENCES)
    _one_of("report", found["report"], tuple(report_kinds()))
    _one_of("compare_with", found["compare_with"], ("", *COMPARISONS))
    _fits(found)
    return found


def _fits(found: Mapping[str, str]) -> None:
    """The level is the unit's, and the kind of report is one that units of it have."""
    level, kind = found["unit"].split(":")[1], report_kind(found["report"])
    if found["level"] not in ("", level):
        raise ParameterError(f"the parameter 'level' is the unit's own, {level}, or empty, got: {found['level']!r}")
    if level not in kind.levels:
        raise ParameterError(
            f"the report {kind.id} is made for the levels {', '.join(kind.levels)}, got: {found['unit']!r}"
        )


def _text(name: str, value: object) -> str:
    if type(value) is not str:
        raise ParameterError(f"the parameter {name!r} is text, got: {value!r} ({type(value).__name__})")
    return value


def _match(name: str, value: str, form: re.Pattern[str], example: str) -> None:
    if form.fullmatch(value) is None:
        raise ParameterError(f"the parameter {name!r} is written like {example}, got: {value!r}")


def _spans_two_years(value: str) -> None:
    if (int(value[:4]) + 1) % 100 != int(value[5:]):
        raise ParameterError(f"the parameter 'school_year' spans two following years, got: {value!r}")


def _one_of(name: str, value: str, known: tuple[str, ...] | list[str]) -> None:
    if value not in known:
        raise ParameterError(
            f"the parameter {name!r} is one of {', '.join(known)}, got: {value!r}.{nearest(value, known)}"
        )
