"""What is counted is [start_date, start_date + years), whenever a programme began; what came before is simulated."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim import compare, load_scenario, simulate
from gvi_sim.analysis.pairs.effect import Effect
from gvi_sim.config import Scenario
from gvi_sim.config.conf_files import options
from gvi_sim.dynamics.replicate import Replicate, Runner
from gvi_sim.errors import PairingError
from gvi_sim.experiment.arms import base_scenario, cell_arms, with_baselines
from gvi_sim.experiment.design import Axis, Design
from gvi_sim.model import GVIModel
from gvi_sim.world.builder import Reference
from gvi_sim.world.codes import DOSES
from gvi_sim.world.tables import OUTCOMES, TABLES

WORDS = (
    "site=huddinge", "programme=gvi", "calendar=flat", "burn_in_years=2", "site.attacks_per_year=60", "site.groups=8",
    "site.members=120", "programme.start_date=2020-01-01", "attacks.kappa_repeat=0.3", "programme.prevention=0.2",
)  # fmt: skip
EARLY = load_scenario(*WORDS, "start_date=2022-01-01", "years=1")
WHOLE = load_scenario(*WORDS, "start_date=2020-01-01", "years=3.00137")  # to the same last day, 2022 and 2020 apart
DAYS_BETWEEN = 731


def run(scenario: Scenario, replicate: int = 0) -> Replicate:
    return Runner(scenario, (Reference(1.2, 1.1),), frozenset(TABLES)).run(5, replicate)


def test_every_site_counts_the_years_that_are_named() -> None:
    for site in options("site"):
        if site != "none":
            scenario = load_scenario(f"site={site}", "years=1.5")
            half_past = scenario.start_date.replace(year=scenario.start_date.year + 1, month=7)
            assert scenario.window == (0.0, float((half_past - scenario.start_date).days)), site
            assert scenario.burn_in_ends == min(0, (scenario.programme.start_date - scenario.start_date).days), site
            usual = [scenario.replace(word) for word in ("programme.enabled=false", "programme=none")]
            assert {arm.begins for arm in usual} == {scenario.begins}, site


def test_an_earlier_programme_is_the_one_that_starts_in_its_own_year() -> None:
    """The same events as in a run that counts from the programme's start, and the later ones alone are counted."""
    for replicate in range(3):
        ours, whole = run(EARLY, replicate), run(WHOLE, replicate)
        for name, key, day in (("attacks", "candidate", "day"), ("candidates", "candidate", "day")):
            theirs = whole.tables[name][whole.tables[name][day] >= DAYS_BETWEEN]
            assert len(theirs) > 20 and np.array_equal(ours.tables[name][key], theirs[key]), name
            assert np.allclose(ours.tables[name][day], theirs[day] - DAYS_BETWEEN, atol=1e-6)
        for name, day in (("doses", "day"), ("stays", "requested_day"), ("sanctions", "start_day")):
            one, other = ours.tables[name], whole.tables[name]
            assert len(one) == len(other) > 0 and one[day].min() < 0, name  # these tell of the whole run
            assert np.allclose(one[day], other[day] - DAYS_BETWEEN, atol=1e-6), name


def test_sums_are_of_the_window_alone() -> None:
    found = run(EARLY)
    attacks, sums = found.tables["attacks"], found.outcomes[0]
    assert found.series.shape[1] == 12 and 0 <= attacks["day"].min() and attacks["day"].max() < EARLY.window[1]
    doses, stays = found.tables["doses"], found.tables["stays"]
    seen = {
        "attacks": len(attacks),
        "shootings": (attacks["mode"] == 0).sum(),
        "persons_hit": attacks["hit"].sum(),
        "persons_killed": attacks["killed"].sum(),
        "sanctions": (found.tables["sanctions"]["start_day"] >= 0).sum(),
        "call_in_contacts": ((doses["kind"] == DOSES.index("call_in")) & (doses["day"] >= 0)).sum(),
        "prevented": ((doses["kind"] == DOSES.index("prevented")) & (doses["day"] >= 0)).sum(),
        "admissions": (stays["admitted_day"] >= 0).sum(),
    }
    assert {name: sums[OUTCOMES.index(name)] for name in seen} == seen
    held = found.tables["sanctions"]
    days = np.clip(held["end_day"], 0, None) - np.clip(held["start_day"], 0, None)
    assert sums[OUTCOMES.index("sanction_days")] == pytest.approx(days.sum(), abs=1e-6)
    waits = np.nan_to_num(stays["admitted_day"], nan=np.inf)
    assert (waits[stays["requested_day"] < 0] < 0).any()  # some were admitted before, and are not counted


def test_a_model_stepped_by_hand_counts_from_day_0() -> None:
    model = GVIModel(EARLY.replace("years=0.2"), seed=3)
    assert model.day == 0 and model.count("call_ins") == 0 == len(model.attacks)
    assert model.world.sites["active"][0] == 1 and model.world.groups["listed"].sum() > 0
    model.run_for(EARLY.window[1] / 5)
    assert model.count("shootings") + model.count("detonations") == len(model.attacks) > 0
    assert model.attacks["day"].min() >= 0


def test_arms_with_another_past_are_refused_before_they_run() -> None:
    late = EARLY.replace("programme.start_date=2022-06-01")
    for other in (late, EARLY.replace("programme.start_date=2019-01-01")):
        with pytest.raises(PairingError, match=r"programme\.start_date lies before start_date = 2022-01-01"):
            compare(other.replace("programme=none"), EARLY, replicates=2, seed=1)
    with pytest.raises(PairingError, match="years"):
        compare(EARLY.replace("programme=none", "years=2"), EARLY, replicates=2, seed=1)


def test_runs_made_one_by_one_are_not_paired_over_other_days() -> None:
    runs = [
        simulate(EARLY.replace("programme=none", *words), replicates=2, seed=1, workers=1, parameters="point")
        for words in ((), ("years=0.5",), ("programme.start_date=2021-01-01",))
    ]
    for other in runs[1:]:
        with pytest.raises(PairingError, match=r"years|programme\.start_date"):
            Effect(runs[0], other)


def test_a_sweep_over_starts_pairs_each_past_with_its_own() -> None:
    starts = ("2019-01-01", "2020-01-01", "2022-06-01")
    design = Design("starts", (Axis("programme.start_date", starts),), base=(*WORDS, "start_date=2022-01-01"))
    base = base_scenario(design)
    arms = with_baselines(cell_arms(design, base), base)
    cells = [arm for arm in arms if arm.baseline is not None]
    assert len(cells) == 3 == len({cell.baseline for cell in cells})
    for cell in cells:
        assert arms[cell.baseline or 0].scenario.begins == cell.scenario.begins


def test_texts_say_since_when_the_programme_has_run() -> None:
    assert str(EARLY.runs_since) == "2020-01-01" and WHOLE.runs_since is None
    assert EARLY.replace("programme=none").runs_since is None
    effect = compare(EARLY.replace("programme=none"), EARLY, replicates=2, seed=1, workers=1, parameters="point")
    told = " ".join(str(effect).split())
    assert "began on 2020-01-01. That time is simulated too; what is counted begins on 2022-01-01." in told
    told = " ".join(str(effect.scenario).split())
    assert "from 2022-01-01 (the programme began on 2020-01-01; that time is simulated and not counted)" in told
    assert "began on" not in str(effect.base)
    assert set(effect.by_year["starts"].astype(str)) == {"2022-01-01"}
    assert effect.certificate.failed == ()
