"""`arshjul key`: the key under which pupils' codes are replaced."""

from __future__ import annotations

import typer

NEW_EXAMPLES = """\b
Examples:
  arshjul key new
  ARSHJUL_KEY_FILE=/media/usb/arshjul-key arshjul key new"""

keys = typer.Typer(help="Make the key for pupils' codes.", no_args_is_help=True, rich_markup_mode=None)


@keys.callback()
def about() -> None:
    """Make the key under which pupils' codes are replaced while files are read."""


@keys.command(epilog=NEW_EXAMPLES)
def new() -> None:
    """Write a new key, once.

    It goes to the file that ARSHJUL_KEY_FILE names, or to ~/.config/arshjul/key, for you alone to read. Keep a copy in
    a safe place: with another key, a pupil's years no longer fit together. A key that is there is never written over.
    """
    from analysis.store.local.keys import key_place, new_key

    typer.echo(f"a new key, which only you can read: {new_key(key_place())}")
