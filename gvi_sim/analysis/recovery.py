"""Truth against estimate: the reproduction number from parent links, and what a fit recovers without them.

Real records have times and groups and no parents, and miss attacks. Here both are known: the true number of
offspring of an attack from the links, and the Hawkes estimate (hawkes.py) from the same attacks, all of them
or a keyed share. What the estimate misses is what a study of real data would miss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ScenarioError
from ..kernel.draws import RECORDED, run_key, words
from ..language.catalogue import Words
from .contagion import parents
from .hawkes import HawkesFit, Record, fit
from .intervals import mean_interval

if TYPE_CHECKING:
    import pandas as pd

    from ..simulate import Runs

RECORDING = (1.0, 0.5)
MOST_RUNS = 20
FEWEST_ATTACKS = 30
_LOW = 0xFFFFFFFF
_philox: Callable[..., None] = words


class Recovery:
    """True and recovered reproduction numbers. ``fits``: one row a run and share recorded; ``table``: means.

    ``table`` columns: recording, runs, truth, estimate, low, high (95 % t-interval of the mean estimate),
    bias, bias_low, bias_high, spread_low, spread_high (where 90 % of single records fall), unsettled (share
    of fits that did not converge).
    """

    def __init__(self, fits: pd.DataFrame) -> None:
        self.fits = fits

    @property
    def table(self) -> pd.DataFrame:
        """One row a share recorded."""
        import pandas as pd

        return pd.DataFrame([_told(share, rows) for share, rows in self.fits.groupby("recording", sort=False)])

    def text(self, lang: str = "en") -> str:
        """What a study of records like these would find, beside what is so, in English (``en``) or Swedish (``sv``)."""
        words = Words(lang)
        lines = [words("recovery.head")]
        for row in self.table.to_dict("records"):
            numbers = {name: words.number(row[name], 3) for name in ("truth", "estimate")}
            ends = {name: words.number(row[f"spread_{name}"], 2) for name in ("low", "high")}
            lines.append(
                "  "
                + words("recovery.line", share=words.percent(row["recording"]), runs=row["runs"], **numbers, **ends)
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text()


def _told(share: object, rows: pd.DataFrame) -> dict[str, object]:
    both = np.column_stack([rows["estimate"], rows["estimate"] - rows["truth"]])
    mean, low, high = mean_interval(both)
    spread = np.quantile(rows["estimate"], (0.05, 0.95))
    return {
        "recording": share, "runs": len(rows), "truth": float(rows["truth"].mean()), "estimate": mean[0],
        "low": low[0], "high": high[0], "bias": mean[1], "bias_low": low[1], "bias_high": high[1],
        "spread_low": spread[0], "spread_high": spread[1], "unsettled": float(1 - rows["converged"].mean()),
    }  # fmt: skip


def recover(runs: Runs, *, recording: Iterable[float] = RECORDING, most_runs: int = MOST_RUNS) -> Recovery:
    """Fit the attacks of the first ``most_runs`` runs, thinned to each share in ``recording``.

    Needs the tables ``attacks`` and ``groups``. Runs with under 30 recorded attacks are left out.
    ScenarioError when fewer than two are left, or for a share outside (0, 1].
    """
    import pandas as pd

    attacks, groups = runs.table("attacks"), runs.table("groups")
    count = int(groups["group"].max()) + 1
    rows = []
    for share in recording:
        if not 0 < share <= 1:
            raise ScenarioError("recording/share", key="recording", share=share)
        seen = attacks[recorded(attacks, share, runs.seed)]
        for run in range(min(runs.replicates, most_runs)):
            whole, part = attacks[attacks["run"] == run], seen[seen["run"] == run]
            if len(part) >= FEWEST_ATTACKS:
                found = fit(record_of(part, count, runs.window))
                rows.append({"recording": share, "run": run, "truth": truth(whole), **_row(found)})
    fits = pd.DataFrame(rows)
    if not rows or fits.groupby("recording").size().min() < 2:
        raise ScenarioError("too-few-to-fit", fewest=FEWEST_ATTACKS)
    return Recovery(fits)


def _row(found: HawkesFit) -> dict[str, float | bool]:
    return {
        "estimate": found.reproduction, "repeat": found.repeat, "retaliation": found.retaliation,
        "spread": found.spread, "fast_delay_days": found.fast_delay_days,
        "slow_delay_days": found.slow_delay_days, "converged": found.converged,
    }  # fmt: skip


def truth(attacks: pd.DataFrame) -> float:
    """Offspring in the window per attack, from the parent links of one run."""
    return float((parents(attacks) >= 0).mean())


def record_of(attacks: pd.DataFrame, groups: int, window: tuple[float, float]) -> Record:
    """What a register would hold of one run's attacks."""
    day = attacks["day"].to_numpy(float) - window[0]
    order = np.argsort(day, kind="stable")
    attacker, target = (attacks[f"{who}_group"].to_numpy(np.int64)[order] for who in ("attacker", "target"))
    return Record(day[order], attacker, target, groups, window[1] - window[0])


def recorded(attacks: pd.DataFrame, share: float, seed: int) -> np.ndarray:
    """Which attacks the register holds: a share of them, each by a draw of its own. bool [rows].

    A larger share holds every attack of a smaller one.
    """
    out = np.zeros(4, np.uint64)
    marks = np.empty(len(attacks))
    keys = {int(run): run_key(seed, int(run)) for run in attacks["run"].unique()}
    rows = zip(attacks["run"].tolist(), attacks["candidate"].tolist(), strict=True)
    for place, (run, candidate) in enumerate(rows):
        counter = np.array([candidate & _LOW, candidate >> 32, 0, RECORDED], np.uint64)
        _philox(counter, np.array([keys[run] & _LOW, keys[run] >> 32], np.uint64), out)
        marks[place] = (float(out[0]) + 0.5) * 2.0**-32
    return marks < share
