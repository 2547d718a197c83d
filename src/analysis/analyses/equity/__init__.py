"""Is it the same for everyone?"""

from analysis.analyses.record import record

RECORD = record("equity")
