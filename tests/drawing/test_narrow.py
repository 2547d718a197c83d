"""On a narrow screen the panels of a figure stand below each other, in the same picture."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.browser.chromium import Page, started

from analysis.drawing import sheet
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import key, line
from analysis.drawing.style import panels, title, year_axis

STYLE = re.compile(rb"<style>.*?</style>")


def figure(count: int = 5, columns: int = 2) -> Drawing:
    """Lines over the years in panels with titles and a key."""
    drawing, made = panels(count, columns=columns)
    years = np.arange(2016.0, 2024.0)
    for place, panel in enumerate(made):
        title(panel, f"Andel elever behöriga till yrkesprogram, {place}")
        line(panel, years, years % 7, "Lärkviksskolan")
        line(panel, years, years % 5, "Medelvärdet för liknande enheter", dashed=True)
        year_axis(panel, [int(year) for year in years])
    key(drawing)
    return drawing


def test_the_panels_follow_each_other_downwards_in_reading_order_and_none_covers_another() -> None:
    drawing = figure()
    assert drawing.narrow is not None
    foot = max(entry.baseline + down for entry, (_, down) in zip(drawing.key, drawing.narrow.key, strict=True))
    for panel, box, (right, down) in zip(drawing.panels, drawing.boxes, drawing.narrow.panels, strict=True):
        left, above, after, below = sheet.edges(panel)
        assert box.left + right - left >= 0 and box.left + right + box.wide + after <= drawing.narrow.wide
        assert box.top + down - above >= foot
        foot = box.top + down + box.high + below
    assert foot <= drawing.narrow.high
    assert drawing.narrow.wide < 0.6 * drawing.wide


def test_every_name_of_the_key_has_a_line_of_its_own_in_the_narrow_picture() -> None:
    drawing = figure()
    assert drawing.narrow is not None and len(drawing.key) == 2
    places = [
        (entry.left + right, entry.baseline + down)
        for entry, (right, down) in zip(drawing.key, drawing.narrow.key, strict=True)
    ]
    assert {left for left, _ in places} == {sheet.PAD}
    assert places[1][1] - places[0][1] == pytest.approx(sheet.KEY_STEP)


def test_a_figure_in_one_column_is_drawn_without_a_style_sheet() -> None:
    drawing = figure(1)
    assert drawing.narrow is None
    assert b"<style>" not in drawing.svg()


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with started(chromium) as tab:
        yield tab


def ink(page: Page, picture: bytes, wide: float, high: float, folder: Path) -> np.ndarray:
    """Where the browser puts anything dark when the picture has this size."""
    (folder / "picture.svg").write_bytes(picture)
    shown = f'<img src="picture.svg" style="display:block;width:{wide:.0f}px;height:{high:.0f}px">'
    (folder / "page.html").write_text(f'<body style="margin:0">{shown}', encoding="utf-8")
    page.open(folder / "page.html", 1200)
    clip = {"x": 0, "y": 0, "width": round(wide), "height": round(high), "scale": 1}
    found = page._ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(found))).convert("L")) < 200


@pytest.mark.slow
@pytest.mark.browser
def test_a_browser_moves_the_panels_only_when_the_picture_is_given_the_narrow_shape(page: Page, tmp_path: Path) -> None:
    drawing = figure()
    assert drawing.narrow is not None
    picture = drawing.svg()
    without = STYLE.sub(b"", picture)
    assert without != picture
    own, narrow = (drawing.wide, drawing.high), (drawing.narrow.wide, drawing.narrow.high)
    assert (ink(page, picture, *own, tmp_path) == ink(page, without, *own, tmp_path)).all()
    moved, unmoved = ink(page, picture, *narrow, tmp_path), ink(page, without, *narrow, tmp_path)
    assert moved[-60:].any() and not unmoved[-60:].any()
    assert moved[:, : moved.shape[1] // 2].any() and not moved[:, -1].any()
