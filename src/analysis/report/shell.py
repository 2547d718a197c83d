"""The quiet IPython shell that runs a notebook's cells in this process and keeps what they display."""

from __future__ import annotations

import atexit
import io
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import TracebackType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.core.profiledir import ProfileDir
from nbformat import NotebookNode
from nbformat.notebooknode import from_dict
from traitlets import Type
from traitlets.config import Config


class PageHook(DisplayHook):
    """Keeps the value of a cell's last line as an `execute_result`."""

    def __call__(self, result: Any = None) -> None:
        """Keep the result, unless it is None or the cell ends with a semicolon."""
        hook: Any = self  # IPython's own methods carry no types
        if result is None or hook.quiet():
            return
        data, metadata = hook.compute_format_data(result)
        hook.update_user_ns(result)
        hook.fill_exec_result(result)
        if data:
            hook.shell.keep("execute_result", data=data, metadata=metadata, execution_count=hook.shell.running)


class PagePublisher(DisplayPublisher):
    """Keeps whatever a cell displays as `display_data`, in order."""

    shell: Any

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        """Keep one displayed bundle; an update of an earlier one is kept as one more output."""
        self.shell.keep("display_data", data=data, metadata=metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has displayed so far."""
        self.shell.outputs.clear()


class PageStream(io.TextIOBase):
    """What a cell prints, joined into one stream output until something else is displayed."""

    def __init__(self, shell: PageShell, name: str) -> None:
        super().__init__()
        self.shell, self.stream_name = shell, name

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Keep the text."""
        outputs = self.shell.outputs
        if text and outputs and outputs[-1].get("name") == self.stream_name:
            outputs[-1]["text"] += text
        elif text:
            self.shell.keep("stream", name=self.stream_name, text=text)
        return len(text)


class PageShell(InteractiveShell):
    """A fresh IPython for one page: no kernel, no thread, no history on disk, nothing printed.

    Behaves as the kernel's shell does for what a report notebook needs: `display`, the last line's
    value, prints and errors, one execution count per cell.
    """

    display_pub_class = Type(PagePublisher)
    displayhook_class = Type(PageHook)

    def __init__(self, **settings: Any) -> None:
        self.outputs: list[NotebookNode] = []
        self.running = 0
        super().__init__(**settings)  # type: ignore[no-untyped-call]

    def keep(self, kind: str, **content: Any) -> None:
        """Add one output to the running cell. The notebook is checked as a whole when it is kept."""
        self.outputs.append(from_dict({"output_type": kind, **content}))  # type: ignore[no-untyped-call]

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.keep("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))

    def run(self, source: str) -> tuple[ExecutionResult, list[NotebookNode]]:
        """Run one cell: its result and its outputs."""
        self.outputs = []
        self.running = self.execution_count
        with (
            warnings.catch_warnings(),
            redirect_stdout(PageStream(self, "stdout")),
            redirect_stderr(PageStream(self, "stderr")),
        ):
            warnings.filterwarnings("ignore", message="To exit: use")  # IPython's advice when a cell leaves early
            result: ExecutionResult = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        return result, self.outputs


@contextmanager
def page_shell() -> Iterator[PageShell]:
    """A fresh shell, and afterwards everything IPython replaced put back as it was.

    IPython's shell is a singleton that replaces ``sys.modules["__main__"]`` and registers itself to be
    closed at exit: a shell already running in this process (JupyterLab's) is set aside meanwhile.
    """
    main = sys.modules["__main__"]
    with _aside(), tempfile.TemporaryDirectory(prefix="arshjul-") as folder:
        settings = Config()
        settings.HistoryManager.enabled = False
        settings.HistoryManager.hist_file = ":memory:"
        settings.InteractiveShell.colors = "nocolor"
        shell = PageShell.instance(config=settings, ipython_dir=folder, profile_dir=ProfileDir(location=folder))
        try:
            yield shell
        finally:
            atexit.unregister(shell.atexit_operations)
            shell.cleanup()  # type: ignore[no-untyped-call]
            PageShell.clear_instance()
            sys.modules["__main__"] = main


class _aside:  # noqa: N801  (reads as a word in a with statement)
    """The process's own IPython shell, if it has one, set aside and put back."""

    def __enter__(self) -> None:
        self.shell = InteractiveShell._instance
        if self.shell is not None:
            type(self.shell).clear_instance()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.shell is not None:
            for each in type(self.shell)._walk_mro():
                each._instance = self.shell
