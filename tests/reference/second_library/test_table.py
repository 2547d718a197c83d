"""The table of what is checked against what names every estimator there is."""

import ast
from pathlib import Path

import analysis.statistics

HERE = Path(__file__).parent
ROOM = Path(analysis.statistics.__file__).parent


def _estimators() -> set[str]:
    """The public functions of each module of the room, and those the mixed model shows the others."""
    found = {"mixed_model.fit", "mixed_model.fit_three_levels"}
    for path in ROOM.glob("*.py"):
        functions = [
            each for each in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(each, ast.FunctionDef)
        ]
        found |= {f"{path.stem}.{each.name}" for each in functions if not each.name.startswith("_")}
    return found


def test_every_estimator_stands_in_the_table() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    assert {each for each in _estimators() if f"`{each}`" not in text} == set()


def test_the_table_names_nothing_that_is_gone() -> None:
    named = (HERE / "README.md").read_text(encoding="utf-8").split("`")[1::2]
    known = _estimators()
    functions = {each for each in named if each.count(".") == 1 and (ROOM / f"{each.split('.')[0]}.py").is_file()}
    assert functions and functions <= known
