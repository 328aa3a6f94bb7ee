"""Regression to the mean: what a before/after comparison of the listed groups really sees (ODD 7.9).

Groups are listed because they were bad lately, so they would have had fewer attacks anyway. For the groups
listed at the first audit, with B attacks a year before the start and A after it (A0 in the paired twin
without the programme), the naive change is split exactly, in every run:

    A - B = true effect + downstream + trend + regression to the mean
    true effect   attacks stopped (less those let through) at their own gates, from the ledger
    downstream    attacks that fell away (or came) with their parent
    trend         B * (r - 1), r = all groups' attacks after over before in the twins, over all runs
    regression    what is left of A0 - B

r is a ratio of means, so each run's trend carries its share of r's error (the linear part), which leaves the
means untouched and makes the intervals right. The groups not listed are split the same way beside them:
they rise to the mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...errors import EngineError, ScenarioError
from ...execution.ensembles.parameters import ENSEMBLE
from ...execution.parameter_source import Choice
from ...execution.planning.plan import chosen_seed
from ...execution.planning.whole_numbers import checked_replicates
from ...language.catalogue import Words
from ...units import DAYS_PER_YEAR, day_of
from ..inference.estimates import Stated
from ..inference.graded import estimate_text
from ..inference.intervals import changes
from ..measures.listed_groups import may_be_told_apart
from ..pairs.effect import compare

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ...execution.workers.pool import Progress
    from ..pairs.effect import Effect

LISTED, OTHERS = "listed", "others"
COUNTED = ("attacks", "shootings", "detonations")
TERMS = ("naive", "effect", "downstream", "trend", "regression")
_DIRECT = "direct"
__all__ = ["COUNTED", "LISTED", "OTHERS", "TERMS", "Regression", "regression_to_the_mean", "split_levels"]


class Levels(NamedTuple):
    """Attacks a year of one kind of groups, float64 [runs] each, and of all groups in the twin."""

    before: np.ndarray
    after: np.ndarray
    direct: np.ndarray
    downstream: np.ndarray
    all_before: np.ndarray
    all_after: np.ndarray


class Regression:
    """The naive change of listed and other groups, split. ``table``: groups, term, mean, low, high, verdict.

    Terms a year: before, after, naive, effect, downstream, trend, regression. ``values`` [groups][term] holds
    them by run.
    """

    def __init__(self, values: Mapping[str, Mapping[str, np.ndarray]], what: str, effect: Effect) -> None:
        self.values, self.what, self.effect = values, what, effect

    @property
    def may_be_told(self) -> bool:
        """Whether listed groups, and the others, are enough persons in every run to be told apart (ETHICS.md)."""
        groups, starts = self.effect.scenario.table("groups"), _starts(self.effect)
        first = groups["first_listed_day"].to_numpy(float)
        return may_be_told_apart(groups, first == starts[groups["site"].to_numpy()])

    @property
    def table(self) -> pd.DataFrame:
        """Means a year with 95 % intervals, and the word for the direction of each."""
        import pandas as pd

        frames = []
        for groups, terms in self.values.items():
            found = changes(np.column_stack(list(terms.values())), self.effect.draws)
            told = {name: found[name] for name in ("low", "high", "verdict")}
            frames.append(pd.DataFrame({"groups": groups, "term": list(terms), "mean": found["difference"], **told}))
        return pd.concat(frames, ignore_index=True)

    def text(self, lang: str = "en") -> str:
        """What the model says of the listed groups' change, in English (``en``) or Swedish (``sv``)."""
        words = Words(lang).about(self.effect.scenario.scenario.choices["programme"])
        table = self.table
        rows = {row["term"]: row for row in table[table["groups"] == LISTED].to_dict("records")}
        lines = [words("regression.head", what=words(f"outcome.{self.what}"))]
        for name in ("before", "after", *TERMS):
            found = Stated(rows[name]["mean"], rows[name]["low"], rows[name]["high"])
            told = estimate_text(words, found, signed=name in TERMS)
            lines.append(f"  {words(f'term.{name}'):<32} {told}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text()


def split_levels(levels: Levels) -> dict[str, np.ndarray]:
    """The terms of one kind of groups by run; EngineError when they do not sum to the naive change."""
    twin_after = levels.after - levels.direct - levels.downstream
    mean_before, mean_all = levels.before.mean(), levels.all_before.mean()
    ratio = levels.all_after.mean() / mean_all if mean_all > 0 else 1.0
    share = mean_before / mean_all if mean_all > 0 else 0.0
    trend = levels.before * (ratio - 1) + share * (levels.all_after - ratio * levels.all_before)
    terms = {
        "before": levels.before,
        "after": levels.after,
        "naive": levels.after - levels.before,
        "effect": levels.direct,
        "downstream": levels.downstream,
        "trend": trend,
        "regression": twin_after - levels.before - trend,
    }
    total = np.sum([terms[name] for name in TERMS[1:]], axis=0)
    if not np.allclose(total, terms["naive"], rtol=0, atol=1e-9):
        raise EngineError("terms-miss-change")
    return terms


def regression_to_the_mean(
    scenario: Scenario,
    *,
    before_years: float = 2.0,
    after_years: float = 2.0,
    what: str = "attacks",
    replicates: int = 200,
    seed: int | None = None,
    workers: int | None = None,
    parameters: Choice = ENSEMBLE,
    progress: Progress | None = None,
    force: bool = False,
) -> Regression:
    """Split the change of the groups that ``scenario`` lists first, from before to after its start.

    The scenario is run from ``before_years`` before its first programme until ``after_years`` after its last,
    with its programme and without. ``what``: attacks, shootings or detonations. ScenarioError when no
    programme runs, or stops before the period ends.
    """
    if what not in COUNTED:
        raise ScenarioError("what", key="what", what=what, known=COUNTED)
    checked_replicates(replicates)
    around = _around(scenario, before_years, after_years)
    effect = compare(
        around.replace("programme.enabled=false"),
        around,
        replicates=replicates,
        seed=chosen_seed(seed),
        workers=workers,
        parameters=parameters,
        keep=("ledger",),
        progress=progress,
        force=force,
    )
    return from_effect(effect, before_years, after_years, what)


def _around(scenario: Scenario, before_years: float, after_years: float) -> Scenario:
    running = [site.programme for site in scenario.each_site() if site.programme_runs()[0]]
    if not running:
        raise ScenarioError(
            "nobody-listed", key="programme", reason=scenario.programme_runs()[1] or "no programme runs"
        )
    for name, years in (("before_years", before_years), ("after_years", after_years)):
        if not 0 < years < 100:
            raise ScenarioError("years-outside", key=name, years=years)
    starts = [programme.start_date for programme in running]
    begin = min(starts) - timedelta(days=round(before_years * DAYS_PER_YEAR))
    years = ((max(starts) - begin).days + round(after_years * DAYS_PER_YEAR) + 1) / DAYS_PER_YEAR
    for programme in running:
        end = programme.start_date + timedelta(days=round(after_years * DAYS_PER_YEAR))
        if programme.stop_date is not None and programme.stop_date < end:
            raise ScenarioError(
                "stops-too-early", key="programme.stop_date", stop_date=programme.stop_date, after_years=after_years
            )
    # A programme's date may follow from the scenario's, so it is held where it is.
    dates: dict[str, object] = {"start_date": begin, "years": years}
    if scenario.parts:
        for name, site in zip(scenario.sites, scenario.parts, strict=True):
            dates[f"sites.{name}.programme.start_date"] = site.programme.start_date
    else:
        dates["programme.start_date"] = scenario.programme.start_date
    return scenario.replace(dates)


def from_effect(effect: Effect, before_years: float, after_years: float, what: str) -> Regression:
    """Split the change around each site's start, of an effect whose window holds both periods."""
    sites = effect.scenario.scenario.each_site()
    starts = _starts(effect)
    running = np.array([s.programme_runs()[0] for s in sites])
    groups = effect.scenario.table("groups")
    site = groups["site"].to_numpy()
    first = groups["first_listed_day"].to_numpy(float)
    kind = np.where(first == starts[site], 0, np.where(running[site], 1, 2))  # listed, others, elsewhere
    index = np.full((effect.replicates, int(groups["group"].max()) + 1), 2)
    index[groups["run"].to_numpy(), groups["group"].to_numpy()] = kind
    counted = _Counted(effect, index, starts, (before_years, after_years), what)
    values = {}
    for code, name in enumerate((LISTED, OTHERS)):
        values[name] = split_levels(counted.levels(code))
    return Regression(values, what, effect)


def _starts(effect: Effect) -> np.ndarray:
    sites = effect.scenario.scenario.each_site()
    return np.array([float(day_of(site.programme.start_date, site.start_date)) for site in sites])


class _Counted:
    """Attacks of the ledger around each site's start, a year, by kind of group."""

    def __init__(
        self,
        effect: Effect,
        kinds: np.ndarray,
        starts: np.ndarray,
        years: tuple[float, float],
        what: str,
    ) -> None:
        ledger = effect.ledger
        self.runs, self.years = effect.replicates, years
        self.run = ledger["run"].to_numpy()
        self.kind = kinds[self.run, ledger["attacker_group"].to_numpy()]
        since = ledger["day"].to_numpy() - starts[ledger["site"].to_numpy()]
        self.before = (since < 0) & (since >= -years[0] * DAYS_PER_YEAR)
        self.after = (since >= 0) & (since < years[1] * DAYS_PER_YEAR)
        self.in_base, self.in_scenario = (_happened(ledger, arm, what) for arm in ("base", "scenario"))
        # A kept attack that changes its mode does so at its own gates.
        own = (ledger["via"] == _DIRECT) | (ledger["status"] == "kept")
        self.own = own.to_numpy()

    def _rate(self, chosen: np.ndarray, values: np.ndarray, years: float) -> np.ndarray:
        weights = values[chosen].astype(float)
        return np.bincount(self.run[chosen], weights, minlength=self.runs) / years

    def levels(self, code: int) -> Levels:
        """The levels of one kind of groups."""
        before, after = self.years
        mine = self.kind == code
        both = self.kind < 2
        change = self.in_scenario.astype(float) - self.in_base
        return Levels(
            before=self._rate(mine & self.before, self.in_base, before),
            after=self._rate(mine & self.after, self.in_scenario, after),
            direct=self._rate(mine & self.after & self.own, change, after),
            downstream=self._rate(mine & self.after & ~self.own, change, after),
            all_before=self._rate(both & self.before, self.in_base, before),
            all_after=self._rate(both & self.after, self.in_base, after),
        )


def _happened(ledger: pd.DataFrame, arm: str, what: str) -> np.ndarray:
    mode = ledger[f"mode_{arm}"].to_numpy()
    found: np.ndarray = mode != "" if what == "attacks" else mode == what.removesuffix("s")
    return np.asarray(found, bool)
