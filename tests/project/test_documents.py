from __future__ import annotations

import dataclasses
import importlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from analysis import catalogue
from analysis.cli.application import application
from analysis.model import Lang

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])


def commands_in(text: str) -> list[list[str]]:
    """The words of every `arshjul …` in code blocks and code words, without options' values being looked at."""
    code = re.findall(r"```\w*\n(.*?)```", text, flags=re.S)
    lines = [line for block in code for line in block.splitlines()]
    lines += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    found = [re.match(r"(?:\.venv/bin/)?arshjul\s+(.+)", line.strip()) for line in lines]
    return [match[1].split() for match in found if match]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_exists(path: Path) -> None:
    for words in commands_in(path.read_text(encoding="utf-8")):
        command = get_command(application)
        for word in words:
            inner = getattr(command, "commands", {})
            if word.startswith("-"):
                known = {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)}
                assert word in known | {"--help", "-h"}, f"{path.name}: {' '.join(words)}"
            elif inner and word.islower():
                assert word in inner, f"{path.name}: {' '.join(words)}"
                command = inner[word]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_in_the_documents_exists(path: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    named = re.findall(r"(?:`|^)make ([a-z]+)", path.read_text(encoding="utf-8"), flags=re.M)
    assert set(named) <= set(targets)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_the_files_that_the_documents_name_are_there() -> None:
    missing = []
    for path in DOCUMENTS:
        for name in re.findall(
            r"`((?:src|docs|tests|notebooks|data)/[\w./-]+\.\w+)`", path.read_text(encoding="utf-8")
        ):
            if not (REPOSITORY / name).exists():
                missing.append(f"{path.name}: {name}")
    assert missing == []


def test_the_rooms_of_the_architecture_are_the_rooms_of_the_package() -> None:
    text = (REPOSITORY / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = re.findall(r"^\| `(\w+)` \|", text, flags=re.M)
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert rooms == contracts["contracts"][0]["layers"]
    package = REPOSITORY / "src" / "analysis"
    there = {path.parent.name for path in package.glob("*/__init__.py")} | {"errors", "processes"}
    assert set(rooms) == there


def test_every_question_has_its_method_written_down() -> None:
    from analysis.analyses import ANALYSES

    text = (REPOSITORY / "docs/methods.md").read_text(encoding="utf-8")
    assert re.findall(r"^## .*\(`(\w+)`\)$", text, flags=re.M) == list(ANALYSES)


def methods_of_the_questions() -> dict[str, str]:
    text = (REPOSITORY / "docs/methods.md").read_text(encoding="utf-8")
    parts = re.split(r"^## .*?(?:\(`(\w+)`\))?$", text, flags=re.M)
    return {name: part for name, part in zip(parts[1::2], parts[2::2], strict=True) if name}


def test_every_method_says_how_it_was_proved_and_what_it_may_not_be_used_for() -> None:
    methods = methods_of_the_questions()
    assert methods
    for name, text in methods.items():
        proof = text.partition("*Proved:*")[2]
        assert re.search(r"`tests/[\w/]+\.\w+`", proof), name
        assert re.search(r"\d", proof), name
        assert "*Not for*" in text, name


def test_every_method_is_headed_as_its_page_asks_it() -> None:
    from analysis.analyses import ANALYSES, analysis

    text = (REPOSITORY / "docs/methods.md").read_text(encoding="utf-8")
    headings = dict(re.findall(r"^## (.*) \(`(\w+)`\)$", text, flags=re.M))
    assert headings == {analysis(name).title["en"]: name for name in ANALYSES}


def test_every_question_and_level_is_in_the_glossary() -> None:
    from analysis.analyses import ANALYSES

    rows = (REPOSITORY / "GLOSSARY.md").read_text(encoding="utf-8")
    assert [name for name in ANALYSES if f"question `{name}`" not in rows] == []
    assert [name for name in catalogue.levels() if f"level `{name}`" not in rows] == []


def test_every_change_of_numbers_says_how_large_it_is() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.split(r"^- ", text, flags=re.M)
    changes = [each for each in entries if each.startswith("**Changes numbers**")]
    assert changes
    assert [each for each in changes if not re.search(r"\d|no number moves", each)] == []


def glossary_code() -> list[str]:
    rows = (REPOSITORY / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    cells = [row.strip("|").split("|")[3] for row in rows if row.startswith("| ")]
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def test_every_indicator_in_the_glossary_is_in_the_catalogue() -> None:
    known = set(catalogue.indicators())
    named = [word for word in glossary_code() if re.match(r"(merit|eligible|certified|parents|foreign|pupils)_", word)]
    assert named
    assert [word for word in named if word not in known] == []


def test_every_type_in_the_glossary_is_in_the_code() -> None:
    named = {word.split(".")[0] for word in glossary_code() if re.match(r"[A-Z][a-z]+[A-Za-z.]*", word)}
    places = (
        "model",
        "model.observations",
        "model.words",
        "store",
        "audit.auditing",
        "publish.disclosure.decision",
        "catalogue",
        "catalogue.workspace",
        "drawing.figure",
        "batch.work",
    )
    modules = [importlib.import_module(f"analysis.{place}") for place in places]
    assert named
    assert [name for name in sorted(named) if not any(hasattr(module, name) for module in modules)] == []


def test_every_row_of_the_glossary_has_all_languages() -> None:
    rows = [row for row in (REPOSITORY / "GLOSSARY.md").read_text(encoding="utf-8").splitlines() if row.startswith("|")]
    assert {row.count("|") for row in rows} == {5}
    assert all(cell.strip() for row in rows for cell in row.strip("|").split("|")[:3])


def test_every_entry_of_the_catalogue_is_named_in_every_language() -> None:
    catalogues: tuple[Mapping[str, Any], ...] = (catalogue.indicators(), catalogue.levels(), catalogue.sources())
    entries = [entry for each in catalogues for entry in each.values()]
    assert entries
    for entry in entries:
        for field in dataclasses.fields(entry):
            texts = getattr(entry, field.name)
            if field.name in {"name", "short", "definition", "plural", "title", "attribution"}:
                assert set(texts) == {str(lang) for lang in Lang}, (entry.id, field.name)
                assert all(text.strip() for text in texts.values()), (entry.id, field.name)


def test_every_indicator_says_where_it_comes_from_and_how_it_may_be_treated() -> None:
    sources = catalogue.sources()
    for each in catalogue.indicators().values():
        assert each.source in sources, each.id
        assert each.minimum < each.maximum, each.id
        assert each.aggregation in {"pupil_weights", "sum", "none"}, each.id
        assert each.noise in {"published", "binomial", "between_years"}, each.id


def test_the_changelog_speaks_of_the_version_or_of_what_is_not_released() -> None:
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{version}]" in text or "## [Unreleased]" in text
    assert "**Changes numbers**" in text
