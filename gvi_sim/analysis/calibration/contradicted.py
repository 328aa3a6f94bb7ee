"""Values that the scenario ships and a record speaks against, and what the programme does under either.

A posterior that leaves a shipped value outside asks a question: does the answer change? So the programme is run under
both, from the same seeds, with everything else as the scenario has it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ...config.value_text import value_at
from ...errors import ScenarioError
from ...execution.ensembles.parameters import POINT
from ..pairs.effect import compare
from .priors import FAST, KAPPAS, REPEAT, TREND, N, overrides_of

if TYPE_CHECKING:
    from ...config import Scenario
    from .verdicts import Learnt

RUNS = 100
CLEAR = 0.6
"""How much of the way from an end of a prior to its middle an interval may still cover to be clear of that end."""
SHOOTINGS = "shootings"


class Contradicted(NamedTuple):
    """Shipped values that lie outside their 90 % intervals, by coordinate, and the change of shootings by the programme
    under the shipped values and under the posterior's medians: ratio with a 95 % interval, None where it was not run.
    """

    values: Mapping[str, float]
    own: tuple[float, float, float] | None = None
    found: tuple[float, float, float] | None = None


def shipped_values(base: Scenario, names: Collection[str]) -> dict[str, float]:
    """The scenario's own values of coordinates; its own dated trend is a trend of 0 beside it."""
    retaliation, repeat, spread = (_number(base, key) for key in KAPPAS)
    n, fast = math.fsum((retaliation, repeat, spread)), retaliation + repeat
    own = {N: n, TREND: 0.0}
    own |= {FAST: fast / n} if n > 0 else {}
    own |= {REPEAT: repeat / fast} if fast > 0 else {}
    own |= {name: _number(base, name) for name in names if "." in name}
    return {name: own[name] for name in names if name in own}


def _number(base: Scenario, key: str) -> float:
    return float(value_at(base, key))  # type: ignore[arg-type]


def contradicted_values(base: Scenario, learnt: Iterable[Learnt]) -> dict[str, float]:
    """Shipped values that lie outside the 90 % interval of what was learnt.

    Nothing is spoken against by data that say nothing. A value at an end of its prior lies outside every interval: it
    is spoken against where the interval is clear of that end.
    """
    found = {one.name: one for one in learnt}
    own = shipped_values(base, tuple(found))
    return {name: value for name, value in own.items() if _is_outside(value, found[name])}


def _is_outside(value: float, one: Learnt) -> bool:
    (first, middle, last), (low, _, high) = one.prior, one.posterior
    if one.is_nothing:
        return False
    below = value < low and (value >= first or low >= middle - CLEAR * (middle - value))
    return below or (value > high and (value <= last or high <= middle + CLEAR * (value - middle)))


def contradicted_by(base: Scenario, learnt: tuple[Learnt, ...], *, seed: int, workers: int) -> Contradicted:
    """What the record speaks against, with the programme's effect under either; where it is nothing, nothing is run."""
    values = contradicted_values(base, learnt)
    if not values:
        return Contradicted({})
    medians = overrides_of({one.name: one.posterior[1] for one in learnt}, base)
    try:
        own, found = (_effect(one, seed, workers) for one in (base, base.replace(medians)))
    except ScenarioError:  # the posterior's medians need not be a world whose constants can be found
        return Contradicted(values)
    return Contradicted(values, own, found)


def _effect(usual: Scenario, seed: int, workers: int) -> tuple[float, float, float]:
    dated = {"programme.start_date": usual.start_date}
    with_gvi = usual.replace("programme=gvi", dated) if usual.choices["programme"] == "none" else usual
    effect = compare(
        with_gvi.replace("programme=none", dated), with_gvi,
        replicates=RUNS, seed=seed, workers=workers, parameters=POINT, force=True,
    )  # fmt: skip
    row = effect.row(SHOOTINGS)
    return row.ratio, row.ratio_low, row.ratio_high
