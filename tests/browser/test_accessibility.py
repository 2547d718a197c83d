"""Every kind of page against the rules of WCAG 2.2, A and AA, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.browser.chromium import Page
from tests.browser.conftest import MADE_UP, PAGES, REAL

pytestmark = [pytest.mark.slow, pytest.mark.browser]
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"""axe.run(document, {{runOnly: {{type: "tag", values: {json.dumps(RULES)}}}}}).then(found => JSON.stringify(
    [found.passes.length, found.violations.map(each => [each.id, each.nodes.length, each.nodes[0].html])]))"""


def violations(page: Page) -> tuple[int, list[Any]]:
    """How many rules the page keeps with all of it open, and those that it breaks."""
    page.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    if page.value("typeof window.axe") == "undefined":
        page.value(f"{AXE};0")
    passes, broken = json.loads(page.value(RUN))
    return passes, broken


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_breaks_no_rule_of_accessibility(page, folders, name, width):
    page.open(folders.file(name), width)
    passes, broken = violations(page)
    assert passes > (20 if name in (*REAL, *MADE_UP) else 12)
    assert broken == []


def test_the_rules_find_what_is_broken(page, folders):
    page.open(folders.file(REAL[0]), 1280)
    page.value("document.images[0].removeAttribute('alt'); document.documentElement.removeAttribute('lang'); 0")
    assert {each[0] for each in violations(page)[1]} >= {"image-alt", "html-has-lang"}
