"""Årshjul: figures about schools, collected once and published as one page per unit and level."""

__version__ = "0.1.0"
