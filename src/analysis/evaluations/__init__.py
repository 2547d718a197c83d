"""Designs that ask whether a programme changed anything: one folder for each. None stands yet; `chosen` draws what units were chosen on."""
