"""How long the engine takes for one of each thing that a run is made of, in seconds of a processor.

Measured by ``python -m benchmarks.speed --write``, which rewrites the figures below; do that whenever the
engine has changed its speed. ``work.py`` counts the things.
"""

from __future__ import annotations

from .work import Work

SECONDS = Work(
    run=5.18e-05,
    attack=8.65e-07,
    member_year=1.5e-07,
    arrest=1.78e-07,
    offer=1.64e-07,
    spell=1.7e-07,
    summons=1.99e-07,
    summons_and_member=7.48e-10,
    notification=5.4e-07,
    notification_and_member=9.67e-09,
    burst=2.85e-07,
    attack_under_gvi=9.1e-08,
    attack_under_gvi_and_member=1.66e-09,
    audit=5.76e-07,
    audit_and_member=8.5e-09,
)
MEASURED_ON = "a two-core machine"
