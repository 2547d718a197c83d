"""How every question is answered, as the questions' own records say it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup

from analysis import catalogue
from analysis.analyses import ANALYSES, analysis
from analysis.model import Analysis

PATH = "methods.html"
MOST_READ = 5
SECTION = re.compile(r'<section class="methods".*?</section>', re.DOTALL)


@dataclass(frozen=True)
class Told:
    """How one page explains a question: whose page it is, and in what words."""

    path: str
    name: str
    text: str


@dataclass(frozen=True)
class Method:
    """A question with its record, the measures it is asked of, and how a page of this run explains it."""

    record: Analysis
    measures: tuple[str, ...]
    told: Told | None


def fields(paths: Iterable[str], read: Callable[[str], str], lang: str) -> dict[str, Any]:
    """What the page of methods shows.

    ``paths`` are the made pages' places in the run, and ``read`` gives the text of one.

    A page's own explanation holds figures of that unit's model; it is quoted from the highest level that explains
    the question, and so says nothing that this page does not say already.
    """
    told = _told(paths, read, lang)
    found = [Method(analysis(name), _measures(name, lang), told.get(name)) for name in ANALYSES]
    shown = {name for question in ANALYSES for name in _shown(question)}
    measures = [each for name, each in catalogue.indicators().items() if name in shown]
    return {
        "methods": found,
        "indicators": [(each.name[lang], each.definition[lang], _source(each.source, lang)) for each in measures],
    }


def _shown(question: str) -> set[str]:
    return {
        name
        for country in ("se", "no")
        for level in catalogue.levels()
        for name in catalogue.shown(question, country, level)
    }


def _measures(question: str, lang: str) -> tuple[str, ...]:
    """The names of the measures that the question is asked of, in the catalogue's order."""
    shown = _shown(question)
    return tuple(each.name[lang] for name, each in catalogue.indicators().items() if name in shown)


def _source(name: str, lang: str) -> str:
    return catalogue.sources()[name].attribution[lang]


def _told(paths: Iterable[str], read: Callable[[str], str], lang: str) -> dict[str, Told]:
    """Each question's explanation from the first page, highest level first, that gives one in this language.

    Of each level `MOST_READ` pages are looked at: they are asked the same questions.
    """
    orders = {name: level.order for name, level in catalogue.levels().items()}
    titles = {analysis(name).title[lang]: name for name in ANALYSES}
    found: dict[str, Told] = {}
    read_of: Counter[str] = Counter()
    for path in sorted(paths, key=lambda each: (-orders[each.partition("/")[0]], each)):
        level = path.partition("/")[0]
        if len(found) == len(titles) or read_of[level] == MOST_READ:
            continue
        html = read(path)
        if f'<html lang="{lang}">' not in html[:200]:
            continue
        read_of[level] += 1
        section = SECTION.search(html)
        for title, text in _explained(section.group()) if section else ():
            if title in titles:
                found.setdefault(titles[title], Told(path, _name(html), text))
    return found


def _explained(section: str) -> Iterator[tuple[str, str]]:
    """Every heading of a page's section on methods with the paragraphs under it."""
    for heading in BeautifulSoup(section, "html.parser").find_all("h3"):
        parts = []
        for each in heading.find_next_siblings():
            if each.name != "p":
                break
            parts.append(" ".join(each.get_text().split()))
        if parts:
            yield " ".join(heading.get_text().split()), " ".join(parts)


def _name(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    return BeautifulSoup(found.group(1), "html.parser").get_text() if found else ""
