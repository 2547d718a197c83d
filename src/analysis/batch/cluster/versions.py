"""What a machine makes pages with: the same on every worker as in the run, or no page is made there."""

from __future__ import annotations

from collections.abc import Mapping

SHOWN = 5
"""so many differences are named"""
NONE = "none"


def versions() -> dict[str, str]:
    """Python, the program by a hash of its files, and every installed package.

    Sent to the workers as it is written here, because a worker may lack the program: so it stands on nothing else.
    """
    import platform
    from importlib.metadata import distributions

    found = {str(each.name): str(each.version) for each in distributions()}
    try:
        from analysis.batch.plan import program

        found["arshjul"] = program()
    except ImportError:
        found["arshjul"] = "none"
    return {"Python": platform.python_version(), **found}


def differing(ours: Mapping[str, str], theirs: Mapping[str, str], where: str) -> str:
    """What differs between the run and a worker, in words; empty when nothing does.

    >>> differing({"numpy": "2.4.0", "Python": "3.11.2"}, {"numpy": "2.3.1", "Python": "3.11.2"}, "tcp://10.0.0.7:1")
    'numpy 2.4.0 in the run, 2.3.1 at tcp://10.0.0.7:1'
    >>> differing({"numpy": "2.4.0"}, {"numpy": "2.4.0"}, "tcp://10.0.0.7:1")
    ''
    """
    names = sorted({*ours, *theirs}, key=lambda name: (name not in ("arshjul", "Python"), name))
    lines = [
        f"{name} {ours.get(name, NONE)} in the run, {theirs.get(name, NONE)} at {where}"
        for name in names
        if ours.get(name) != theirs.get(name)
    ]
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n         ".join([*lines[:SHOWN], *more])
