"""The names others may rely on; a change here is a change for them."""

from __future__ import annotations

import importlib

import pytest

PUBLIC = {
    "analysis.batch": {"RunSummary", "Selection", "build", "choose", "demo", "join", "retry"},
    "analysis.cli": {"main"},
    "analysis.model": {
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
    },
}


@pytest.mark.parametrize("room", sorted(PUBLIC))
def test_the_public_names_of_a_room_are_these(room: str) -> None:
    module = importlib.import_module(room)
    assert set(module.__all__) == PUBLIC[room]
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("analysis.analyses", {"ANALYSES", "analysis"}),
        ("analysis.catalogue", {"indicator", "indicators", "level", "levels", "shown", "sources"}),
        ("analysis.catalogue.workspace", {"Workspace"}),
        ("analysis.store", {"Snapshot", "collect", "current"}),
        ("analysis.store.names", {"find_unit", "unit_list"}),
    ],
)
def test_the_rooms_keep_what_others_call(module: str, names: set[str]) -> None:
    found = importlib.import_module(module)
    assert [name for name in sorted(names) if not hasattr(found, name)] == []
