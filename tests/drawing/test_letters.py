"""A text is as wide as it is, whatever else has been drawn in the same process."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.drawing import letters


def test_what_matplotlib_has_drawn_does_not_change_how_wide_a_text_is() -> None:
    letters._font.cache_clear()
    letters._sign.cache_clear()
    alone = {sign: letters.width(sign, 10) for sign in "Wagå"}
    letters._sign.cache_clear()
    drawn = Figure()
    drawn.text(0.5, 0.5, "Wagå", fontsize=7, family="DejaVu Sans")
    FigureCanvasAgg(drawn).draw()
    assert {sign: letters.width(sign, 10) for sign in "Wagå"} == alone
