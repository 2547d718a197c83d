"""Where do we stand?"""

from analysis.analyses.record import record

RECORD = record("level")
