"""Every file that only saves time is believed when it is whole, and made again when it is not."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from job import RUN

from gvi_sim import caches
from gvi_sim.config import load_scenario
from gvi_sim.dynamics import reference
from gvi_sim.dynamics.first_compilation import compile_kernels
from gvi_sim.dynamics.reference import pilot_key, pilot_scenario, reference_of
from gvi_sim.errors import ScenarioError
from gvi_sim.kernel import compiler
from gvi_sim.world.builder import Reference

KEY = "a key"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own, and no memory of what was told."""
    monkeypatch.setenv("GVI_SIM_CACHE_DIR", str(tmp_path / "home"))
    caches._say.cache_clear()
    return tmp_path / "home" / "gvi_sim"


def damages(data: bytes, flips: int, seed: int) -> Iterator[bytes]:
    """Files that the one with ``data`` may have become: bits flipped, cut short, emptied, of somebody else."""
    rng = np.random.default_rng(seed)
    for place in rng.integers(len(data), size=flips):
        yield data[:place] + bytes([data[place] ^ 1 << int(rng.integers(8))]) + data[place + 1 :]
    yield from (b"", data[: len(data) // 2], data[:-1], data + b"0", data[65:], b"\x80\x05N.", b"\n" * 200)


@pytest.fixture(scope="module")
def kept() -> list[Path]:
    """A file of compiled code for each entry; made before a test takes another cache folder."""
    assert compiler.FOLDER is not None
    compile_kernels()
    return sorted(compiler.FOLDER.glob("*.nbc"))


def refused(path: Path, key: str, damaged: Iterator[bytes]) -> list[bytes]:
    """Those that were read all the same, or left lying."""
    found = []
    for data in damaged:
        path.write_bytes(data)
        if caches.read(path, key) is not None or path.exists():
            found.append(data)
        path.write_bytes(data)
        if caches.is_sound(path):
            found.append(data)
    return found


def check_compiled(home: Path, kept: list[Path], flips: int) -> None:
    count = 0
    for number, original in enumerate(kept):
        data = original.read_bytes()
        key = data.split(b"\n")[1].decode()
        path = home / original.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        assert caches.read(path, key) and caches.read(path, key + " of another compiler") is None
        assert not refused(path, key, damages(data, flips, number))
        count += 1
    assert count >= len(compiler.RUN_ENTRIES)


def test_damaged_compiled_code_is_never_loaded(kept: list[Path], home: Path) -> None:
    check_compiled(home, kept, 12)


@pytest.mark.slow
def test_no_flipped_bit_of_compiled_code_is_loaded(kept: list[Path], home: Path) -> None:
    check_compiled(home, kept, 1000)


CALL = """
from gvi_sim.kernel import draws
print(hex(int(draws.run_key(7, 3))))
"""


@pytest.mark.slow
def test_damaged_compiled_code_is_compiled_again(home: Path, root: Path) -> None:
    """A small entry, in processes of its own: cut, flipped, or sealed by somebody who wrote nonsense."""

    def call() -> tuple[str, str]:
        done = subprocess.run([sys.executable, "-c", CALL], capture_output=True, text=True, cwd=root, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    first, said = call()
    assert said == ""
    path = next(iter(home.glob("*/draws.words-*.nbc")))
    data = path.read_bytes()
    key = data.split(b"\n")[1].decode()
    caches.write(path.with_name("nonsense"), key, b"\x80\x05N.")
    for damaged in (b"", data[:-1], path.with_name("nonsense").read_bytes()):
        path.write_bytes(damaged)
        again, said = call()
        assert again == first and said.count("\n") == 1 and "damaged and is made again" in said
        assert path.read_bytes()[:64] and caches.read(path, key), "it was not kept again"
    assert call() == (first, "")


def constants(home: Path, flips: int, caplog: pytest.LogCaptureFixture) -> None:
    pair = Reference(1.5649595902836506, 1.0537778626232421)
    reference.save(KEY, pair)
    path = home / "reference" / f"{KEY}.json"
    assert reference.load(KEY) == pair
    for number, data in enumerate(damages(path.read_bytes(), flips, 5)):
        path.write_bytes(data)
        assert reference.load(KEY) is None and not path.exists(), number
        reference.save(KEY, pair)
    assert reference.load(KEY) == pair and "made again" in caplog.text


def test_damaged_constants_are_never_used(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    constants(home, 60, caplog)


@pytest.mark.slow
def test_no_flipped_bit_of_a_constant_is_used(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    constants(home, 3000, caplog)


def test_constants_that_cannot_be_are_not_used(home: Path) -> None:
    """Sealed and of the right key, and yet no number of candidates to an attack."""
    path = home / "reference" / f"{KEY}.json"
    for wrong in (math.nan, 0.0, -1.2, math.inf, 1e300, "1", None, [1.0]):
        for pair in ({"background": wrong, "offspring": 1.0}, {"background": 1.0, "offspring": wrong}):
            caches.write(path, KEY, json.dumps(pair).encode())
            assert reference.load(KEY) is None or wrong == "1", pair
    for text in (b"", b"[]", b"{}", b"\xff", b"1" * 5000):
        caches.write(path, KEY, text)
        assert reference.load(KEY) is None


@pytest.mark.parametrize("kind", ["folder", "pipe", "endless", "large"])
def test_what_is_no_ordinary_file_is_not_read(home: Path, kind: str) -> None:
    path = home / "thing"
    home.mkdir(parents=True)
    make = {
        "folder": path.mkdir, "pipe": lambda: os.mkfifo(path), "endless": lambda: path.symlink_to("/dev/zero"),
        "large": lambda: [path.touch(), os.truncate(path, caches.LARGEST + 1)],
    }  # fmt: skip
    make[kind]()
    assert caches.read(path, KEY) is None and not caches.is_sound(path)


def test_a_place_that_takes_nothing_is_said_once(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    home.parent.mkdir(parents=True)
    home.touch()
    caches.write(home / "one", KEY, b"x")
    caches.write(home / "two", KEY, b"x")
    assert len(caplog.records) == 1 and "this one goes on" in caplog.text
    caches.write(None, KEY, b"x")
    caches.write(None, KEY, b"x")
    assert len(caplog.records) == 2


def test_verify_believes_no_stored_constant(home: Path, tmp_path: Path) -> None:
    """A constant that somebody changed, seal and all: the run is wrong, and verify says so though it lies there yet."""
    from gvi_sim.experiment.verify import verify
    from gvi_sim.simulate import simulate

    scenario = load_scenario(*RUN, "gates.replacement=0.5")  # no constants of it ship
    key = pilot_key(pilot_scenario(scenario))
    right = reference_of(pilot_scenario(scenario))
    reference.save(key, Reference(right.background * 4.0, right.offspring))
    reference_of.cache_clear()
    made = {"seed": 1, "replicates": 4, "workers": 1, "parameters": "point"}
    simulate(scenario, out=tmp_path / "wrong", **made)
    found = verify(tmp_path / "wrong")
    assert not found.equal and "reference" in str(found.difference)
    simulate(scenario, out=tmp_path / "right", **made)
    assert verify(tmp_path / "right").equal


@pytest.mark.slow
def test_eight_processes_that_compile_at_once(home: Path, root: Path, tmp_path: Path) -> None:
    """All give the same events and nothing they leave is damaged."""
    code = (
        "from gvi_sim import load_scenario; from gvi_sim.execution.planning.runner import Engine; "
        f"print(Engine(load_scenario(*{RUN})).run(1, 0).digest)"
    )
    one = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": root}
    started = [subprocess.Popen([sys.executable, "-c", code], **one) for _ in range(8)]
    said = [process.communicate(timeout=900) for process in started]
    assert len({out for out, _ in said}) == 1 and not any(error for _, error in said), said
    files = [path for path in home.rglob("*") if path.suffix in (".nbc", ".json")]
    assert len(files) >= 4 and all(map(caches.is_sound, files))
    again = subprocess.run([sys.executable, "-c", code], check=True, **one)
    assert (again.stdout, again.stderr) == said[0]
    shutil.rmtree(home)


def test_a_failed_pilot_is_remembered_with_its_reason(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process and the next: said again at once, unless constants are to be found anew."""
    pilot, tried = pilot_scenario(load_scenario("site=huddinge", "gates.withdrawal=0.1")), []

    def fails(pilot: Any, start: Reference) -> None:
        tried.append(pilot)

    monkeypatch.setattr(reference, "_settle", fails)
    monkeypatch.setattr(reference, "_failed", set())
    for fresh in (False, False, True):  # a third time as another process, which has the disk alone
        if fresh:
            reference._failed.clear()
        with pytest.raises(ScenarioError, match="the constants still move"):
            reference_of(pilot)
    assert len(tried) == 1
    with reference.found_anew(), pytest.raises(ScenarioError):
        reference_of(pilot)
    assert len(tried) == 2
