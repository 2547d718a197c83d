"""The attacker: what can be worked out from everything released together, by somebody who tries.

Written apart from what protects the figures, and knowing only what was released. ``equations`` writes the release
down as sums, ``attack`` says how closely each withheld figure is confined, ``insider`` what a pupil among them sees.
"""
