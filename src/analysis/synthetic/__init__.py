"""A made-up municipality with known truth, to show the product with and to test the estimators against.

Nothing in it is real. What it is like is told in docs/synthetic.md; what is true of it is written beside it.
"""

from __future__ import annotations

from analysis.synthetic.making import made
from analysis.synthetic.truth import Truth, truth

__all__ = ["Truth", "made", "truth"]
