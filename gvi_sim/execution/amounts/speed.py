"""How long the engine takes for one of each thing that a run is made of, in seconds of a processor.

Measured by ``python -m benchmarks.speed --write``, which rewrites the figures below; do that whenever the
engine has changed its speed. ``work.py`` counts the things.
"""

from __future__ import annotations

from .run_counts import Work

SECONDS = Work(
    run=4.71e-05,
    attack=6.29e-07,
    member_year=2.5e-08,
    arrest=4.65e-08,
    offer=8.07e-08,
    spell=2.19e-08,
    summons=1.49e-07,
    summons_and_member=1.32e-09,
    notification=8.84e-07,
    notification_and_member=1.1e-08,
    after_attack=3.05e-07,
    attack_under_gvi=2.01e-07,
    attack_under_gvi_and_member=3.18e-10,
    audit=7.76e-08,
    audit_and_member=4.72e-09,
)
