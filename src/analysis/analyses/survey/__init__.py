"""What do the pupils answer?"""

from analysis.analyses.record import record

RECORD = record("survey")
