"""Estimates over replicates, paired by replicate: effects, their intervals and their word, together.

For paired values b_r and s_r of R replicates, the difference is mean d of d_r = s_r - b_r and the ratio
q = mean s / mean b. Two intervals stand beside each, both of 95 %:

stated      of the effect as it is known: the mixture over the draws of ``draws_posterior``, of d_r for the difference
            and of z_r = (s_r - q b_r) / mean b for the ratio (with one event more where the scenario has none, so that
            a count is not known to be 0). At a scenario's own values it is the precision.
precision   of computing, what more runs would sharpen: t over the runs within draws, mean d +- t se and
            q exp(+- t se(z) / q)

The share of draws with fewer is the mean over draws of the probability that the draw's effect is below none, one half
in a draw in which nothing differs, and of difference and ratio the share nearer one half. An interval leaves out "no
change" exactly where that share is beyond its level, so intervals and words (``verdict``) say the same.
variance ratio: var(d) / (var(s) + var(b)), 1 without the pairing's help, less with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .draws_posterior import LEVEL, Known, t_factor
from .verdict import THRESHOLDS, Verdict, chance_verdict, jeffreys, verdict_of

if TYPE_CHECKING:
    import pandas as pd


class Estimate(NamedTuple):
    """One paired comparison: means of either arm, difference and ratio.

    ``low`` to ``high`` and ``ratio_low`` to ``ratio_high`` are the stated 95 % intervals; ``precision_...`` those of
    computing. ``share`` of the ``draws`` make fewer, 90 % Jeffreys interval ``share_low`` to ``share_high``; at a
    scenario's own values ``draws`` is 0 and all three are the probability, by chance alone, that the mean is below 0.
    Ratios are NaN when the base mean is not above 0.
    """

    base: float
    scenario: float
    difference: float
    low: float
    high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    precision_low: float
    precision_high: float
    ratio_precision_low: float
    ratio_precision_high: float
    se: float
    variance_ratio: float
    share: float
    share_low: float
    share_high: float
    draws: int
    verdict: Verdict


_HARDLY = 0.02  # a level whose ends enclose the median closely


def by_column(values: np.ndarray) -> np.ndarray:
    """Columns as contiguous rows [columns, replicates]: their sums have the same bits in any company."""
    return np.ascontiguousarray(values.T)


def mean_interval(values: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, low and high end of the t-interval of each column of ``values`` [replicates, columns]."""
    columns, runs = by_column(values), len(values)
    mean = columns.mean(axis=-1)
    half = t_factor(runs, level) * columns.std(axis=-1, ddof=1) / np.sqrt(runs)
    return mean, mean - half, mean + half


def changes(differences: np.ndarray, draws: np.ndarray | None, level: float = LEVEL) -> dict[str, np.ndarray]:
    """The fields of ``Estimate`` that need no arms, as arrays [columns], from differences [replicates, columns].

    ``draws`` [replicates] names each run's draw; None at a scenario's own values.
    """
    return _of_known_runs(_changes, (differences,), draws, level)


def paired(
    base: np.ndarray, scenario: np.ndarray, draws: np.ndarray | None = None, level: float = LEVEL
) -> dict[str, np.ndarray]:
    """The fields of ``Estimate`` as arrays [columns], from either arm's values [replicates, columns].

    ``draws`` [replicates] names each run's draw, the same in both arms; None at a scenario's own values. An outcome
    without a value in a run (NaN: how concentrated no attacks are) is estimated from the pairs in which both arms
    have one; with fewer than two of them its numbers are NaN.
    """
    return _of_known_runs(_paired, (base, scenario), draws, level)


def _of_known_runs(
    made: Callable[..., dict[str, np.ndarray]], arms: tuple[np.ndarray, ...], draws: np.ndarray | None, level: float
) -> dict[str, np.ndarray]:
    """``made`` of every column's runs that have a value in all ``arms`` [replicates, columns]."""
    columns = [by_column(arm) for arm in arms]
    known = ~np.isnan(np.stack(columns)).any(axis=0)
    fields = made(*(np.where(known, arm, 0.0) for arm in columns), draws, level)
    for column in np.flatnonzero(~known.all(axis=-1)):
        some = known[column]
        if some.sum() >= 2:
            left = [arm[column : column + 1, some] for arm in columns]
            alone = made(*left, None if draws is None else draws[some], level)
        else:
            nothing: dict[str, object] = {"draws": 0, "verdict": Verdict.CANNOT_TELL}
            alone = {name: np.array([nothing.get(name, np.nan)]) for name in fields}
        for name, values in alone.items():
            fields[name][column] = values[0]
    return {name: values if values.dtype.kind != "f" else settled(values) for name, values in fields.items()}


def settled(values: np.ndarray) -> np.ndarray:
    """``values`` [columns] to twelve digits: on other processors, logarithms and quantiles end in another bit."""
    return np.array([float(f"{value:.12g}") for value in values.tolist()])


def middle_and_range(
    base: np.ndarray, scenario: np.ndarray, draws: np.ndarray | None, level: float = 0.9
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Median of the ratio over draws, and the ends of the middle ``level`` of them, chance taken out. [columns]"""
    base, scenario = by_column(base), by_column(scenario)
    ratio = _divide(scenario.mean(axis=-1), base.mean(axis=-1))
    ends = (_of_ratios(base, scenario, draws, share).ends for share in (_HARDLY, level))
    (below, above), (low, high) = ([_ratio_at(ratio, end, draws) for end in pair] for pair in ends)
    return settled((below + above) / 2), settled(low), settled(high)


def _changes(columns: np.ndarray, draws: np.ndarray | None, level: float) -> dict[str, np.ndarray]:
    known = _of_differences(columns, draws, level)
    return _without_difference(_fields(known, _shares(known, columns, draws, 0.0)), columns)


def _fields(known: Known, shares: np.ndarray) -> dict[str, np.ndarray]:
    """What is told of differences, their ``shares`` of draws with fewer given."""
    ends = jeffreys(shares, known.effective) if known.of_draws else (shares, shares)
    words = [verdict_of(x, known.effective) if known.of_draws else chance_verdict(x) for x in shares.tolist()]
    low, high = _ends(known.ends, known.mean, 0.0, shares, known)
    return {
        "difference": known.mean,
        "low": low,
        "high": high,
        "precision_low": known.mean - known.chance_half,
        "precision_high": known.mean + known.chance_half,
        "se": known.chance,
        "share": shares,
        "share_low": ends[0],
        "share_high": ends[1],
        "draws": np.full(shares.shape, known.draws),
        "verdict": np.array(words, dtype=object),
    }


def _paired(base: np.ndarray, scenario: np.ndarray, draws: np.ndarray | None, level: float) -> dict[str, np.ndarray]:
    differences = scenario - base
    base_mean, mean = base.mean(axis=-1), scenario.mean(axis=-1)
    ratio = _divide(mean, base_mean)
    of_difference, of_ratio = _of_differences(differences, draws, level), _of_ratios(base, scenario, draws, level)
    shares = _shares(of_difference, differences, draws, 0.0)
    by_ratio = _shares(of_ratio, differences, draws, _to_none(ratio, draws))
    shares = np.where(abs(by_ratio - 0.5) < abs(shares - 0.5), by_ratio, shares)  # NaN: no ratio
    ends = tuple(_ratio_at(ratio, end, draws) for end in of_ratio.ends)
    ratio_low, ratio_high = _ends(ends, ratio, 1.0, shares, of_ratio)
    apart = scenario.var(axis=-1, ddof=1) + base.var(axis=-1, ddof=1)
    fields = {
        **_fields(of_difference, shares),
        "base": base_mean,
        "scenario": mean,
        "ratio": ratio,
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
        "ratio_precision_low": _ratio_at(ratio, -of_ratio.chance_half),
        "ratio_precision_high": _ratio_at(ratio, of_ratio.chance_half),
        "variance_ratio": _divide(differences.var(axis=-1, ddof=1), apart),
    }
    return _without_difference(fields, differences)


def _without_difference(fields: dict[str, np.ndarray], differences: np.ndarray) -> dict[str, np.ndarray]:
    """The fields with no doubt where no run differs: every end is "no change"."""
    same = (differences == 0).all(axis=-1)
    ends = (name for name in fields if name.endswith(("low", "high")) and not name.startswith("share"))
    for name in ends:
        none = np.where(np.isnan(fields[name]), np.nan, 1.0) if name.startswith("ratio") else 0.0
        fields[name] = np.where(same, none, fields[name])
    fields["verdict"][same], fields["share"][same] = Verdict.NO_DIFFERENCE, 0.5
    return fields


def _of_differences(differences: np.ndarray, draws: np.ndarray | None, level: float) -> Known:
    return Known(differences, draws, floor=_few(differences.shape[-1]) * differences.mean(axis=-1) ** 2, level=level)


def _of_ratios(base: np.ndarray, scenario: np.ndarray, draws: np.ndarray | None, level: float) -> Known:
    """What is left of each run, in means of the base, when the base's run is scaled by the ratio of the means."""
    base_mean = base.mean(axis=-1)
    ratio = _divide(scenario.mean(axis=-1), base_mean)
    left = _divide(scenario - ratio[:, None] * base, np.broadcast_to(base_mean[:, None], base.shape))
    none = (ratio == 0) & (base == np.round(base)).all(axis=-1)  # of a count
    event = np.where(none, _divide(np.ones_like(ratio), base_mean**2), 0.0)
    return Known(left, draws, more=event, floor=_few(base.shape[-1]) * _to_none(ratio, draws) ** 2, level=level)


def _few(runs: int) -> float:
    """The least sum of squares within draws that is believed, in squares of the mean: two runs or three that happen
    to differ equally do not settle anything; every run more halves it.
    """
    return 2.0 ** (3 - min(runs, 60))


def _to_none(ratio: np.ndarray, draws: np.ndarray | None) -> np.ndarray:
    """How far the ratio is from 1 on the scale of ``_ratio_at``."""
    if draws is not None:
        return np.asarray(1 - ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(ratio > 0, -ratio * np.log(ratio), 1.0 - ratio))


def _ratio_at(ratio: np.ndarray, shift: np.ndarray, draws: np.ndarray | None = None) -> np.ndarray:
    """The ratio that lies ``shift`` away: draws differ on the ratio's own scale, chance on the log scale."""
    if draws is not None:
        return np.asarray(np.maximum(ratio + shift, 0.0))
    return np.asarray(np.where(ratio > 0, ratio * np.exp(_divide(shift, ratio)), np.maximum(shift, ratio)))


def _shares(known: Known, differences: np.ndarray, draws: np.ndarray | None, none: np.ndarray | float) -> np.ndarray:
    """Share [columns] of draws below ``none``; a draw in which nothing differs in any run counts half."""
    below = known.below(none)
    if draws is None:
        return below[:, 0]
    draw = np.unique(draws, return_inverse=True)[1]
    some = np.stack([np.bincount(draw, row) for row in (differences != 0)]) > 0
    return np.asarray(np.clip(np.where(some, below, 0.5) @ (known.sizes / known.runs), 0.0, 1.0))


def _ends(
    ends: tuple[np.ndarray, ...], middle: np.ndarray, none: float, shares: np.ndarray, known: Known
) -> tuple[np.ndarray, np.ndarray]:
    """An interval that holds its estimate, and ``none`` unless the share of a direction is beyond the interval's
    level, in enough draws for the least of words.
    """
    least, most = jeffreys(shares, known.effective) if known.of_draws else (shares, shares)
    sure = (1 + known.level) / 2
    fewer, more = (shares >= sure) & (least >= THRESHOLDS[0]), (1 - shares >= sure) & (1 - most >= THRESHOLDS[0])
    low, high = np.minimum(ends[0], middle), np.maximum(ends[1], middle)
    return np.where(more, low, np.minimum(low, none)), np.where(fewer, high, np.maximum(high, none))


def estimate(base: np.ndarray, scenario: np.ndarray, draws: np.ndarray | None = None, level: float = LEVEL) -> Estimate:
    """One paired comparison of values [replicates]."""
    fields = paired(base[:, None], scenario[:, None], draws, level)
    return Estimate(*(fields[name].tolist()[0] for name in Estimate._fields))


def labelled_frame(labels: Mapping[str, object], fields: dict[str, np.ndarray]) -> pd.DataFrame:
    """The result of ``paired`` as a frame, with label columns in front."""
    import pandas as pd

    return pd.DataFrame({**labels, **fields})


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient, NaN where the denominator is not above 0."""
    out = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=out, where=np.broadcast_to(denominator > 0, out.shape))
    return out
