"""Is it good, given who the pupils are?"""

from analysis.analyses.record import record

RECORD = record("adjusted")
