"""The page as it is laid out on paper: nothing folded away, and all tables in an appendix at the end."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import cast

from bs4 import BeautifulSoup, Tag

SCREEN_ONLY = ("a.skip", "nav.contents", "nav.down", "a.csv")
"""what leads somewhere on a screen and nowhere on paper"""
MOST_COLUMNS = 8
"""a table with more lies on its side"""


@lru_cache(maxsize=1)
def _all_words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "paper.toml").read_text(encoding="utf-8"))


def words(lang: str) -> dict[str, str]:
    """The words that a page has on paper only."""
    return _all_words()[lang]


def edition(html: str) -> str:
    """The page for paper, from a page as it was made.

    What is folded away on a screen is opened; the table under each figure is moved, numbered, to an appendix after the
    last section, and the place where it stood says its number. Nothing else is added or left out.
    """
    page = BeautifulSoup(html, "html.parser")
    texts = words(str(cast(Tag, page.html)["lang"]))
    for kind in SCREEN_ONLY:
        for each in page.select(kind):
            around = each.parent
            each.decompose()
            if around is not None and around.name == "p" and not around.get_text(strip=True):
                around.decompose()
    for number, (about, details) in enumerate(_folded_tables(page), start=1):
        _moved(page, details, number, about, texts)
    for details in page.select("details"):
        details.attrs["open"] = ""
    for each in page.select("[tabindex]"):
        for name in ("tabindex", "role", "aria-label"):
            each.attrs.pop(name, None)
    return str(page)


def _folded_tables(page: BeautifulSoup) -> list[tuple[str, Tag]]:
    """The tables that are folded away under figures, each with the heading it stands under."""
    found = []
    for details in page.select("details.data"):
        section = details.find_parent("section")
        heading = section.find("h2") if section is not None else None
        found.append((heading.get_text(strip=True) if heading is not None else "", details))
    return found


def _moved(page: BeautifulSoup, details: Tag, number: int, about: str, texts: dict[str, str]) -> None:
    """Put one table into the appendix, and say in its place where it went."""
    appendix = page.select_one("section.appendix")
    if appendix is None:
        appendix = page.new_tag("section", attrs={"class": "appendix", "id": "appendix"})
        title = page.new_tag("h2")
        title.string = texts["appendix"]
        appendix.append(title)
        cast(Tag, page.find("main")).append(appendix)
    see = page.new_tag("p", attrs={"class": "see"})
    link = page.new_tag("a", attrs={"href": f"#table-{number}"})
    link.string = texts["see"].format(number=number)
    see.append(link)
    details.replace_with(see)
    heading = page.new_tag("h3", attrs={"id": f"table-{number}"})
    heading.string = texts["table"].format(number=number, about=about)
    place = page.new_tag("div", attrs={"class": "wide"} if _is_wide(details) else {})
    place.append(heading)
    for table in details.select(".table-wrap"):
        place.append(table.extract())
    appendix.append(place)


def _is_wide(details: Tag) -> bool:
    """Whether a table has more columns than stand beside each other on an upright sheet."""
    return any(len(head.find_all("th")) > MOST_COLUMNS for head in details.select("thead tr"))
