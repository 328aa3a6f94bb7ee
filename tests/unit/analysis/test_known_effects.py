"""What is said of an effect holds: truths drawn from ensembles lie in the stated interval as often as it says.

Truths and runs come from a bank of many runs of every draw (``make_effect_bank.py``), and from made-up ensembles
that are skewed, have two points, or do not differ at all.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gvi_sim.analysis.inference.draws_posterior import Known
from gvi_sim.analysis.inference.intervals import Estimate, changes, estimate, paired
from gvi_sim.analysis.inference.verdict import Verdict, chance_verdict, jeffreys, verdict_of
from gvi_sim.execution.ensembles.packaged import packaged_ensemble

BANK = Path(__file__).with_name("effect_bank.npz")
LEAST, MOST, Z = 0.93, 0.97, 4.42
RUNS = (20, 60, 200)


def experiments(what: str, runs: int, count: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Estimates of ``count`` experiments of ``runs`` runs, their draws in the packaged order begun anywhere; and the
    truths, one a draw: an experiment is held against any of them, so that which one it meets is no chance.
    """
    rng, order = np.random.default_rng(1), packaged_ensemble().order
    with np.load(BANK) as bank:
        pairs, truths = bank[what].astype(float), bank[f"true_{what}"]
    places = rng.integers(len(order), size=count)[:, None] + np.arange(runs // 2)
    drawn = order[places % len(order)]
    taken = pairs[drawn[..., None], rng.integers(pairs.shape[1], size=(count, runs // 2, 2))].reshape(count, runs, 2)
    numbers = np.arange(runs) // 2 % len(order)  # the same in all, which may as well be called alike
    return paired(taken[..., 0].T, taken[..., 1].T, numbers), truths


def coverage_complaints(count: int) -> list[str]:
    complaints = []
    for what in ("shootings", "deaths"):
        widths, sure = [], []
        for runs in RUNS:
            found, truths = experiments(what, runs, count)
            low, high = found["ratio_low"][:, None], found["ratio_high"][:, None]
            held = float(((low <= truths) & (truths <= high)).mean())
            slack = Z * math.sqrt(0.95 * 0.05 / count) if count < 4000 else 0.0
            if not LEAST - slack <= held <= MOST + slack:
                complaints.append(f"{what}, {runs} runs: {held:.3f} of the truths held")
            widths.append(float((found["ratio_high"] - found["ratio_low"]).mean()))
            sure.append(float(np.mean([word.sureness for word in found["verdict"]])))
        if sorted(widths, reverse=True) != widths or sorted(sure) != sure:
            complaints.append(f"{what}: fewer runs are surer, widths {widths}, words {sure}")
    return complaints


def test_truths_lie_in_the_stated_interval_and_fewer_runs_are_never_surer() -> None:
    assert not coverage_complaints(500)


@pytest.mark.slow
def test_four_thousand_truths_lie_in_the_stated_interval() -> None:
    assert not coverage_complaints(4000)


def made_up(name: str) -> np.ndarray:
    """Effects of the packaged draws, made by three of their keys into a shape of mean 0 and spread 1."""
    ranks = stats.rankdata(packaged_ensemble().draws, axis=0)
    place = (stats.rankdata(ranks[:, 0] + 0.7 * ranks[:, 3] - 0.5 * ranks[:, 9]) - 0.5) / len(ranks)
    shapes = {
        "normal": stats.norm.ppf(place),
        "skewed": (stats.gamma(2).ppf(place) - 2) / math.sqrt(2),
        "two points": np.where(place < 0.3, 1.53, -0.65),
        "alike": np.zeros(len(place)),
    }
    return np.asarray(shapes[name])


def test_ensembles_of_any_shape_are_held() -> None:
    """Bounds by what is attained: ten draws that differ as much as their noise are the hardest."""
    complaints, order = [], packaged_ensemble().order
    for name in ("normal", "skewed", "two points", "alike"):
        effects = made_up(name)
        for noise, runs, least in ((0.3, 20, 0.91), (1, 20, 0.86), (3, 20, 0.93), (0.3, 200, 0.92), (3, 200, 0.89)):
            rng = np.random.default_rng(2)
            places = rng.integers(100, size=400)[:, None] + np.arange(runs // 2)
            values = np.repeat(effects[order[places % 100]], 2, axis=1) + rng.normal(0, noise, (400, runs))
            low, high = Known(values, np.arange(runs) // 2).ends
            held = float(((low[:, None] <= effects) & (effects <= high[:, None])).mean())
            if held < least:
                complaints.append(f"{name}, noise {noise}, {runs} runs: {held:.3f}")
    assert not complaints


def test_skew_is_kept_where_runs_can_tell_it() -> None:
    noise = np.random.default_rng(3).normal(0, 0.2, (200, 200))
    known = Known(np.repeat(made_up("skewed"), 2) + noise, np.arange(200) // 2)
    low, high = (float(end.mean()) for end in known.ends)
    assert low == pytest.approx(-1.24, abs=0.2) and high == pytest.approx(2.53, abs=0.3)  # a normal: -1.96 and 1.96


@pytest.mark.parametrize(
    ("share", "draws", "word"),
    [
        (0.995, 100, Verdict.VERY_LIKELY_FEWER), (0.97, 100, Verdict.LIKELY_FEWER), (0.75, 100, Verdict.RATHER_FEWER),
        (0.65, 100, Verdict.CANNOT_TELL), (0.5, 100, Verdict.CANNOT_TELL), (0.25, 100, Verdict.RATHER_MORE),
        (0.03, 100, Verdict.LIKELY_MORE), (0.005, 100, Verdict.VERY_LIKELY_MORE), (1.0, 10, Verdict.LIKELY_FEWER),
        (1.0, 1, Verdict.CANNOT_TELL), (float("nan"), 100, Verdict.CANNOT_TELL),
    ],
)  # fmt: skip
def test_the_word_follows_from_the_lower_end_of_jeffreys_interval(share: float, draws: int, word: Verdict) -> None:
    assert verdict_of(share, draws) == word and verdict_of(1 - share, draws) == word.mirrored


def test_jeffreys_interval_and_the_words_of_chance() -> None:
    low, high = jeffreys(0.9, 20)  # Beta(18.5, 2.5)
    assert (float(low), float(high)) == pytest.approx((0.74977, 0.97067), abs=1e-4)
    told = [chance_verdict(p) for p in (0.99, 0.9, 0.7, 0.55, 0.3, 0.1, 0.01)]
    assert told == list(Verdict)[:7]


DRAWS = np.repeat(np.arange(10), 2)
COUNTS = np.random.default_rng(4).poisson(3, 20).astype(float)
ODD_INPUT = {
    "nothing happens": (np.zeros(20), np.zeros(20)),
    "no difference": (COUNTS, COUNTS),
    "all draws differ alike": (COUNTS + 5, COUNTS + 2),
    "nothing is left": (COUNTS + 1, np.zeros(20)),
    "from nothing": (np.zeros(20), COUNTS + 1),
    "one event": (np.eye(20)[3], np.zeros(20)),
    "one event more": (np.zeros(20), np.eye(20)[3]),
    "one draw differs": (COUNTS, COUNTS - np.isin(DRAWS, 4)),
    "huge": (COUNTS * 1e12, COUNTS * 1e12 + 1e11),
    "tiny": (COUNTS * 1e-12 + 1e-12, COUNTS * 1e-12),
    "below nothing": (-COUNTS, -COUNTS - 1),
    "no value in most": (np.where(np.arange(20) < 18, np.nan, 1.0), COUNTS),
    "no value at all": (np.full(20, np.nan), COUNTS),
}


def complaint(found: Estimate, *, no_value: bool) -> str:
    if no_value:
        return "" if found.verdict == Verdict.CANNOT_TELL and math.isnan(found.difference) else "a word about nothing"
    numbers = found._replace(ratio=0, ratio_low=0, ratio_high=0, ratio_precision_low=0, ratio_precision_high=0)
    if not all(math.isfinite(x) for x in numbers._replace(variance_ratio=0, verdict=0)):
        return f"not finite: {found}"
    if not (found.low <= found.difference <= found.high and found.share_low <= found.share <= found.share_high):
        return f"out of order: {found}"
    leaves_out = found.low > 0 or found.high < 0
    if leaves_out and found.draws and found.verdict.sign != (1 if found.low > 0 else -1):
        return f"interval without none, and no direction: {found}"
    if found.verdict.sureness == 3 and found.verdict.sign and found.draws and not leaves_out:
        return f"very likely, and the interval holds none: {found}"
    if found.ratio == found.ratio and leaves_out != (found.ratio_low > 1 or found.ratio_high < 1):
        return f"difference and ratio disagree: {found}"
    return ""


@pytest.mark.parametrize("runs", [2, 3, 4, 20])
def test_odd_input_has_an_answer(runs: int) -> None:
    complaints = []
    for name, (base, scenario) in ODD_INPUT.items():
        for draws in (None, np.zeros(20, int), DRAWS, np.arange(20)):
            some = slice(20 - runs, 20)
            found = estimate(base[some], scenario[some], None if draws is None else draws[some])
            told = complaint(found, no_value=bool(np.isnan(base[some]).sum() > runs - 2))
            complaints += [f"{name}, {runs} runs, {draws}: {told}"] if told else []
    assert not complaints, "\n".join(complaints)


def test_two_runs_that_differ_equally_settle_nothing() -> None:
    for runs in (2, 3):
        for draws in (None, np.arange(runs) // 2):
            found = estimate(np.full(runs, 7.5), np.full(runs, 4.0), draws)
            assert found.low < 0 < found.high and found.verdict.sureness <= (2 if draws is None else 0), (runs, draws)


values = st.lists(st.integers(0, 30), min_size=8, max_size=8)


@given(values, values, st.booleans())
def test_interval_and_word_never_disagree(base: list[int], scenario: list[int], drawn: bool) -> None:
    draws = np.arange(8) // 2 if drawn else None
    assert complaint(estimate(np.array(base, float), np.array(scenario, float), draws), no_value=False) == ""


def test_contrasts_of_contrasts_go_the_same_way() -> None:
    one, other = COUNTS[:, None], np.roll(COUNTS, 3)[:, None]
    found, known = changes(one - other, DRAWS), paired(other, one, DRAWS)
    assert found["difference"][0] == known["difference"][0] and found["precision_low"][0] == known["precision_low"][0]
    joint = changes(one - other, DRAWS, 0.99)
    assert joint["low"][0] < found["low"][0] < found["high"][0] < joint["high"][0]
    assert changes(one - one, DRAWS)["verdict"][0] == Verdict.NO_DIFFERENCE
