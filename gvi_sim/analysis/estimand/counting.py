"""Counts over time: level, dispersion, clustering, harm, contagion. No programme is needed for these."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ...units import DAYS_PER_MONTH, DAYS_PER_YEAR
from ...world.codes import BACKGROUND, NOBODY, RETALIATION
from ..measures.contagion import cascade_sizes, parents
from .base import Arms, Sums, mean_of, median_of, ratio_of
from .spans import Between, attacks_between, counted, days_of, weights

DELAY_EDGES = np.concatenate([np.arange(0, 400, 1.0), np.arange(400, 4001, 50.0)])


def per_year(arms: Arms, *, arm: str, what: str = "shootings", between: Between = None) -> Sums:
    """Mean number a year."""
    first, last = days_of(arms[arm], between)
    return mean_of(counted(arms[arm], what, between) / ((last - first) / DAYS_PER_YEAR))


def level_against(
    arms: Arms, *, arm: str, what: str = "shootings", before: Between = None, after: Between = None
) -> Sums:
    """Numbers a year in one span over those in another, in one scenario: 0.5 is half as many."""
    (a, b), (c, d) = days_of(arms[arm], before), days_of(arms[arm], after)
    sums = ratio_of(counted(arms[arm], what, after), counted(arms[arm], what, before))
    return Sums(sums.per_run, lambda s: sums.value(s) * (b - a) / (d - c))


def _binned(arms: Arms, arm: str, what: str, days: float, parts: int) -> np.ndarray:
    """Counts [runs, parts, bins]; groups are dealt to ``parts`` parts in turn, as many to each."""
    runs = arms[arm]
    attacks = attacks_between(runs, None)
    bins = int((runs.window[1] - runs.window[0]) // days)
    part = attacks["attacker_group"].to_numpy() % parts
    when = ((attacks["day"].to_numpy() - runs.window[0]) // days).astype(int)
    counts = np.zeros((runs.replicates, parts, bins))
    whole = when < bins
    np.add.at(counts, (attacks["run"].to_numpy()[whole], part[whole], when[whole]), weights(attacks, what)[whole])
    return counts


def dispersion(
    arms: Arms, *, arm: str, what: str = "shootings", days: float = 7, about: int | None = None, parts: int = 1
) -> Sums:
    """Variance over mean of counts in spans of ``days``; 1 is Poisson.

    ``about``: variance about means of so many consecutive spans, which takes trend and season out.
    ``parts``: of each of so many parts of the city, weighted by their counts.
    """
    counts = _binned(arms, arm, what, days, parts)
    if about:
        blocks = counts.shape[-1] // about
        cut = counts[..., : blocks * about].reshape(*counts.shape[:2], blocks, about)
        spread = cut.var(axis=-1, ddof=1).mean(axis=-1)
        level = cut.mean(axis=(-1, -2))
    else:
        spread, level = counts.var(axis=-1, ddof=1), counts.mean(axis=-1)
    # sum over parts of level * (spread / level), over the sum of levels
    return ratio_of(spread.sum(axis=1), level.sum(axis=1))


def monthly_dispersion(arms: Arms, *, arm: str, what: str = "shootings") -> Sums:
    """Variance over mean of monthly counts."""
    return dispersion(arms, arm=arm, what=what, days=DAYS_PER_MONTH)


def near_repeats(arms: Arms, *, arm: str, what: str = "shootings", days: float = 14, parts: int = 1) -> Sums:
    """Pairs within ``days`` in one of ``parts`` parts over those expected were dates dealt to parts at random.

    The expectation is exact: the share of all pairs that are near, times the pairs of each part.
    """
    runs = arms[arm]
    attacks = attacks_between(runs, None)
    attacks = attacks[weights(attacks, what) > 0].sort_values(["run", "day"])
    day, part = attacks["day"].to_numpy(float), attacks["attacker_group"].to_numpy() % parts
    ends = np.searchsorted(attacks["run"].to_numpy(), np.arange(runs.replicates + 1))
    counts = [_near_and_expected(day[a:b], part[a:b], days) for a, b in pairwise(ends)]
    return ratio_of(*np.array(counts).T)


def _near_and_expected(day: np.ndarray, part: np.ndarray, days: float) -> tuple[float, float]:
    own = [day[part == k] for k in np.unique(part)]
    pairs = len(day) * (len(day) - 1) / 2
    share = _near_pairs(day, days) / pairs if pairs else 0.0
    near = math.fsum(_near_pairs(d, days) for d in own)
    return near, share * math.fsum(len(d) * (len(d) - 1) / 2 for d in own)


def _near_pairs(day: np.ndarray, days: float) -> float:
    return float((np.searchsorted(day, day + days, side="right") - np.arange(len(day)) - 1).sum())


def peak_month(arms: Arms, *, arm: str, what: str = "shootings") -> Sums:
    """The calendar month (1 to 12) with most, over all replicates and years."""
    runs = arms[arm]
    attacks, months = runs.table("attacks"), runs.attacks["date"].dt.month
    counts = np.zeros((runs.replicates, 12))
    np.add.at(counts, (attacks["run"], months - 1), weights(attacks, what))
    return Sums(counts, lambda s: float(np.argmax(s) + 1) if s.sum() > 0 else float("nan"))


def persons_per_shooting(arms: Arms, *, arm: str, what: str = "persons_killed", per: str = "shootings") -> Sums:
    """Persons killed (or hit) over shootings, shootings with somebody hit, or persons hit."""
    return ratio_of(counted(arms[arm], what), counted(arms[arm], per))


def multi_victim_share(arms: Arms, *, arm: str) -> Sums:
    """Share with two or more hit, among shootings that hit somebody."""
    runs = arms[arm]
    attacks = attacks_between(runs, None)
    several = (attacks["hit"].to_numpy() > 1) * weights(attacks, "shootings_hit")
    return ratio_of(np.bincount(attacks["run"], several, minlength=runs.replicates), counted(runs, "shootings_hit"))


def share_with_parent(arms: Arms, *, arm: str, cause: str = "any") -> Sums:
    """Share of attacks set off by another (``cause``: "any", or "retaliation" for answers to an attack)."""
    runs = arms[arm]
    attacks = attacks_between(runs, None)
    kind = attacks["cause"].to_numpy()
    set_off = kind == RETALIATION if cause == "retaliation" else kind != BACKGROUND
    return ratio_of(np.bincount(attacks["run"], set_off, minlength=runs.replicates), counted(runs, "attacks"))


def expected_offspring(arms: Arms, *, arm: str) -> Sums:
    """n of the scenario as it was stated: the sum of the kappas."""
    kappas = arms[arm].scenario.attacks
    n = kappas.kappa_retaliation + kappas.kappa_repeat + kappas.kappa_spread
    return mean_of(np.full(arms[arm].replicates, n))


def mean_cascade(arms: Arms, *, arm: str) -> Sums:
    """Attacks per cascade; attacks whose parent lies before the window begin one, as a study would see it."""
    runs = arms[arm]
    attacks = attacks_between(runs, None)
    roots = parents(attacks) < 0
    return ratio_of(
        np.bincount(attacks["run"], minlength=runs.replicates),
        np.bincount(attacks["run"], roots, minlength=runs.replicates),
    )


def largest_cascade(arms: Arms, *, arm: str) -> Sums:
    """The largest cascade of a run, mean over replicates."""
    attacks = attacks_between(arms[arm], None)
    sizes = [float(cascade_sizes(of_run).max(initial=0)) for _, of_run in attacks.groupby("run")]
    return mean_of(np.array(sizes))


def mean_delay(arms: Arms, *, arm: str) -> Sums:
    """Mean days from an attack to one that it set off, both in the window."""
    run, delays = _delays(arms, arm)
    count = arms[arm].replicates
    return ratio_of(np.bincount(run, delays, minlength=count), np.bincount(run, minlength=count))


def median_delay(arms: Arms, *, arm: str, cause: int | None = None) -> Sums:
    """Median days from an attack to one that it set off (``cause``: 1 retaliation, 2 repeat, 3 spread)."""
    run, delays = _delays(arms, arm, cause)
    return median_of(delays, run, arms[arm].replicates, DELAY_EDGES)


def _delays(arms: Arms, arm: str, cause: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    attacks = attacks_between(arms[arm], None)
    parent, day = parents(attacks), attacks["day"].to_numpy(float)
    chosen = parent != NOBODY
    if cause is not None:
        chosen &= attacks["cause"].to_numpy() == cause
    return attacks["run"].to_numpy()[chosen], day[chosen] - day[parent[chosen]]


def years_below(arms: Arms, *, arm: str, before: Between, after: Between, what: str = "shootings",
                at_most: float = 0.6) -> Sums:  # fmt: skip
    """Share of runs in which the level after is at most ``at_most`` times the level before."""
    (a, b), (c, d) = days_of(arms[arm], before), days_of(arms[arm], after)
    first = counted(arms[arm], what, before) / (b - a)
    then = counted(arms[arm], what, after) / (d - c)
    return mean_of((then <= at_most * first).astype(float))


def erratic_locally(arms: Arms, *, arm: str, what: str = "shootings", days: float = DAYS_PER_YEAR) -> Sums:
    """Coefficient of variation of yearly counts of single groups over that of all together."""
    runs = arms[arm]
    groups = sum(site.site.groups for site in runs.scenario.each_site())
    counts = _binned(arms, arm, what, days, groups)
    own = counts.std(axis=-1, ddof=1).sum(axis=1) / np.maximum(counts.mean(axis=-1).sum(axis=1), 1e-12)
    whole = counts.sum(axis=1)
    together = whole.std(axis=-1, ddof=1) / np.maximum(whole.mean(axis=-1), 1e-12)
    return ratio_of(own, together)
