"""Is it getting better?"""

from analysis.analyses.record import record

RECORD = record("trend")
