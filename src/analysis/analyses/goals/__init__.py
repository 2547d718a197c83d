"""Is the target met?"""

from analysis.analyses.record import record

RECORD = record("goals")
