"""The page says the same things in every language."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files

import pytest

from analysis.publish.words import dialogue_bank, word

TEXTS = tomllib.loads(files("analysis.publish").joinpath("words.toml").read_text(encoding="utf-8"))


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_every_language_has_the_same_keys_and_fields(lang):
    assert TEXTS[lang].keys() == TEXTS["sv"].keys()
    for key, text in TEXTS["sv"].items():
        assert _fields(TEXTS[lang][key]) == _fields(text), key


def test_every_question_for_the_dialogue_is_asked_in_every_language():
    for entry in dialogue_bank():
        assert {"sv", "nb", "en", "question", "verdicts", "when", "kind"} == entry.keys()
        assert _fields(entry["sv"]) == _fields(entry["nb"]) == _fields(entry["en"])
        for lang in ("sv", "nb", "en"):
            assert entry[lang].strip().endswith("?"), entry[lang]


def test_every_word_of_the_page_is_used():
    package = files("analysis.publish")
    used = "".join(
        path.read_text(encoding="utf-8")
        for folder in (package, package.joinpath("templates"))
        for path in folder.iterdir()
        if path.name.endswith((".py", ".html"))
    )
    families = (
        "report_", "subtitle_", "key_", "coverage_", "status_", "origin_", "view_", "part_", "lead_", "card_",
        "quality_", "empty_", "with_", "plan_", "commitment_", "doing_", "became_", "target_", "aim_", "by_",
        "programme_", "agenda_", "minutes_", "decision_", "archive_", "audience_", "wheel_", "hub_", "phase_",
        "when_",
    )  # fmt: skip
    unused = [key for key in TEXTS["sv"] if key not in used and not key.startswith(families)]
    assert unused == []


def test_an_unknown_word_is_an_error():
    with pytest.raises(KeyError):
        word("no_such_word", "sv")
