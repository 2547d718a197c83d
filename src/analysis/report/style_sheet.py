"""The style sheet as a page carries it: without comments and blanks, and without rules for what the page lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLANKS = ((r"\s*\n\s*", "\n"), (r" *([{};,>]) *", r"\1"), (r";\n?}", "}"))
NAMES = re.compile(r"[.#][A-Za-z][\w-]*")
NOT_NEEDED = re.compile(r":(?:not|is|has|where)\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
"""what a selector may say of an element without naming a class that must be there"""
ANY_OF = re.compile(r":is\((.*)\)", re.DOTALL)
SIGN = re.compile(r'"[^"]*"|[(),]')
ATTRIBUTE = re.compile(r'\s(class|id)="([^"]*)"')


def short(sheet: str) -> str:
    """A style sheet without comments, indents and blanks that say nothing.

    >>> short("p, li { margin: 0; } /* text */")
    'p,li{margin: 0}'
    """
    text = COMMENT.sub("", sheet)
    for found, kept in BLANKS:
        text = re.sub(found, kept, text)
    return text.strip()


def needed(sheet: str, html: str) -> str:
    """The rules of a shortened sheet that can touch a page: those whose classes and ids all stand on it.

    Rules that name neither are kept, and what stands inside ``:is``, ``:has``, ``:where`` and ``:not`` is not looked
    at, but for a selector that is one ``:is``, whose members are sifted as a list of their own. A page without scripts
    gets no class that is not written in it, so it looks as with the whole sheet.

    >>> needed("p{margin:0}.a,.b{color:red}@media print{.c{color:red}}", '<p class="b">')
    'p{margin:0}.b{color:red}'
    """
    there = {
        f"{'#' if kind == 'id' else '.'}{name}" for kind, names in ATTRIBUTE.findall(html) for name in names.split()
    }
    return _needed(sheet, frozenset(there & set(NAMES.findall(sheet))))


@lru_cache(maxsize=64)
def _needed(sheet: str, there: frozenset[str]) -> str:
    kept = ""
    for opening, inside in rules(sheet):
        if opening.lstrip().startswith("@"):
            is_group = opening.lstrip().startswith(("@media", "@supports"))
            body = _needed(inside, there) if is_group else inside
            kept += f"{opening}{{{body}}}" if body.strip() else ""
            continue
        left = _selectors(opening, there)
        kept += f"{','.join(left)}{{{inside}}}" if left else ""
    return kept


def _selectors(opening: str, there: frozenset[str]) -> list[str]:
    """The selectors of a list that can touch the page; the members of an ``:is`` all weigh the same in the sheet."""
    left = []
    for each in parted(opening):
        any_of = ANY_OF.fullmatch(each.strip())
        if any_of:
            members = _selectors(any_of.group(1), there)
            left += [f":is({','.join(members)})"] if members else []
        elif there.issuperset(NAMES.findall(NOT_NEEDED.sub("", each))):
            left.append(each)
    return left


def parted(selectors: str) -> list[str]:
    """The selectors of a list, parted at its own commas, not at those inside parentheses.

    >>> parted("a,:is(b,c) d")
    ['a', ':is(b,c) d']
    """
    depth, start, found = 0, 0, list[str]()
    for sign in SIGN.finditer(selectors):
        depth += (sign.group() == "(") - (sign.group() == ")")
        if sign.group() == "," and not depth:
            found.append(selectors[start : sign.start()])
            start = sign.end()
    return [*found, selectors[start:]]


def rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Each rule of a sheet: what stands before its braces, and what in them."""
    start, place, depth = 0, 0, 0
    for found in re.finditer(r'"[^"]*"|[{}]', sheet):
        if found.group() == "{":
            if not depth:
                place = found.start()
            depth += 1
        elif found.group() == "}":
            depth -= 1
            if not depth:
                yield sheet[start:place], sheet[place + 1 : found.start()]
                start = found.end()
