"""Designs that ask whether a programme changed anything: one folder for each, of which none stands yet.

`chosen` draws what units were chosen on.
"""
