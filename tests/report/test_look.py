"""A workspace's own look: what can be read is taken, what cannot is refused, and a logo is a picture only."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import request_for
from PIL import Image, PngImagePlugin
from small_notebooks import page_notebook

from analysis.errors import InputRefused
from analysis.report import look, site
from analysis.report.exporter import export
from analysis.report.gate import check
from analysis.report.logo import LARGEST, png, svg

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 90 30">'
    '<style>.a{fill:#123456}</style><defs><linearGradient id="g">'
    '<stop offset="0" stop-color="#12436d"/></linearGradient></defs>'
    '<circle id="c" class="a" cx="15" cy="15" r="12"/><path fill="url(#g)" d="M30 5h50v20z"/>'
    '<use xlink:href="#c" x="3"/><text x="40" y="20">Ö</text></svg>'
)


@pytest.fixture(autouse=True)
def usual_look_afterwards() -> Iterator[None]:
    yield
    look.use(look.Look())


def folder(place: Path, **files: str | bytes) -> Path:
    """A workspace with these files in its look; an underline in a name stands for its point."""
    (place / "look").mkdir(parents=True)
    for name, content in files.items():
        path = place / "look" / name.replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return place


def test_without_a_folder_the_look_is_the_usual_one(tmp_path: Path) -> None:
    assert look.read(tmp_path) == look.Look() and look.Look().hash == ""


def test_the_usual_colours_are_those_of_the_style_sheet_and_can_be_read() -> None:
    sheet = (Path(look.__file__).parent / "template/page.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", sheet))
    short = {
        name: "#" + "".join(2 * each for each in value[1:]) if len(value) == 4 else value
        for name, value in named.items()
    }
    assert {name: short[name] for name, _ in look.COLOURS.values()} == dict(look.COLOURS.values())
    look._refuse_unreadable({name: usual for name, (_, usual) in look.COLOURS.items()}, "here")


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_the_contrast_is_that_of_the_rule(one: str, other: str, known: float) -> None:
    assert round(look.contrast(one, other), 2) == known == round(look.contrast(other, one), 2)


def test_colours_that_can_be_read_stand_after_the_usual_ones_in_every_page(tmp_path: Path) -> None:
    look.use(look.read(folder(tmp_path / "w", colours_toml='primary = "#5B2A86"\nmark = "#00544d"\n')))
    notebook = page_notebook(tmp_path)
    request = request_for(notebook)
    from analysis.report.engine import run

    node = run(request.notebook, request.parameters)
    html = export(node)
    check(html, node, request)
    assert html.index("--blue: #12436d") < html.index(":root { --blue: #5b2a86; --plum: #00544d; }")
    index = site.write(tmp_path / "out", [], [], lang="sv", school_year="2023/24", made_up=False)
    assert "--blue: #5b2a86" in index.read_text(encoding="utf-8")
    look.use(look.Look())
    assert "#5b2a86" not in export(node)


def test_a_pair_that_cannot_be_read_is_named_with_its_contrast_and_the_one_needed(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        look.read(folder(tmp_path, colours_toml='primary = "#9ec5e8"\naccent = "#ffffff"\n'))
    assert str(refused.value) == (
        "look/colours.toml: what stands on a colour can be read on it (WCAG 2.2, 1.4.3 and 1.4.11)\n"
        "  found: primary #9ec5e8 on paper #ffffff: 1.81:1, needed 4.5:1 (links and key figures)\n"
        "         primary #9ec5e8 on wash #f3f5f7: 1.66:1, needed 4.5:1 (links in the heading and key figures in "
        "short)\n"
        "         accent #ffffff on paper #ffffff: 1.00:1, needed 3.0:1 (the marks of lists and the line beside the "
        "questions)\n"
        "  mend:  choose a darker colour for what is read, or a lighter one for its ground"
    )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"colours_toml": 'paper = "#202020"'}, "figures #12436D on paper #202020"),
        ({"colours_toml": 'primery = "#12436d"'}, "'primery'. Did you mean 'primary'?"),
        ({"colours_toml": 'primary = "blue"'}, "a colour is # and six hexadecimal digits"),
        ({"colours_toml": 'primary = "#12436d; } body { display: none"'}, "a colour is # and six hexadecimal digits"),
        ({"colours_toml": "primary = 1"}, "a colour is # and six hexadecimal digits"),
        ({"colours_toml": "primary"}, "colours are written in TOML"),
        ({"logos_svg": LOGO}, "Did you mean 'logo.svg'?"),
        ({"logo_svg": LOGO, "logo_png": b""}, "there is one logo\n  found: logo.svg and logo.png"),
    ],
)
def test_a_look_that_is_not_right_is_refused_with_its_mend(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(InputRefused, match=re.escape(said)) as refused:
        look.read(folder(tmp_path, **files))
    assert "\n  mend:  " in str(refused.value)


def shapes(drawing: bytes) -> list[str]:
    return [str(each.tag).rpartition("}")[2] for each in ET.fromstring(drawing).iter()]


def test_a_plain_logo_keeps_every_shape() -> None:
    made = svg(LOGO.encode(), "logo.svg")
    assert shapes(made) == shapes(LOGO.encode())
    assert made == svg(made, "logo.svg")
    assert b"url(#g)" in made and b'"#c"' in made and "Ö".encode() in made


def test_what_a_drawing_program_writes_beside_the_drawing_is_left_out() -> None:
    more = (
        '<metadata><who>A. Andersson</who></metadata><i:view xmlns:i="http://a.example/i" i:x="A. Andersson"/>'
        "<!-- A. Andersson --><?run A. Andersson?>"
    )
    made = svg(LOGO.replace("<defs>", f"{more}<defs>").encode(), "logo.svg")
    assert b"Andersson" not in made
    assert shapes(made) == shapes(LOGO.encode())


HOSTILE = {
    "a script": ("<defs>", "<script>alert(1)</script><defs>"),
    "a script of the drawing's own kind": ("<defs>", '<script xmlns="http://www.w3.org/2000/svg" href="#a"/><defs>'),
    "a page inside": ("<defs>", "<foreignObject><body/></foreignObject><defs>"),
    "a picture from outside": ("<defs>", '<image href="https://a.example/a.png"/><defs>'),
    "an animation": ("<defs>", '<set attributeName="href" to="javascript:a()"/><defs>'),
    "a link": ("<defs>", '<a href="https://a.example/"/><defs>'),
    "a handler": ("<circle ", '<circle onload="a()" '),
    "a handler in capitals": ("<circle ", '<circle ONLOAD="a()" '),
    "a shape from outside": ('xlink:href="#c"', 'xlink:href="https://a.example/a.svg#c"'),
    "a script as an address": ('xlink:href="#c"', 'xlink:href="javascript:a()"'),
    "a fill from outside": ("url(#g)", "url(https://a.example/a.svg#g)"),
    "a style that fetches": ("fill:#123456", "fill:url('https://a.example/a')"),
    "a style that imports": (".a{", "@import 'https://a.example/a.css';.a{"),
    "a style that escapes": ("fill:#123456", r"fill:u\72l(https://a.example/a)"),
    "an entity": ("<svg ", '<!DOCTYPE svg [<!ENTITY a "b">]><svg '),
    "no XML": ("</svg>", ""),
    "no box": ('viewBox="0 0 90 30"', ""),
    "another root": ('xmlns="http://www.w3.org/2000/svg"', 'xmlns="http://www.w3.org/1999/xhtml"'),
    "too large": ("</svg>", "<g>" + " " * LARGEST + "</g></svg>"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_logo_that_could_run_or_fetch_something_is_refused(tmp_path: Path, kind: str) -> None:
    old, new = HOSTILE[kind]
    assert old in LOGO
    with pytest.raises(InputRefused) as refused:
        look.read(folder(tmp_path, logo_svg=LOGO.replace(old, new)))
    assert str(refused.value).startswith("look/logo.svg: ") and "\n  mend:  " in str(refused.value)


def picture() -> bytes:
    buffer, texts = io.BytesIO(), PngImagePlugin.PngInfo()
    texts.add_text("Author", "A. Andersson")
    Image.new("RGBA", (60, 20), (18, 67, 109, 255)).save(buffer, "PNG", pnginfo=texts)
    return buffer.getvalue()


def test_a_picture_keeps_its_points_and_nothing_else() -> None:
    content = picture()
    made = png(content, "logo.png")
    assert b"Andersson" in content and b"Andersson" not in made
    with Image.open(io.BytesIO(made)) as after, Image.open(io.BytesIO(content)) as before:
        assert after.tobytes() == before.tobytes()
    assert png(content + b"A. Andersson", "logo.png") == made


@pytest.mark.parametrize("content", [b"GIF89a", picture()[:60], b"\x89PNG\r\n\x1a\n", b""])
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InputRefused, match="PNG"):
        png(content, "logo.png")


@pytest.mark.parametrize(("name", "content", "kind"), [("logo_svg", LOGO, "svg+xml"), ("logo_png", picture(), "png")])
def test_the_logo_stands_in_a_page_that_passes_the_gate(tmp_path: Path, name: str, content: str, kind: str) -> None:
    look.use(look.read(folder(tmp_path / "w", **{name: content})))
    request = request_for(page_notebook(tmp_path))
    from analysis.report.engine import run

    node = run(request.notebook, request.parameters)
    html = export(node)
    found = check(html, node, request)
    assert found.figures == len(found.images)
    source = re.search(rf'header\.heading::before {{[^}}]*url\("data:image/{re.escape(kind)};base64,([^"]+)"\)', html)
    assert base64.b64decode(source.group(1)) in (svg(LOGO.encode(), "x"), png(picture(), "x"))
