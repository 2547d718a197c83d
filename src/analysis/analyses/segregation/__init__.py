"""How are the pupils spread over the schools?"""

from analysis.analyses.record import record

RECORD = record("segregation")
