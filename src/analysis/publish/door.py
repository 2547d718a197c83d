"""The one door from numbers to paper: nothing is displayed in a report except through it."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis import catalogue
from analysis.analyses import analysis
from analysis.analyses.wording import chance_in_words
from analysis.model import Finding
from analysis.model.observations import Result
from analysis.publish.answers import (
    asked,
    findings_of,
    first_and_rest,
    key_figures,
    messages,
    said,
    shown_names,
    status_counts,
)
from analysis.publish.coverage import below_table, coverage_table, sources_of
from analysis.publish.figure import image_source
from analysis.publish.seen import Seen
from analysis.publish.table import column_of, csv_link, numbers, shown
from analysis.publish.told_once import told_once
from analysis.publish.words import word


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("analysis.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(word=word, shown=shown, csv_link=csv_link, numbers=numbers, column_of=column_of)
    return environment


def display(seen: Seen, kind: str, html: str, *, title: str = "", question: str = "", **counts: Any) -> None:
    """Display one piece, with the marks by which the gate knows it; ``begins`` names it as a view's beginning may.

    The first piece that a view begins with carries the view's name, by which the list of contents is grouped.
    """
    from IPython.display import display as show_bundle

    begins = str(counts.pop("begins", (question and "show") or kind))
    view = seen.kind.view_of(begins)
    name = word(f"view_{view}", seen.lang) if view else ""

    about = {
        "kind": kind,
        "unit": seen.unit_id,
        "unit_name": seen.name,
        "school_year": str(seen.year),
        "lang": seen.lang,
        "question": question,
        "anchor": question or kind,
        "title": title,
        "view": "" if any(piece["view"] == name for piece in seen.pieces) else name,
        "report": seen.report,
        "figures": 0,
        "tables": 0,
        "sentences": 0,
        **counts,
    }
    seen.pieces.append(about)
    show_bundle({"text/html": html, "text/plain": f"{kind} {title}".strip()}, raw=True, metadata={"arshjul": about})  # type: ignore[no-untyped-call]


def render(template: str, seen: Seen, **fields: Any) -> str:
    """The HTML of one piece, with every text in it escaped."""
    return _environment().get_template(template).render(seen=seen, lang=seen.lang, **fields)


def heading(seen: Seen) -> None:
    """The top of the page: the way up, the unit and school year, the way down."""
    units = seen.figures.units
    trail = [(str(units.at[each, "name"]), seen.link(each)) for each in seen.above()]
    down = [(str(row["name"]), seen.link(str(unit_id))) for unit_id, row in seen.below().iterrows()]
    named = {level: units["name"].get(seen.unit[f"{level}_id"], "") for level in ("school", "municipality")}
    about = f"subtitle_{seen.level}" if seen.level in ("group", "team", "school", "area") else "subtitle_other"
    made_up = seen.figures.snapshot.is_made_up
    html = render(
        "heading.html",
        seen,
        trail=trail,
        index="../index.html" if seen.figures.run.pages else None,
        down=[(name, link) for name, link in down if link],
        subtitle=word(about, seen.lang, year=seen.year, code=seen.unit["code"], **named),
        made_up=made_up,
        report=_report_name(seen),
        about="" if seen.report == catalogue.USUAL else seen.kind.purpose[seen.lang],
        readers="" if seen.report == catalogue.USUAL else seen.kind.readers[seen.lang],
    )
    title = word("title", seen.lang, name=seen.name, year=seen.year)
    display(seen, "heading", html, title=title, made_up=made_up)


def _report_name(seen: Seen) -> str:
    """What the page is: the usual report is called after its level, the others after their kind."""
    return word(f"report_{seen.level}", seen.lang) if seen.report == catalogue.USUAL else seen.kind.name[seen.lang]


def in_short(seen: Seen) -> None:
    """At most five sentences, three key figures, and one line on what is missing or withheld."""
    chosen = messages(seen)
    counts = status_counts(seen)
    if not counts["given"] and counts["withheld"]:
        lines = [word("only_withheld", seen.lang, name=seen.name)]
    else:
        lines = [finding.brief or finding.sentence for finding in chosen] or [
            word("no_messages", seen.lang, name=seen.name)
        ]
    total = counts["given"] + counts["withheld"] + counts["missing"]
    missing = word("missing_none", seen.lang)
    if counts["withheld"] or counts["missing"]:
        missing = word("missing_line", seen.lang, withheld=counts["withheld"], missing=counts["missing"], total=total)
    html = render("in_short.html", seen, lines=lines, keys=key_figures(seen), missing=missing)
    display(seen, "summary", html, title=word("in_short", seen.lang), begins="in_short", sentences=len(lines))


def show(question: str, seen: Seen) -> None:
    """Show one question about the unit: said, drawn, tabled, with its use and misuse.

    Nothing is shown when the collected figures hold nothing that the question could be asked of.
    """
    record = analysis(question)
    results = asked(question, seen)
    if not results:
        return
    title = record.title[seen.lang]
    findings = said(findings_of(question, seen), seen.lang)
    first, rest = first_and_rest(findings)
    others = "; ".join(catalogue.indicator(each.indicator).short[seen.lang] for each in rest)
    figure = record.drawing(results, seen.unit_id, seen.lang)
    found = record.tabulate(results, seen.unit_id, seen.lang)
    tables = [each for each in (found, found.beside) if each is not None and each.rows]
    html = render(
        "question.html",
        seen,
        record=record,
        title=title,
        findings=first,
        rest=rest,
        others=others,
        headline=_headline(findings),
        alt=record.describe(results, seen.unit_id, seen.lang) if figure is not None else "",
        image=image_source(figure) if figure is not None else None,
        narrow=figure.narrow.shape if figure is not None and figure.narrow else "",
        tables=tables,
        csv_names=[csv_name(seen, question), csv_name(seen, f"{question}-beside")],
    )
    display(
        seen,
        "question",
        html,
        title=title,
        question=question,
        figures=int(figure is not None),
        tables=len(tables),
        sentences=len(findings),
    )


def _headline(findings: list[Finding]) -> str:
    """The headline of the weightiest finding; of the first one when none weighs anything."""
    return max(findings, key=lambda finding: finding.weight).headline if findings else ""


def csv_name(seen: Seen, what: str) -> str:
    """What the CSV of a table is called when it is taken along: unit, school year and part."""
    unit = seen.unit_id.replace(":", "-")
    return f"{unit}-{str(seen.year).replace('/', '-')}-{what}.csv"


def below(seen: Seen) -> None:
    """The units on the level below, by name, with a way to each page. Never a ranking."""
    table, links = below_table(seen)
    title = word("below", seen.lang)
    html = render("below.html", seen, title=title, table=table, links=links, csv_name=csv_name(seen, "below"))
    display(seen, "below", html, title=title, tables=int(table is not None), sentences=1)


def coverage(seen: Seen) -> None:
    """What the page rests on: years, pupils, what is withheld or missing, and where it is from."""
    table = coverage_table(seen)
    title = word("coverage", seen.lang)
    html = render("coverage.html", seen, title=title, table=table, csv_name=csv_name(seen, "coverage"))
    display(seen, "coverage", html, title=title, tables=1, sentences=1)


def methods(seen: Seen) -> None:
    """How the figures are made, in words: chance first, then each question's method and what differs by measure."""
    chance: dict[str, str] = {}
    explained = []
    for question in seen.about:
        texts = {each.indicator.id: _but_chance(each, chance, seen) for each in asked(question, seen)}
        explained += _explained(analysis(question).title[seen.lang], texts, seen.lang)
    indicators = [catalogue.indicator(each) for each in shown_names(seen)]
    explained = [*_explained(word("chance", seen.lang), chance, seen.lang), *explained]
    html = render("methods.html", seen, explained=explained, indicators=indicators)
    display(seen, "methods", html, title=word("methods", seen.lang))


def _but_chance(result: Result, chance: dict[str, str], seen: Seen) -> str:
    """How a question is answered for a measure, without what is told once for all questions: chance in a cohort."""
    text = analysis(result.question).explain(result, seen.unit_id, seen.lang)
    its = chance_in_words(result, seen.unit_id, seen.lang)
    name = result.indicator.id
    if not its or its not in text or chance.setdefault(name, its) != its:
        return text
    return text.replace(its, "").replace("  ", " ").strip()


def _explained(title: str, texts: dict[str, str], lang: str) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """One heading of the methods: the first measure's text whole, the others' as far as they differ from it."""
    if not texts:
        return []
    (first, text), *others = texts.items()
    name = catalogue.indicator(first).name[lang]
    return [(title, name, text, told_once(others, name, text, lang))]


def close(seen: Seen) -> None:
    """The foot of the page, and the count of all that should be on it."""
    snapshot, run = seen.figures.snapshot, seen.figures.run
    parameters = {"unit": seen.unit_id, "school_year": str(seen.year), "lang": seen.lang, "audience": seen.audience}
    if seen.report != catalogue.USUAL:
        parameters["report"] = seen.report
    if seen.compare_with:
        parameters["compare_with"] = seen.compare_with
    data = run.made_from.get(seen.unit_id, snapshot.public_name)
    number = sha256(json.dumps([parameters, data, run.code], sort_keys=True).encode()).hexdigest()[:12]
    sources = [source.attribution[seen.lang] for source in sources_of(seen)]
    html = render(
        "foot.html",
        seen,
        sources=sources,
        data=data,
        code=run.code,
        parameters=" · ".join(parameters.values()),
        number=number,
        requirement=seen.kind.source[seen.lang],
    )
    totals = {name: sum(piece[name] for piece in seen.pieces) for name in ("figures", "tables", "sentences")}
    title = word("title", seen.lang, name=seen.name, year=seen.year)
    report = _report_name(seen)
    name = title if seen.report == catalogue.USUAL else f"{title}: {report}"
    display(seen, "end", html, title=name, description=f"{report}: {title}", sources=sources, **totals)
