"""Small notebooks for tests, written to a folder."""

from pathlib import Path

import nbformat
import nbformat.v4 as v4

PARAMETERS = (
    'unit = ""\nlevel = ""\nschool_year = ""\nlang = ""\naudience = "public"\n'
    'report = "quality_report"\ncompare_with = ""'
)
OPEN = (
    "from fake_door import close, heading, in_short, methods, open_page, show\n"
    "seen = open_page(unit=unit, school_year=school_year, lang=lang, audience=audience)"
)
CALLS = ("heading(seen)", "in_short(seen)", 'show("trend", seen)', "methods(seen)", "close(seen)")
ASKED = {"unit": "se:school:16762245", "school_year": "2023/24", "lang": "sv", "audience": "public"}
ASKED |= {"level": "", "report": "quality_report", "compare_with": ""}


def notebook(folder: Path, *cells: str, name: str = "school", parameters: str = PARAMETERS) -> Path:
    """A notebook with a parameters cell and these code cells; a cell starting with # is text."""
    node = v4.new_notebook()
    node.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    first = v4.new_code_cell(parameters)
    first.metadata["tags"] = ["parameters"]
    node.cells = [first, *(v4.new_code_cell(source) for source in cells)]
    for number, cell in enumerate(node.cells):
        cell["id"] = f"cell-{number}"
    path = folder / f"{name}.ipynb"
    path.write_text(nbformat.writes(node), encoding="utf-8")
    return path


def page_notebook(folder: Path, *calls: str) -> Path:
    """A report notebook on the fake door, whole unless other calls are given."""
    return notebook(folder, OPEN, *(calls or CALLS))
