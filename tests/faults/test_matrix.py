"""Every fault of the matrix is injected somewhere."""

from __future__ import annotations

import re
from pathlib import Path

FAULTS = set(range(1, 43))


def test_every_fault_is_injected() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    marked = {
        int(number)
        for text in texts
        for numbers in re.findall(r"(?:mark\.faults|Fault)\(\s*\(?([\d, ]+)\)?", text)
        for number in re.findall(r"\d+", numbers)
    }
    assert marked == FAULTS
