"""The words of the domain. Imports nothing but numpy and pandas, and those only with `Observations`.

`Observations` and `Result` are imported from `analysis.model.observations`, so that a command which
needs no figures starts without pandas.
"""

from analysis.model.finding import NOTHING, About, Analysis, Cell, Column, Finding, Table
from analysis.model.indicator import Break, Indicator, Level, Source
from analysis.model.school_year import SchoolYear
from analysis.model.words import ALL, BOYS, GIRLS, Direction, Lang, Status, Texts

__all__ = [
    "ALL",
    "BOYS",
    "GIRLS",
    "NOTHING",
    "About",
    "Analysis",
    "Break",
    "Cell",
    "Column",
    "Direction",
    "Finding",
    "Indicator",
    "Lang",
    "Level",
    "SchoolYear",
    "Source",
    "Status",
    "Table",
    "Texts",
]
