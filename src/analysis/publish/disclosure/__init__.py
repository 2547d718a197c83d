"""What may be seen: withheld before anything is measured, so that nothing derived can give it back."""

from analysis.publish.disclosure.primary import withhold

__all__ = ["withhold"]
