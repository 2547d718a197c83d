"""In JupyterLab: choose a unit, see its page, and open it as a notebook to go on from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.batch.locking import locked
from analysis.batch.material import Prepared, prepared
from analysis.batch.placing import lock_of
from analysis.batch.run import build_units, page_request
from analysis.batch.selection import LANGUAGES, LEVELS_WITH_PAGES, Selection
from analysis.catalogue.workspace import Workspace
from analysis.errors import ArshjulError, PageFailed
from analysis.model import SchoolYear
from analysis.store import names

LABELS = {"level": "Level", "unit": "Unit", "year": "School year", "lang": "Language"}


def page_of(workspace: Workspace, material: Prepared, unit_id: str, year: str, lang: str) -> Path:
    """Make one unit's page and return its place.

    Raises PageFailed with the reason when the page could not be made.
    """
    unit = names.find_unit(unit_id, names.unit_list(material.snapshot.path))
    selection = Selection(year=year, lang=lang, out=workspace.reports / "lab")
    with locked(lock_of(workspace)):
        summary = build_units(workspace, material, [unit], selection, lambda line: None)
    if summary.failed:
        raise PageFailed(summary.failed[0][2])
    return summary.out / material.figures.run.pages[unit_id]


def notebook_of(workspace: Workspace, material: Prepared, unit_id: str, year: str, lang: str) -> Path:
    """Write the unit's report notebook, with its parameters filled in, into ``work/`` and return its place.

    A notebook that is already there is one's own work and is not touched: the new one gets a number.
    """
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from analysis.report.engine import read

    unit = names.find_unit(unit_id, names.unit_list(material.snapshot.path))
    request = page_request(workspace, material, unit, Selection(year=year, lang=lang))
    node = parameterize_notebook(load_notebook_node(read(request.notebook)), request.parameters)
    node.metadata.pop("papermill", None)
    dressed = nbformat.v4.new_code_cell("from analysis.report.lab import styled\n\nstyled()")  # type: ignore[no-untyped-call]
    node.cells.insert(_after_parameters(node.cells), dressed)
    folder = workspace.root / "work"
    folder.mkdir(exist_ok=True)
    path, number = folder / f"{request.safe_name}.ipynb", 1
    while path.exists():
        number += 1
        path = folder / f"{request.safe_name}-{number}.ipynb"
    nbformat.write(node, path)  # type: ignore[no-untyped-call]
    return path


def _after_parameters(cells: list[Any]) -> int:
    """The place after the parameters and those filled in."""
    tagged = ("parameters", "injected-parameters")
    return 1 + max(place for place, cell in enumerate(cells) if set(tagged) & set(cell.metadata.get("tags", ())))


def choose() -> None:
    """Show a form: level, unit, school year and language; a button makes the page and shows it in place."""
    import ipywidgets
    from IPython.display import IFrame, display

    workspace = Workspace.find()
    material = prepared(workspace, lambda line: None)
    form, output = _form(ipywidgets, material), ipywidgets.Output()

    def answer(action: Callable[[Workspace, Prepared, str, str, str], Path], shown: Callable[[Path], Any]) -> Any:
        def on_click(_: object) -> None:
            output.clear_output()
            with output:
                try:
                    place = action(workspace, material, *(form[name].value for name in ("unit", "year", "lang")))
                except ArshjulError as error:
                    print(error)
                else:
                    display(shown(place))  # type: ignore[no-untyped-call]

        return on_click

    def page(place: Path) -> Any:
        return IFrame(_beside(place, workspace), width="100%", height=900)

    def link(place: Path) -> Any:
        return ipywidgets.HTML(f'<a href="{_beside(place, workspace)}" target="_blank">{place.name}</a>')

    build = ipywidgets.Button(description="Build page", button_style="primary")
    build.on_click(answer(page_of, page))
    open_it = ipywidgets.Button(description="Open as notebook")
    open_it.on_click(answer(notebook_of, link))
    display(ipywidgets.VBox([*form.values(), ipywidgets.HBox([build, open_it]), output]))  # type: ignore[no-untyped-call]


def _form(ipywidgets: Any, material: Prepared) -> dict[str, Any]:
    """The four pickers; the units follow the level, the years and the language follow the unit's country."""
    units = material.figures.units
    levels = [level for level in LEVELS_WITH_PAGES if level in material.levels and (units["level"] == level).any()]
    form = {
        "level": ipywidgets.Dropdown(options=levels, description=LABELS["level"]),
        "unit": ipywidgets.Dropdown(description=LABELS["unit"]),
        "year": ipywidgets.Dropdown(description=LABELS["year"]),
        "lang": ipywidgets.Dropdown(options=LANGUAGES, description=LABELS["lang"]),
    }

    def follow_level(_: object = None) -> None:
        rows = units[units["level"] == form["level"].value].sort_values("name")
        form["unit"].options = [(f"{row['name']} ({row['code']})", unit_id) for unit_id, row in rows.iterrows()]

    def follow_unit(_: object = None) -> None:
        if form["unit"].value is None:
            return
        country = str(units.at[form["unit"].value, "country"])
        form["year"].options = [str(SchoolYear(year)) for year in reversed(material.years(country))]
        form["lang"].value = {"se": "sv", "no": "nb"}[country]

    form["level"].observe(follow_level, "value")
    form["unit"].observe(follow_unit, "value")
    follow_level()
    follow_unit()
    return form


def _beside(place: Path, workspace: Workspace) -> str:
    """The place as the notebook beside it would write it."""
    return f"../{place.resolve().relative_to(workspace.root.resolve()).as_posix()}"
