"""What is sent to a worker is enough for the same page of every kind, and holds no pupil."""

from __future__ import annotations

import dataclasses
import pickle
import zlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis import catalogue
from analysis.batch.cluster.parcel import SentFigures, name_of, opened, packed
from analysis.batch.fingerprints import Fingerprints, measure
from analysis.batch.limits import Limits
from analysis.batch.material import Prepared, prepared
from analysis.batch.run import page_request
from analysis.batch.selection import Selection
from analysis.catalogue.workspace import Workspace
from analysis.errors import ArshjulError
from analysis.model.observations import PUPIL_COLUMNS
from analysis.publish.seen import Figures, use
from analysis.report import engine, exporter
from analysis.report.parameters import PageRequest, page_path
from analysis.store import names
from analysis.synthetic import made

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
KINDS = [(kind, each.levels[0]) for kind, each in catalogue.report_kinds().items()]
OF_PUPILS = {"support", "parents_education", "prior", "sex"}
"""columns that only the layer of pupils has together"""


@dataclasses.dataclass(frozen=True)
class Sent:
    """A town's figures here, and as they arrive at a worker."""

    material: Prepared
    requests: dict[tuple[str, str], PageRequest]
    parcel: bytes
    there: SentFigures


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """A town whose every level is shown to everybody, with a page of every kind."""
    folder = tmp_path_factory.mktemp("open")
    workspace = Workspace.read(made(folder / "town", pupils=1000, notebooks=ROOT / "notebooks", protected=False))
    material = prepared(workspace, lambda line: None)
    units = names.unit_list(material.snapshot.path)
    found = {}
    for kind, level in KINDS:
        unit = next(each for each in units if each["level"] == level and "99" in each["unit_id"])
        found[kind, level] = page_request(workspace, material, unit, Selection(report=kind))
    measure(material.figures, found.values())
    hashes = Fingerprints(material.figures)
    assert all(hashes.of(each) for each in found.values()), "as a plan does, which reads the rows of every figure"
    facts = {each.unit_id: "same" for each in found.values()}
    pages = {unit["unit_id"]: page_path(unit["unit_id"]) for unit in units}
    material.figures.run = dataclasses.replace(material.figures.run, pages=pages, made_from=facts)
    parcel = packed(material.figures, list(found.values()), "", Limits())
    return Sent(material, found, parcel, opened(parcel, folder).figures)


def page_of(figures: Figures, request: PageRequest) -> str:
    use(figures)
    return exporter.export(engine.run(request.notebook, request.parameters))


@pytest.mark.parametrize(("kind", "level"), KINDS)
def test_the_page_of_every_kind_is_the_same_from_what_was_sent(everything, kind, level) -> None:
    request = everything.requests[kind, level]
    assert page_of(everything.there, request) == page_of(everything.material.figures, request)


def frames(thing: object, seen: set[int]) -> Iterator[pd.DataFrame]:
    """Every table in something, however deep."""
    if id(thing) in seen or isinstance(thing, str | bytes | int | float):
        return
    seen.add(id(thing))
    if isinstance(thing, pd.DataFrame):
        yield thing
    inside = [*thing.keys(), *thing.values()] if isinstance(thing, dict) else []
    inside += list(thing) if isinstance(thing, list | tuple | set | frozenset) else []
    inside += list(vars(thing).values()) if hasattr(thing, "__dict__") and not isinstance(thing, type) else []
    for each in inside:
        yield from frames(each, seen)


def test_no_pupil_and_no_folder_of_this_machine_is_sent(everything) -> None:
    here = [each.pupils for each in everything.material.figures.measured()[0].values()]
    assert any(len(each) for each in here), "the town has pupils, or this test says nothing"
    content = pickle.loads(zlib.decompress(everything.parcel))
    tables = list(frames(content, set()))
    assert len(tables) > 100 and set(PUPIL_COLUMNS) > OF_PUPILS
    assert not [each for each in tables if set(each.columns) >= OF_PUPILS and len(each)]
    assert str(everything.material.workspace.root) not in repr(content["requests"])


def test_figures_that_were_not_sent_are_refused_and_never_measured(everything) -> None:
    with pytest.raises(ArshjulError, match="were not sent with the run"):
        everything.there.observations("no_such_figure")
    with pytest.raises(ArshjulError, match="was not measured before the pages"):
        everything.there.result("trend", "merit_value", "school", 1990)
    with pytest.raises(ArshjulError, match="decided where the figures are"):
        _ = everything.there.decision


def test_a_parcel_is_known_by_its_bytes(everything) -> None:
    assert name_of(everything.parcel) == name_of(bytes(everything.parcel)) != name_of(everything.parcel[:-1])
