"""The site over all pages of a run: the ladder of levels, a table of units, methods, words, and what is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.errors import ArshjulError
from analysis.report.gate import check_site_page
from analysis.report.page import PageRecord
from analysis.report.parameters import page_path
from analysis.report.site import glossary, methods, not_shown
from analysis.report.site.earlier import Earlier, earlier
from analysis.report.site.ladder import Step, ladder
from analysis.report.site.listing import levels_of, listing
from analysis.report.site.rendering import SCRIPT, render, words
from analysis.report.writing import publish

__all__ = ["Earlier", "Step", "earlier", "ladder", "words", "write"]

LINK = re.compile(r'href="\.\./([\w-]+/[\w-]+\.html)(?:#[^"]*)?"')


def write(
    out: Path,
    records: Iterable[PageRecord],
    units: Iterable[Mapping[str, object]],
    *,
    lang: str,
    school_year: str,
    made_up: bool,
    audience: str = "public",
    beside: Iterable[Earlier] = (),
) -> Path:
    """Write the site's own pages over the pages of a run, and a page in the place of each that is not there.

    ``units`` are those of the snapshot (``unit_id``, ``level``, ``name``, ``code``, ``parent_id`` …); those
    with a record, and the units above them, stand on the ladder. When the figures are ``made_up``, every page says so.
    ``audience`` says whose limits are explained, ``beside`` are earlier years' pages of the same units. Returns the
    place of the index. Raises GateClosed, before anything is written, when a page breaks a rule of its form.
    """
    found = sorted(records, key=lambda record: (record.level, record.unit_id))
    known = {str(unit["unit_id"]): unit for unit in units}
    strangers = [record.unit_id for record in found if record.unit_id not in known]
    if strangers:
        raise ArshjulError(f"every page is about a unit of the snapshot, got: {', '.join(strangers)}")
    linked: set[str] = set()
    kept_back: set[str] = set()
    for record in found:
        if record.state == "made":
            html = _text(out, record.path)
            linked |= set(LINK.findall(html))
            kept_back |= {record.path} if not_shown.is_kept_back(html) else set()
    made = [record.path for record in found if record.state == "made"]
    frame = {"lang": lang, "made_up": made_up, "school_year": school_year}
    pages = _places_kept(out, found, linked, known, frame)
    pages |= {
        "index.html": _index(found, known, tuple(beside), frame),
        methods.PATH: render(methods.PATH, frame, **methods.fields(made, lambda path: _text(out, path), lang)),
        glossary.PATH: render(glossary.PATH, frame, **glossary.fields(lang)),
        not_shown.PATH: render(not_shown.PATH, frame, **not_shown.fields(found, kept_back, known, audience, lang)),
    }
    for path, html in pages.items():
        check_site_page(html, path, SCRIPT if path == "index.html" else "")
    for path in sorted(pages, key=lambda each: (each == "index.html", each)):
        publish(pages[path].encode(), out / path)
    return out / "index.html"


def _text(out: Path, path: str) -> str:
    return (out / path).read_text(encoding="utf-8")


def _index(
    records: list[PageRecord],
    known: Mapping[str, Mapping[str, object]],
    beside: tuple[Earlier, ...],
    frame: Mapping[str, object],
) -> str:
    lang = str(frame["lang"])
    rows = listing(records, known, beside, lang)
    return render(
        "index.html",
        frame,
        ladder=ladder(records, known, lang),
        rows=rows,
        levels=levels_of(rows),
        has_earlier=any(row.earlier for row in rows),
        made=sum(record.state == "made" for record in records),
        absent=sum(record.state != "made" for record in records),
    )


def _places_kept(
    out: Path,
    records: list[PageRecord],
    linked: set[str],
    known: Mapping[str, Mapping[str, object]],
    frame: Mapping[str, object],
) -> dict[str, str]:
    """A page that says it is not there for each that was not made, and for each that a made one links to.

    None takes the place of a good page that stands there from before.
    """
    names = {unit_id: str(unit["name"]) for unit_id, unit in known.items()}
    wanted: dict[str, tuple[str, str, str]] = {
        record.path: (record.state, names[record.unit_id], not_shown.cause(record.reason, record.code))
        for record in records
        if record.state != "made"
    }
    places = {page_path(unit_id): name for unit_id, name in names.items()}
    for path in linked - {record.path for record in records}:
        if not (out / path).exists():
            wanted[path] = ("absent", places.get(_usual(path), Path(path).stem), "")
    return {
        path: _absent(*what, frame) for path, what in sorted(wanted.items()) if not _is_good(out / path)
    }  # fmt: skip


def _usual(path: str) -> str:
    """The place of the usual report of the unit that a page of any kind is about."""
    return f"{path.removesuffix('.html').partition('_')[0]}.html"


def _is_good(path: Path) -> bool:
    """Whether a page that was made stands at a place, and not one that says there is none."""
    return path.exists() and 'name="arshjul-state"' not in path.read_text(encoding="utf-8")


def _absent(state: str, name: str, cause: str, frame: Mapping[str, object]) -> str:
    """The page in the place of one that is not there. What is kept back looks like what was not asked for."""
    texts = words(str(frame["lang"]))
    state = "failed" if state == "failed" else "absent"
    why = texts[f"because_{cause}"] if state == "failed" else ""
    message = texts[f"page_{state}"].format(name=name)
    return render("absent.html", frame, up="../", name=name, state=state, message=message, reason=why)
