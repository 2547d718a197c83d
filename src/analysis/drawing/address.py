"""A drawing as the address of an image, readable and light: only what an address cannot hold is escaped."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import quote, unquote

BEGINS = "data:image/svg+xml"
TAG = re.compile(r"<[^<>]*>")
NOT_IN_ADDRESS = re.compile(r'[%#"\x00-\x1f\x7f]')


def address(svg: bytes) -> str:
    """The SVG as the ``src`` of an image, before it is written into HTML: text, which packs better than base64.

    >>> address(b'<svg width="9">\\n<path/></svg>')
    "data:image/svg+xml,<svg width='9'><path/></svg>"
    """
    text = TAG.sub(_with_single_quotes, svg.decode("utf-8").replace(">\n<", "><"))
    return f"{BEGINS}," + NOT_IN_ADDRESS.sub(lambda found: quote(found.group()), text)


def _with_single_quotes(tag: re.Match[str]) -> str:
    return tag.group() if "'" in tag.group() else tag.group().replace('"', "'")


def drawn(source: str) -> str | None:
    """The SVG in the address of an image, however it is written there; None when the image is no drawing.

    >>> drawn("data:image/svg+xml,<svg%20/>"), drawn("data:image/svg+xml;base64,PHN2Zy8+"), drawn("a.png")
    ('<svg />', '<svg/>', None)
    """
    kind, _, content = source.lstrip().partition(",")
    if not kind.lower().startswith(BEGINS):
        return None
    if not kind.lower().endswith(";base64"):
        return unquote(content)
    try:
        return base64.b64decode(unquote(content)).decode("utf-8", "replace")
    except binascii.Error:
        return ""
