from __future__ import annotations

import re

import pytest
from typer.main import get_command

from analysis.cli.application import application


def documented(text: str) -> dict[str, str]:
    """The sections of docs/commands.md by the command in their heading."""
    parts = re.split(r"^## `([^`]+)`$", text, flags=re.M)
    return {
        " ".join(re.findall(r"[a-z]+", heading)): body for heading, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def options() -> dict[str, set[str]]:
    """The options of every command, by the command as it is typed."""
    found = {}
    commands = [("arshjul", get_command(application))]
    while commands:
        name, command = commands.pop()
        inner = getattr(command, "commands", {})
        commands += [(f"{name} {each}", below) for each, below in inner.items()]
        if name == "arshjul" or not inner:
            named = [each for each in command.params if each.param_type_name == "option"]
            found[name] = {flag for each in named for flag in (*each.opts, *each.secondary_opts)}
    return found


def test_every_command_is_documented_and_none_besides(repository) -> None:
    text = (repository / "docs/commands.md").read_text(encoding="utf-8")
    assert set(documented(text)) == set(options())


@pytest.mark.parametrize("name", sorted(options()))
def test_every_option_is_documented_and_none_besides(repository, name) -> None:
    section = documented((repository / "docs/commands.md").read_text(encoding="utf-8"))[name]
    first_cells = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `-")]
    written = set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", " ".join(first_cells)))
    assert written - {"-h", "--help"} == options()[name]
