"""The scenarios of a design: each business as usual, then every cell with the one it is paired with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..analysis.pairs.pairing import OFF, business_as_usual, check_comparable, usual_name
from ..config import load_scenario
from ..config.programme_only import acts_in_business_as_usual
from ..config.timed_values import timed_in
from ..errors import ScenarioError
from ..execution.planning.arm import Arm
from .design import Design

if TYPE_CHECKING:
    from ..config import Scenario
    from ..model.lever_protocol import Lever


def base_scenario(design: Design) -> Scenario:
    """What all cells share."""
    return load_scenario(*design.words)


def cell_arms(design: Design, base: Scenario, levers: tuple[Lever, ...] = ()) -> tuple[Arm, ...]:
    """The cells of a design as arms, in order, without baselines; ``levers`` of a user's own act in each.

    ScenarioError for an axis that the timeline changes on the way: the cell would not keep its level.
    """
    for key in timed_in(base).intersection(axis.key for axis in design.axes):
        raise ScenarioError("axis-timed", key=key)
    return tuple(Arm(cell.label, base.replace(*cell.overrides), cell.overrides, levers=levers) for cell in design.cells)


def with_baselines(cells: tuple[Arm, ...], base: Scenario) -> tuple[Arm, ...]:
    """Baselines, then the cells with the numbers of theirs: one for all cells with the same business as usual.

    A cell is compared with itself without its programme; so a baseline is the base with what the cell changes
    in business as usual, and its programme off. Effects of cells with other baselines are never subtracted.
    """
    numbers: dict[str, int] = {}
    baselines: list[Arm] = []
    paired: list[Arm] = []
    for cell in cells:
        number = numbers.setdefault(usual_name(cell.scenario), len(baselines))
        if number == len(baselines):
            baselines.append(_baseline(base, cell))
        paired.append(replace(cell, baseline=number))
    return (*baselines, *paired)


def _baseline(base: Scenario, cell: Arm) -> Arm:
    """The business as usual of ``cell``, without what only its programme uses where that can be left out."""
    world = tuple(word for word in cell.overrides if _in_usual(word.partition("=")[0]))
    made = business_as_usual(base.replace(*world))
    if usual_name(made) != usual_name(cell.scenario):  # such as a package of one's own that sets more than levers
        world, made = cell.overrides, business_as_usual(cell.scenario)
    check_comparable(made, cell.scenario)
    return Arm(", ".join(["business as usual", *world]), made, (*world, OFF))


def _in_usual(key: str) -> bool:
    return key != "programme" and acts_in_business_as_usual(key)
