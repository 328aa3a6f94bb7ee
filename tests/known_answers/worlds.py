"""Scenarios with every mechanism at its off value, and many runs of one as long tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from gvi_sim import Scenario, load_scenario
from gvi_sim.analysis.pairs.components import PARTS
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.world.tables import OUTCOMES, SERIES

YEAR = 365.25
START = "2020-01-01"
OFF = (
    "programme=none", "calendar=flat", f"start_date={START}", f"programme.start_date={START}",
    "years=10", "burn_in_years=1",
    "site.groups=6", "site.members=120", "site.size_sd=0", "site.activity_sd=0", "site.attacks_per_year=60",
    "site.rivals_mean=5", "site.allies_mean=0",
    "attacks.kappa_retaliation=0", "attacks.kappa_repeat=0", "attacks.kappa_spread=0",
    "attacks.fast_delay_days=10", "attacks.slow_delay_days=30",
    "attacks.fatal_factor=1", "attacks.outsider_share=0", "attacks.contracted_share=0",
    "attacks.detonation_share=0", "attacks.substitution=0", "harm.p_hit=0", "harm.p_hit_detonation=0",
    "gates.deterrence_strength=0", "gates.norm_strength=0", "gates.pressure_strength=0",
    "gates.mediation_effect=0", "gates.defiance=0", "gates.withdrawal=0", "gates.personal_strength=0",
    "gates.norm_deeds=0", "gates.arrest_weight=1", "promise.rule=every", "promise.heard=0",
    "justice.clearance_fatal=0", "justice.clearance_hit=0", "justice.clearance_no_hit=0",
    "justice.other_arrest_rate_per_year=0",
    "belief.legitimacy_contact_step=0", "belief.legitimacy_support_step=0",
    "belief.legitimacy_sanction_step=0", "belief.legitimacy_arrest_step=0",
    "membership.turnover=false", "membership.propensity_sd=0", "membership.vacancy_response=0",
    "exit.usual_offer_rate_per_year=0", "exit.offer_rate=0",
)  # fmt: skip
# GVI for every group from day 0 on, in full at once, with partners who never tire, and every lever at 0.
GVI = (
    "programme=gvi", "programme.coverage=1", "programme.ramp_days=0", "programme.roster_recall=1",
    "programme.roster_error=0", *(word for words in PARTS.values() for word in words),
    *(f"partners.{p}.signed=true" for p in ("police", "municipality", "probation", "community")),
    *(f"partners.{p}.commitment=1" for p in ("police", "municipality", "probation", "community")),
    *(f"partners.{p}.reference_commitment=1" for p in ("police", "municipality", "probation", "community")),
    *(f"partners.{p}.erosion_per_year=0" for p in ("police", "municipality", "probation", "community")),
)  # fmt: skip
SELF_EXCITING = ("attacks.kappa_retaliation=0.2", "attacks.kappa_repeat=0.1", "attacks.kappa_spread=0.2")
# Nobody's absence stops an attack.
HIRED = ("attacks.contracted_share=1",)


def off(*changes: str) -> Scenario:
    """Everything off but the background; then ``changes``."""
    return load_scenario("site=huddinge", *OFF, *changes)


class Many(NamedTuple):
    """Tables of many runs, one after the other; column ``run`` tells them apart."""

    tables: dict[str, np.ndarray]
    series: np.ndarray
    outcomes: np.ndarray
    window: tuple[float, float]

    @property
    def runs(self) -> int:
        return len(self.outcomes)

    def outcome(self, name: str) -> np.ndarray:
        """One outcome by run, summed over sites."""
        return self.outcomes[:, :, OUTCOMES.index(name)].sum(axis=1)

    def monthly(self, name: str) -> np.ndarray:
        """One column of the series [runs, months], summed over sites."""
        return self.series[:, :, :, SERIES.index(name)].sum(axis=1)

    def counts(self, rows: np.ndarray) -> np.ndarray:
        """Number of ``rows`` of a table by run."""
        return np.bincount(rows["run"], minlength=self.runs)


def many(scenario: Scenario, seed: int, runs: int, keep: Iterable[str] = ()) -> Many:
    """``runs`` replicates of ``seed`` with the tables ``keep``."""
    engine = Engine(scenario, frozenset(keep))
    done = [engine.run(seed, replicate) for replicate in range(runs)]
    tables = {name: np.concatenate([one.tables[name] for one in done]) for name in keep}
    return Many(
        tables,
        np.stack([one.series for one in done]),
        np.stack([one.outcomes for one in done]),
        engine.window,
    )


def parents(attacks: np.ndarray) -> np.ndarray:
    """Row of each attack's parent in ``attacks`` of many runs; -1 for none, -2 for one before the window."""
    first = np.searchsorted(attacks["run"], np.arange(attacks["run"].max() + 1))
    rows = np.where(attacks["parent_seq"] >= 0, first[attacks["run"]] + attacks["parent_seq"], attacks["parent_seq"])
    return rows


def generations(attacks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(root row, generation) of each attack; root -2 where the cascade began before the window."""
    up = parents(attacks)
    root, generation = np.arange(len(attacks)), np.zeros(len(attacks), int)
    for row in range(len(attacks)):
        if up[row] >= 0:
            root[row], generation[row] = root[up[row]], generation[up[row]] + 1
        elif up[row] == -2:
            root[row] = -2
    return root, generation
