"""What one page may use, and what it should."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30
MOST_CHILDREN = 10_000
"""a walk over the processes of a page ends here, whatever they do meanwhile"""


@dataclass(frozen=True)
class Limits:
    """What a page may use at most; one that wants more fails, and the others go on.

    ``seconds`` by a clock that is never set. ``memory`` is address space beyond what the process had when it was
    forked. ``processes`` counts processes and threads that the page starts. ``files`` may be open at once,
    ``largest_file`` is the most bytes of a file that it writes, ``reply`` of what it tells the parent.
    """

    seconds: float = 180.0
    memory: int = 2 * GIB
    processes: int = 64
    files: int = 512
    largest_file: int = 128 << 20
    reply: int = 16 << 20


@dataclass(frozen=True)
class Budget:
    """What a page should keep to; one that does not is named at the end of the run, and is published all the same.

    ``memory`` is the largest resident set of the page's process, what it shares with the supervisor included.
    """

    seconds: float = 5.0
    memory: int = 900 << 20
    bytes: int = 300_000

    def over(self, seconds: float, memory: int, size: int) -> tuple[str, ...]:
        """In words, what a page used too much of.

        >>> Budget().over(7.25, 100 << 20, 250_000)
        ('7.2 s of 5',)
        """
        found = []
        if seconds > self.seconds:
            found.append(f"{seconds:.1f} s of {self.seconds:g}")
        if memory > self.memory:
            found.append(f"{memory >> 20} MB of memory of {self.memory >> 20}")
        if size > self.bytes:
            found.append(f"{size:,} bytes of {self.bytes:,}")
        return tuple(found)


def hold(limits: Limits) -> None:
    """In a forked child: ask the system to hold this process to its limits."""
    import resource

    with contextlib.suppress(AttributeError):  # not every system counts address space
        _lower(resource.RLIMIT_AS, _address_space() + limits.memory)
    _lower(resource.RLIMIT_NOFILE, limits.files)
    _lower(resource.RLIMIT_FSIZE, limits.largest_file)
    _lower(resource.RLIMIT_CORE, 0)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write then fails, with a reason


def _lower(kind: int, value: int) -> None:
    import resource

    soft, hard = resource.getrlimit(kind)
    most = min(each for each in (soft, hard, value) if each != resource.RLIM_INFINITY)
    resource.setrlimit(kind, (most, hard))


def _address_space() -> int:
    """The bytes of address space this process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _prctl(option: int, value: int) -> bool:
    import ctypes

    try:
        return bool(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def end_with(parent: int) -> None:
    """In a forked child: the system ends it with its parent, so that a killed run leaves none behind (Linux)."""
    set_death_signal = 1
    _prctl(set_death_signal, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the system knew
        os._exit(1)


def adopt() -> bool:
    """From now on, what a page's processes leave behind becomes a child of this process (Linux); whether so."""
    set_child_subreaper = 36
    return _prctl(set_child_subreaper, 1)


def children(pid: int | str = "self") -> set[int]:
    """The processes that a process has started and that nobody has waited for."""
    found: set[int] = set()
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found |= {int(word) for word in each.read_text(encoding="ascii").split()}
    return found


def burden(pid: int) -> int:
    """How many processes and threads a process and all below it are."""
    waiting, seen, count = [pid], {pid}, 0
    while waiting and len(seen) < MOST_CHILDREN:
        each = waiting.pop()
        with contextlib.suppress(OSError):
            count += len(os.listdir(f"/proc/{each}/task"))
        new = children(each) - seen
        seen |= new
        waiting += new
    return count
