"""The pairing certificate: it holds for the engine, and a broken draw in one arm makes it fail, aloud."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import replace

import numpy as np
import pytest

from gvi_sim.analysis.pairs import effect
from gvi_sim.analysis.pairs.certificate import Certificate, compare_attacks
from gvi_sim.analysis.pairs.components import PARTS, at_zero
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import EngineError, StoreError
from gvi_sim.execution.planning import batch
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.experiment.opening import open_result
from gvi_sim.world.tables import ATTACK


@pytest.fixture(scope="module")
def arms() -> tuple[Scenario, Scenario]:
    scenario = load_scenario(
        "site=huddinge", "programme=gvi", "calendar=flat", "years=3", "site.attacks_per_year=60",
        "start_date=2020-01-01", "programme.start_date=2021-01-01",
    )  # fmt: skip
    return scenario.replace("programme.enabled=false"), scenario


class OtherSeed(Engine):
    """A draw broken in one arm: where a programme runs, every draw has another seed."""

    def run(self, seed, replicate):
        return super().run(seed + self.scenario.programme_runs()[0], replicate)


class LateOtherSeed(Engine):
    """Broken for the doses alone: only a programme that does nothing gives other attacks."""

    def run(self, seed, replicate):
        idle = self.scenario.programme_runs()[0] and self.scenario.programme.sanction_certainty == 0
        return super().run(seed + idle, replicate)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch):
    """Put a broken engine in the place of the engine; one that ran the scenarios before is forgotten."""

    def install(make) -> None:
        monkeypatch.setattr(batch, "_engines", OrderedDict())
        monkeypatch.setattr(effect, "default_engine", lambda: make)

    return install


def test_the_engines_pairing_holds(arms: tuple[Scenario, Scenario]) -> None:
    # At the scenario's own values: drawn ones add a variance that no pairing takes away.
    found = compare(*arms, replicates=30, seed=1, workers=1, parameters="point").certificate
    assert found.failed == ()
    assert compare(*arms, replicates=20, seed=1, workers=1).certificate.failed == ()
    assert found.zero_dose_identical is True and found.zero_dose_runs == 10
    assert found.identical_before_start is True and found.days_before_start == 366
    assert found.first_difference_day is not None and found.first_difference_day >= 366
    assert found.same_addresses and found.variance_ratio < 0.5 and 0 <= found.created_share < 0.2


@pytest.mark.parametrize(("make", "told"), [(OtherSeed, "attacks differ before"), (LateOtherSeed, "dose zero changes")])
def test_a_pairing_that_fails_in_the_end_tells_nothing(arms, broken, tmp_path, make, told) -> None:
    """In memory there is no effect to print; in a folder no table, and the result cannot be opened."""
    broken(make)
    for out in (None, tmp_path / "run"):
        with pytest.raises(EngineError, match=f"pairing with business as usual does not hold: .*{told}"):
            compare(*arms, replicates=12, seed=1, workers=1, out=out)
    assert not [*(tmp_path / "run/tables").glob("*.parquet")] and not (tmp_path / "run/certificate.json").exists()
    with pytest.raises(StoreError, match="stopped before its end"):
        open_result(tmp_path / "run")


def test_it_is_stored_and_read_again(arms: tuple[Scenario, Scenario], tmp_path, monkeypatch) -> None:
    made = compare(*arms, replicates=5, seed=1, workers=1, out=tmp_path / "run").certificate
    monkeypatch.setattr(effect, "certificate_of", None)  # nothing is run again
    assert open_result(tmp_path / "run").certificate == made


def test_json_keeps_what_is_not_a_number_and_no_pairing_that_failed() -> None:
    made = Certificate(None, None, True, math.nan, created_share=math.nan)
    again = Certificate.from_json(made.to_json())
    assert math.isnan(again.variance_ratio) and math.isnan(again.created_share)
    with pytest.raises(StoreError, match="not what gvi_sim writes"):
        Certificate.from_json(replace(made, same_addresses=False).to_json())


def attacks(*rows: tuple[int, float, int]) -> np.ndarray:
    table = np.zeros(len(rows), ATTACK)
    for place, (candidate, day, hit) in enumerate(rows):
        table[place]["candidate"], table[place]["day"], table[place]["hit"] = candidate, day, hit
    return table


def test_tables_are_compared_attack_by_attack() -> None:
    base = attacks((1, 5.0, 0), (2, 9.0, 1), (3, 20.0, 0))
    same = compare_attacks(base, base[::-1].copy())
    assert same.first_day is None and same.same_addresses and (same.averted, same.created) == (0, 0)
    lost = compare_attacks(base, attacks((1, 5.0, 0), (3, 20.0, 0), (4, 30.0, 0)))
    assert (lost.first_day, lost.averted, lost.created, lost.same_addresses) == (9.0, 1, 1, True)
    hurt = compare_attacks(base, attacks((1, 5.0, 0), (2, 9.0, 2), (3, 20.0, 0)))
    assert hurt.first_day == 9.0 and hurt.same_addresses
    moved = compare_attacks(base, attacks((1, 4.0, 0), (2, 9.0, 1), (3, 20.0, 0)))
    assert moved.first_day == 4.0 and not moved.same_addresses


def test_every_part_is_off_at_zero_in_every_site_of_a_roll_out() -> None:
    many = load_scenario({"sites": {"huddinge": {"exit.offer_rate": 0.9}, "malmo": {}}})
    for site in at_zero(many).each_site():
        assert site.exit.offer_rate == 0 == site.programme.sanction_certainty
        assert site.programme.enabled and len(PARTS) == 5
