from __future__ import annotations

from importlib.metadata import version

import pytest
from typer.main import get_command

from analysis.cli.application import application

HEAVY = ("pandas", "matplotlib", "seaborn", "statsmodels", "scipy", "nbconvert", "papermill", "duckdb")
LIGHT = f"""
import sys
from analysis.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code or 0
loaded = [name for name in {HEAVY!r} if name in sys.modules]
print("LOADED", *loaded, file=sys.stderr)
sys.exit(code)
"""


def command_names() -> list[str]:
    root = get_command(application)
    names = []
    for name, command in sorted(root.commands.items()):
        names += [f"{name} {each}" for each in sorted(getattr(command, "commands", {}))] or [name]
    return names


def loaded(stderr: str) -> list[str]:
    return stderr.splitlines()[-1].removeprefix("LOADED").split()


def test_the_commands_are_these() -> None:
    known = ["audit", "build", "collect", "demo", "doctor", "init", "join", "key new", "lab"]
    known += ["list analyses", "list indicators", "list questions", "list units", "measure", "open", "pack", "paper"]
    known += ["purge", "retry", "serve", "synth", "verify"]
    assert command_names() == known


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list", "--help"], ["doctor", "--help"]])
def test_help_answers_without_anything_heavy(arshjul, arguments) -> None:
    found = arshjul(*arguments, code=LIGHT)
    assert found.returncode == 0
    assert loaded(found.stderr) == []


@pytest.mark.parametrize("name", command_names())
def test_every_command_has_help_with_an_example(arshjul, name) -> None:
    found = arshjul(*name.split(), "--help")
    assert found.returncode == 0
    assert f"arshjul {name}" in found.stdout.split("Examples:")[1].replace("-C ~/schools ", "").replace(" && ", " ")


def test_every_option_says_what_it_does() -> None:
    silent = []
    commands = [get_command(application)]
    while commands:
        command = commands.pop()
        commands += getattr(command, "commands", {}).values()
        silent += [f"{command.name} {each.opts}" for each in command.params if not getattr(each, "help", "")]
    assert silent == []


def test_the_version_is_the_package_s(arshjul) -> None:
    assert arshjul("--version").stdout == f"arshjul {version('arshjul')}\n"


def test_without_a_command_the_help_is_shown(arshjul) -> None:
    found = arshjul()
    assert "Commands:" in found.stdout + found.stderr


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (["buidl"], "Did you mean 'build'?"),
        (["list", "unit"], "Did you mean 'units'?"),
        (["build", "--levle", "school"], "--level"),
        (["measure", "trned", "--indicator", "merit_value", "--level", "school"], "Did you mean 'trend'?"),
        (["measure", "trend", "--indicator", "merit_valeu", "--level", "school"], "Did you mean 'merit_value'?"),
        (["measure", "trend", "--indicator", "merit_value", "--level", "shcool"], "Did you mean 'school'?"),
        (["list", "units", "--level", "shcool"], "Did you mean 'school'?"),
        (["build", "--level", "shcool"], "Did you mean 'school'?"),
        (["build", "--year", "2023/25"], "--year: a school year spans two following years, got: '2023/25'"),
        (["build", "--lang", "fr"], "'sv', 'nb', 'en'"),
    ],
)
def test_a_mistyped_name_gets_a_suggestion_at_once(arshjul, repository, arguments, known) -> None:
    found = arshjul("-C", repository, *arguments, code=LIGHT)
    assert found.returncode == 2
    assert known in found.stderr
    assert loaded(found.stderr) == []


@pytest.mark.slow
def test_a_mistyped_unit_gets_a_suggestion_at_once(arshjul, small_workspace) -> None:
    found = arshjul("build", "--only", "Uppsalla", folder=small_workspace, code=LIGHT)
    assert found.returncode == 2
    assert "Did you mean 'Uppsala'?" in found.stderr
    assert loaded(found.stderr) == []
