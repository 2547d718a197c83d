"""A logo that is a picture and nothing else: what could run, fetch or tell of its maker is refused or left out."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET

from analysis.errors import InputRefused

LARGEST = 30_000
"""bytes: the logo stands in every page"""
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
SHAPES = frozenset(
    (
        "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs",
        "symbol", "use", "title", "desc", "clipPath", "mask", "style", "linearGradient", "radialGradient", "stop",
        "pattern",
    )
)  # fmt: skip
LEFT_OUT = frozenset(("metadata",))
ATTRIBUTES = frozenset(
    (
        "id", "class", "type", "href", "version", "space", "viewBox", "preserveAspectRatio", "overflow", "transform",
        "d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "fx", "fy", "width", "height",
        "points", "offset", "style", "display", "visibility", "opacity", "enable-background",
        "fill", "fill-opacity", "fill-rule", "clip-rule", "clip-path", "clipPathUnits", "mask", "maskUnits",
        "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray",
        "stroke-dashoffset", "stroke-opacity", "stop-color", "stop-opacity",
        "font-family", "font-size", "font-weight", "font-style", "text-anchor", "letter-spacing", "dominant-baseline",
        "gradientUnits", "gradientTransform", "spreadMethod", "patternUnits", "patternTransform", "patternContentUnits",
    )
)  # fmt: skip
OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@|javascript:|expression\(|\\", re.IGNORECASE)
"""what a style or an attribute may not hold: an address that is not inside the drawing, an import, an escape"""
PNG = b"\x89PNG\r\n\x1a\n"
KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def _refused(file: str, rule: str, found: str, mend: str) -> InputRefused:
    return InputRefused(rule, file=file, found=found, mend=mend)


def _of_size(content: bytes, file: str) -> None:
    if len(content) > LARGEST:
        rule = f"a logo has at most {LARGEST:,} bytes, since it stands in every page"
        raise _refused(file, rule, f"{len(content):,} bytes", "export it smaller, as simple shapes or fewer points")


def svg(content: bytes, file: str) -> bytes:
    """The drawing of a logo with shapes, texts and their looks only, written anew from what was read.

    What drawing programs write beside the drawing is left out. Raises InputRefused for what could run or fetch
    something: scripts, handlers, frames, pictures in it, addresses outside it, document types.
    """
    _of_size(content, file)
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        raise _refused(file, "a logo declares no document type", "<!DOCTYPE", "export it as plain SVG")
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise _refused(file, "a logo in SVG is XML", str(error), "export it anew as plain SVG") from None
    if root.tag != f"{{{SVG}}}svg" or not root.get("viewBox"):
        raise _refused(file, "a logo is an <svg> with a viewBox", f"<{root.tag}>", "export it anew as plain SVG")
    _clean(root, file)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    written: bytes = ET.tostring(root, encoding="utf-8")
    return written


def _clean(element: ET.Element, file: str) -> None:
    """Refuse what is not a shape, and leave out what other programs have added."""
    mend = "take it out, or export the logo as plain SVG"
    for name, value in list(element.attrib.items()):
        space, _, plain = name.rpartition("}")
        if plain.lower().startswith("on") or OUTSIDE.search(value):
            raise _refused(file, "a logo runs and fetches nothing", f"{plain}={value[:60]!r}", mend)
        if plain == "href" and not value.startswith("#"):
            raise _refused(file, "a logo points inside itself only", f"{plain}={value[:60]!r}", mend)
        if plain not in ATTRIBUTES or space.lstrip("{") not in ("", SVG, XLINK):
            del element.attrib[name]
    for child in list(element):
        space, _, plain = str(child.tag).rpartition("}")
        if space.lstrip("{") not in ("", SVG) or plain in LEFT_OUT:
            tail = child.tail or ""
            element.remove(child)
            element.text = (element.text or "") + tail if tail.strip() else element.text
        elif plain not in SHAPES:
            raise _refused(file, "a logo holds shapes and text only", f"<{plain}>", mend)
        elif plain == "style" and OUTSIDE.search(child.text or ""):
            raise _refused(file, "a logo runs and fetches nothing", f"<style> {(child.text or '')[:60]!r}", mend)
        else:
            _clean(child, file)


def png(content: bytes, file: str) -> bytes:
    """The points of a logo, without what else a PNG can carry (texts, places, times, profiles).

    Raises InputRefused for a file that is no whole PNG.
    """
    _of_size(content, file)
    mend = "export it anew as PNG"
    if not content.startswith(PNG):
        raise _refused(file, "a logo named .png is a PNG", f"a file that begins {content[:8]!r}", mend)
    kept, place, kind = [PNG], len(PNG), b""
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        part = content[place : place + length + 12]
        if kind in KEPT:
            kept.append(part)
        place += length + 12
        if kind == b"IEND":
            break
    if kind != b"IEND" or place > len(content):
        raise _refused(file, "a logo is a whole PNG", "a file that ends too early", mend)
    return b"".join(kept)
