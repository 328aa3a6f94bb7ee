"""The scenarios of a design: business as usual first, then every cell with the baseline it is paired with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..analysis.pairing import LEVERS, check_comparable
from ..config import load_scenario
from ..errors import PairingError, ScenarioError
from ..execution.plan import Arm
from .design import BASELINE, Design

OFF = "programme.enabled=false"  # the same place, partners and all: nothing else differs

if TYPE_CHECKING:
    from ..config import Scenario


def base_scenario(design: Design) -> Scenario:
    """What all cells share."""
    return load_scenario(*design.words)


def business_as_usual(scenario: Scenario, off: str = BASELINE) -> Scenario:
    """``scenario`` without its programme; ScenarioError when a site of a roll-out keeps one of its own."""
    usual = scenario.replace(off)
    for site in usual.each_site():
        if site.programme_runs()[0]:
            key = f"sites.{site.site.key}.programme"
            raise ScenarioError(
                f"{key} sets a programme of its own, so there is no business as usual to compare with. Set "
                "the programme for the whole scenario and leave it out of the site.",
                key=key,
                rule="site-programme",
            )
    return usual


def cell_arms(design: Design, base: Scenario) -> tuple[Arm, ...]:
    """The cells of a design as arms, in order, without baselines."""
    return tuple(Arm(cell.label, base.replace(*cell.overrides), cell.overrides) for cell in design.cells)


def with_baselines(cells: tuple[Arm, ...], base: Scenario) -> tuple[Arm, ...]:
    """Baselines, then the cells with the numbers of theirs. One serves all cells that can be paired with it.

    A cell with another world or another business as usual (an axis over ``site``, or over a key that acts
    without a programme) gets a baseline of its own, with the same world and the programme off.
    PairingError for a cell that cannot be paired even so.
    """
    baselines = [Arm("business as usual", business_as_usual(base), (BASELINE,))]
    paired = [replace(cell, baseline=_baseline(base, cell, baselines)) for cell in cells]
    return (*baselines, *paired)


def _baseline(base: Scenario, cell: Arm, baselines: list[Arm]) -> int:
    """The number of the baseline of ``cell``, added to ``baselines`` when none fits."""
    if _pairs(baselines[0].scenario, cell.scenario):
        return 0
    world = tuple(word for word in cell.overrides if not word.startswith((*LEVERS, "programme=")) or _is_past(word))
    overrides = (*world, BASELINE)
    for number, arm in enumerate(baselines):
        if arm.overrides == overrides:
            check_comparable(arm.scenario, cell.scenario)
            return number
    label = f"business as usual, {', '.join(world)}"
    own = Arm(label, business_as_usual(base.replace(*world)), overrides)
    check_comparable(own.scenario, cell.scenario)
    baselines.append(own)
    return len(baselines) - 1


def _is_past(word: str) -> bool:
    """Whether an override may decide since when is simulated, with the programme off too."""
    return word.startswith("programme.start_date=")


def _pairs(baseline: Scenario, scenario: Scenario) -> bool:
    try:
        check_comparable(baseline, scenario)
    except PairingError:
        return False
    return True
