"""Summary statistics on records whose law is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.makers.branching_towns import Town
from benchmarks.makers.branching_towns import record as recorded
from gvi_sim.analysis.records.statistics import RecordFrame, absurd, statistic_names, statistics

WEEKS, AREAS, RECORDS = 260, 6, 400
RNG = np.random.default_rng(20260201)


def frame(recorded: np.ndarray | None = None, *, unit: str = "week") -> RecordFrame:
    seen = np.ones((WEEKS, AREAS), bool) if recorded is None else recorded
    step = {"week": 7.0, "month": 30.4375, "year": 365.25}[unit]
    return RecordFrame(np.arange(WEEKS + 1) * step, AREAS, seen, unit, True)


def table(counts: np.ndarray, shape: RecordFrame) -> dict[str, np.ndarray]:
    found = statistics(counts, np.zeros((len(counts), 2)), np.ones(WEEKS), shape)
    assert np.isfinite(found).all()
    return dict(zip(statistic_names(shape), found.T, strict=True))


def test_poisson_counts_have_no_dispersion_and_no_pairs_to_spare() -> None:
    found = table(RNG.poisson(1.5, (RECORDS, WEEKS, AREAS)), frame())
    for name, values in found.items():
        if name.startswith(("variance", "near", "pairs", "dispersion")):
            twice = "unevenness over pairs, 0 weeks apart"  # a pair in one week is seen from both areas
            freedom = {
                twice: 2.0,
                "variance to mean about means over 13 weeks": 12 / 13,
            }
            if blocks := {"13 weeks": 20, "26 weeks": 10, "52 weeks": 5}.get(name.removeprefix("variance to mean, ")):
                assert 1.0 - 6 / blocks - 0.1 < np.exp(values).mean() < 1.0, "level, trend and two waves are taken off"
                continue
            assert np.exp(values).mean() == pytest.approx(freedom.get(name, 1.0), rel=0.12), name
    assert np.exp(found["level"]).mean() == pytest.approx(1.5 * 365.25 / 7, rel=0.01)


def test_a_shared_shock_raises_pairs_in_all_areas_and_repeats_raise_those_in_one() -> None:
    shock = RNG.lognormal(-0.08, 0.4, (RECORDS, WEEKS // 4, 1)).repeat(4, axis=1)
    shared = table(RNG.poisson(1.5 * shock + np.zeros((1, 1, AREAS))), frame())
    first = RNG.poisson(1.0, (RECORDS, WEEKS, AREAS))
    again = RNG.binomial(np.concatenate([np.zeros_like(first[:, :1]), first[:, :-1]], axis=1), 0.5)
    repeats = table(first + again, frame())
    assert shared["pairs in different areas, 0 weeks apart"].mean() > 0.1
    assert shared["near repeats, 1 week apart"].mean() > 0.08
    closed_form = np.log(1 + 0.5 * 1.0 / 1.5**2)
    assert repeats["near repeats, 1 week apart"].mean() == pytest.approx(closed_form, abs=0.01)
    assert abs(repeats["pairs in different areas, 1 week apart"].mean()) < 0.01


def test_a_trend_is_found_with_its_size() -> None:
    years = np.arange(WEEKS) * 7 / 365.25
    rate = 3.0 * np.exp(0.1 * (years - years.mean()))
    found = table(RNG.poisson(rate[:, None] + np.zeros((RECORDS, 1, AREAS))), frame())
    assert found["trend"].mean() == pytest.approx(0.1, abs=0.01)


def test_a_season_of_ones_own_and_unequal_areas_are_no_clustering() -> None:
    """A level that swings by a third over the year looked like attacks that set off others, before it was taken off."""
    years = np.arange(WEEKS) * 7 / 365.25
    season = np.exp(0.3 * np.cos(2 * np.pi * years) + 0.1 * np.sin(4 * np.pi * years))
    shares = np.array([4.0, 2.0, 1.0, 1.0, 0.5, 0.5])
    found = table(RNG.poisson(season[:, None] * shares + np.zeros((RECORDS, 1, 1))), frame())
    plain = table(RNG.poisson(shares + np.zeros((RECORDS, WEEKS, 1))), frame())
    assert plain.keys() == found.keys() and not any("areas" in name and "dispersion" in name for name in found)
    for name in ("variance to mean, 13 weeks", "variance to mean in an area, 13 weeks", "near repeats, 1 week apart"):
        assert found[name].mean() == pytest.approx(plain[name].mean(), abs=0.03), name
    for name in ("n by the city's spectrum", "slow swings by the city's spectrum"):
        assert found[name].mean() == pytest.approx(plain[name].mean(), abs=0.5 * plain[name].std()), name


def test_swings_lie_in_the_slow_part_of_the_spectrum_and_repeats_in_the_fast_one() -> None:
    towns = Town(400, 0.0, swing_sd=0.4), Town(400, 0.5, fast_share=1.0)
    made = (
        [recorded(town, years=5.0, groups=12, areas=AREAS, units=WEEKS, seed=seed) for seed in range(60)]
        for town in towns
    )
    swings, repeats = (table(np.array(counts), frame()) for counts in made)
    fast, slow = "n's fast part by the city's spectrum", "slow swings by the city's spectrum"
    assert repeats[fast].mean() > swings[fast].mean() + 0.05
    assert swings[slow].mean() > repeats[slow].mean() + 0.5


def test_a_trend_that_bends_and_a_half_that_clusters_are_seen() -> None:
    years = np.arange(WEEKS) * 7 / 365.25 - WEEKS * 3.5 / 365.25
    bent = table(RNG.poisson(1.5 * np.exp(0.1 * years**2)[:, None] + np.zeros((RECORDS, 1, AREAS))), frame())
    assert bent["bend of the trend"].mean() > 0.05 and abs(bent["trend"].mean()) < 0.01
    gamma = RNG.gamma(2.0, 0.5, (RECORDS, WEEKS, 1))
    gamma[:, : WEEKS // 2] = 1.0
    halves = table(RNG.poisson(1.5 * gamma + np.zeros((1, 1, AREAS))), frame())
    assert halves["unevenness of the second half against the first"].mean() > 0.5


def test_what_was_not_recorded_does_not_move_them() -> None:
    recorded = np.ones((WEEKS, AREAS), bool)
    recorded[50:63] = False
    recorded[100:140, 2] = False
    counts = RNG.poisson(1.5, (RECORDS, WEEKS, AREAS)) * recorded
    found = table(counts, frame(recorded))
    assert np.exp(found["level"]).mean() == pytest.approx(1.5 * 365.25 / 7, rel=0.01)
    for name in ("variance to mean, 4 weeks", "near repeats, 1 week apart"):
        assert np.exp(found[name]).mean() == pytest.approx(1.0, rel=0.12), name


def hawkes(n: float, own: float, days: float) -> np.ndarray:
    """Counts of weeks [60, weeks, areas] in which an attack sets off ``n`` on average after exponential delays,
    a share ``own`` in its own area and the rest in any, at 6 attacks a week in all."""
    first = RNG.poisson(6.0 * (1.0 - n) / AREAS, (60, 2 * WEEKS, AREAS))
    total = np.zeros_like(first)
    for week in range(2 * WEEKS):
        total[:, week] += first[:, week]
        todo = total[:, week].copy()
        while todo.any():
            mine = RNG.poisson(todo * n * own)
            wider = RNG.poisson(todo.sum(axis=1, keepdims=True) * n * (1.0 - own) / AREAS, todo.shape)
            todo = np.zeros_like(todo)
            for record, area in np.argwhere(mine + wider):
                for _ in range(mine[record, area] + wider[record, area]):
                    later = int(RNG.uniform() + RNG.exponential(days) / 7)
                    if later == 0:
                        todo[record, area] += 1
                    if week + later < 2 * WEEKS:
                        total[record, week + later, area] += 1
    return total[:, WEEKS:]


def test_spectra_suggest_what_is_so_in_a_process_of_their_own_kind() -> None:
    chance = table(RNG.poisson(1.0, (RECORDS, WEEKS, AREAS)), frame())
    own, wide = (table(hawkes(0.4, share, 10.0), frame()) for share in (1.0, 0.0))
    by_city, in_area = "n by the city's spectrum", "fast, same area, by spectra"
    assert own[by_city].mean() == pytest.approx(wide[by_city].mean(), abs=0.05)
    assert wide[by_city].mean() > chance[by_city].mean() + 0.1
    assert own[in_area].mean() == pytest.approx(0.4, abs=0.05)
    assert wide[in_area].mean() == pytest.approx(0.0, abs=0.05)
    assert chance[in_area].mean() == pytest.approx(0.0, abs=0.05)


def test_spectra_tell_monthly_shocks_from_offspring() -> None:
    month = np.floor((np.arange(WEEKS) * 7.0 + 3.5) / 30.4375).astype(int)
    shock = RNG.lognormal(-0.08, 0.4, (RECORDS, month.max() + 1))[:, month, None]
    shared = table(RNG.poisson(1.0 * shock + np.zeros((1, 1, AREAS))), frame())
    chance = table(RNG.poisson(1.0, (RECORDS, WEEKS, AREAS)), frame())
    name = "shared shocks by the city's spectrum"
    assert shared[name].mean() > chance[name].mean() + 1.0
    assert shared["fast, same area, by spectra"].mean() == pytest.approx(0.0, abs=0.05)


def test_empty_and_single_area_records_have_values() -> None:
    assert np.isfinite(list(table(np.zeros((2, WEEKS, AREAS), int), frame()).values())).all()
    alone = RecordFrame(np.arange(WEEKS + 1) * 7.0, 1, np.ones((WEEKS, 1), bool), "week", False)
    found = statistics(RNG.poisson(2, (3, WEEKS, 1)), np.zeros((3, 2)), np.ones(WEEKS), alone)
    assert found.shape == (3, len(statistic_names(alone))) and np.isfinite(found).all()
    for unit in ("month", "year"):
        shape, counts = frame(unit=unit), RNG.poisson(2, (3, WEEKS, AREAS))
        found = statistics(counts, np.zeros((3, 2)), np.ones(WEEKS), shape)
        assert found.shape == (3, len(statistic_names(shape))) and np.isfinite(found).all()
    level = ("level", "trend", "bend of the trend", "persons hit per attack", "killed per person hit")
    assert statistic_names(frame(unit="year")) == level


def test_only_the_absurd_is_absurd() -> None:
    clustered = RNG.negative_binomial(2, 0.2, (2000, WEEKS, 1))
    assert absurd(clustered).mean() < 1e-4
    clustered[0, 17] = 900
    assert absurd(clustered)[0, 17] and absurd(clustered)[0].sum() == 1
    assert not absurd(np.zeros((1, WEEKS, 1))).any()
