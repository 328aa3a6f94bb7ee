"""The engine as the layers below use it: a runner that knows its reference constants."""

from __future__ import annotations

import math

import numpy as np

from ...config import Scenario
from ...dynamics.reference import with_reference
from ...dynamics.replicate import Replicate, Runner
from ...world.builder import Reference, stage_rows
from ...world.calendar import calendar_table, mean_clearance, share_known_within
from ...world.codes import CAL_BELIEF
from ...world.kernel_parameters import FRAME, site_parameters

__all__ = ["Engine", "Replicate"]


class Engine(Runner):
    """Runs replicates of one scenario; constants are looked up, or found by a pilot, unless given."""

    def __init__(
        self,
        scenario: Scenario,
        keep: frozenset[str] = frozenset(),
        references: tuple[Reference, ...] | None = None,
    ) -> None:
        super().__init__(scenario, references or with_reference(scenario), keep)
        self._believed = [_believed(site) for site in scenario.each_site()]

    def retune(self, scenario: Scenario, references: tuple[Reference, ...]) -> None:
        """Take other values of the parameters from the next replicate on; sizes, dates and ties stay.

        Written into the arrays that the world holds already, since a new plan takes as long as a run.
        """
        held = self.plan.par.view(np.ndarray)
        for index, (site, reference) in enumerate(zip(scenario.each_site(), references, strict=True)):
            row = site_parameters(site, reference.background, reference.offspring)
            row[FRAME] = held[index][FRAME]
            held[index] = row[0]
            if _believed(site) != self._believed[index]:
                self._believed[index] = _believed(site)
                followed = calendar_table(site, math.floor(self.plan.start), self.plan.window[1])[:, CAL_BELIEF]
                self.plan.calendar[index, : len(followed), CAL_BELIEF] = followed
                self.plan.calendar[index, len(followed) :, CAL_BELIEF] = followed[-1]
        self.plan.stages[:] = stage_rows(scenario.each_site(), references, held)
        self.scenario = scenario


def _believed(site: Scenario) -> tuple[float, float]:
    """What the calendar's column of believed certainty is made of, beside the dated clearance."""
    known = share_known_within(site, site.belief.patience_days)
    return mean_clearance(site) * known, site.belief.public_half_life_days
