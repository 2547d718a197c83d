"""Units found by what people call them."""

import subprocess
import sys

import pytest

from analysis.errors import UsageError
from analysis.store import Snapshot
from analysis.store.names import find_unit, unit_list


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("se:school:16762245", "se:school:16762245"),
        ("0180", "se:municipality:0180"),
        ("edessaskolan", "se:school:16762245"),
        ("  Auglend skole ", "no:school:974611473"),
        ("11", "no:region:11"),
    ],
)
def test_a_unit_is_found_by_id_code_or_name(real: Snapshot, text: str, known: str) -> None:
    assert find_unit(text, unit_list(real.path))["unit_id"] == known


def test_a_name_that_fits_several_units_lists_them(real: Snapshot) -> None:
    with pytest.raises(UsageError) as refused:
        find_unit("kyrkskolan", unit_list(real.path))
    assert str(refused.value).splitlines()[0] == "'kyrkskolan' fits 4 units: say which one by its id"
    assert "  se:school:35386625  Kyrkskolan, Tierp" in str(refused.value)


def test_the_level_decides_between_units_of_the_same_name(real: Snapshot) -> None:
    units = unit_list(real.path)
    assert find_unit("Oslo", units, "region")["unit_id"] == "no:region:03"
    with pytest.raises(UsageError, match="fits 2 units"):
        find_unit("Oslo", units)


@pytest.mark.parametrize(("text", "suggestion"), [("Stokholm", "'Stockholm'"), ("180", "'0180'")])
def test_an_unknown_unit_gets_the_nearest_name(real: Snapshot, text: str, suggestion: str) -> None:
    with pytest.raises(UsageError, match=f"Did you mean {suggestion}"):
        find_unit(text, unit_list(real.path))


def test_a_mistyped_name_is_answered_without_pandas(real: Snapshot) -> None:
    program = (
        "import sys; from pathlib import Path; from analysis.store.names import find_unit, unit_list;"
        f"find_unit('0180', unit_list(Path({str(real.path)!r}))); print('pandas' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
