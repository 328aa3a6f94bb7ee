"""What candidates for the packaged ensemble are drawn from: structures, strengths, and what the registry says.

Every value lies in the range of its registry entry. Four things that nobody knows are structures, each with
two forms (``execution/ensembles/structures.py``):

* the sanction is feared at any attack, or only while a round of the promise is open (``promise.feared``);
* the message lasts while contact goes on, or wears off (``belief.habituation``);
* the risk of arrest deters along a straight line, or beyond a knee (``gates.knee``);
* attacks cluster since they set each other off, or since whole towns have bad and good years (the kappas and
  ``calendar.swing_sd``).

The programme's strengths share a factor between 0 and 1: whether the approach works at all outside the places it was
studied in is doubt about all of them at once. In one candidate of eight it fails: hardly anything restrains, contacts
win no trust, and sanctions are resented. Candidates are points of a Sobol sequence, so nothing here is random.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from gvi_sim.config.leaves import leaves
from gvi_sim.evidence import entry
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble

SHARED = ("gates.deterrence_strength", "gates.norm_strength", "gates.pressure_strength")
FROM_REGISTRY = (
    "gates.replacement", "gates.support_restraint", "gates.mediation_effect", "belief.vicarious",
    "belief.credibility_strength", "belief.message_reach", "belief.legitimacy_sanction_step", "exit.acceptance",
    "exit.dropout_per_month", "exit.completion", "exit.relapse_rate_per_year",
)  # fmt: skip
KAPPAS = ("attacks.kappa_retaliation", "attacks.kappa_repeat", "attacks.kappa_spread")
SPLIT = (0.375, 0.25, 0.375)
MOST_BY_ARREST = 1.0
"""Largest log reduction by a certain arrest: with more, clearance would move shootings more than any study found."""
FADES = 0.45
PERSONAL, TRUST = "gates.personal_strength", "belief.legitimacy_contact_step"
# Where the approach fails, all that restrains is weak, and contacts are not seen as fair, so that defiance can harm.
FAILS, MOST_WHERE_FAILING, TRUST_WHERE_FAILING = 0.125, 0.2, 0.1
Columns = dict[str, np.ndarray]


def _between(low: float, high: float, u: np.ndarray) -> np.ndarray:
    return np.asarray(low + (high - low) * u)


def _strengths(u: Callable[[], np.ndarray]) -> Columns:
    place = u()
    fails = place < FAILS
    works = np.where(fails, MOST_WHERE_FAILING * place / FAILS, np.sqrt(np.maximum(place - FAILS, 0.0) / (1.0 - FAILS)))
    found = {key: works * _between(0.0, _top(key), u()) for key in SHARED}
    weight = np.minimum(1.0, MOST_BY_ARREST / np.maximum(found[SHARED[0]], 1e-9))
    talks, trust = (_between(*_range(key), u()) for key in (PERSONAL, TRUST))
    return found | {
        "gates.arrest_weight": weight * u(),
        "gates.defiance": np.where(fails, _top("gates.defiance") * u(), 0.0),
        PERSONAL: np.where(fails, works, 1.0) * talks,
        TRUST: np.where(fails, TRUST_WHERE_FAILING, 1.0) * trust,
    }


def _message(u: Callable[[], np.ndarray]) -> Columns:
    fades = u() < FADES
    worn, half_life = u(), u()
    low, high = _range("belief.message_half_life_days")
    most = np.where(fades, 500.0, high)
    return {
        "belief.habituation": np.where(fades, _between(0.8, 2.2, worn), 0.0),
        "belief.message_half_life_days": low * (most / low) ** half_life,
        "gates.norm_deeds": 1.0 - 0.3 * u() ** 2,  # mostly near 1
        "belief.credibility": _credibility(u()),
    }


def _credibility(u: np.ndarray) -> np.ndarray:
    low, high = _range("belief.credibility")
    return _between(low, high, u**0.74)  # median a half


def _structures(u: Callable[[], np.ndarray]) -> Columns:
    swings = u() < 0.5
    place, bad_years = u(), u()
    n = np.where(swings, _between(0.03, 0.15, place), _between(0.15, 0.5, place))
    return {
        "promise.feared": (u() < 0.5).astype(float),
        "gates.knee": np.where(u() < 0.5, 0.0, 0.35),
        "calendar.swing_sd": np.where(swings, _between(0.25, 0.45, bad_years), _between(0.1, 0.25, bad_years)),
        **{key: share * n for key, share in zip(KAPPAS, SPLIT, strict=True)},
    }


def _from_registry(u: Callable[[], np.ndarray]) -> Columns:
    found = {}
    for key in FROM_REGISTRY:
        low, high = _range(key)
        found[key] = np.clip([entry(key).quantile(float(each)) for each in u()], low, high)
    return found


def _range(key: str) -> tuple[float, float]:
    known = entry(key)
    if known.low is None or known.high is None:
        raise ValueError(f"{key} has no range in the registry")
    return known.low, known.high


def _top(key: str) -> float:
    return _range(key)[1]


_PARTS = (_strengths, _message, _structures, _from_registry)
_DIMENSIONS = 64


def _columns(points: np.ndarray) -> Columns:
    turns = iter(points.T)
    found: Columns = {}
    for part in _PARTS:
        found |= part(lambda: next(turns))
    return found


KEYS = tuple(_columns(np.full((1, _DIMENSIONS), 0.5)))


def candidates(count: int) -> StoredEnsemble:
    """``count`` candidate draws from the priors (a power of two), all of equal weight."""
    from scipy.stats import qmc

    points = qmc.Sobol(_DIMENSIONS, scramble=False).random(2 * count)[count:]  # the first half holds the corner 0
    columns = _columns(np.clip(points, 1e-6, 1.0 - 1e-6))
    draws = np.column_stack([columns[key] for key in KEYS])
    return StoredEnsemble("candidates", KEYS, draws, np.full(count, 1.0 / count))


def prior(key: str) -> str:
    """What candidates were drawn from, in words."""
    if leaves()[key].kind == "word":
        return "one of " + ", ".join(leaves()[key].words)
    low, high = _range(key)
    return f"{low:g} to {high:g}, the range of the registry" + _SHAPES.get(key, "")


_SHARE = "; times a factor that the strengths share, the root of a uniform one, or small where the approach fails"
_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(SHARED, _SHARE),
        "gates.arrest_weight": f"; at most {MOST_BY_ARREST:g} over gates.deterrence_strength",
        "gates.defiance": f"; 0 but in the {FAILS:.0%} of the candidates in which the approach fails",
        PERSONAL: "; times the shared factor where the approach fails",
        TRUST: "; a tenth where the approach fails",
        "belief.habituation": f"; 0 in {1 - FADES:.0%} of the candidates, else 0.8 and more",
        "belief.message_half_life_days": "; at most 500 where contacts wear off",
        "gates.norm_deeds": "; mostly near 1",
        "belief.credibility": "; median 0.5",
        "gates.knee": "; 0 or 0.35",
        "calendar.swing_sd": "; above 0.25 where towns' bad years make attacks cluster, else below",
        **dict.fromkeys(KAPPAS, "; together 0.03 to 0.15 where bad years make attacks cluster, else 0.15 to 0.5"),
    }
)
