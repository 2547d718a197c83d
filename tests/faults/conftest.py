"""What the faults are injected into: runs of light pages, and runs of real ones made by the real engine."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))  # where the notebooks' fake door lies
