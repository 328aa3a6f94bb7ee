"""One entry of the registry: a value with its range, unit, place, sources and grade."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

from .domains import domain_of

__all__ = ["ASSUMPTION", "DEFAULT_PLACE", "DISTRIBUTIONS", "GRADES", "Entry"]

ASSUMPTION = "assumption"
DEFAULT_PLACE = "default"
GRADES = ("A", "B", "C", "D")
DISTRIBUTIONS = ("fixed", "uniform", "loguniform", "lognormal", "logitnormal")

_Z95 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known about one parameter in one place.

    `low` and `high` are the ends of a uniform or loguniform, the 5th and 95th percentiles of a lognormal or
    logitnormal, and plain information for `fixed`, which is never drawn. `off` is the value that switches
    the mechanism off, None when there is none (`has_off` tells the two apart). `grade` is A to D (GRADES).
    """

    key: str
    value: object
    low: float | None
    high: float | None
    distribution: str
    unit: str
    domain: str
    place: str
    period: str
    sources: tuple[str, ...]
    grade: str
    note: str
    off: object
    has_off: bool

    @property
    def drawn(self) -> bool:
        """Whether an ensemble draws this parameter."""
        return self.distribution != "fixed"

    def quantile(self, u: float) -> float:
        """The value below which a share `u` (strictly between 0 and 1) of the distribution lies.

        Counts are rounded to whole numbers. ValueError for an entry that is never drawn.
        """
        if self.low is None or self.high is None or not self.drawn:
            raise ValueError(f"{self.key} is fixed in {self.place}: it has no quantiles")
        value = _QUANTILES[self.distribution](self.low, self.high, u)
        domain = domain_of(self.domain)
        value = min(max(value, domain.low), domain.high)
        return float(round(value)) if domain.kind == "count" else value


def _uniform(low: float, high: float, u: float) -> float:
    return low + (high - low) * u


def _loguniform(low: float, high: float, u: float) -> float:
    return exp(_uniform(log(low), log(high), u))


def _normal(low: float, high: float, u: float) -> float:
    return NormalDist((low + high) / 2, (high - low) / (2 * _Z95)).inv_cdf(u)


def _lognormal(low: float, high: float, u: float) -> float:
    return exp(_normal(log(low), log(high), u))


def _logitnormal(low: float, high: float, u: float) -> float:
    return 1 / (1 + exp(-_normal(log(low / (1 - low)), log(high / (1 - high)), u)))


_QUANTILES = {
    "uniform": _uniform,
    "loguniform": _loguniform,
    "lognormal": _lognormal,
    "logitnormal": _logitnormal,
}
