"""Places in support as a queue: losses, waiting, stays and exits against queueing theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from . import closed_forms as theory
from .statistics import Scores, holds, law_z, mean_z, ratio_z, share_z
from .worlds import YEAR, Many, many, off

YEARS = 10.0
MONTH = 30.4375
# Usual offers are the requests. Readiness has mean 1, so acceptance 0.5 accepts half of them.
SUPPORT = (
    "site.attacks_per_year=0", "exit.acceptance=0.5", "exit.assessment_pass=1", "exit.places=10",
    "exit.duration_days=60", "exit.duration_shape=1", "exit.dropout_per_month=0", "exit.completion=0",
    "exit.relapse_rate_per_year=0", "exit.waiting_patience_days=0", "exit.usual_offer_rate_per_year=0.04",
    "burn_in_years=3", "site.population=1000000",
)  # fmt: skip


def occupied(stays: np.ndarray, window: tuple[float, float], first: str, last: str) -> np.ndarray:
    """Days of each row between two of its moments, within the window."""
    end = np.where(np.isnan(stays[last]), np.inf, stays[last])
    days = np.minimum(end, window[1]) - np.maximum(stays[first], window[0])
    return np.where(np.isnan(stays[first]), 0.0, np.maximum(days, 0.0))


def little(seen: Many) -> None:
    """Person-days are the sum of stays: in support and waiting, exactly, by run."""
    stays = seen.tables["stays"]
    waited = stays.copy()
    never = np.isnan(waited["admitted_day"])
    waited["admitted_day"] = np.where(never, waited["ended_day"], waited["admitted_day"])
    for name, rows, first, last in (
        ("support_days", stays, "admitted_day", "ended_day"),
        ("waiting_days", waited, "requested_day", "admitted_day"),
    ):
        days = np.bincount(stays["run"], occupied(rows, seen.window, first, last), minlength=seen.runs)
        np.testing.assert_allclose(seen.outcome(name), days, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("stay_shape", [1.0, 4.0])
def test_places_without_a_list_lose_as_erlang_says(stay_shape: float) -> None:
    """A pool so large that requests come from outside; the law of the stay does not matter."""
    members, rate, stay, places = 3000, 0.04, 60.0, 10
    load = members * rate * 0.5 * stay / YEAR
    words = (*SUPPORT, f"site.members={members}", f"exit.duration_shape={stay_shape}")

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 40 * size, ("stays",))
        little(seen)
        stays = seen.tables["stays"]
        days = stays["ended_day"] - stays["admitted_day"]
        early = stays["requested_day"] < 9.0 * YEAR
        inside, lost = seen.outcome("support_days"), seen.outcome("requests") - seen.outcome("admissions")
        # Members in support cannot ask again: a finite pool, here of 3000 with readiness of their own.
        loads = load / members * 2.0 * (np.arange(members) + 0.5) / members
        exact = float(theory.finite_source(places, loads))
        assert abs(exact / (load * (1.0 - theory.erlang_b(places, load))) - 1.0) < 0.01
        return {
            "places in use": mean_z(inside / (YEARS * YEAR), exact),
            "lost": ratio_z(lost, seen.outcome("requests"), theory.erlang_b(places, load * (1.0 - exact / members))),
            "stays": law_z(days[early], stats.gamma(stay_shape, scale=stay / stay_shape).cdf),
        }

    measure.__qualname__ += str(stay_shape)
    holds(measure)


def test_a_small_pool_loses_as_engset_says() -> None:
    """Members in support cannot ask: Engset's law, with readiness spread evenly from 0 to 2."""
    members, rate, stay, places = 36, 4.0, 60.0, 4
    words = (
        *SUPPORT, f"site.members={members}", f"exit.usual_offer_rate_per_year={rate}",
        f"exit.places={places}",
    )  # fmt: skip
    generator = np.random.default_rng(5)
    loads = rate * stay / YEAR * generator.uniform(0.0, 1.0, (4000, members))
    exact = float(theory.finite_source(places, loads).mean())
    alike = theory.engset(places, members, rate * 0.5 * stay / YEAR)
    assert 0.9 < exact / alike < 1.0

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 100 * size, ("stays",))
        little(seen)
        return {"places in use": mean_z(seen.outcome("support_days") / (YEARS * YEAR), exact)}

    holds(measure)


def test_a_waiting_list_is_erlangs_with_patience() -> None:
    """Exponential stays and patience: Palm's queue; Little's law holds row by row."""
    members, rate, stay, places, patience = 3000, 0.06, 60.0, 10, 40.0
    words = (
        *SUPPORT, f"site.members={members}", f"exit.usual_offer_rate_per_year={rate}",
        f"exit.waiting_patience_days={patience}",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 60 * size, ("stays",))
        little(seen)
        stays = seen.tables["stays"]
        # Whoever is inside or waits does not ask; readier members are inside more often than others.
        requests = seen.outcome("requests")
        inside, waiting = theory.erlang_a(places, requests.mean() / (YEARS * YEAR), stay, patience)
        gave_up = (stays["how"] == 6) & (stays["ended_day"] > 0)
        # The engine's own request rate stands for the outside one; its noise moves both sides.
        slope = [
            (b - a) / (0.02 * requests.mean())
            for a, b in zip(
                theory.erlang_a(places, 0.99 * requests.mean() / (YEARS * YEAR), stay, patience),
                theory.erlang_a(places, 1.01 * requests.mean() / (YEARS * YEAR), stay, patience),
                strict=True,
            )
        ]
        moved = requests - requests.mean()
        return {
            "in places": mean_z(seen.outcome("support_days") / (YEARS * YEAR) - slope[0] * moved, inside),
            "waiting": mean_z(seen.outcome("waiting_days") / (YEARS * YEAR) - slope[1] * moved, waiting),
            "giving up": ratio_z(seen.counts(stays[gave_up]), seen.outcome("waiting_days"), 1.0 / patience),
        }

    holds(measure)


def test_the_list_is_first_come_first_served() -> None:
    words = (
        *SUPPORT,
        "site.members=600",
        "exit.usual_offer_rate_per_year=0.4",
        "exit.waiting_patience_days=40",
    )
    stays = many(off(*words), 9, 10, ("stays",)).tables["stays"]
    for run in range(10):
        rows = stays[(stays["run"] == run) & (stays["admitted_day"] > stays["requested_day"])]
        order = np.argsort(rows["admitted_day"], kind="stable")
        assert len(rows) > 100 and np.all(np.diff(rows["requested_day"][order]) >= 0)


def test_places_are_never_exceeded() -> None:
    words = (
        *SUPPORT,
        "site.members=600",
        "exit.usual_offer_rate_per_year=0.4",
        "exit.waiting_patience_days=40",
    )
    stays = many(off(*words), 9, 10, ("stays",)).tables["stays"]
    for run in range(10):
        rows = stays[(stays["run"] == run) & ~np.isnan(stays["admitted_day"])]
        ends = np.where(np.isnan(rows["ended_day"]), np.inf, rows["ended_day"])
        moments = np.concatenate([rows["admitted_day"], ends])
        steps = np.concatenate([np.ones(len(rows)), -np.ones(len(rows))])
        inside = np.cumsum(steps[np.lexsort((steps, moments))])
        assert inside.max() == 10


def test_assessment_acceptance_and_dropout() -> None:
    """Offers accepted by readiness, half lost in assessment; dropping out competes with a gamma stay."""
    words = (
        *SUPPORT, "site.members=3000", "exit.acceptance=0.3", "exit.assessment_pass=0.4", "exit.places=1000",
        "exit.dropout_per_month=0.1", "exit.duration_days=200", "exit.duration_shape=2",
        "exit.completion=0.8", "exit.relapse_rate_per_year=0.5", "exit.relapse_half_life_days=365.25",
        "exit.usual_offer_rate_per_year=0.2", "burn_in_years=0",
    )  # fmt: skip
    hazard = -np.log(0.9) / MONTH
    runs_out = (1.0 + hazard * 100.0) ** -2.0  # E exp(-hazard * Gamma(2, mean 200))

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 20 * size, ("stays", "spells"))
        little(seen)
        stays, spells = seen.tables["stays"], seen.tables["spells"]
        early = stays[stays["requested_day"] < 5.0 * YEAR]  # a longer stay has chance e^-18
        left = np.isin(early["how"], (2, 3))
        assert left.all()
        completed = (early["how"] == 2).sum()
        offers, requests = seen.outcome("offers").sum(), seen.outcome("requests").sum()
        exits = spells[(spells["status"] == 4) & (spells["from_day"] < 6.0 * YEAR)]
        back = exits["to_day"] < seen.window[1]
        stayed = exits["to_day"] - exits["from_day"]
        # Integrated hazard r (1 - 2 ** -t) / ln 2 with t in years.
        law = lambda days: -np.expm1(-0.5 / np.log(2.0) * -np.expm1(-np.log(2.0) * days / YEAR))  # noqa: E731
        within = stayed[back & (stayed < 4.0 * YEAR)]
        return {
            "requests of offers": share_z(requests, offers, 0.3) / 2.0,  # readiness is not drawn anew
            "admissions of requests": share_z(seen.outcome("admissions").sum(), requests, 0.4),
            "completed": share_z(completed, len(early), runs_out * 0.8),
            "relapsed within 4 years": share_z(len(within), len(exits), law(4.0 * YEAR)),
            "time to relapse": law_z(within, lambda t: law(t) / law(4.0 * YEAR), 20),
        }

    holds(measure)


def test_detention_frees_a_place_at_once() -> None:
    """Little's law with stays cut short by arrest; nobody is in two states."""
    words = (
        *SUPPORT, "site.members=300", "exit.usual_offer_rate_per_year=1", "exit.waiting_patience_days=60",
        "justice.other_arrest_rate_per_year=1", "membership.turnover=true", "years=5",
    )  # fmt: skip
    seen = many(off(*words), 3, 20, ("stays", "spells"))
    little(seen)
    stays, spells = seen.tables["stays"], seen.tables["spells"]
    assert {2, 3, 4} & set(np.unique(stays["how"])) == {3, 4}
    inside = spells[spells["status"] == 3]
    admitted = stays[~np.isnan(stays["admitted_day"])]

    def keys(rows: np.ndarray, day: str) -> set[tuple[int, int, float]]:
        return set(zip(rows["run"].tolist(), rows["person"].tolist(), rows[day].tolist(), strict=True))

    assert keys(inside, "from_day") == keys(admitted, "admitted_day")
    rows = spells[np.lexsort((spells["from_day"], spells["person"], spells["run"]))]
    same = (rows["person"][1:] == rows["person"][:-1]) & (rows["run"][1:] == rows["run"][:-1])
    assert np.all(rows["from_day"][1:][same] >= rows["to_day"][:-1][same])
