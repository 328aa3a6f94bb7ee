"""How unevenly attacks fall on groups and persons."""

from __future__ import annotations

import numpy as np

from ...world.codes import HIRED
from ..measures.concentration import gini, top_share
from .base import Arms, Sums, mean_of
from .spans import attacks_between


def top_share_of_groups(arms: Arms, *, arm: str, share: float = 0.2) -> Sums:
    """Share of attacks made by the most active ``share`` of groups."""
    return mean_of(np.array([top_share(counts, share) for counts in _by_group(arms, arm)]))


def gini_of_groups(arms: Arms, *, arm: str) -> Sums:
    """Gini coefficient of attacks over groups."""
    return mean_of(np.array([gini(counts) for counts in _by_group(arms, arm)]))


def top_share_of_persons(arms: Arms, *, arm: str, share: float) -> Sums:
    """Share of members' attacks made by the most active ``share`` of those who were members in the window."""
    return mean_of(np.array([top_share(counts, share) for counts in _by_person(arms, arm)]))


def gini_of_persons(arms: Arms, *, arm: str) -> Sums:
    """Gini coefficient of attacks over members."""
    return mean_of(np.array([gini(counts) for counts in _by_person(arms, arm)]))


def _by_group(arms: Arms, arm: str) -> list[np.ndarray]:
    runs = arms[arm]
    groups = sum(site.site.groups for site in runs.scenario.each_site())
    attacks = attacks_between(runs, None)
    counts = np.zeros((runs.replicates, groups))
    np.add.at(counts, (attacks["run"], attacks["attacker_group"]), 1.0)
    return list(counts)


def _by_person(arms: Arms, arm: str) -> list[np.ndarray]:
    runs = arms[arm]
    attacks = attacks_between(runs, None)
    own = attacks[attacks["shooter"] != HIRED].groupby(["run", "shooter"]).size().rename("attacks")
    persons = runs.table("persons")
    there = persons[(persons["leave_day"] > runs.window[0]) & (persons["join_day"] < runs.window[1])]
    counts = there.join(own, on=["run", "person"]).fillna({"attacks": 0})
    return [of_run.to_numpy() for _, of_run in counts.groupby("run")["attacks"]]
