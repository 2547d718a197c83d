"""Where is it heading?"""

from analysis.analyses.record import record

RECORD = record("forecast")
