"""The rows of one unit, found without looking through those of all the others."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Places = dict[str, npt.NDArray[np.intp]]

_known: dict[int, tuple[weakref.ref[pd.DataFrame], Places]] = {}
"""where the rows of each unit stand, for every frame that was asked, as long as the frame lives"""


def of_unit(frame: pd.DataFrame, unit_id: str) -> pd.DataFrame:
    """The frame's rows about the unit, in the frame's order: ``frame[frame["unit_id"] == unit_id]``.

    Where each unit's rows stand is worked out once a frame, so its column ``unit_id`` may not change afterwards.

    >>> import pandas as pd
    >>> of_unit(pd.DataFrame({"unit_id": ["a", "b", "a"], "value": [1, 2, 3]}), "a")["value"].tolist()
    [1, 3]
    """
    places = _places(frame).get(unit_id)
    return frame.iloc[:0] if places is None else frame.iloc[_run(places)]


def remember(frame: pd.DataFrame) -> None:
    """Work out where each unit's rows stand, before the pages are made side by side."""
    _places(frame)


def _places(frame: pd.DataFrame) -> Places:
    known = _known.get(id(frame))
    if known is not None and known[0]() is frame:
        return known[1]
    import numpy as np

    number = id(frame)
    groups = frame.groupby("unit_id", sort=False).indices
    found: Places = {str(unit): np.asarray(places, dtype=np.intp) for unit, places in groups.items()}
    _known[number] = (weakref.ref(frame, lambda _: _known.pop(number, None)), found)
    return found


def _run(places: npt.NDArray[np.intp]) -> slice | npt.NDArray[np.intp]:
    """Places that follow each other as a slice, which copies nothing."""
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1) if last - first + 1 == len(places) else places
