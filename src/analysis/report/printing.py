"""A page as PDF on A4, tagged for those who listen, by Chromium or by WeasyPrint. Needs no network and uses none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.errors import PageFailed, UsageError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
"""no window, and no name of another machine leads anywhere"""
LONGEST = 120
"""seconds for one page"""
CLOCK = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")
NODE = re.compile(rb"\(node(\d{8})\)")
"""the names of header cells, which cells of tables refer to"""
THEN = b"20000101000000"
"""the time in every PDF, so that the same page gives the same bytes"""

Printer = Callable[[str], bytes]


def chromium() -> str:
    """The program Chromium on this machine. Raises UsageError when there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise UsageError(
            "Chromium is needed, to print pages and to draw figures in documents\n"
            f"  found: none of {', '.join(BROWSERS)}\n"
            "  mend:  apt-get install chromium, or print with WeasyPrint: --with weasyprint"
        )
    return found


def by_chromium(html: str) -> bytes:
    """The page as a tagged PDF with bookmarks, the same bytes for the same page, Chromium and fonts.

    Raises UsageError without Chromium and PageFailed when it writes no PDF.
    """
    with tempfile.TemporaryDirectory(prefix="arshjul-", ignore_cleanup_errors=True) as folder:
        printed = Path(folder) / "page.pdf"
        drawn(html, ["--no-pdf-header-footer", "--generate-pdf-document-outline", f"--print-to-pdf={printed}"], printed)
        return settled(printed.read_bytes())


def settled(pdf: bytes) -> bytes:
    """A PDF of Chromium's without what differs from one printing to the next: the clock, and where its ids begin.

    The length stays, so that every place in the file is still where its table says.

    >>> settled(b"/ModDate (D:20261122153053+00'00') /ID (node00000073) /Headers [(node00000077) (node00000073)]")
    b"/ModDate (D:20000101000000+00'00') /ID (node00000001) /Headers [(node00000002) (node00000001)]"
    """
    numbers = {number: place for place, number in enumerate(sorted(set(NODE.findall(pdf))), start=1)}
    pdf = NODE.sub(lambda found: b"(node%08d)" % numbers[found.group(1)], pdf)
    return CLOCK.sub(lambda found: b"/%s (D:%s" % (found.group(1), THEN), pdf)


def drawn(html: str, wanted: Sequence[str], result: Path) -> None:
    """Let Chromium open a page and write what is wanted of it to the file ``result``."""
    page = result.with_name("page.html")
    page.write_text(html, encoding="utf-8")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [chromium(), *FLAGS, *root, f"--user-data-dir={result.parent / 'profile'}", *wanted, page.as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        raise PageFailed(f"Chromium did not print the page within {LONGEST} seconds") from None
    if done.returncode or not result.is_file() or not result.stat().st_size:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["nothing"]
        raise PageFailed(f"Chromium printed no page\n  found: exit code {done.returncode}, and it said: {said[0]}")


def by_weasyprint(html: str) -> bytes:
    """The page as PDF/UA-1, the same bytes for the same page, WeasyPrint and fonts.

    Raises UsageError where WeasyPrint, or the library Pango that it draws text with, is not installed.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise UsageError(
            f"WeasyPrint is needed for --with weasyprint\n  found: {str(error).splitlines()[0]}\n"
            "  mend:  apt-get install libpango-1.0-0 libpangoft2-1.0-0, then: make setup; or print with Chromium"
        ) from None
    printed: bytes = weasyprint.HTML(string=html, base_url=None).write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=b"arshjul"
    )
    return printed


PRINTERS: dict[str, Printer] = {"chromium": by_chromium, "weasyprint": by_weasyprint}
