"""Both engines run a notebook alike; ours runs it in this process and leaves nothing behind."""

import gc
import json
import os
import sys
import threading
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from small_notebooks import ASKED, notebook, page_notebook

from analysis.errors import Interrupted, PageFailed, ParameterError, UsageError
from analysis.report.engine import run
from analysis.report.shell import PageShell

SHOWS = (
    "from IPython.display import HTML, display\nprint('one')\nprint('two', end='')",
    "display(HTML('<b>a</b>'), metadata={'arshjul': {'kind': 'x'}})\nprint('after')\nunit",
    "import sys\nprint('warned', file=sys.stderr)\n{'lang': lang}",
    "1 + 1;",
    "school_year + audience",
    "x = 3",
    "f'{x}{__name__}'",
)


def outputs(node: NotebookNode) -> list[object]:
    """What every cell displayed, without what only a clock or a terminal colours."""
    kept = [[dict(output) for output in cell.outputs] for cell in node.cells if cell.cell_type == "code"]
    for cell in kept:
        for output in cell:
            output.pop("traceback", None)
    return json.loads(json.dumps([[cell.get("execution_count") for cell in node.cells], kept]))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_both_engines_display_the_same(tmp_path: Path) -> None:
    path = notebook(tmp_path, *SHOWS)
    assert outputs(run(path, ASKED, "arshjul")) == outputs(run(path, ASKED, "kernel"))


@pytest.mark.slow
@pytest.mark.usefixtures("kernel_finds_the_door")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_both_engines_make_the_same_report(tmp_path: Path) -> None:
    path = page_notebook(tmp_path)
    assert outputs(run(path, ASKED, "arshjul")) == outputs(run(path, ASKED, "kernel"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("cell", ["1/0", "raise SystemExit(0)", "def f(:"])
def test_both_engines_stop_at_the_same_error(tmp_path: Path, cell: str) -> None:
    path = notebook(tmp_path, "x = 1", cell, "y = 2")
    kept: dict[str, NotebookNode] = {}
    for engine in ("arshjul", "kernel"):
        with pytest.raises(PageFailed):
            run(path, ASKED, engine, keep=lambda node, engine=engine: kept.update({engine: node}))
    names = {
        engine: [output.ename for each in node.cells for output in each.outputs if output.output_type == "error"]
        for engine, node in kept.items()
    }
    assert names["arshjul"] == names["kernel"] != []


def test_prints_displays_and_results_are_kept_in_order(tmp_path: Path) -> None:
    node = run(notebook(tmp_path, SHOWS[0], SHOWS[1]), ASKED)
    last = node.cells[-1].outputs
    assert [output.output_type for output in last] == ["display_data", "stream", "execute_result"]
    assert last[0].metadata == {"arshjul": {"kind": "x"}}
    assert last[1].text == "after\n"
    assert last[2].data["text/plain"] == "'se:school:16762245'"
    assert node.cells[-2].outputs[0].text == "one\ntwo"


def test_every_parameter_arrives_as_written(tmp_path: Path) -> None:
    node = run(notebook(tmp_path, f"[{', '.join(ASKED)}]"), ASKED)
    assert node.cells[-1].outputs[0].data["text/plain"] == str(list(ASKED.values()))


def test_an_unknown_parameter_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"got: 'units'\. Did you mean 'unit'"):
        run(notebook(tmp_path, "1"), {**ASKED, "units": "a"})


def test_a_parameter_left_to_its_default_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="missing: level, audience, report, compare_with"):
        run(notebook(tmp_path, "1"), {name: ASKED[name] for name in ("unit", "school_year", "lang")})


def test_a_parameter_that_is_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'unit' is text"):
        run(notebook(tmp_path, "1"), {**ASKED, "unit": ("a",)})


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'kernel'"):
        run(notebook(tmp_path, "1"), ASKED, "kernl")


def test_an_error_stops_the_notebook_and_names_the_cell(tmp_path: Path) -> None:
    kept: list[NotebookNode] = []
    path = notebook(tmp_path, "open_page = 1", "{}['secret figure 201,3']", "never = 1")
    with pytest.raises(PageFailed) as error:
        run(path, ASKED, keep=kept.append)
    assert str(error.value) == (
        "school.ipynb, cell 3 ({}['secret figure 201,3']): KeyError (the executed notebook says more)"
    )
    assert kept[0].cells[4].execution_count is None
    assert kept[0].cells[3].outputs[0].evalue == ""


def test_our_own_errors_are_told_in_full(tmp_path: Path) -> None:
    path = notebook(tmp_path, "from analysis.errors import ParameterError\nraise ParameterError('unit: unknown')")
    with pytest.raises(PageFailed, match=r"ParameterError: unit: unknown$"):
        run(path, ASKED)


@pytest.mark.parametrize("cell", ["import sys; sys.exit(0)", "raise SystemExit"])
def test_leaving_early_is_a_failure(tmp_path: Path, cell: str) -> None:
    with pytest.raises(PageFailed, match="SystemExit"):
        run(notebook(tmp_path, cell, "1"), ASKED)


def test_an_interrupt_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        run(notebook(tmp_path, "raise KeyboardInterrupt", "1"), ASKED)


@pytest.mark.parametrize("content", ["", "{", '{"cells": 1}'])
def test_a_broken_notebook_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "school.ipynb"
    path.write_text(content)
    with pytest.raises(PageFailed, match="put the notebook back"):
        run(path, ASKED)


def test_one_page_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    run(notebook(tmp_path, "leftover = 1", name="first"), ASKED)
    with pytest.raises(PageFailed, match="NameError"):
        run(notebook(tmp_path, "leftover", name="second"), ASKED)


def test_the_process_is_as_it_was_before(tmp_path: Path) -> None:
    before = sys.modules["__main__"], sys.displayhook, sys.excepthook, sys.stdout, threading.active_count()
    run(notebook(tmp_path, *SHOWS), ASKED)
    assert (sys.modules["__main__"], sys.displayhook, sys.excepthook, sys.stdout, threading.active_count()) == before
    assert not InteractiveShell.initialized()


def test_shells_do_not_pile_up(tmp_path: Path) -> None:
    path = notebook(tmp_path, *SHOWS)
    for _ in range(4):
        run(path, ASKED)
    gc.collect()
    assert len([each for each in gc.get_objects() if type(each) is PageShell]) <= 1


def test_a_shell_already_there_is_put_back(tmp_path: Path) -> None:
    from analysis.report.shell import page_shell

    with page_shell() as outer:
        run(notebook(tmp_path, "1"), ASKED)
        assert InteractiveShell.instance() is outer


def test_the_notebook_file_is_not_touched(tmp_path: Path) -> None:
    path = notebook(tmp_path, *SHOWS)
    before = path.read_bytes()
    run(path, ASKED)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["school.ipynb"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_runs_a_notebook(tmp_path: Path) -> None:
    path = notebook(tmp_path, "unit")
    run(path, ASKED)
    assert threading.active_count() == 1 or threading.current_thread() is threading.main_thread()
    child = os.fork()
    if not child:
        try:
            found = run(path, ASKED).cells[-1].outputs[0].data["text/plain"]
            os._exit(0 if found == "'se:school:16762245'" else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
