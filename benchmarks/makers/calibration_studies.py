"""Does the calibration find what is so? Recovery of known truths, and simulation-based calibration.

One bank serves all records of a study, which is the calibration's own procedure less the wait. Truths and bank share
the surface of reference constants, so one study holds that surface against the engine's own long pilots.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gvi_sim.analysis.calibration.constants import emulate
from gvi_sim.analysis.calibration.inference import Learned, Posterior, infer, learn, quantiles
from gvi_sim.analysis.calibration.priors import CORE, LEVEL, N, overrides_of, prior_of, room_for
from gvi_sim.analysis.calibration.procedure import Setting, profile_of, simulated
from gvi_sim.analysis.calibration.simulation_bank import Bank, Register
from gvi_sim.analysis.records.statistics import RecordFrame, statistics
from gvi_sim.config import load_scenario
from gvi_sim.dynamics.reference import with_reference
from gvi_sim.errors import ScenarioError
from gvi_sim.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

START = date(2015, 1, 5)
DEATHS = "harm.p_death_given_hit"
LEVELS = (0.05, 0.5, 0.95)
TRUTH_SEED, RANK_DRAWS = 1_000_003, 99
_SPREAD = 2.0
"""Truths' level: loguniform within this factor of the site's own."""


def world(*words: object, years: int, areas: int, seed: int, workers: int, harm: bool = False) -> Setting:
    """A calibration's setting without a record: whole weeks from a Monday, everything recorded.

    ``harm``: persons hit and killed are counted too, and deaths per person hit are free.
    """
    dates = {"start_date": START, "programme.start_date": START, "years": years}
    base = load_scenario("programme=none", *words, dates)  # type: ignore[arg-type]
    base = base.replace({"calendar.cap": room_for(base)})
    units = int(years * DAYS_PER_YEAR // 7)
    frame = RecordFrame(np.arange(units + 1) * 7.0, areas, np.ones((units, areas), bool), "week", harm)
    level = base.site.attacks_per_year
    free = (*CORE, DEATHS) if harm else CORE
    prior = prior_of(base, free, (level / _SPREAD, level * _SPREAD), years)
    return Setting(base, prior, Register(frame), emulate(base, prior, seed=seed, workers=workers))


class Ready(NamedTuple):
    """A bank made ready for inference: its setting and seed, its points [points, coordinates], its records and their
    profile."""

    setting: Setting
    seed: int
    points: np.ndarray
    learned: Learned
    profile: np.ndarray
    bank: Bank

    def without_harm(self) -> Ready:
        """The same for records that hold attacks alone."""
        register = self.setting.register
        frame = replace(register.frame, harm=False)
        table = statistics(self.bank.counts, self.bank.harm, self.profile, frame)
        setting = self.setting._replace(register=register._replace(frame=frame))
        return self._replace(setting=setting, learned=learn(self.points, table))

    def records(self, truths: np.ndarray, seed: int, workers: int) -> np.ndarray:
        """Statistics [truths, statistics] of records simulated at ``truths``, on replicates the bank did not use."""
        bank = simulated(self.setting, truths, seed=seed, workers=workers, first=len(self.points))
        return statistics(bank.counts, bank.harm, self.profile, self.setting.register.frame)


def prepared(setting: Setting, points: int, *, seed: int, points_seed: int | None = None, workers: int) -> Ready:
    """A bank of ``points`` (drawn by ``points_seed``) made ready for inference."""
    drawn = setting.prior.draw(points, seed if points_seed is None else points_seed)
    bank = simulated(setting, drawn, seed=seed, workers=workers)
    profile = profile_of(bank, setting)
    table = statistics(bank.counts, bank.harm, profile, setting.register.frame)
    return Ready(setting, seed, drawn, learn(drawn, table), profile, bank)


def recovery_study(ready: Ready, *, truths: int, workers: int = 1) -> pd.DataFrame:
    """One row a truth and coordinate: ``truth``, ``low``, ``middle``, ``high`` (90 % interval)."""
    import pandas as pd

    seed, names = TRUTH_SEED + ready.seed, ready.setting.prior.names
    drawn, rows = ready.setting.prior.draw(truths, seed), []
    for number, observed in enumerate(ready.records(drawn, seed, workers)):
        posterior = infer(ready.learned, observed)
        for k, name in enumerate(names):
            low, middle, high = quantiles(posterior.draws[:, k], posterior.weights, LEVELS).tolist()
            rows.append((number, name, float(drawn[number, k]), low, middle, high))
    return pd.DataFrame(rows, columns=["number", "parameter", "truth", "low", "middle", "high"])


def constants_study(setting: Setting, *, truths: int, seed: int) -> pd.DataFrame:
    """The surface's constants beside those of the engine's own long pilots, at the first truths of a recovery.

    One row a truth: log ratio of surface to pilot for ``background`` and ``offspring``; NaN where the engine's
    pilots find no fixed point within their tolerance.
    """
    import pandas as pd

    drawn = setting.prior.draw(60, TRUTH_SEED + seed)[:truths]
    rows = []
    for point, surface in zip(drawn.tolist(), setting.constants.at(drawn), strict=True):
        named = dict(zip(setting.prior.names, point, strict=True))
        try:
            (exact,) = with_reference(setting.base.replace(overrides_of(named, setting.base)))
            ratio = surface.background / exact.background, surface.offspring / exact.offspring
            rows.append((named["n"], float(np.log(ratio[0])), float(np.log(ratio[1]))))
        except ScenarioError:
            rows.append((named["n"], np.nan, np.nan))
    return pd.DataFrame(rows, columns=["n", "background", "offspring"])


def recovery_table(rows: pd.DataFrame) -> pd.DataFrame:
    """By coordinate: median absolute error, the same of the prior's middle, and how many intervals cover."""
    import pandas as pd

    out = []
    for name, part in rows.groupby("parameter", sort=False):
        miss = (part["middle"] - part["truth"]).abs()
        prior = (part["truth"].median() - part["truth"]).abs()
        covered = (part["low"] <= part["truth"]) & (part["truth"] <= part["high"])
        width = (part["high"] - part["low"]).mean()
        out.append((name, len(part), miss.median(), prior.median(), int(covered.sum()), width))
    columns = ["parameter", "truths", "median_error", "prior_error", "covered", "mean_width"]
    return pd.DataFrame(out, columns=columns)


def reach_row(rows: pd.DataFrame, name: str = N) -> dict[str, float]:
    """What a recovery says of one coordinate: median error with a 95 % interval, coverage, width of the intervals.

    The interval of the median is that of order statistics, which asks nothing of how errors are spread.
    """
    part = rows[rows["parameter"] == name]
    miss = np.sort((part["middle"] - part["truth"]).abs().to_numpy())
    half, away = len(miss) / 2, 0.98 * np.sqrt(len(miss))
    inside = (part["low"] <= part["truth"]) & (part["truth"] <= part["high"])
    return {
        "records": len(miss),
        "median_error": float(np.median(miss)),
        "error_low": float(miss[max(int(half - away), 0)]),
        "error_high": float(miss[min(int(np.ceil(half + away)), len(miss) - 1)]),
        "covered": float(inside.mean()),
        "mean_width": float((part["high"] - part["low"]).mean()),
    }


def rank_study(ready: Ready, *, truths: int, workers: int = 1) -> pd.DataFrame:
    """Simulation-based calibration: one row a truth, a column a coordinate, its rank among 99 posterior draws.

    Truths are fresh points of the prior. If the posteriors are right, ranks are uniform on 0 to 99. Besides the
    coordinates: retaliations per attack, the background's level, and a quantity of data and parameters together
    (level over the recorded rate), to which a posterior that ignores the data is not blind.
    """
    import pandas as pd

    seed, names = TRUTH_SEED + ready.seed, ready.setting.prior.names
    drawn, rows = ready.setting.prior.draw(truths, seed), []
    for k, observed in enumerate(ready.records(drawn, seed, workers)):
        posterior = infer(ready.learned, observed)
        draws = _equal(posterior, RANK_DRAWS)
        own, other = _quantities(drawn[k : k + 1], names, observed[0]), _quantities(draws, names, observed[0])
        rows.append({name: int((other[name] < own[name][0]).sum()) for name in own})
    return pd.DataFrame(rows)


def _equal(posterior: Posterior, count: int) -> np.ndarray:
    place = (np.arange(count) + 0.5) / count
    order = np.argsort(posterior.draws[:, 0])
    rows = np.searchsorted(np.cumsum(posterior.weights[order]), place).clip(max=len(order) - 1)
    return np.asarray(posterior.draws[order][rows])


def _quantities(points: np.ndarray, names: tuple[str, ...], log_rate: float) -> dict[str, np.ndarray]:
    column = {name: points[:, k] for k, name in enumerate(names)}
    fast, repeat, n, level = (column[name] for name in ("fast_share", "repeat_share", "n", LEVEL))
    derived = {
        "retaliations per attack": n * fast * (1.0 - repeat),
        "background a year": level * (1.0 - n),
        "level over recorded rate, times n": level / np.exp(log_rate) * (1.0 + n),
    }
    return {**column, **derived}


def rank_table(ranks: pd.DataFrame, bins: int = 20) -> pd.DataFrame:
    """By quantity: chi-square p of uniform ranks over ``bins``, and the share of central 90 % intervals that cover."""
    import pandas as pd
    from scipy.stats import chisquare

    out = []
    for name in ranks.columns:
        rank = ranks[name].to_numpy()
        counts = np.bincount(rank * bins // (RANK_DRAWS + 1), minlength=bins)
        inside = ((rank >= 5) & (rank <= RANK_DRAWS - 5)).mean()
        out.append((name, len(rank), float(chisquare(counts).pvalue), float(inside)))
    return pd.DataFrame(out, columns=["quantity", "truths", "p_uniform", "covered"])
