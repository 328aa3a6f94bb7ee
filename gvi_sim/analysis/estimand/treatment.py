"""Groups as an evaluation sorts them, each from the day it was touched: treated, tied to treated, others.

Treated: reached by a contact, from the first one on. Tied: never treated until then, with a rival or ally
that is treated, from that one's first contact until its own. Others: neither, from the programme's first
contact. All are defined in the scenario with the programme; business as usual is counted over the same
groups and days, so that regression to the mean is in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ScenarioError, nearest_hint
from ...units import DAYS_PER_YEAR
from ..measures.ties import networks
from .spans import CONTACTS, first_contacts, weights

if TYPE_CHECKING:
    from ...simulate import Runs

KINDS = ("treated", "tied", "others", "all")


def group_spans(
    runs: Runs, kind: str, years: float | None, treated_by: Sequence[str] = CONTACTS
) -> tuple[np.ndarray, np.ndarray]:
    """First and last day that count of each group, float64 [runs, groups] each; NaN for a group of another kind.

    ``years`` is how long from the first touch; None to the end of the window.
    """
    if kind not in KINDS:
        raise ScenarioError("no-kind-of-group", kind=kind, hint=nearest_hint(kind, KINDS), known=KINDS)
    own, near = _touched(runs, tuple(treated_by))
    own_day, near_day = (np.where(np.isfinite(day), day, np.inf) for day in (own, near))
    begin = {
        "treated": own,
        "tied": np.where(near_day < own_day, near, np.nan),
        "others": np.where(np.isinf(own_day) & np.isinf(near_day), _first_of_run(own), np.nan),
        "all": _first_of_run(own),
    }[kind]
    end = np.minimum(own_day if kind == "tied" else np.inf, np.full(own.shape, runs.window[1]))
    return begin, end if years is None else np.minimum(end, begin + years * DAYS_PER_YEAR)


def _first_of_run(own: np.ndarray) -> np.ndarray:
    first = np.where(np.isfinite(own), own, np.inf).min(axis=1, keepdims=True)
    return np.broadcast_to(np.where(np.isfinite(first), first, np.nan), own.shape)


@lru_cache(maxsize=8)
def _touched(runs: Runs, treated_by: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Day of a group's first contact, and of the first contact among its ties. [runs, groups], NaN for never."""
    groups = sum(site.site.groups for site in runs.scenario.each_site())
    own = np.full((runs.replicates, groups), np.nan)
    contacts = first_contacts(runs, treated_by)
    own[contacts["run"], contacts["group"]] = contacts["first_day"]
    near = np.full(own.shape, np.inf)
    for run, network in enumerate(networks(runs)):
        day = np.where(np.isfinite(own[run]), own[run], np.inf)
        near[run] = np.where(network.tied, day[None, :], np.inf).min(axis=1, initial=np.inf)
    return own, np.where(np.isfinite(near), near, np.nan)


def counted_within(runs: Runs, what: str, spans: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """``what`` of the groups within their spans, each replicate. float64 [runs]."""
    attacks = runs.table("attacks")
    run, group, day = (attacks[name].to_numpy() for name in ("run", "attacker_group", "day"))
    begin, end = (span[run, group] for span in spans)
    chosen = (day >= begin) & (day < end)
    return np.bincount(run[chosen], weights(attacks, what)[chosen], minlength=runs.replicates)


def reached_share(runs: Runs, treated_by: Sequence[str] = CONTACTS) -> np.ndarray:
    """Share of groups that were ever treated. float64 [runs]."""
    return np.asarray(np.isfinite(_touched(runs, tuple(treated_by))[0]).mean(axis=1))
