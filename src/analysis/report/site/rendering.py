"""The templates of the site's own pages and their words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from analysis.report import look
from analysis.report.exporter import SKIP, TEMPLATE, policy, sign, strict, style

SCRIPT = (TEMPLATE / "index.js.j2").read_text(encoding="utf-8")
"""the one script of the site: it filters and sorts the table of units, and the policy lets no other run"""


@lru_cache(maxsize=1)
def _all_words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def words(lang: str) -> dict[str, str]:
    """The words of the site's own pages in one language."""
    return _all_words()[lang]


@lru_cache(maxsize=2)
def _environment(in_use: look.Look) -> Environment:
    return strict(Environment(loader=FileSystemLoader(TEMPLATE)))


def render(path: str, frame: Mapping[str, object], *, up: str = "", name: str = "", **fields: object) -> str:
    """One of the site's own pages as HTML.

    ``path`` is its place in the run, ``frame`` has what every page says (language, school year, whether the figures
    are made up), ``up`` leads from it to the folder of the run. The policy is made for this very page.
    """
    texts = words(str(frame["lang"]))
    kind = Path(path).stem.replace("-", "_")
    key = "title_made_up" if kind == "index" and frame["made_up"] else f"title_{kind}"
    allowed = policy(drawings=False) + (f"; script-src {sign(SCRIPT)}" if kind == "index" else "")
    return (
        _environment(look.in_use())
        .get_template(f"{Path(path).name}.j2")
        .render(
            **frame,
            **fields,
            path=path,
            up=up,
            title=texts[key].format(year=frame["school_year"], name=name),
            words=texts,
            skip=SKIP[str(frame["lang"])],
            site_style=Markup(style()),  # our own file, never text from outside
            site_policy=Markup(allowed),
            script=Markup(SCRIPT),  # our own file
        )
    )
