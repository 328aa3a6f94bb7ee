"""The reference configurations and how they are summed up; see ``update.py`` for moving the baselines."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.dynamics.reference import with_reference
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.world.tables import OUTCOMES

FOLDER = Path(__file__).parent
SEED, REPLICATES = 20_260_101, 20
UPDATE = "python tests/baselines/update.py"
MEANS = (
    "attacks", "shootings", "detonations", "persons_hit", "persons_killed", "arrests", "other_arrests",
    "detained_days", "sanctions", "promises_kept", "promises_broken", "call_in_contacts", "notifications",
    "offers", "admissions", "completed", "relapses", "prevented",
)  # fmt: skip
_SHORT = ("years=5", "burn_in_years=4")
CONFIGURATIONS: dict[str, tuple[Any, ...]] = {
    "business_as_usual": ("site=huddinge", "programme=none", "calendar=flat", *_SHORT),
    "gvi": ("site=huddinge", "programme=gvi", "calendar=flat", *_SHORT),
    "call_ins_only": ("site=huddinge", "programme=call_ins_only", "calendar=flat", *_SHORT),
    "sanctions_only": ("site=huddinge", "programme=sanctions_only", "calendar=flat", *_SHORT),
    "support_only": ("site=huddinge", "programme=support_only", "calendar=flat", *_SHORT),
    "malmo_as_it_was": ("site=malmo", "programme=gvi", "calendar=sweden", *_SHORT),
    "everything_on": (
        "site=huddinge", "programme=gvi", "calendar=sweden", *_SHORT, "programme.sanction_certainty=0.9",
        "programme.mediation_reach=0.8", "programme.prevention=0.3", "programme.coverage=0.8",
        "exit.offer_rate=1", "attacks.substitution=0.3", "gates.defiance=0.3", "gates.withdrawal=0.1",
        "calendar.shared_shock_sd=0.2", "calendar.cap=4", "partners.police.erosion_per_year=0.2",
    ),
    "roll_out": (
        "programme=gvi", "calendar=flat", "years=3", "burn_in_years=3",
        {"sites": {"huddinge": {}, "orebro": {}}},
    ),
}  # fmt: skip
EVENTS = "events.json"
"""Hashes of the events of further scenarios: what every change that only moves code is held against."""
MOVES: dict[str, tuple[Any, ...]] = {
    "goteborg": ("site=goteborg", "programme=gvi", "years=2", "burn_in_years=1"),
    "uppsala": ("site=uppsala", "programme=gvi", "calendar=flat", "years=3", "burn_in_years=1"),
    "upplands_bro": ("site=upplands_bro", "programme=none", "years=5", "burn_in_years=1"),
    "orebro": ("site=orebro", "programme=support_only", "years=3", "burn_in_years=1"),
    "jarfalla_strict": ("site=jarfalla", "programme=gvi", "years=2", "burn_in_years=1", "strict=true"),
    "malmo_no_municipality": ("site=malmo", "programme=no_municipality", "years=2", "burn_in_years=1"),
    "us_small": ("site=us_small", "programme=gvi", "years=3", "burn_in_years=1"),
    "us_midsize": ("site=us_midsize", "programme=call_ins_only", "years=1", "burn_in_years=1"),
    "baltimore_west": ("site=baltimore_west", "programme=gvi", "years=2", "burn_in_years=1"),
    "philadelphia": ("site=philadelphia", "programme=gvi", "years=1", "burn_in_years=1"),
}


def scenario_of(name: str) -> Scenario:
    """The scenario of a configuration."""
    chosen = (CONFIGURATIONS | MOVES)[name]
    words = [word for word in chosen if isinstance(word, str)]
    tables = [word for word in chosen if not isinstance(word, str)]
    return load_scenario(*words).replace(*tables) if tables else load_scenario(*words)


def result_of(name: str) -> dict[str, Any]:
    """What is pinned: the scenario, its reference constants, the events, a few means."""
    scenario = scenario_of(name)
    constants = with_reference(scenario)
    engine = Engine(scenario, references=constants)
    runs = [engine.run(SEED, replicate) for replicate in range(REPLICATES)]
    events = hashlib.sha256("".join(run.digest for run in runs).encode()).hexdigest()
    means = np.mean([run.outcomes.sum(axis=0) for run in runs], axis=0)
    return {
        "scenario": scenario.digest(),
        "reference": [[float(f"{c:.9g}") for c in (site.background, site.offspring)] for site in constants],
        "events": events,
        "means": {key: float(f"{means[OUTCOMES.index(key)]:.9g}") for key in MEANS},
    }


def events_of(name: str, replicates: int = 3) -> str:
    """The hash of a few runs' events of one of the scenarios in ``MOVES``."""
    engine = Engine(scenario_of(name))
    digests = [engine.run(SEED, replicate).digest for replicate in range(replicates)]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def stored(name: str) -> dict[str, Any] | None:
    """The pinned result, None before the first one."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def store(name: str, result: dict[str, Any]) -> None:
    """Pin a result."""
    (FOLDER / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def _moved(before: Any, after: Any) -> str:
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return "" if before == after else "moved"
    return "" if abs(after - before) <= 1e-9 * max(abs(before), 1.0) else f"{(after - before) / (before or 1.0):+.2%}"


def table_of(name: str, before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """What moved of events and means, as lines a person can read; empty when nothing did.

    The scenario's own digest is no result: a new key moves it.
    """
    if before is None:
        return [
            f"{name}: new",
            *(f"    {key:<18}{'':>14}{value:>14.6g}" for key, value in after["means"].items()),
        ]
    lines = []
    if before["events"] != after["events"]:
        lines.append(f"    {'events':<18}{before['events'][:12]:>14}{after['events'][:12]:>14}  moved")
    for site, (was, now) in enumerate(zip(before["reference"], after["reference"], strict=False)):
        for key, one, other in zip(("background", "offspring"), was, now, strict=True):
            if moved := _moved(one, other):
                lines.append(f"    {key + ' ' + str(site):<18}{one:>14.6g}{other:>14.6g}  {moved}")
    for key, value in after["means"].items():
        was = before["means"].get(key, 0.0)
        if moved := _moved(was, value):
            lines.append(f"    {key:<18}{was:>14.6g}{value:>14.6g}  {moved}")
    return [f"{name}{'':<{max(22 - len(name), 1)}}{'before':>14}{'after':>14}", *lines] if lines else []
