"""The command `arshjul`: what a user types, and nothing that computes.

Everything heavy is imported inside the command that needs it, so that `--help`, `--version` and a
mistyped name answer at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from analysis.errors import ArshjulError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `arshjul`, and end the process with the exit code that `analysis.errors` gives each kind of error."""
    from analysis.cli.application import application

    try:
        application(args=arguments, prog_name="arshjul")
    except ArshjulError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
