"""An engine without a model: paired thinned attacks with known answers, and accidents on demand.

Every run has the same attacks in every scenario, drawn from (seed, replicate); a running programme drops
each attack after its start whose mark lies below its sanction certainty times ``STRENGTH``.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from importlib import import_module
from pathlib import Path

import numpy as np

from gvi_sim.execution.ensembles.reference_surface import ReferenceConstants
from gvi_sim.execution.planning.runner import Replicate
from gvi_sim.units import day_of, month_edges, months_within
from gvi_sim.world.builder import Reference
from gvi_sim.world.tables import ATTACK, GROUP, OUTCOMES, SERIES

STRENGTH = 0.6
GROUPS = 4
REFERENCE = Reference(1.0, 1.0)


class FakeEngine:
    """Honours the engine's interface. ``deadly`` = (replicate, file): kills its process there until the file
    exists.
    """

    def __init__(self, scenario, keep=frozenset(), references=(), *, seconds=0.0, deadly=None, always_deadly=None):
        self.scenario, self.keep, self.seconds = scenario, keep, seconds
        self.deadly, self.always_deadly = deadly, always_deadly
        self.window = scenario.window

    def retune(self, scenario, references) -> None:
        self.scenario = scenario

    def run(self, seed: int, replicate: int) -> Replicate:
        self._accidents(replicate)
        time.sleep(self.seconds)
        parts = [self._site(seed, replicate, place, site) for place, site in enumerate(self.scenario.each_site())]
        attacks = np.concatenate([part[0] for part in parts])
        groups = np.concatenate([part[1] for part in parts])
        tables = {"attacks": attacks, "groups": groups}
        return Replicate(
            replicate,
            {name: tables[name] for name in self.keep},
            np.stack([part[2] for part in parts]),
            np.stack([part[3] for part in parts]),
            hashlib.sha256(attacks["candidate"].tobytes() + attacks["mode"].tobytes()).hexdigest(),
        )

    def _accidents(self, replicate: int) -> None:
        if self.always_deadly == replicate:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.deadly and self.deadly[0] == replicate and not Path(self.deadly[1]).exists():
            Path(self.deadly[1]).write_text("killed once")
            os.kill(os.getpid(), signal.SIGKILL)

    def _site(self, seed, replicate, place, site):
        rng = np.random.default_rng([seed, replicate, place])
        count = rng.poisson(site.site.attacks_per_year * site.years)
        attacks = np.zeros(count, ATTACK)
        attacks["run"], attacks["site"] = replicate, place
        attacks["day"] = np.sort(rng.uniform(*self.window, count))
        attacks["mode"] = rng.integers(0, 2, count)
        attacks["attacker_group"] = rng.integers(0, GROUPS, count)
        attacks["candidate"] = np.arange(count)
        attacks["parent_seq"] = -1
        attacks["arrest_day"] = np.nan
        mark = rng.random(count)
        attacks = attacks[~self._stopped(site, attacks["day"], mark)]
        attacks["seq"] = np.arange(len(attacks))
        return attacks, self._groups(site, replicate, place, attacks), *self._counts(attacks)

    def _stopped(self, site, day, mark):
        if not site.programme_runs()[0]:
            return np.zeros(len(day), bool)
        start = day_of(site.programme.start_date, site.start_date)
        return (day >= start) & (mark < STRENGTH * site.programme.sanction_certainty)

    def _groups(self, site, replicate, place, attacks):
        groups = np.zeros(GROUPS, GROUP)
        groups["run"], groups["site"], groups["group"] = replicate, place, np.arange(GROUPS)
        groups["first_listed_day"] = np.nan
        if site.programme_runs()[0]:
            groups["first_listed_day"][:2] = 10.0
        groups["attacks"] = np.bincount(attacks["attacker_group"], minlength=GROUPS)
        shootings = attacks[attacks["mode"] == 0]
        groups["shootings"] = np.bincount(shootings["attacker_group"], minlength=GROUPS)
        return groups

    def _counts(self, attacks):
        months = months_within(self.scenario.start_date, self.window[1])
        series = np.zeros((months, len(SERIES)))
        month = np.searchsorted(month_edges(self.scenario.start_date, months), attacks["day"], side="right") - 1
        np.add.at(series, (month, attacks["mode"].astype(int)), 1.0)
        series[:, SERIES.index("exposure")] = 0.1 * series[:, 0]
        series[:, SERIES.index("detained_days")] = 1 / 3
        outcomes = np.zeros(len(OUTCOMES))
        outcomes[: len(SERIES)] = series.sum(axis=0)
        days = np.diff(month_edges(self.scenario.start_date, months))
        outcomes[OUTCOMES.index("exposure")] = np.average(series[:, SERIES.index("exposure")], weights=days)
        outcomes[OUTCOMES.index("attacks")] = len(attacks)
        return series, outcomes


class SlowEngine(FakeEngine):
    """Takes 10 ms a run, so that there is time to stop it."""

    def __init__(self, scenario, keep=frozenset(), references=()):
        super().__init__(scenario, keep, references, seconds=0.01)


def fake_references(scenario):
    return tuple(REFERENCE for _ in scenario.each_site())


def fake_constants(scenario, ensemble):
    return ReferenceConstants(np.ones((len(ensemble), len(scenario.each_site()), 2)), 0.0)


def install(set_attribute, make=FakeEngine) -> None:
    """Put the fake in the place of the engine everywhere a run asks for one."""
    for name in ("simulate", "analysis.pairs.effect", "experiment.sweep"):
        set_attribute(import_module(f"gvi_sim.{name}"), "default_engine", lambda: make)
    plan = import_module("gvi_sim.execution.planning.plan")
    set_attribute(plan, "reference_constants", fake_references)
    set_attribute(plan, "drawn_constants", fake_constants)
