"""In JupyterLab: what the door shows looks as it does on the page."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from analysis.errors import UsageError
from analysis.publish.figure import svg

PLACE = ".jp-OutputArea-output"
"""where JupyterLab puts what a cell displays"""


@lru_cache(maxsize=1)
def page_style() -> str:
    """The page's style sheet, kept to the outputs of a notebook so that JupyterLab itself stays as it is.

    What a page says of its whole window (its root, its paper) is said of each output.
    """
    sheet = (files("analysis.report") / "template" / "page.css").read_text(encoding="utf-8")
    for whole_page in (":root {", "body {"):
        if whole_page not in sheet:
            raise ValueError(f"page.css: a rule for {whole_page[:-2]} is needed to dress an output like a page")
        sheet = sheet.replace(whole_page, ":scope {")
    return f"@scope ({PLACE}) {{\n{sheet}\nheader.heading > *, footer.foot > * {{ padding-inline: 1.25rem; }}\n}}"


def dress() -> None:
    """Let everything shown in this notebook, before and after, look as on the page, single figures too.

    Needs a notebook: raises UsageError where no IPython runs.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    notebook = get_ipython()
    if notebook is None or notebook.display_formatter is None:
        raise UsageError("dress() is for notebooks\n  mend:  arshjul lab")
    drawings = notebook.display_formatter.formatters["image/svg+xml"]
    drawings.for_type_by_name("matplotlib.figure", "Figure", lambda figure: svg(figure).decode())
    about = {"text/html": f"<style>{page_style()}</style>", "text/plain": "the style of the pages"}
    display(about, raw=True)  # type: ignore[no-untyped-call]
