"""A table of counts with everything that adds up in it, as the protector and its tests see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Whole = NDArray[np.int64]
SLACK = 1e-6


class DisclosureError(ValueError):
    """A small group was found not to be protected; nothing may be published."""


@dataclass(frozen=True)
class CountTable:
    """Numbers of pupils in groups, and which groups add up to which.

    `sums` @ `value` is nought, one row for each total (−1) and its parts (+1). `is_open` cells are public already:
    never hidden, and known to every attacker. `is_inner` cells (crossings) are never published, but the attacker
    knows that they are counts and what they add up to. `is_primary` cells must be protected, inner ones too.
    `cost` is what hiding a cell costs the reader.
    """

    value: Floats
    sums: csr_matrix
    is_open: Booleans
    is_primary: Booleans
    is_inner: Booleans
    cost: Floats

    def __post_init__(self) -> None:
        cells = len(self.value)
        for name in ("is_open", "is_primary", "is_inner", "cost"):
            each = getattr(self, name)
            if each.shape != (cells,):
                raise ValueError(f"{name} has the shape {each.shape}, not ({cells},): one entry for every cell")
            if name != "cost" and each.dtype != np.bool_:
                raise ValueError(f"{name} holds {each.dtype}, not true or false")
        if self.sums.shape[1] != cells:
            raise ValueError(f"sums has {self.sums.shape[1]} columns, not {cells}: one for every cell")
        self._refuse_wrong_numbers()

    def _refuse_wrong_numbers(self) -> None:
        for name, each in (("value", self.value), ("cost", self.cost)):
            wrong = np.flatnonzero(~(np.isfinite(each) & (each >= 0)))
            if len(wrong):
                raise ValueError(f"cell {wrong[0]} has the {name} {each[wrong[0]]}: a number of at least nought is due")
        gratis = np.flatnonzero(self.may_be_hidden & (self.cost == 0))
        if len(gratis):
            raise ValueError(
                f"cell {gratis[0]} costs nothing to hide; the cost of a cell that is shown is above nought"
            )
        off = np.flatnonzero(np.abs(self.sums @ self.value) > SLACK)
        if len(off):
            cells = self.sums[[off[0]]].indices.tolist()
            raise ValueError(f"sum {off[0]} does not add up: its cells are {cells}")
        both = np.flatnonzero(self.is_open & (self.is_primary | self.is_inner))
        if len(both):
            raise ValueError(f"cell {both[0]} is open, and cannot be kept back or be an unpublished crossing as well")

    @cached_property
    def by_cell(self) -> csc_matrix:
        """The sums once more, to be read by cell."""
        return csc_matrix(self.sums)

    @property
    def may_be_hidden(self) -> Booleans:
        """The cells that are published unless the protector hides them."""
        return ~(self.is_open | self.is_inner)

    def has_contributors(self, number: int) -> Booleans:
        """The cells with exactly so many pupils behind them, who together know what they hold."""
        they: Booleans = ~self.is_open & (self.value == number)
        return they


@dataclass(frozen=True)
class Hidden:
    """Which published cells are hidden: `primary` for being small, `secondary` for giving a small one away.

    `hidden` is the two together. `rooms` are the cells that cannot be `width` apart whatever is hidden, since what is
    open leaves them less room, and that room. `search_programmes` and `check_programmes` count the linear programmes.
    """

    hidden: Booleans
    primary: Booleans
    secondary: Booleans
    search_programmes: int
    check_programmes: int
    rooms: Mapping[int, float]
