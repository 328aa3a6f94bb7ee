"""Is retaliation claimed where a town has bad and good years, and is it found where it is there?

Every record is made by ``branching_towns``, which shares no code with the engine: a level that wanders for years looks
like attacks that set off others months later, so this is where a calibration errs first, and one that was only tried
on records of its own simulator would not show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.makers.branching_towns import Town, record
from benchmarks.makers.calibration_studies import DEATHS, LEVELS, Ready
from gvi_sim.analysis.calibration.inference import infer, quantiles
from gvi_sim.analysis.calibration.priors import LEVEL, MEMORY, SHOCK, SWING, TREND, N
from gvi_sim.analysis.calibration.procedure import learnt_of
from gvi_sim.analysis.calibration.verdicts import telling
from gvi_sim.analysis.records.statistics import statistics

if TYPE_CHECKING:
    import pandas as pd

    from gvi_sim.analysis.calibration.inference import Posterior

SWING_SEED = 3_000_017
SWINGS = {"swing_sd": 0.4, "swing_memory_days": 506.0}
"""A log level of spread 0.4 whose correlation falls to 1/e in two years."""
CASES = {
    "swings": {"n": 0.0, **SWINGS},
    "swings and a little retaliation": {"n": 0.1, **SWINGS},
    "usual swings and strong retaliation": {"n": 0.5, "swing_sd": 0.25, "swing_memory_days": 365.0},
}
FALL = float(np.log(0.3) / 3)
"""The trend of a level that falls to 0.3 in three years."""


def found_in(ready: Ready, towns: Sequence[Town], seed: int) -> list[Posterior]:
    """The posterior of one record of each town."""
    setting, frame = ready.setting, ready.setting.register.frame
    shape = {"years": setting.base.years, "groups": setting.base.site.groups}
    made = [
        record(town, **shape, areas=frame.areas, units=frame.units, seed=seed + k)  # type: ignore[arg-type]
        for k, town in enumerate(towns)
    ]
    counted = statistics(np.array(made), np.zeros((len(made), 2)), ready.profile, frame)
    return [infer(ready.learned, one) for one in counted]


def claims_study(ready: Ready, *, each: int) -> pd.DataFrame:
    """``each`` records of every case: true n, its 90 % interval and what the answer says, a row a record."""
    import pandas as pd

    prior, rows = ready.setting.prior, []
    for number, (case, known) in enumerate(CASES.items()):
        town = Town(ready.setting.base.site.attacks_per_year, **known)
        for posterior in found_in(ready, [town] * each, SWING_SEED + 10_000 * number):
            found = {one.name: one for one in learnt_of(prior, ready.points, posterior)}
            rows.append((case, town.n, *found[N].posterior, telling(found).value))
    return pd.DataFrame(rows, columns=["case", "n", "low", "middle", "high", "told"])


def claims_table(rows: pd.DataFrame) -> pd.DataFrame:
    """By world and case: records, claims, how many intervals hold n, and the interval (medians of its ends)."""
    import pandas as pd

    out = []
    for (world, case, n), part in rows.groupby(["world", "case", "n"], sort=False):
        claims = int(part["told"].str.startswith("set_off").sum())
        inside = int(((part["low"] <= n) & (n <= part["high"])).sum())
        out.append((world, case, n, len(part), claims, inside, part["low"].median(), part["high"].median()))
    columns = ["world", "case", "true_n", "records", "claim_retaliation", "covered", "median_low", "median_high"]
    return pd.DataFrame(out, columns=columns)


def towns_study(ready: Ready, *, truths: int) -> pd.DataFrame:
    """Truths drawn from the prior, recorded by the other simulator: the columns of ``recovery_study``."""
    import pandas as pd

    prior, rows = ready.setting.prior, []
    drawn = prior.draw(truths, SWING_SEED + ready.seed)
    towns = [_town(dict(zip(prior.names, point, strict=True))) for point in drawn.tolist()]
    for number, posterior in enumerate(found_in(ready, towns, SWING_SEED)):
        for k, name in enumerate(prior.names):
            if name != DEATHS:
                ends = quantiles(posterior.draws[:, k], posterior.weights, LEVELS).tolist()
                rows.append((number, name, float(drawn[number, k]), *ends))
    return pd.DataFrame(rows, columns=["number", "parameter", "truth", "low", "middle", "high"])


def _town(point: dict[str, float]) -> Town:
    return Town(
        point[LEVEL], point[N], point["fast_share"], point["repeat_share"], point["site.activity_sd"],
        point[SHOCK], point[SWING], point[MEMORY], point[TREND],
    )  # fmt: skip


def falls_study(ready: Ready, *, truths: int) -> pd.DataFrame:
    """Towns whose level falls to 0.3 in three years, all else drawn from the prior: intervals of the trend."""
    import pandas as pd

    names, at = ready.setting.prior.names, ready.setting.prior.names.index(TREND)
    drawn = ready.setting.prior.draw(truths, SWING_SEED + ready.seed).tolist()
    towns = [_town(dict(zip(names, point, strict=True)) | {TREND: FALL}) for point in drawn]
    ends = [quantiles(p.draws[:, at], p.weights, LEVELS).tolist() for p in found_in(ready, towns, SWING_SEED)]
    return pd.DataFrame([(FALL, *three) for three in ends], columns=["truth", "low", "middle", "high"])
