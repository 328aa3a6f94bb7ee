"""How long the engine takes for one of each thing that a run is made of, in seconds of a processor.

Measured by ``python -m benchmarks.speed --write``, which rewrites the figures below; do that whenever the
engine has changed its speed. ``work.py`` counts the things.
"""

from __future__ import annotations

from .work import Work

SECONDS = Work(
    run=3.65e-05,
    attack=7.28e-07,
    member_year=3.55e-08,
    arrest=5.14e-08,
    offer=1.32e-07,
    spell=2.32e-08,
    summons=1.98e-07,
    summons_and_member=1.01e-09,
    notification=8.32e-07,
    notification_and_member=1.14e-08,
    burst=3.14e-07,
    attack_under_gvi=3.67e-07,
    attack_under_gvi_and_member=2.95e-10,
    audit=2.67e-07,
    audit_and_member=3.51e-09,
)
MEASURED_ON = "a two-core machine"
