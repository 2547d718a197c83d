"""Does the unit differ from the others by more than its size explains?"""

from analysis.analyses.record import record

RECORD = record("funnel")
