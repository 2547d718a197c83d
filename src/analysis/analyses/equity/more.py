"""What follows the main finding: whether the gap is closing, and which other gaps remain."""

from __future__ import annotations

from typing import Any

from analysis.analyses.equity.pairs import SEX, gaps_of
from analysis.analyses.equity.scan import scan_of
from analysis.analyses.wording import Wording
from analysis.model.language import number
from analysis.model.observations import Result

MOST_SENTENCES = 2


def more(result: Result, unit_id: str, wording: Wording) -> str:
    """At most two sentences: the gaps that remain, whether the gap is closing, what the gap by origin goes with.

    Beside other gaps the change of the one between girls and boys is said only when it is certain.
    """
    gaps = gaps_of(result.details, unit_id)
    remaining = _remaining(result, unit_id, wording)
    sex = gaps[(gaps["pair"] == SEX) & ~((gaps["change"] == "no_certain_change") & bool(remaining))]
    texts = [remaining, *(_change(each, wording) for each in sex.itertuples()), _going_with(result, unit_id, wording)]
    return "".join(f" {text}" for text in [each for each in texts if each][:MOST_SENTENCES])


def _change(gap: Any, wording: Wording) -> str:
    if gap.change == "too_few" or gap.status == "withheld":
        return ""
    size, low, high = gap.slope, gap.slope_low, gap.slope_high
    if gap.change in ("closing", "widening") and size < 0:
        size, low, high = -size, -high, -low
    signed = gap.change in ("turned", "no_certain_change")
    return wording.text(
        f"change_{gap.change}",
        change=wording.change(size, signed=signed),
        interval=wording.ends(low, high, signed=signed),
        years=wording.years(gap.slope_first, gap.last_year),
    )


def _remaining(result: Result, unit_id: str, wording: Wording) -> str:
    """The gaps of this measure that remain when it is counted how many were looked at; nothing for a single one."""
    looked = scan_of([result], unit_id)
    if looked.looked_at < 2:
        return ""
    gaps = gaps_of(result.details, unit_id)
    listed = [
        _listed(each, wording) for each in gaps.itertuples() if looked.remains(result.indicator.id, str(each.pair))
    ]
    if not listed:
        return wording.text("remaining_none", looked=number(looked.looked_at, 0, wording.lang))
    counts = {"looked": looked.looked_at, "remain": looked.remaining}
    numbers = {name: number(each, 0, wording.lang) for name, each in counts.items()}
    return wording.text("remaining", listed="; ".join(listed), **numbers)


def _listed(gap: Any, wording: Wording) -> str:
    change = wording.text(f"and_{gap.change}") if gap.change in ("closing", "widening", "turned") else ""
    return wording.text(
        "listed",
        pair=wording.text(f"pair_{gap.pair}"),
        size=wording.change(gap.gap, signed=True),
        span=wording.plain_ends(gap.low, gap.high, signed=True),
        change=change,
    )


def _going_with(result: Result, unit_id: str, wording: Wording) -> str:
    """How much of the gap by origin goes along with parents' education, where that is beyond chance."""
    frame: Any = result.details["background"]
    mine = frame[frame["unit_id"] == unit_id].set_index("measure")
    if not {"origin_gap", "with_education"} <= set(mine.index):
        return ""
    gap, part = mine.loc["origin_gap"], mine.loc["with_education"]
    if not (part["low"] > 0 or part["high"] < 0) or not (gap["low"] > 0 or gap["high"] < 0):
        return ""
    return wording.text(
        "going_with",
        gap=wording.change(gap["value"], signed=True),
        part=wording.change(part["value"], signed=True),
        interval=wording.ends(part["low"], part["high"], signed=True),
    )
