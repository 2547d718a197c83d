"""What must hold of the files of the project, whoever writes the next one."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = {"", ".cfg", ".css", ".html", ".ipynb", ".j2", ".json", ".lock", ".md", ".py", ".sh", ".toml", ".txt", ".yml"}
LEFT_OUT = {".git", ".venv", "__pycache__", "store", "reports", "build", "dist"}
MOST_LINES, LONGEST_FUNCTION = 400, 70


def project_files() -> list[Path]:
    """The files git keeps or would keep; outside a clone, everything that is not made by the product."""
    asked = ["git", "-C", str(REPOSITORY), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        files = [REPOSITORY / name for name in answer.stdout.split("\0") if name]
    else:
        files = [path for path in REPOSITORY.rglob("*") if not LEFT_OUT & set(path.relative_to(REPOSITORY).parts)]
    return [path for path in files if path.is_file()]


def texts() -> dict[str, str]:
    return {
        str(path.relative_to(REPOSITORY)): path.read_text(encoding="utf-8")
        for path in project_files()
        if path.suffix in TEXT
    }


def naming(pattern: str) -> list[str]:
    """The files and lines in which the pattern stands."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return [
        f"{name}:{place}: {line.strip()[:100]}"
        for name, text in texts().items()
        for place, line in enumerate(text.splitlines(), start=1)
        if wanted.search(line)
    ]


def source_files() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".py" and "src" in path.relative_to(REPOSITORY).parts]


def test_no_file_names_a_package_registry() -> None:
    hosts = (
        "pypi" + r"\.org",
        "pythonhosted" + r"\.",
        "anaconda" + r"\.org",
        "npmjs" + r"\.",
        "--(extra-)?" + "index-url",
    )
    found = [each for each in naming("|".join(hosts)) if "--no-emit-index-url" not in each]
    assert found == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    about_leaks = ("src/analysis/report/leaks.py", "tests/report/test_leaks.py", "tests/security/")
    found = naming(r"(?<![\w.])/(work|home|root|Users)/")
    assert [each for each in found if not each.startswith(about_leaks)] == []


def test_nothing_is_left_for_later_in_the_source() -> None:
    words = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")) + r")\b")
    found = [str(path) for path in source_files() if words.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_file_of_the_source_is_too_long_to_read() -> None:
    lines = {str(path): path.read_text(encoding="utf-8").count("\n") for path in source_files()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_function_is_too_long_to_read() -> None:
    long = []
    for path in source_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno
                if length > LONGEST_FUNCTION:
                    long.append(f"{path}:{node.lineno} {node.name}: {length} lines")
    assert long == []


def test_every_module_says_what_it_is() -> None:
    silent = []
    for path in source_files():
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if not said or len(said) < 10:
            silent.append(str(path.relative_to(REPOSITORY)))
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [
        str(path) for path in source_files() if path.stem in {"utils", "helpers", "common", "manager", "misc"}
    ] == []


def notebooks() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".ipynb"]


def test_there_are_notebooks() -> None:
    assert notebooks()


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.name)
def test_a_notebook_imports_only_from_the_package_and_defines_nothing(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    foreign = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            foreign += [each.name for each in node.names if each.name.split(".")[0] != "analysis"]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] != "analysis":
            foreign.append(str(node.module))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While):
            foreign.append(type(node).__name__)
    assert foreign == []


def test_the_package_data_hold_every_kind_of_file_in_the_package() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["*"]
    package = REPOSITORY / "src" / "analysis"
    other = [path for path in project_files() if package in path.parents and path.suffix != ".py"]
    assert [str(path) for path in other if not any(path.match(pattern) for pattern in patterns)] == []


def test_every_folder_of_the_package_is_a_package_or_holds_only_data() -> None:
    package = REPOSITORY / "src" / "analysis"
    folders = {path.parent for path in source_files() if package in path.parents}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []
