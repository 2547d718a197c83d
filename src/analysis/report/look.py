"""The workspace's own look: a logo and colours in the folder ``look``, if they can be read and carry nothing else.

::

    look/colours.toml     any of the names in `COLOURS`, as "#12436d"
    look/logo.svg         or logo.png: shown above the heading of every page
"""

from __future__ import annotations

import base64
import re
import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from analysis.drawing.style import FOURTH, OWN, PEERS, SECOND, THIRD
from analysis.errors import InputRefused, nearest
from analysis.report import logo

FOLDER, COLOURS_FILE = "look", "colours.toml"
LOGOS = {"logo.svg": logo.svg, "logo.png": logo.png}
COLOURS = {
    "text": ("ink", "#1b1b1b"),
    "muted": ("soft", "#4d5258"),
    "line": ("line", "#d3d7db"),
    "wash": ("wash", "#f3f5f7"),
    "paper": ("paper", "#ffffff"),
    "primary": ("blue", "#12436d"),
    "accent": ("teal", "#28a197"),
    "mark": ("plum", "#801650"),
}
"""what a colour is called in the settings: its name in the style sheet, and what it is there"""
TEXT, SHAPE = 4.5, 3.0
"""the contrasts that WCAG 2.2 needs of text (1.4.3) and of what is seen but not read (1.4.11)"""
PAIRS = (
    ("text", "paper", TEXT, "text"),
    ("text", "wash", TEXT, "text in the heading and in short"),
    ("muted", "paper", TEXT, "lesser text"),
    ("muted", "wash", TEXT, "lesser text in the heading and in short"),
    ("primary", "paper", TEXT, "links and key figures"),
    ("primary", "wash", TEXT, "links in the heading and key figures in short"),
    ("mark", "paper", TEXT, "the kind of report"),
    ("mark", "wash", TEXT, "the kind of report in the heading"),
    ("accent", "paper", SHAPE, "the marks of lists and the line beside the questions"),
)
"""which colours meet, how strongly they must differ, and where"""
DRAWN = (OWN, SECOND, THIRD, FOURTH, PEERS)
"""the colours of the figures, which stand on the paper"""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Look:
    """What a workspace's own look adds to the style sheet of every page; nothing when it has none."""

    css: str = ""

    @property
    def hash(self) -> str:
        """A hash of the look, by which a page is known to be out of date; empty without one."""
        return sha256(self.css.encode()).hexdigest() if self.css else ""


_IN_USE: list[Look] = [Look()]


def use(look: Look) -> None:
    """From now on the pages of this process have this look."""
    _IN_USE[:] = [look]


def in_use() -> Look:
    """The look of the pages of this process."""
    return _IN_USE[0]


def read(workspace: Path) -> Look:
    """The look in a workspace's folder.

    Raises InputRefused for a file that has no place there, a colour that is none, colours that cannot be told apart
    where one stands on the other (the pair, the contrast found and the one needed are named), and a logo that could
    carry more than a picture.
    """
    folder = workspace / FOLDER
    if not folder.is_dir():
        return Look()
    for each in sorted(folder.iterdir()):
        if each.name not in (COLOURS_FILE, *LOGOS) and not each.name.startswith("."):
            raise InputRefused(
                f"the look has the files {', '.join((COLOURS_FILE, *LOGOS))}",
                file=f"{FOLDER}/{each.name}",
                found=f"another file.{nearest(each.name, (COLOURS_FILE, *LOGOS))}",
                mend="rename it, or take it out of the folder",
            )
    return Look(_colours(folder / COLOURS_FILE) + _logo(folder))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, as WCAG defines it.

    >>> round(contrast("#ffffff", "#000000"), 1), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colours(file: Path) -> str:
    """The colours of the settings as rules of the style sheet."""
    if not file.is_file():
        return ""
    place = f"{FOLDER}/{COLOURS_FILE}"
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputRefused(
            "colours are written in TOML", file=place, found=str(error), mend='write lines such as primary = "#12436d"'
        ) from None
    for name, colour in written.items():
        if name not in COLOURS:
            raise InputRefused(
                f"the colours are {', '.join(COLOURS)}",
                file=place,
                found=f"{name!r}.{nearest(name, COLOURS)}",
                mend="use one of these names",
            )
        if not isinstance(colour, str) or COLOUR.fullmatch(colour) is None:
            raise InputRefused(
                "a colour is # and six hexadecimal digits in quotation marks",
                file=place,
                found=f"{name} = {colour!r}",
                mend=f'write it as {name} = "{COLOURS[name][1]}"',
            )
    _refuse_unreadable({**{name: usual for name, (_, usual) in COLOURS.items()}, **written}, place)
    rules = "".join(f" --{COLOURS[name][0]}: {written[name].lower()};" for name in COLOURS if name in written)
    return f":root {{{rules} }}\n" if rules else ""


def _refuse_unreadable(colours: dict[str, str], place: str) -> None:
    """Raise InputRefused that names every pair that cannot be told apart."""
    met = [(one, colours[one], other, needed, where) for one, other, needed, where in PAIRS]
    met += [("figures", colour, "paper", SHAPE, "the figures' lines and marks") for colour in DRAWN]
    faint = [
        f"{one} {colour} on {other} {colours[other]}: {found:.2f}:1, needed {needed}:1 ({where})"
        for one, colour, other, needed, where in met
        if (found := contrast(colour, colours[other])) < needed
    ]
    if faint:
        raise InputRefused(
            "what stands on a colour can be read on it (WCAG 2.2, 1.4.3 and 1.4.11)",
            file=place,
            found="\n         ".join(faint),
            mend="choose a darker colour for what is read, or a lighter one for its ground",
        )


def _logo(folder: Path) -> str:
    """The logo as a rule of the style sheet: a picture beside the text, and so of no weight for those who listen."""
    found = [name for name in LOGOS if (folder / name).is_file()]
    if not found:
        return ""
    if len(found) > 1:
        raise InputRefused(
            "there is one logo", file=FOLDER, found=" and ".join(found), mend="take one out of the folder"
        )
    name = found[0]
    content = LOGOS[name]((folder / name).read_bytes(), f"{FOLDER}/{name}")
    kind = "svg+xml" if name.endswith(".svg") else "png"
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return (
        'header.heading::before { content: ""; display: block; height: 3rem; max-width: 69.5rem; margin: 0 auto .7rem;'
        f' width: calc(100% - 2.5rem); background: url("{source}") left center / contain no-repeat;'
        " print-color-adjust: exact; -webkit-print-color-adjust: exact; }\n"
        "@media print { header.heading::before { width: auto; max-width: none; } }\n"
    )
