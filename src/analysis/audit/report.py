"""What an audit found, in words and as JSON."""

from __future__ import annotations

import math
from dataclasses import asdict

from analysis.audit.auditing import Audit, Found

FIELDS = ("kind", "who", "what", "reach", "through")


def sentence(found: Found) -> str:
    """One finding in one line: `school 3, girls, 2024, k of merit_value: 3 exactly, for an outsider`."""
    if found.kind in ("page", "contradiction"):
        return found.what
    knowing = f", knowing {'; '.join(found.knowing)}" if found.knowing else ""
    return f"{found.what}: {reach(found)}, for {found.who}{knowing}; through {'; '.join(found.through) or 'itself'}"


def reach(found: Found) -> str:
    """How closely the figure is known: one value, or from and to; empty for what is not a figure."""
    if math.isnan(found.low):
        return ""
    if found.kind == "shown":
        return "stands in the release"
    if found.kind == "exact":
        return f"{found.low:g} exactly"
    return f"{found.low + 0.0:g} to {found.high:g}"


def as_rows(audit: Audit) -> list[dict[str, object]]:
    """One row for each finding, for a table in a terminal."""
    return [
        {
            "kind": each.kind, "who": each.who, "what": each.what, "reach": reach(each),
            "through": "; ".join((*each.knowing, *each.through)),
        }
        for each in audit.found
    ]  # fmt: skip


def as_json(audit: Audit) -> dict[str, object]:
    """The audit as one JSON object; an end that is not bounded, or is of no figure, is null."""
    written = asdict(audit)
    for each in (*written["found"], *written["already"]):
        for end in ("low", "high"):
            each[end] = each[end] if math.isfinite(each[end]) else None
    return {"passed": not audit.found, **written}


def in_short(audit: Audit) -> str:
    """The last line: what was looked at, and the answer."""
    looked = (
        f"{audit.pages} pages with {audit.figures:,} figures for {audit.audience}: {audit.withheld:,} withheld, "
        f"{audit.asked:,} too small ones attacked in {audit.seconds:.1f} s"
    )
    answer = f"{len(audit.found)} findings" if audit.found else "nothing withheld can be worked out"
    known = f"; {len(audit.already)} already known from open figures or earlier releases" if audit.already else ""
    return f"{looked}; {answer}{known}"


def already_said(audit: Audit) -> list[str]:
    """What open figures and earlier releases tell by themselves, one line each."""
    return [
        f"already known from open figures or earlier releases: {each.what}: {reach(each)}" for each in audit.already
    ]


def apart_said(audit: Audit) -> list[str]:
    """Where earlier releases were left aside, in one line for them all."""
    if not audit.apart:
        return []
    return [
        "earlier releases can in no way be true together with these figures, and were left aside: "
        + "; ".join(audit.apart)
    ]


def to_read_said(audit: Audit, most: int) -> list[str]:
    """The written texts to read before the run is published, in at most so many lines and two."""
    if not audit.to_read:
        return []
    lines = [f"{len(audit.to_read)} written texts hold small numbers where something is withheld; read them first"]
    lines += [f"  {each}" for each in audit.to_read[:most]]
    return lines + ([f"  and {len(audit.to_read) - most} more"] if len(audit.to_read) > most else [])
