"""A kernel opens no port to others, a failed page leaves no figures, and the bill of materials follows the lock."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest

from analysis.errors import PageFailed
from analysis.report.engine import QuietKernel, run, without_error_texts
from analysis.report.exporter import policy, sign, style
from analysis.report.leaks import Known, scan

ROOT = Path(__file__).parents[2]
LISTENING = """
import os
handles = [f"/proc/self/fd/{each}" for each in os.listdir("/proc/self/fd")]
ours = {os.readlink(each) for each in handles if os.path.islink(each)}
rows = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").read().splitlines()[1:]]
open(place, "w").write(" ".join(row[1].split(":")[0] for row in rows if f"socket:[{row[9]}]" in ours))
"""


def notebook(folder: Path, *cells: str, **parameters: object) -> Path:
    """A notebook with a cell of parameters and others."""
    first = v4.new_code_cell("\n".join(f"{name} = {value!r}" for name, value in parameters.items()))
    first.metadata["tags"] = ["parameters"]
    node = v4.new_notebook(cells=[first, *map(v4.new_code_cell, cells)])
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "school.ipynb"
    nbformat.write(node, path)
    return path


@pytest.mark.slow
def test_a_kernel_opens_none_of_its_five_ports_and_nothing_that_others_can_reach(tmp_path: Path) -> None:
    """One is left: that by which a kernel collects what its own child processes print, on this machine only."""
    place = tmp_path / "ports"
    run(notebook(tmp_path, LISTENING, place="-"), {"place": str(place)}, "kernel")
    assert place.read_text(encoding="ascii").split() in ([], ["0100007F"])


def test_the_kernel_of_a_page_speaks_through_files() -> None:
    assert QuietKernel(kernel_name="python3").transport == "ipc"


@pytest.mark.parametrize("engine", ["arshjul", pytest.param("kernel", marks=pytest.mark.slow)])
def test_what_is_kept_of_a_failed_page_has_no_figure_no_code_and_no_path(tmp_path: Path, engine: str) -> None:
    kept: list[str] = []
    failing = "print('elev e-2041')\nraise KeyError('medel 217,4375 för e-2041')"
    with pytest.raises(PageFailed) as failed:
        run(
            notebook(tmp_path, failing, unit="-"),
            {"unit": "se:school:1"},
            engine,
            keep=lambda node: kept.append(nbformat.writes(node)),
        )
    assert "217,4375" not in str(failed.value)
    node = json.loads(kept[0])
    (output,) = node["cells"][-1]["outputs"]
    assert (output["output_type"], output["ename"], output["evalue"]) == ("error", "KeyError", "")
    outputs = json.dumps([cell.get("outputs", []) for cell in node["cells"]])
    assert "217,4375" not in outputs and "e-2041" not in outputs
    assert scan(kept[0].encode(), "school.ipynb", Known(folders=(tmp_path, Path.home(), ROOT))) == []


def test_the_notebook_that_goes_on_is_not_changed_by_what_is_kept() -> None:
    error = v4.new_output("error", ename="KeyError", evalue="secret", traceback=["File /home/a/b.py:3, in c"])
    node = v4.new_notebook(cells=[v4.new_code_cell("x", outputs=[error])])
    kept = without_error_texts(node)
    assert node.cells[0].outputs[0].evalue == "secret"
    assert kept.cells[0].outputs[0].traceback == ["KeyError in b.py, line 3"]


def test_a_policy_lets_in_the_style_sheet_of_a_page_without_drawings_by_its_hash() -> None:
    assert sign("\n" + style()) in policy(drawings=False) and "unsafe" not in policy(drawings=False)
    assert all(word in policy() for word in ("default-src 'none'", "base-uri 'none'", "form-action 'none'"))


def sbom() -> dict[str, object]:
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "sbom.py", ROOT / "requirements.lock"], capture_output=True, check=True
    )
    return json.loads(made.stdout)


def test_the_bill_of_materials_names_every_package_of_the_lock_with_its_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = sbom()
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.5")
    assert len(found["components"]) == len(re.findall(r"^[A-Za-z0-9].*==", lock, flags=re.M)) > 100
    assert sum(len(each["hashes"]) for each in found["components"]) == lock.count("--hash=sha256:")
    assert len({each["bom-ref"] for each in found["components"]}) == len(found["components"])
    assert found == sbom()


def test_a_lock_without_hashes_has_no_bill() -> None:
    specification = importlib.util.spec_from_file_location("sbom", ROOT / "tools" / "sbom.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for lock in ("", "duckdb==1.2\n", "-e .\n"):
        with pytest.raises(ValueError, match="lock"):
            module.components(lock)
