"""How long the engine takes for one of each thing that a run is made of, in seconds of a processor.

Measured by ``python -m benchmarks.speed --write``, which rewrites the figures below; do that whenever the
engine has changed its speed. ``work.py`` counts the things.
"""

from __future__ import annotations

from .work import Work

SECONDS = Work(
    run=3.84e-05,
    attack=7.02e-07,
    member_year=4.66e-08,
    arrest=5.39e-08,
    offer=9.15e-08,
    spell=2.25e-08,
    summons=2.1e-07,
    summons_and_member=9.09e-10,
    notification=7.29e-07,
    notification_and_member=1.18e-08,
    burst=3.15e-07,
    attack_under_gvi=4.48e-07,
    attack_under_gvi_and_member=2.78e-10,
    audit=2.81e-07,
    audit_and_member=3.5e-09,
)
MEASURED_ON = "a two-core machine"
