"""What a page carries is the picture that matplotlib draws: both are opened in a browser and held side by side."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from tests.browser.chromium import Page, started

from analysis.analyses import analysis
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, beside, cloud, key, line, resting_points
from analysis.drawing.style import OWN, PEERS, SECOND, decimal_axis, panels, title, year_axis
from analysis.model.observations import Observations
from analysis.publish.figure import svg

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WIDTH = 1036
"""a figure is 518.4 points wide; at two pixels a point a difference of half a point is seen"""
BLUR = 1.5
"""letters are set by another engine here and there; beyond this many pixels they must agree"""
LARGEST_MEAN, LARGEST_SHARE = 1.0, 0.006
"""of 255: the mean difference, and the share of pixels that differ by more than a quarter of the scale"""


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with started(chromium) as tab:
        yield tab


def shot(page: Page, picture: bytes, folder: Path) -> np.ndarray:
    """The picture as the browser draws it on white, blurred so that only what stands elsewhere differs."""
    (folder / "picture.svg").write_bytes(picture)
    (folder / "page.html").write_text(f'<body style="margin:0"><img src="picture.svg" style="width:{WIDTH}px">')
    page.open(folder / "page.html", WIDTH)
    high = page.value("document.images[0].height")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": high, "scale": 1}
    found = page._ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
    drawn = Image.open(io.BytesIO(base64.b64decode(found))).convert("L")
    return np.asarray(drawn.filter(ImageFilter.GaussianBlur(BLUR)), dtype=float)


def apart(page: Page, drawing: Drawing, folder: Path) -> tuple[float, float]:
    """The mean difference of the two pictures, and the share of pixels that are clearly different."""
    lean, plain = (shot(page, each, folder) for each in (drawing.svg(), svg(drawing.figure())))
    assert lean.shape == plain.shape and lean.std() > 5
    difference = np.abs(lean - plain)
    return float(difference.mean()), float((difference > 64).mean())


def every_mark() -> Drawing:
    """A figure with every kind of mark, and letters that stand high."""
    drawing, (first, second, third, fourth) = panels(4)
    years = np.arange(2016.0, 2024.0)
    values = np.array([210, 214, np.nan, 190, 205, 211, 230, 226.0])
    for panel, text in ((first, "Ålder och $ i två rader, så att titeln bryts"), (second, "Band")):
        title(panel, text)
        bars(panel, years, values - 12, values + 12)
        line(panel, years, values, "Skola Å")
        line(panel, years, values + 20, "Kommunen", colour=PEERS, dashed=True)
        panel.axvline(2019.5, color=SECOND, linewidth=1.6, linestyle=":", label="Ny nivå")
        panel.axhline(200, color=PEERS, linewidth=1.2, linestyle="--")
        year_axis(panel, [int(year) for year in years])
        decimal_axis(panel, "sv")
    second.fill_between(years[-3:], [205, 210, 200], [215, 240, 250], color=OWN, alpha=0.2, label="80 %")
    second.plot(years[-2:], [200, 205], "s", color=OWN, markersize=7)
    second.set_xlabel("Första raden\noch Ännu en", bold_left=True)
    resting_points(
        third, np.array([3.0, 2, 5]), np.array([2.0, 1, np.nan]), np.array([4.0, 3, np.nan]), ["a", "b", "c"]
    )
    third.barh(1, 2.0, 0.4, left=0.5, color="#8FB0CC", edgecolor="#595959", linewidth=0.6, label="Stapel")
    decimal_axis(third, "sv", "x")
    random = np.random.default_rng(1)
    cloud(fourth, random.normal(50, 10, 300), random.normal(0, 3, 300))
    fourth.scatter([40, 60], [5, -5], s=60, color=PEERS, edgecolor="white", linewidth=0.5)
    beside(fourth, "Björkskolan", 62.0, 4.0, middle=50.0)
    fourth.set_ylabel("procentenheter")
    fourth.set_xlabel("Antal elever")
    decimal_axis(fourth, "sv")
    key(drawing)
    return drawing


def test_every_kind_of_mark_stands_where_matplotlib_puts_it(page: Page, tmp_path: Path) -> None:
    mean, share = apart(page, every_mark(), tmp_path)
    assert mean < LARGEST_MEAN and share < LARGEST_SHARE, (mean, share)


def test_a_mark_two_points_away_is_seen(page: Page, tmp_path: Path) -> None:
    there, away = every_mark(), every_mark()
    for panel in away.panels:
        low, high = panel.ends("y")
        panel.set_ylim(low - 0.016 * (high - low), high - 0.016 * (high - low))
    pictures = [shot(page, each, tmp_path) for each in (there.svg(), away.svg())]
    assert float((np.abs(pictures[0] - pictures[1]) > 64).mean()) > LARGEST_SHARE


@pytest.mark.parametrize("question", ["trend", "level", "funnel", "adjusted", "goals", "forecast"])
def test_a_questions_figure_is_the_one_matplotlib_draws(
    page: Page, question: str, many: Observations, tmp_path: Path
) -> None:
    result = analysis(question).measure(many, "school", 2023)
    drawing = analysis(question).drawing([result] * 2, result.estimates.index[-1], "sv")
    mean, share = apart(page, drawing, tmp_path)
    assert mean < LARGEST_MEAN and share < LARGEST_SHARE, (mean, share)
