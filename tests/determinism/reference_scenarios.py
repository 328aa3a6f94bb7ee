"""The five scenarios, and one sweep, that every machine, interpreter and number of workers must agree on."""

from __future__ import annotations

SEED = 20_180_101
REPLICATES = 12
BATCH = 3  # several batches each, so that there is an order to get wrong

SCENARIOS: dict[str, tuple[str | dict[str, object], ...]] = {
    "huddinge": ("site=huddinge", "programme=gvi", "years=3", "burn_in_years=1"),
    "malmo": ("site=malmo", "programme=none", "calendar=sweden", "years=3", "burn_in_years=1"),
    "everything": (
        "site=orebro", "programme=gvi", "calendar=sweden", "years=3", "burn_in_years=1", "strict=true",
        "programme.mediation_reach=0.5", "gates.mediation_effect=0.4", "programme.prevention=0.3",
        "gates.withdrawal=0.5", "gates.defiance=0.3", "calendar.shared_shock_sd=0.3",
        "attacks.detonation_share=0.3", "programme.ramp_days=200", "exit.waiting_patience_days=60",
        "programme.notification.after_attack=0.7",
    ),
    "roll_out": (
        # A mapping, since Hydra's own parser fails on braces under python -O.
        "programme=gvi", "years=2", "burn_in_years=1",
        {"sites": {"huddinge": {}, "jarfalla": {"programme.start_date": "2024-01-01"}}},
    ),
    "abroad": ("site=us_midsize", "programme=gvi", "years=2", "burn_in_years=1"),
}  # fmt: skip
SWEEP = ("site=huddinge,jarfalla", "programme.sanction_certainty=0,0.7", "years=2", "burn_in_years=1")
TABLES = ("attacks", "candidates", "doses", "groups", "persons", "sanctions", "spells", "stays", "victims")
