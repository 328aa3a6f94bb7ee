"""Is retaliation claimed where there is none? Records with shared monthly shocks and no attack that sets off another.

Shared shocks make counts cluster just as retaliation does, so this is where a calibration errs first. The other
records, with a strong n and the same shocks, show that it does not keep quiet by keeping quiet always.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.makers.calibration_studies import Ready
from gvi_sim.analysis.calibration.inference import infer
from gvi_sim.analysis.calibration.priors import SHOCK, N
from gvi_sim.analysis.calibration.procedure import learnt_of
from gvi_sim.analysis.calibration.verdicts import telling

if TYPE_CHECKING:
    import pandas as pd

SHOCK_SEED = 2_000_003
SPREADS = (0.1, 0.2, 0.3, 0.4, 0.5)
TRUE_N = (0.0, 0.5)


def shock_study(ready: Ready, *, each: int, true_n: Sequence[float] = TRUE_N, workers: int = 1) -> pd.DataFrame:
    """``each`` records for every true n and spread of shared shocks; what else is free is drawn from the prior.

    One row a record: ``n``, ``spread``, the 90 % interval of n (``low``, ``middle``, ``high``), that of the spread
    (``spread_low``, ``spread_high``), and ``told``: what the answer says of it.
    """
    import pandas as pd

    names, seed = ready.setting.prior.names, SHOCK_SEED + ready.seed
    truths = _truths(ready, each, true_n, seed)
    columns, rows = [names.index(N), names.index(SHOCK)], []
    for truth, observed in zip(truths[:, columns].tolist(), ready.records(truths, seed, workers), strict=True):
        posterior = infer(ready.learned, observed)
        found = {one.name: one for one in learnt_of(ready.setting.prior, ready.points, posterior)}
        spread = found[SHOCK].posterior
        rows.append((*truth, *found[N].posterior, spread[0], spread[2], telling(found).value))
    return pd.DataFrame(rows, columns=["n", "spread", "low", "middle", "high", "spread_low", "spread_high", "told"])


def _truths(ready: Ready, each: int, true_n: Sequence[float], seed: int) -> np.ndarray:
    names = ready.setting.prior.names
    truths = ready.setting.prior.draw(each * len(true_n) * len(SPREADS), seed)
    cell = np.arange(len(truths)) // each  # in blocks: every second point of a Sobol sequence lies in one corner
    truths[:, names.index(N)] = np.asarray(true_n)[cell // len(SPREADS)]
    truths[:, names.index(SHOCK)] = np.asarray(SPREADS)[cell % len(SPREADS)]
    return truths


def shock_table(rows: pd.DataFrame) -> pd.DataFrame:
    """By world, true n and spread: records, how many claim that attacks set off attacks, and the interval of n
    (medians of its ends)."""
    import pandas as pd

    out = []
    for (world, n, spread), part in rows.groupby(["world", "n", "spread"], sort=False):
        claims = int(part["told"].str.startswith("set_off").sum())
        out.append((world, n, spread, len(part), claims, part["low"].median(), part["high"].median()))
    columns = ["world", "true_n", "spread_of_shocks", "records", "claim_retaliation", "median_low", "median_high"]
    return pd.DataFrame(out, columns=columns)
