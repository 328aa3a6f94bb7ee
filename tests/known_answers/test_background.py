"""With every kappa at 0 attacks are Poisson: no memory, no clustering, groups apart from each other."""

from __future__ import annotations

import numpy as np
from months import month_starts

from .statistics import Scores, count_z, dispersion_z, fano_z, fit_z, flat_z, holds, known_z, product_z
from .worlds import YEAR, many, off

LEVEL, YEARS = 60.0, 10.0


def daily(attacks: np.ndarray, runs: int, days: int) -> np.ndarray:
    counts = np.zeros((runs, days))
    np.add.at(counts, (attacks["run"], attacks["day"].astype(int)), 1.0)
    return counts


def memory_z(counts: np.ndarray, mean: float, reach: int) -> float:
    """Score of "more after more": past counts against today's surprise; N(0, 1) for a Poisson process."""
    past = np.cumsum(counts, axis=1)
    recent = past[:, reach - 1 : -1].copy()
    recent[:, 1:] -= past[:, : -reach - 1]
    weight = recent - reach * mean
    return float((weight * (counts[:, reach:] - mean)).sum() / np.sqrt(mean * (weight**2).sum()))


def test_attacks_are_poisson() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off(), seed, 250 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        days = int(YEARS * YEAR)
        by_day = daily(attacks[attacks["day"] < days], seen.runs, days)
        by_month = seen.monthly("shootings")
        lengths = np.diff(month_starts(off().start_date, off().window[1]))
        return {
            "level": count_z(len(attacks), LEVEL * YEARS * seen.runs),
            "dispersion of runs": dispersion_z(seen.outcome("attacks")),
            "dispersion of months": dispersion_z(by_month[:, :-1]),
            "dispersion of days": dispersion_z(by_day),
            "variance over mean": fano_z(seen.outcome("attacks"), 1.0),
            "memory of a day": memory_z(by_day, LEVEL / YEAR, 1),
            "memory of a month": memory_z(by_day, LEVEL / YEAR, 28),
            "memory of a year": memory_z(by_day, LEVEL / YEAR, 365),
            "months alike": fit_z(by_month.sum(axis=0), by_month.sum() * lengths / lengths.sum()),
            "weekdays alike": flat_z([by_day[:, d : days - days % 7 : 7].sum() for d in range(7)]),
            "time of day": flat_z(np.bincount((attacks["day"] % 1.0 * 24).astype(int), minlength=24)),
        }

    holds(measure)


def test_groups_are_apart_and_targets_and_shooters_alike() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off(), seed, 150 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        months = int(YEARS * 12)
        month = np.minimum((attacks["day"] / 30.4375).astype(int), months - 1)
        counts = np.zeros((6, seen.runs * months))
        np.add.at(counts, (attacks["attacker_group"], attacks["run"] * months + month), 1.0)
        mean = LEVEL * YEARS / months / 6
        assert np.all(attacks["parent_seq"] == -1) and np.all(attacks["cause"] == 0)
        assert np.all(attacks["attacker_group"] != attacks["target_group"])
        pairs = attacks["attacker_group"] * 6 + attacks["target_group"]
        scores = {
            "groups alike": flat_z(counts.sum(axis=1)),
            "targets alike": flat_z([n for k, n in enumerate(np.bincount(pairs, minlength=36)) if k % 7]),
            "shooters alike": flat_z(np.bincount(attacks["shooter"], minlength=120)),
        }
        for g in range(6):
            scores[f"dispersion of group {g}"] = dispersion_z(counts[g])
            for h in range(g):
                scores[f"groups {h} and {g}"] = product_z(counts[g] - mean, counts[h] - mean, mean)
        return scores

    holds(measure)


def test_groups_attack_by_size_and_activity() -> None:
    """Rates are proportional to size when activity is equal; activity spreads them for good, mean kept."""

    def measure(seed: int, size: int) -> Scores:
        sized = many(off("site.size_sd=0.8"), seed, 150 * size, ("groups",))
        groups = sized.tables["groups"]
        wanted = LEVEL * YEARS * groups["members"] / 120.0
        residual = (groups["attacks"] - wanted) / np.sqrt(wanted)
        active = many(off("site.activity_sd=1.0"), seed, 200 * size, ("groups",))
        return {
            "level with sizes": count_z(groups["attacks"].sum(), LEVEL * YEARS * sized.runs),
            "attacks by size": known_z(residual**2 - 1.0, 0.0, 2.0 + float(np.mean(1.0 / wanted))),
            "level with activity": count_z(active.outcome("attacks").sum(), LEVEL * YEARS * active.runs),
            "dispersion with activity": dispersion_z(active.outcome("attacks")),
        }

    holds(measure)


def test_ties_choose_targets() -> None:
    """A table of ties: targets by weight of rivalry; allies and strangers are never attacked."""
    ties = "site.ties=[[0,1,3,0],[0,2,1,0],[0,3,0,1],[1,2,1,0],[3,4,1,0],[4,5,2,0],[3,5,2,0]]"

    def measure(seed: int, size: int) -> Scores:
        attacks = many(off(ties), seed, 60 * size, ("attacks",)).tables["attacks"]
        table = np.bincount(attacks["attacker_group"] * 6 + attacks["target_group"], minlength=36).reshape(6, 6)
        rivalry = np.zeros((6, 6))
        for a, b, weight in ((0, 1, 3), (0, 2, 1), (1, 2, 1), (3, 4, 1), (4, 5, 2), (3, 5, 2)):
            rivalry[a, b] = rivalry[b, a] = weight
        assert not table[rivalry == 0].any()
        expected = rivalry / rivalry.sum(axis=1, keepdims=True) * table.sum(axis=1, keepdims=True)
        return {f"group {g}": fit_z(table[g][rivalry[g] > 0], expected[g][rivalry[g] > 0]) for g in range(6)}

    holds(measure)


def test_outsiders_take_their_share() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off("attacks.outsider_share=0.3"), seed, 60 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        outside = attacks["target_group"] == -1
        return {
            "on outsiders": count_z(outside.sum(), 0.3 * LEVEL * YEARS * seen.runs),
            "on rivals": count_z((~outside).sum(), 0.7 * LEVEL * YEARS * seen.runs),
        }

    holds(measure)
