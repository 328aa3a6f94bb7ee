"""What is compared between a record and a simulated one: the field's summary statistics of counts.

A record is counts x[unit, area] (units are weeks, months or years). With lambda e_u the level times the expected
profile (dated inputs, then the record's own trend and season, see ``course``; 0 where nothing was recorded), and
mu_{a,u} an area's share of it:

* level: log of attacks a year; trend: fitted yearly change of the log level; bend: score estimate of its square;
  halves: log variance to mean of the second half's blocks less the first half's;
* variance to mean of the city's counts in blocks of 1, 4, 13, 26 weeks (months: 1, 3, 6, 12), of single units
  about their own 13-week (3-month) mean, and of single areas in blocks; skewness in blocks, third and fourth moments
  of areas' units (a few units that hold many attacks are the mark of attacks that set off others);
* near-repeat ratio: pairs of attacks in the same area so many units apart over what mu expects, and the same
  for pairs in different areas (a shared shock raises both alike, a repeat the first only), and how unevenly those
  lie over the pairs of areas (retaliation follows rivalries, a shared shock does not);
* what spectra suggest: n and shared shocks by the city's, offspring in the same area less those in another by the
  areas' (see ``spectrum``);
* persons hit per attack, persons killed per person hit.

Whole years hold level, trend and bend alone. How a town is cut into areas is not the model's: each area is held
against its own total, and how unequal those are is not compared.

All on a log scale, with half a count added where a count can be 0, so that empty records have a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...language.catalogue import Words
from ...units import DAYS_PER_YEAR
from .course import own_course
from .spectrum import area_fit, city_fit

ABSURD = 12.0
"""An outlier's distance from the median, in spreads of the counts' own kind (see ``absurd``)."""
_WEEKS = ((1, 4, 13, 26, 52), 13, ((0, 0), (1, 1), (2, 4), (5, 13), (14, 26)), (1, 4, 13))
_MONTHS = ((1, 3, 6, 12), 3, ((0, 0), (1, 1), (2, 3), (4, 6)), (1, 3))
_YEARS = ((), 0, (), ())
_SPANS = {"week": _WEEKS, "month": _MONTHS, "year": _YEARS}
_ROWS = 500
"""Records summarised at a time, so that memory does not grow with a bank."""


@dataclass(frozen=True, slots=True)
class RecordFrame:
    """The shape a record has: ``edges`` [units + 1] in days, ``areas``, ``recorded`` bool [units, areas].

    ``unit`` is week, month or year; ``harm`` whether persons hit and killed are counted.
    """

    edges: np.ndarray
    areas: int
    recorded: np.ndarray
    unit: str
    harm: bool

    @property
    def units(self) -> int:
        """Number of weeks, months or years."""
        return len(self.edges) - 1

    @property
    def middles(self) -> np.ndarray:
        """Middle of each unit in years from the start."""
        return np.asarray((self.edges[:-1] + self.edges[1:]) / 2 / DAYS_PER_YEAR)

    @property
    def exposure(self) -> np.ndarray:
        """Recorded years by unit and area [units, areas]."""
        return np.asarray(self.recorded * (np.diff(self.edges) / DAYS_PER_YEAR)[:, None])


class Statistic(NamedTuple):
    """What one column of ``statistics`` is: its kind, over or apart by which span, in weeks, months or years."""

    kind: str
    span: str = ""
    period: str = "week"

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str = "en") -> str:
        """What it is called; its English name stands in stored tables."""
        words, (low, _, high) = Words(lang), self.span.partition(" to ")
        span = words("calibrate.to", low=low, high=high) if high else low
        return words(f"calibrate.statistic.{self.kind}", span=span, unit=words(f"calibrate.unit.{self.unit}"))

    @property
    def unit(self) -> str:
        """Weeks, months or years, or one of them."""
        return self.period if self.span == "1" else f"{self.period}s"


def statistic_names(frame: RecordFrame) -> tuple[str, ...]:
    """What the columns of ``statistics`` are called."""
    return tuple(map(str, columns(frame)))


def columns(frame: RecordFrame) -> tuple[Statistic, ...]:
    """What the columns of ``statistics`` are."""
    scales, local, lags, area_scales = _SPANS[frame.unit]
    several, within = frame.areas > 1, frame.unit != "year"
    spans: list[tuple[str, list[str]]] = [
        ("level", [""]),
        ("trend", [""]),
        ("bend", [""]),
        ("city", [*map(str, scales)]),
        *([("local", [str(local)]), ("halves", [""])] if within else []),
        ("skewness", [*map(str, scales[:3])]),
        *([("area", [*map(str, area_scales)])] if several else []),
        *([("third", [""]), ("fourth", [""])] if several and within else []),
        *((kind, [*map(_span, lags)]) for kind in (("same", "different", "uneven") if several else ("same",))),
        *((kind, [""]) for kind in ("spectral_n", "spectral_quick", "spectral_shock", "spectral_swing") if within),
        *((kind, [""]) for kind in ("spectral_fast", "spectral_slow") if several and within),
        *([("hit", [""]), ("killed", [""])] if frame.harm else []),
    ]
    return tuple(Statistic(kind, span, frame.unit) for kind, some in spans for span in some)


def _span(lag: tuple[int, int]) -> str:
    return f"{lag[0]}" if lag[0] == lag[1] else f"{lag[0]} to {lag[1]}"


def absurd(counts: np.ndarray) -> np.ndarray:
    """Units whose total lies absurdly far above the rest: bool [..., units].

    The distance is from the median, in units of the larger of the square root of median + 1 and the spread of the
    middle half: no clustering that is known comes near 12 of them in a week.
    """
    total = counts.sum(axis=-1)
    low, middle, high = np.quantile(total, (0.25, 0.5, 0.75), axis=-1)
    spread = np.maximum(np.sqrt(middle + 1.0), (high - low) / 1.349)
    return np.asarray(total > (middle + ABSURD * spread)[..., None])


def statistics(counts: np.ndarray, harm: np.ndarray, profile: np.ndarray, frame: RecordFrame) -> np.ndarray:
    """Summary statistics of records: float64 [records, len(names)].

    ``counts`` [records, units, areas], 0 where not recorded; ``harm`` [records, 2] persons hit and killed;
    ``profile`` [units], the expected shape over time, mean about 1.
    """
    cuts = range(0, len(counts), _ROWS)
    return np.concatenate([_some(counts[k : k + _ROWS], harm[k : k + _ROWS], profile, frame) for k in cuts])


def _some(counts: np.ndarray, harm: np.ndarray, profile: np.ndarray, frame: RecordFrame) -> np.ndarray:
    x = counts.astype(float)
    usual = frame.exposure * profile[:, None]
    course, slope = own_course(x.sum(axis=2), usual.sum(axis=1), frame.middles)
    expected = usual * course[:, :, None]
    found, within = _level(x, expected, slope, frame), frame.unit != "year"
    found += _city(x, expected, frame) if within else []
    if frame.areas > 1:
        found += _within_areas(x, expected, frame) if within else []
    if within:
        found += _pairs(x, expected, frame) + _spectra(x, expected, frame)
    if frame.harm:
        found += _harm(x, harm)
    return np.column_stack(found)


def _level(x: np.ndarray, expected: np.ndarray, slope: np.ndarray, frame: RecordFrame) -> list[np.ndarray]:
    years = frame.exposure.sum()
    rate = (x.sum(axis=(1, 2)) + 0.5) / years
    city, e = x.sum(axis=2), expected.sum(axis=2)
    away = frame.middles - frame.middles.mean()
    square = away**2 - (away**2).mean()
    bend = ((city - _scaled(city, e)) @ square) / (rate * years * (square**2).mean())
    return [np.log(rate), slope, bend]


def _blocks(values: np.ndarray, size: int, axis: int) -> np.ndarray:
    """Sums over blocks of ``size`` along an axis; a last block that is cut short is left out."""
    count = values.shape[axis] // size
    kept = np.take(values, range(count * size), axis=axis)
    shape = (*values.shape[:axis], count, size, *values.shape[axis + 1 :])
    return np.asarray(kept.reshape(shape).sum(axis=axis + 1))


def _dispersion(x: np.ndarray, mean: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """log of the mean of (x - mean)^2 / mean over cells with something expected, a little shrunk to 1."""
    seen = mean > 0
    squares = np.where(seen, (x - mean) ** 2 / np.where(seen, mean, 1.0), 0.0).sum(axis=axes)
    cells = seen.sum(axis=axes)
    return np.asarray(np.log((squares + 0.5) / (cells + 0.5)))


def _scaled(x: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Mean counts of a city [records, units] or its areas [records, units, areas] at each record's own level."""
    level = (x.sum(axis=1, keepdims=True) + 1e-9) / np.maximum(e.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(level * e)


def _city(x: np.ndarray, expected: np.ndarray, frame: RecordFrame) -> list[np.ndarray]:
    scales, local, _, _ = _SPANS[frame.unit]
    city, e = x.sum(axis=2), expected.sum(axis=2)
    mean = _scaled(city, e)
    out = [_dispersion(_blocks(city, k, 1), _blocks(mean, k, 1), (1,)) for k in scales]
    count = city.shape[1] // local * local
    level = _blocks(city, local, 1) / np.maximum(_blocks(e, local, 1), 1e-12)
    mean = np.repeat(level, local, axis=1) * e[:, :count]
    about = _dispersion(city[:, :count], mean, (1,))
    mean = _scaled(city, e)
    block, half = scales[1], city.shape[1] // 2
    first, second = (
        _dispersion(_blocks(part, block, 1), _blocks(_scaled(part, own), block, 1), (1,))
        for part, own in ((city[:, :half], e[:, :half]), (city[:, half:], e[:, half:]))
    )
    return [*out, about, second - first, *(_skewness(_blocks(city, k, 1), _blocks(mean, k, 1)) for k in scales[:3])]


def _skewness(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Cube root of the mean cube of what lies beyond the mean, in Poisson standard deviations."""
    seen = mean > 0
    cubes = np.where(seen, ((x - mean) / np.sqrt(np.where(seen, mean, 1.0))) ** 3, 0.0)
    return np.asarray(np.cbrt(cubes.sum(axis=1) / (seen.sum(axis=1) + 0.5)))


def _within_areas(x: np.ndarray, expected: np.ndarray, frame: RecordFrame) -> list[np.ndarray]:
    scales = _SPANS[frame.unit][3]
    mean = _scaled(x, expected)
    third, fourth = (((x - mean) ** power).sum(axis=(1, 2)) / (x.sum(axis=(1, 2)) + 0.5) for power in (3, 4))
    moments = [np.cbrt(third), np.log(fourth + 0.5)]
    return [*(_pooled(_blocks(x, k, 1), _blocks(mean, k, 1)) for k in scales), *moments]


def _pooled(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Pooled variance to mean: squares over means summed, so that quiet areas do not rule."""
    return np.asarray(np.log((((x - mean) ** 2).sum(axis=(1, 2)) + 0.5) / (mean.sum(axis=(1, 2)) + 0.5)))


def _pairs(x: np.ndarray, expected: np.ndarray, frame: RecordFrame) -> list[np.ndarray]:
    lags = _SPANS[frame.unit][2]
    level = x.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-12)
    same, different, uneven = [], [], []
    for lag in lags:
        seen = _products(x, lag)
        if lag[0] == 0:
            diagonal = np.arange(frame.areas)
            seen[:, diagonal, diagonal] -= x.sum(axis=1)
        mean = _products(expected, lag) * level[:, :, None] * level[:, None, :]
        same.append(_ratio(np.trace(seen, axis1=1, axis2=2), np.trace(mean, axis1=1, axis2=2)))
        if frame.areas > 1:
            ratio, spread = _across(seen, mean)
            different.append(ratio)
            uneven.append(spread)
    return same + different + uneven


def _products(x: np.ndarray, lag: tuple[int, int]) -> np.ndarray:
    """Sum over units of x[u, a] times what area b has ``lag`` units later: [records, areas, areas]."""
    first, last = lag
    units = x.shape[1]
    total = np.concatenate([np.zeros_like(x[:, :1]), np.cumsum(x, axis=1)], axis=1)
    start, end = np.minimum(np.arange(units) + first, units), np.minimum(np.arange(units) + last + 1, units)
    later = total[:, end] - total[:, start]
    return np.asarray(np.swapaxes(x, 1, 2) @ later)


def _across(seen: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs in different areas: their ratio, and how unevenly the rest lies over pairs of areas."""
    rows, columns = np.triu_indices(seen.shape[1], 1)
    pairs = seen[:, rows, columns] + seen[:, columns, rows]
    chance = mean[:, rows, columns] + mean[:, columns, rows]
    total, expected = pairs.sum(axis=1), chance.sum(axis=1)
    fair = chance * ((total + 0.5) / (expected + 0.5))[:, None]
    return _ratio(total, expected), _dispersion(pairs, fair, (1,))


def _ratio(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.asarray(np.log((seen + 0.5) / (expected + 0.5)))


def _spectra(x: np.ndarray, expected: np.ndarray, frame: RecordFrame) -> list[np.ndarray]:
    days = float(np.diff(frame.edges).mean())
    residual = x - _scaled(x, expected)
    total = x.sum(axis=(1, 2)) + 0.5
    city = city_fit(residual.sum(axis=2), total / frame.units, days)
    if frame.areas == 1:
        return city
    share = (x.sum(axis=1) + 0.5 / frame.areas) / total[:, None]
    return city + area_fit(residual, share, total / frame.units, days)


def _harm(x: np.ndarray, harm: np.ndarray) -> list[np.ndarray]:
    total = x.sum(axis=(1, 2))
    return [np.log((harm[:, 0] + 0.5) / (total + 1.0)), np.log((harm[:, 1] + 0.5) / (harm[:, 0] + 1.0))]
