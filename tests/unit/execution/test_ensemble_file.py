"""An ensemble comes back from its folder as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gvi_sim.errors import ScenarioError, StoreError
from gvi_sim.execution.ensembles.packaged import packaged_ensemble
from gvi_sim.execution.storage.ensemble_file import StoredEnsemble, read_ensemble, write_ensemble

KEYS = ("attacks.kappa_repeat", "exit.places")


def ensemble(weights: list[float] | None = None) -> StoredEnsemble:
    draws = np.array([[0.1, 5.0], [0.2, 6.0], [0.05, 9.0]])
    chosen = np.full(3, 1 / 3) if weights is None else np.array(weights)
    return StoredEnsemble("small", KEYS, draws, chosen, {"seed": 7, "site": "huddinge"})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_ensemble(tmp_path / "one", ensemble([0.5, 0.25, 0.25]))
    back = read_ensemble(tmp_path / "one")
    assert back.keys == KEYS and back.name == "small" and back.provenance == {"seed": 7, "site": "huddinge"}
    np.testing.assert_array_equal(back.draws, ensemble().draws)
    assert back.overrides(2) == {"attacks.kappa_repeat": 0.05, "exit.places": 9}
    assert isinstance(back.overrides(2)["exit.places"], int)


def test_every_changed_byte_of_the_draws_is_noticed(tmp_path: Path) -> None:
    write_ensemble(tmp_path / "one", ensemble())
    path = tmp_path / "one" / "tables" / "draws.parquet"
    raw = bytearray(path.read_bytes())
    for place in range(0, len(raw), 97):
        changed = raw.copy()
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(StoreError, match="changed or damaged"):
            read_ensemble(tmp_path / "one")


def test_a_folder_in_use_is_never_overwritten(tmp_path: Path) -> None:
    write_ensemble(tmp_path / "one", ensemble())
    with pytest.raises(StoreError, match="not empty"):
        write_ensemble(tmp_path / "one", ensemble())


@pytest.mark.parametrize(
    ("keys", "draws", "weights", "message"),
    [
        (("attacks.kappa_repeet",), [[0.1]], [1.0], "Nearest: attacks.kappa_repeat"),
        (("harm.p_hit",), [[1.4]], [1.0], r"harm.p_hit = 1.4 .*probability"),
        (("harm.p_hit",), [[0.4]], [0.9], "sum to 1"),
        (("harm.p_hit",), [[0.4], [0.5]], [1.5, -0.5], "0 or more"),
        (("harm.p_hit", "harm.p_hit"), [[0.4, 0.4]], [1.0], "twice"),
        (("membership.turnover",), [[1.0]], [1.0], "no number"),
    ],
)
def test_what_is_no_ensemble_is_refused(
    keys: tuple[str, ...], draws: list[list[float]], weights: list[float], message: str
) -> None:
    with pytest.raises(ScenarioError, match=message):
        StoredEnsemble("bad", keys, np.array(draws), np.array(weights))


def test_two_runs_take_each_draw_and_the_cycle_begins_again() -> None:
    for seed in range(20):
        order = [ensemble().draw_of(r, seed) for r in range(12)]
        assert order[::2] == order[1::2] and sorted(order[:6:2]) == [0, 1, 2] and order[6:] == order[:6]
    assert len({ensemble().draw_of(0, seed) for seed in range(20)}) == 3, "the seed says where it begins"


def test_any_stretch_of_the_packaged_order_is_spread_over_every_key() -> None:
    packaged = packaged_ensemble()
    ranks = np.argsort(np.argsort(packaged.draws, axis=0), axis=0) / len(packaged)
    order = packaged.order
    assert sorted(order.tolist()) == list(range(len(packaged)))
    apart = [abs(ranks[np.roll(order, -start)[:10]].mean(axis=0) - 0.5).mean() for start in range(100)]
    by_chance = np.random.default_rng(1)
    chance = [abs(ranks[by_chance.permutation(100)[:10]].mean(axis=0) - 0.5).mean() for _ in range(200)]
    assert np.mean(apart) < 0.6 * np.mean(chance)


def test_weights_are_met_by_every_stretch_of_replicates() -> None:
    weighted = ensemble([0.5, 0.3, 0.2])
    for first in (0, 37, 1000):
        shares = np.bincount([weighted.draw_of(r, 1) for r in range(first, first + 200)], minlength=3) / 200
        np.testing.assert_allclose(shares, [0.5, 0.3, 0.2], atol=0.02)
