"""B3: single flipped bits and truncations anywhere in a result: refused or repaired, never another number."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from processes import contents

from gvi_sim.analysis.pairs.effect import Effect, compare
from gvi_sim.errors import StoreError
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.opening import open_result
from gvi_sim.experiment.verify import verify
from gvi_sim.simulate import stored_scenario


@pytest.fixture
def folder(comparison: Path, tmp_path: Path) -> Path:
    shutil.copytree(comparison, tmp_path / "out")
    return tmp_path / "out"


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flipped(folder: Path, count: int, seed: int) -> Iterator[Path]:
    """Each time one bit of one file is the other way round; every file has its turn, then they are drawn."""
    rng, files = np.random.default_rng(seed), files_of(folder)
    for number in range(count):
        path = files[number] if number < len(files) else files[rng.integers(len(files))]
        data = path.read_bytes()
        damaged = bytearray(data)
        damaged[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        yield path
        path.write_bytes(data)


def cut(folder: Path, count: int, seed: int) -> Iterator[Path]:
    """Each time one file has lost its end."""
    rng, files = np.random.default_rng(seed), files_of(folder)
    for number in range(count):
        path = files[number % len(files)]
        data = path.read_bytes()
        path.write_bytes(data[: int(rng.integers(len(data)))])
        yield path
        path.write_bytes(data)


def everything(folder: Path) -> list[pd.DataFrame]:
    """All that a result says of its numbers, by way of its objects and of its small tables."""
    effect, store = open_result(folder), open_store(folder)
    assert isinstance(effect, Effect)
    runs = (effect.base, effect.scenario)
    frames = [frame for arm in runs for frame in (arm.outcomes, arm.series, arm.attacks, arm.table("groups"))]
    small = [store.read_table(name) for name in ("effect", "by_year", "by_mode", "by_listed")]
    return [*frames, *small, effect.outcomes]


def check(folder: Path, damages: Iterator[Path]) -> int:
    """``verify`` names every damaged file, and no reader gives another number; how many there were."""
    before, count = everything(folder), 0
    for path in damages:
        with pytest.raises(StoreError, match=path.name.replace(".", r"\.").replace("+", r"\+")):
            verify(folder, sample=0)
        try:
            now = everything(folder)
        except StoreError:
            now = before
        assert all(one.equals(other) for one, other in zip(now, before, strict=True)), path
        count += 1
    assert verify(folder, sample=0).equal
    return count


@pytest.mark.slow
def test_damage_is_refused(folder: Path) -> None:
    assert check(folder, flipped(folder, 50, 1)) == 50
    assert check(folder, cut(folder, 10, 2)) == 10


@pytest.mark.slow
def test_five_hundred_flipped_bits_and_fifty_cuts_are_refused(folder: Path) -> None:
    assert check(folder, flipped(folder, 500, 3)) == 500
    assert check(folder, cut(folder, 50, 4)) == 50


def repaired(folder: Path, damages: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same call again makes every damaged file anew, or refuses the folder whose manifest is damaged."""
    monkeypatch.setattr(import_module("gvi_sim.analysis.pairs.effect"), "batch_size", lambda scenario: 4)
    base, scenario = (stored_scenario(open_store(folder).manifest, arm) for arm in (0, 1))

    def again() -> None:
        compare(base, scenario, replicates=12, seed=5, workers=1, out=folder)

    again()
    whole = contents(folder)
    for path in damages:
        if path.name == "manifest.json":
            with pytest.raises(StoreError, match=r"manifest\.json was changed or damaged"):
                again()
        else:
            again()
            assert contents(folder) == whole, path


@pytest.mark.slow
def test_damage_is_repaired(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(folder / "figures")  # the same call deletes figures and report: they are made after it
    repaired(folder, cut(folder, 4, 5), monkeypatch)


@pytest.mark.slow
def test_any_damage_is_repaired(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("gvi_sim.analysis.pairs.effect"), "batch_size", lambda scenario: 4)
    base, scenario = (stored_scenario(open_store(folder).manifest, arm) for arm in (0, 1))
    compare(base, scenario, replicates=12, seed=5, workers=1, out=folder)
    repaired(folder, flipped(folder, 60, 6), monkeypatch)
