"""The ladder of levels over all pages of a run: an index that works from a file, without dead links."""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from analysis import catalogue
from analysis.errors import ArshjulError
from analysis.report.exporter import SKIP, TEMPLATE, strict
from analysis.report.page import PageRecord, publish
from analysis.report.parameters import page_path

LINK = re.compile(r'href="\.\./([\w-]+/[\w-]+\.html)(?:#[^"]*)?"')


@dataclass
class Step:
    """A unit on the ladder, with the units below it."""

    unit_id: str
    level: str
    name: str
    code: str
    path: str = ""
    note: str = ""
    below: list[Step] = field(default_factory=list)
    below_name: str = ""

    @property
    def leaves(self) -> bool:
        """Whether nothing stands below the units below."""
        return not any(each.below for each in self.below)


def write(
    out: Path,
    records: Iterable[PageRecord],
    units: Iterable[Mapping[str, object]],
    *,
    lang: str,
    school_year: str,
    made_up: bool,
) -> Path:
    """Write index.html over the pages of a run, and a page in the place of each that is not there.

    ``units`` are those of the snapshot (``unit_id``, ``level``, ``name``, ``code``, ``parent_id`` …); those
    with a record, and the units above them, stand on the ladder. When the figures are ``made_up``, every page says so.
    Returns the place of the index.
    """
    found = sorted(records, key=lambda record: (record.level, record.unit_id))
    known = {str(unit["unit_id"]): unit for unit in units}
    strangers = [record.unit_id for record in found if record.unit_id not in known]
    if strangers:
        raise ArshjulError(f"every page is about a unit of the snapshot, got: {', '.join(strangers)}")
    names = {unit_id: str(unit["name"]) for unit_id, unit in known.items()}
    absent = [record for record in found if record.state != "made"]
    for record in absent:
        _write_absent(out / record.path, lang, record.state, names[record.unit_id], record.reason, made_up)
    places = {page_path(unit_id): name for unit_id, name in names.items()}
    for path in sorted(_targets(out, found) - {record.path for record in found}):
        if not (out / path).exists():
            _write_absent(out / path, lang, "absent", places.get(path, Path(path).stem), "", made_up)
    html = _index(found, known, lang, school_year, made_up)
    publish(html.encode(), out / "index.html")
    return out / "index.html"


def _index(
    records: list[PageRecord], known: Mapping[str, Mapping[str, object]], lang: str, school_year: str, made_up: bool
) -> str:
    texts, absent = words(lang), [record for record in records if record.state != "made"]
    script = _environment().get_template("index.js.j2").render()
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            lang=lang,
            title=texts["title_made_up" if made_up else "title"].format(year=school_year),
            made_up=made_up,
            words=texts,
            skip=SKIP[lang],
            ladder=ladder(records, known, lang),
            made=len(records) - len(absent),
            absent=[{**asdict(record), "name": known[record.unit_id]["name"]} for record in absent],
            script=Markup(script),  # our own file
            script_hash=base64.b64encode(sha256(script.encode()).digest()).decode(),
        )
    )


@lru_cache(maxsize=1)
def _all_words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def words(lang: str) -> dict[str, str]:
    """The index's words in one language."""
    return _all_words()[lang]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return strict(Environment(loader=FileSystemLoader(TEMPLATE)))


def ladder(records: Iterable[PageRecord], known: Mapping[str, Mapping[str, object]], lang: str) -> list[Step]:
    """The units with a page and those above them, as trees, by name in every step."""
    texts = words(lang)
    steps: dict[str, Step] = {}
    for record in records:
        step = _step(steps, known, record.unit_id)
        step.path = record.path
        step.note = "" if record.state == "made" else texts[record.state]
        parent = known[record.unit_id].get("parent_id")
        while isinstance(parent, str) and parent in known:
            _step(steps, known, parent)
            parent = known[parent].get("parent_id")
    tops: list[Step] = []
    for step in sorted(steps.values(), key=lambda each: (each.name.casefold(), each.code)):
        parent = known[step.unit_id].get("parent_id")
        (steps[parent].below if isinstance(parent, str) and parent in steps else tops).append(step)
    for step in steps.values():
        if step.below:
            step.below_name = catalogue.level(step.below[0].level).plural[lang].lower()
    return tops


def _step(steps: dict[str, Step], known: Mapping[str, Mapping[str, object]], unit_id: str) -> Step:
    unit = known[unit_id]
    return steps.setdefault(unit_id, Step(unit_id, str(unit["level"]), str(unit["name"]), str(unit["code"])))


def _targets(out: Path, records: Iterable[PageRecord]) -> set[str]:
    """The pages that the made pages link to."""
    found: set[str] = set()
    for record in records:
        if record.state == "made":
            found |= set(LINK.findall((out / record.path).read_text(encoding="utf-8")))
    return found


def _write_absent(path: Path, lang: str, state: str, name: str, reason: str, made_up: bool) -> None:
    """Put a page that says it is not there in the place of a page, unless a good one stands there."""
    if path.exists() and 'name="arshjul-state"' not in path.read_text(encoding="utf-8"):
        return
    texts = words(lang)
    template = _environment().get_template("absent.html.j2")
    html = template.render(
        lang=lang,
        state=state,
        title=texts["page_title"].format(name=name),
        message=texts[f"page_{state}"].format(name=name),
        reason=reason,
        made_up=made_up,
        words=texts,
    )
    publish(html.encode(), path)
