"""How far have the pupils come, given where they started?"""

from analysis.analyses.record import record

RECORD = record("value_added")
