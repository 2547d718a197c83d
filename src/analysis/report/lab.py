"""The look of a page's parts in a notebook that is open in JupyterLab."""

from __future__ import annotations

import re

from analysis.errors import UsageError
from analysis.publish.figure import svg
from analysis.report.exporter import style

OUTPUT = ".jp-RenderedHTML"
"""the class that JupyterLab gives to HTML that a cell displays"""
GROUND = "& { color: var(--ink); background: var(--paper); line-height: 1.55; padding: .2rem 1rem; }"


def sheet() -> str:
    """The style sheet of the pages, held to what cells display: nothing else in JupyterLab looks otherwise.

    Every rule is nested under the class of an output; those for a whole page (`html`, `body`, `@page`) then fit
    nothing, and the colours are set on the output itself.
    """
    rules = re.sub(r"^@page[^{]*\{(?:[^{}]|\{[^{}]*\})*\}\n", "", style(), flags=re.M)
    return f"{OUTPUT} {{\n{re.sub(r':root *{', '& {', rules)}{GROUND}\n}}\n"


def styled() -> None:
    """Let what this notebook displays look as it does on a page, single figures too.

    Call it in a cell of its own, before the page is opened. The page made from the notebook is as it would be without.
    Raises UsageError where no notebook runs.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import HTML, display

    notebook = get_ipython()
    if notebook is None or notebook.display_formatter is None:
        raise UsageError("styled() is for notebooks\n  mend:  arshjul lab")
    drawings = notebook.display_formatter.formatters["image/svg+xml"]
    drawings.for_type_by_name("matplotlib.figure", "Figure", lambda figure: svg(figure).decode())
    display(HTML(f"<style>\n{sheet()}</style>"))  # type: ignore[no-untyped-call]
