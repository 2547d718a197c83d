"""A text is as wide as it is, whatever else has been drawn in the same process."""

from __future__ import annotations

from multiprocessing import get_context

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.drawing import letters

SIGNS = "".join(map(chr, [*range(0xC0, 0x250), *range(0x391, 0x3A2), *range(0x410, 0x450)]))


def test_what_matplotlib_has_drawn_does_not_change_how_wide_a_text_is() -> None:
    letters._font.cache_clear()
    letters._sign.cache_clear()
    alone = {sign: letters.width(sign, 10) for sign in "Wagå"}
    letters._sign.cache_clear()
    drawn = Figure()
    drawn.text(0.5, 0.5, "Wagå", fontsize=7, family="DejaVu Sans")
    FigureCanvasAgg(drawn).draw()
    assert {sign: letters.width(sign, 10) for sign in "Wagå"} == alone


def test_processes_forked_side_by_side_find_the_same_widths() -> None:
    """Each page's process asks for letters that none has asked for, at the same moment as the others."""
    letters.width("a", 10)  # the font is there before the fork, as in a run
    asked = [SIGNS[place:] + SIGNS[:place] for place in range(0, len(SIGNS), 20)]
    for _ in range(3):
        with get_context("fork").Pool(8) as pool:
            found = pool.map(widths, asked, chunksize=1)
        assert all(each == found[0] for each in found)


def widths(signs: str) -> dict[str, float]:
    letters._sign.cache_clear()
    return {sign: letters.width(sign, 10) for sign in signs}
