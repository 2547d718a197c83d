"""Do the pupils grow between the grades?"""

from analysis.analyses.record import record

RECORD = record("growth")
