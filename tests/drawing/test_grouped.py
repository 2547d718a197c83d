"""A look that neighbours share is written once, and the picture stays as it was."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.drawing.grouped import INHERITED, grouped

LOOKS = {"fill": ("none", "#fff"), "stroke": ("#12436D", "#ccc"), "stroke-width": ("6", "8"), "opacity": ("0.5", "1")}
looks = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in LOOKS.items()})
shapes = st.lists(st.tuples(st.sampled_from(["path", "text"]), looks, st.integers(0, 9)), max_size=40)


def written(drawn: list[tuple[str, dict[str, str], int]]) -> str:
    found = ""
    for name, look, number in drawn:
        attributes = "".join(f' {key}="{value}"' for key, value in look.items())
        found += (
            f'<path d="M{number} 0h1"{attributes}/>' if name == "path" else f'<text x="{number}"{attributes}>a</text>'
        )
    return found


def seen(svg: str) -> list[tuple[str, dict[str, str], str]]:
    """Each shape in its order with the look that it has by itself or takes over."""
    found = []

    def collect(element: ElementTree.Element, taken: dict[str, str]) -> None:
        own = taken | {name: value for name, value in element.attrib.items() if name in INHERITED or element.tag != "g"}
        if element.tag in ("path", "text"):
            found.append((element.tag, own, element.text or ""))
        for each in element:
            collect(each, {name: value for name, value in own.items() if name in INHERITED})

    collect(ElementTree.fromstring(f"<svg>{svg}</svg>"), {})
    return found


@given(shapes)
def test_every_shape_keeps_its_look_its_place_and_its_text(drawn) -> None:
    before = written(drawn)
    after = grouped(before)
    assert seen(after) == seen(before)
    assert len(after) <= len(before)


def test_neighbours_that_look_alike_say_it_once_and_others_are_left_alone() -> None:
    alike = '<path d="M0 0h1" stroke="#12436D"/>' * 5 + '<text x="1">a</text>'
    assert grouped(alike).count("#12436D") == 1
    assert grouped(alike).endswith('</g><text x="1">a</text>')
    two = '<path d="M0 0h1" fill="#fff"/><path d="M0 0h1" fill="none"/>'
    assert grouped(two) == two


def test_opacity_is_of_each_shape_and_never_of_a_group() -> None:
    faded = '<path d="M0 0h1" opacity="0.5"/>' * 5
    assert grouped(faded) == faded


def test_what_is_no_shape_is_refused_and_not_lost() -> None:
    with pytest.raises(ValueError, match="a drawing is shapes and texts one after the other"):
        grouped('<path d="M0 0h1" fill="none"/><rect width="1"/>')
