"""The paired ledger: hand-made worlds with known answers, the identity, and that breaking a row breaks it."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.analysis.pairs import ledger
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.analysis.pairs.ledger import ArmRows
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import EngineError, PairingError
from gvi_sim.experiment.opening import open_result
from gvi_sim.world import codes as C
from gvi_sim.world.tables import ATTACK, CANDIDATE


def arm(*rows: dict) -> ArmRows:
    """An arm from candidates in order of time: key, parent, blocked, mode, hit, killed, substituted, run,
    group, day.
    """
    candidates = np.zeros(len(rows), CANDIDATE)
    for place, row in enumerate(rows):
        candidates[place]["run"] = row.get("run", 0)
        candidates[place]["day"] = row.get("day", float(row["key"]))
        candidates[place]["candidate"] = row["key"]
        candidates[place]["parent"] = row.get("parent", 0)
        candidates[place]["cause"] = 1 if row.get("parent") else 0
        candidates[place]["blocked"] = row.get("blocked", 0)
        candidates[place]["mode"] = row.get("mode", 0)
        candidates[place]["attacker_group"] = row.get("group", 0)
    done = [row for row in rows if not row.get("blocked")]
    attacks = np.zeros(len(done), ATTACK)
    kept = candidates[candidates["blocked"] == 0]
    for name in ("run", "day", "candidate", "cause", "mode", "attacker_group"):
        attacks[name] = kept[name]
    for place, row in enumerate(done):
        for name in ("hit", "killed", "substituted"):
            attacks[place][name] = row.get(name, 0)
    attacks["seq"] = np.arange(len(done))
    return ArmRows(attacks, candidates)


def counted(of: ArmRows, runs: int = 1) -> np.ndarray:
    """Shootings, detonations, hit and killed by run, counted from the attacks one by one."""
    found = np.zeros((runs, 4))
    for attack in of.attacks:
        found[attack["run"]] += [attack["mode"] == 0, attack["mode"] == 1, attack["hit"], attack["killed"]]
    return found


def rows_of(base, scenario) -> dict:
    made = ledger.build(base, scenario)
    ledger.check_identity(made, counted(base, 2), counted(scenario, 2))
    return {row["candidate"]: row for row in made.to_dict("records")}


BASE = (
    {"key": 1},
    {"key": 2, "parent": 1, "hit": 2, "killed": 1},
    {"key": 3, "parent": 2},
    {"key": 4, "parent": 3, "mode": 1},
    {"key": 9, "blocked": C.AVAILABLE | C.CALENDAR},
)
SCENARIO = (
    {"key": 1},
    {"key": 2, "parent": 1, "blocked": C.DETERRENCE | C.NORM},
    {"key": 9},
    {"key": 10, "parent": 9, "hit": 1},
)


def test_direct_downstream_and_created_with_the_roots_causes() -> None:
    rows = rows_of(arm(*BASE), arm(*SCENARIO))
    told = {key: (row["status"], row["via"], row["gates"], row["root"]) for key, row in rows.items()}
    assert told == {
        1: ("kept", "", "", 1),
        2: ("averted", "direct", "deterrence+norm", 2),
        3: ("averted", "downstream", "deterrence+norm", 2),
        4: ("averted", "downstream", "deterrence+norm", 2),
        9: ("created", "direct", "available+calendar", 9),
        10: ("created", "downstream", "available+calendar", 9),
    }
    assert (rows[2]["hit_base"], rows[2]["hit_scenario"], rows[2]["mode_scenario"]) == (2, 0, "")
    assert (rows[10]["hit_base"], rows[10]["hit_scenario"], rows[10]["mode_base"]) == (0, 1, "")


def test_a_kept_attack_carries_its_changes() -> None:
    rows = rows_of(arm({"key": 1, "hit": 1, "killed": 1}), arm({"key": 1, "mode": 1, "hit": 2, "substituted": 1}))
    row = rows[1]
    assert (row["status"], row["mode_base"], row["mode_scenario"]) == ("kept", "shooting", "detonation")
    assert (row["hit_base"], row["hit_scenario"], row["killed_base"], row["killed_scenario"]) == (1, 2, 1, 0)


def test_fewer_and_more_offspring_of_a_parent_that_stays() -> None:
    """Key 1 kills in the base and not in the scenario, and so has other offspring."""
    base = arm({"key": 1, "killed": 1, "hit": 1}, {"key": 2, "parent": 1}, {"key": 3, "parent": 2})
    rows = rows_of(base, arm({"key": 1}))
    assert (rows[2]["via"], rows[2]["gates"]) == ("fewer_offspring", "changed_parent")
    assert (rows[3]["via"], rows[3]["gates"], rows[3]["root"]) == ("downstream", "changed_parent", 2)
    back = rows_of(arm({"key": 1}), base)
    assert (back[2]["status"], back[2]["via"], back[3]["root"]) == ("created", "more_offspring", 2)


def test_a_parent_before_the_window_is_told_as_such() -> None:
    rows = rows_of(arm({"key": 2, "parent": 1}), arm())
    assert (rows[2]["via"], rows[2]["gates"]) == ("before_window", "before_window")


def test_one_that_went_off_as_a_detonation_instead_had_failed_deterrence_already() -> None:
    base = arm({"key": 1, "mode": 1, "substituted": 1})
    rows = rows_of(base, arm({"key": 1, "blocked": C.DETERRENCE | C.MEDIATION}))
    assert rows[1]["gates"] == "mediation"
    plain = rows_of(arm({"key": 1}), arm({"key": 1, "blocked": C.DETERRENCE | C.MEDIATION}))
    assert plain[1]["gates"] == "deterrence+mediation"


def test_runs_are_apart_although_keys_are_the_same() -> None:
    base = arm({"key": 1}, {"key": 1, "run": 1})
    scenario = arm({"key": 1}, {"key": 1, "run": 1, "blocked": C.NORM})
    made = ledger.build(base, scenario)
    assert list(made["status"]) == ["kept", "averted"] and list(made["run"]) == [0, 1]


def test_nothing_at_all_is_an_empty_ledger() -> None:
    assert ledger.build(arm(), arm()).empty


def test_the_summary_counts_equal_parts() -> None:
    base, scenario = (arm(*rows, *({**row, "run": 1} for row in rows)) for rows in (BASE, SCENARIO))
    rows = ledger.summarise(ledger.build(base, scenario), None, 2)
    summary = rows.set_index(["outcome", "part", "via", "gate"]).sort_index()
    mean = summary["mean"]
    assert mean["shootings", "averted", "all", "all"] == 2  # keys 2 and 3; 4 is a detonation
    averted = mean["shootings", "averted"]
    assert averted["direct", "all"] == 1 == averted["downstream", "all"]
    assert averted["all", "deterrence"] == 1 == averted["all", "norm"]
    assert mean["detonations", "averted", "all", "norm"] == 0.5
    assert mean["persons_hit", "created", "all", "calendar"] == 0.5
    assert summary.loc[("shootings", "averted", "all", "norm"), "share"] == 0.5
    assert mean["persons_killed", "changed", "all", "all"] == 0


@pytest.mark.parametrize("column", ["mode", "hit", "killed"])
@pytest.mark.parametrize("which", ["base", "scenario"])
def test_one_changed_row_breaks_the_identity(column: str, which: str) -> None:
    base, scenario = arm(*BASE), arm(*SCENARIO)
    expected = counted(base), counted(scenario)
    {"base": base, "scenario": scenario}[which].attacks[column][0] += 1
    with pytest.raises(EngineError, match="does not add up"):
        ledger.check_identity(ledger.build(base, scenario), *expected)


@pytest.mark.parametrize("which", ["base", "scenario"])
def test_one_lost_row_breaks_the_ledger(which: str) -> None:
    base, scenario = arm(*BASE), arm(*SCENARIO)
    expected = counted(base), counted(scenario)
    lost = {"base": base, "scenario": scenario}[which]
    changed = {which: lost._replace(attacks=lost.attacks[1:])}
    arms = {"base": base, "scenario": scenario} | changed
    with pytest.raises(EngineError):
        ledger.check_identity(ledger.build(**arms), *expected)


def test_a_key_met_twice_is_a_fault() -> None:
    with pytest.raises(EngineError, match="same run and candidate"):
        ledger.build(arm({"key": 1}, {"key": 1}), arm({"key": 1}))


def test_a_background_candidate_of_one_arm_only_is_a_fault() -> None:
    with pytest.raises(EngineError, match="not paired"):
        ledger.build(arm({"key": 1}), arm({"key": 2}))


@pytest.fixture(scope="module")
def rich() -> tuple[Scenario, Scenario]:
    """A city with everything that makes ways and causes: substitution, deaths that matter, all parts."""
    words = (
        "site=huddinge", "programme=gvi", "years=5", "site.attacks_per_year=60", "attacks.fatal_factor=1.5",
        "attacks.substitution=0.4", "programme.mediation_reach=0.6", "gates.mediation_effect=0.5",
        "programme.prevention=0.3", "harm.extra_hit_mean=0.5", "calendar=flat",
    )  # fmt: skip
    scenario = load_scenario(*words)
    return scenario.replace("programme.enabled=false"), scenario


@pytest.mark.slow
def test_the_books_of_real_runs_balance_kept_or_run_again(rich: tuple[Scenario, Scenario], tmp_path) -> None:
    effect = compare(*rich, replicates=30, seed=5, workers=1, keep=("ledger",), out=tmp_path / "run")
    made = effect.ledger
    assert set(made["status"]) == {"kept", "averted", "created"}
    assert {"direct", "downstream", "fewer_offspring"} <= set(made["via"])
    change = np.zeros(30)
    for status, sign in (("averted", -1), ("created", 1)):
        change += sign * np.bincount(made.loc[made["status"] == status, "run"], minlength=30)
    assert np.array_equal(change, effect.differences("attacks"))
    kept = made[made["status"] == "kept"]
    assert (kept["mode_base"] != kept["mode_scenario"]).any()
    assert compare(*rich, replicates=30, seed=5, workers=1).ledger.equals(made)
    assert open_result(tmp_path / "run").ledger.equals(made)
    summary = effect.ledger_summary().set_index(["outcome", "part", "via", "gate"])["mean"]
    for outcome in ledger.COUNTED:
        parts = (summary[outcome, part, "all", "all"] for part in ("averted", "created", "changed"))
        averted, created, changed = parts
        assert -averted + created + changed == pytest.approx(effect.row(outcome).difference)


def test_a_result_of_another_model_is_not_booked(rich: tuple[Scenario, Scenario]) -> None:
    effect = compare(*rich, replicates=2, seed=5, workers=1)
    effect.base.results.digests[0] = "another model's"
    with pytest.raises(PairingError, match="another version"):
        _ = effect.ledger
