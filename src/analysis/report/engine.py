"""Run a report notebook: in this process by a papermill engine of our own, or in an ordinary kernel.

Importing this module takes some seconds, nearly all of them once per process in papermill's and
nbformat's own imports (their schema checker compiles a grammar); a batch pays them once, before it forks.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

import analysis.errors
from analysis.errors import ArshjulError, Interrupted, PageFailed, ParameterError, UsageError, nearest
from analysis.report.shell import page_shell

ENGINES = {"arshjul": "arshjul", "kernel": "nbclient"}
"""our names of the engines, and papermill's"""
ANSI = re.compile(r"\x1b\[[0-9;]*m")
PLACE = re.compile(r"\bFile ([^\s:\"]+):(\d+)")
"""how IPython writes the place of a step in a traceback"""
EXHAUSTED = re.compile(r"\[Errno (?:11|23|24)\]")
"""no more processes, no more open files in the system, no more in this process"""


class QuietKernel(AsyncKernelManager):
    """A kernel that is spoken to through files of this user only: none of its five channels is a port."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(transport="ipc", **settings)


class ProcessEngine(Engine):  # type: ignore[misc]
    """A papermill engine that runs the cells in this very process, in a fresh IPython shell.

    Starts no kernel, no thread and no socket, so it may run in a forked child. An error stops the notebook:
    the cells after it keep no execution count.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any) -> None:
        """Run the code cells in order until the end or the first error."""
        with page_shell() as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                nb_man.cell_start(cell, index)
                cell.execution_count = shell.execution_count
                result, cell.outputs = shell.run(cell.source)
                error = result.error_before_exec or result.error_in_exec
                if error is not None:
                    nb_man.cell_exception(cell, index)
                nb_man.cell_complete(cell, index)
                if isinstance(error, KeyboardInterrupt):
                    raise Interrupted(f"stopped by the user in cell {index}") from error
                if error is not None:
                    return


papermill_engines.register("arshjul", ProcessEngine)


def run(
    notebook: Path,
    parameters: Mapping[str, object],
    engine: str = "arshjul",
    keep: Callable[[NotebookNode], object] | None = None,
    timeout: int = 600,
) -> NotebookNode:
    """The notebook with the parameters set in it and every cell run; nothing is written anywhere.

    ``engine`` is arshjul (in this process) or kernel (papermill's ordinary engine, the reference, where a
    cell may take ``timeout`` seconds). ``keep`` is handed the notebook as far as it came, also when a cell
    failed, without texts that may carry figures (`without_error_texts`). Raises ParameterError for a
    parameter the notebook does not have or has and was not given, PageFailed when a cell fails, leaves early
    or was not run.
    """
    if engine not in ENGINES:
        raise UsageError(f"the engine is one of {', '.join(ENGINES)}, got: {engine!r}.{nearest(engine, ENGINES)}")
    node: NotebookNode = _parameterized(notebook, parameters, ENGINES[engine])
    try:
        node = papermill_engines.execute_notebook_with_engine(
            ENGINES[engine],
            node,
            kernel_name=node.metadata.kernelspec.name,
            output_path=None,  # nothing is written in place, neither while it runs nor after
            progress_bar=False,
            execution_timeout=timeout,
            **({"kernel_manager_class": QuietKernel} if engine == "kernel" else {}),
        )
    except (CellExecutionError, DeadKernelError, TimeoutError) as error:
        code = "TIMEOUT" if isinstance(error, TimeoutError) else "KERNEL_DIED"
        raise PageFailed(f"{notebook.name}: the kernel gave up: {type(error).__name__}", code) from error
    finally:
        if keep is not None:
            keep(without_error_texts(node))
    _raise_for_cells(notebook, node)
    return node


def without_error_texts(node: NotebookNode) -> NotebookNode:
    """A copy to be kept: of an error only its kind and the places in the program, of what was printed nothing.

    The text of an error may hold figures or a pupil's code, and a traceback the folders of this machine.
    """
    kept: NotebookNode = copy.deepcopy(node)
    for cell in kept.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = [each for each in cell.outputs if each.output_type != "stream"]
        for output in cell.outputs:
            if output.output_type == "error":
                places = PLACE.findall(ANSI.sub("", "\n".join(output.traceback)))
                output.evalue = output.evalue if _is_ours(output.ename) else ""
                output.traceback = [f"{output.ename} in {Path(file).name}, line {line}" for file, line in places]
    about = kept.metadata.get("papermill", {})
    for name in ("exception", "input_path", "output_path"):
        about.pop(name, None)
    return kept


def _parameterized(notebook: Path, parameters: Mapping[str, object], engine: str) -> NotebookNode:
    node = load_notebook_node(read(notebook))
    known = papermill.inspect_notebook(node)
    for name in parameters:
        if name not in known:
            raise ParameterError(
                f"{notebook.name} has the parameters {', '.join(known)}, got: {name!r}.{nearest(name, known)}"
            )
    missing = [name for name in known if name not in parameters]
    if missing:
        raise ParameterError(f"{notebook.name} needs the parameters {', '.join(known)}, missing: {', '.join(missing)}")
    for name, value in parameters.items():
        if not (value is None or type(value) in (str, int, float, bool)):
            raise ParameterError(f"the parameter {name!r} is text, a number or a truth value, got: {value!r}")
    ready: NotebookNode = parameterize_notebook(node, dict(parameters), engine_name=engine)
    return ready


def read(notebook: Path) -> NotebookNode:
    """A notebook file, read and checked; PageFailed when it is not there or not a notebook."""
    try:
        node: NotebookNode = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise PageFailed(
            f"{notebook.name}: a report notebook is a readable .ipynb file\n  found: {type(error).__name__}\n"
            "  mend:  put the notebook back as it was delivered",
            "NOTEBOOK",
        ) from error
    return node


def _raise_for_cells(notebook: Path, node: NotebookNode) -> None:
    for index, cell in enumerate(node.cells):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                where = f"{notebook.name}, cell {index} ({_first_line(cell)})"
                raise PageFailed(f"{where}: {_cause(output)}", _code(output))
        if cell.execution_count is None and cell.source.strip():
            where = f"{notebook.name}, cell {index} ({_first_line(cell)})"
            raise PageFailed(f"{where}: the cell was not run", "INCOMPLETE")


def _code(output: NotebookNode) -> str:
    """Why a cell failed, in one word: out of memory, out of something else, left early, or its own error."""
    if output.ename in ("MemoryError", "_ArrayMemoryError"):
        return "MEMORY"
    if output.ename == "SystemExit":
        return "INCOMPLETE"
    if output.ename == "BlockingIOError" or (output.ename == "OSError" and EXHAUSTED.search(output.evalue)):
        return "RESOURCE"
    return "CELL_ERROR"


def _first_line(cell: NotebookNode) -> str:
    return str(cell.source.strip().splitlines()[0][:60]) if cell.source.strip() else "empty"


def _is_ours(name: str) -> bool:
    kind = getattr(analysis.errors, name, None)
    return isinstance(kind, type) and issubclass(kind, ArshjulError)


def _cause(output: NotebookNode) -> str:
    """Our own errors in full; of others the kind only, for their text may carry figures."""
    if _is_ours(output.ename):
        return f"{output.ename}: {output.evalue}"
    return f"{output.ename} (the executed notebook says more)"
