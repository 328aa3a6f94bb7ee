"""B4, B7: Ctrl-C ends it within two seconds with exit 130, resumable; the clock says nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from processes import contents, finish, finished, is_alive, start, wait_until

from gvi_sim import cli
from gvi_sim.execution import open_store

COMMAND = "import sys; from gvi_sim.cli import main; sys.exit(main())"
WORDS = ["run", "site=huddinge", "years=5", "burn_in_years=1", "--seed", "3", "--workers", "2"]


def stop_after(root: Path, out: Path, replicates: int, moment: float | None) -> tuple[int, float, str]:
    """Exit code, seconds it took and what was said, of a command that a terminal sent Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *WORDS, "--replicates", str(replicates),
         "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    if moment is None:
        wait_until(lambda: len(list(out.glob("tables/outcomes/*.parquet"))) >= 3)
    else:
        time.sleep(moment)
    before = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    took = time.monotonic() - before
    wait_until(lambda: not is_alive(process.pid), 1.0)
    return process.returncode, took, said


def test_ctrl_c(tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    code, took, said = stop_after(root, out, 800, None)
    assert code == 130 and took < 2.0, (code, took, said)
    assert "Traceback" not in said and str(out) in said and "--seed 3" in said
    assert json.loads((out / "manifest.json").read_text())["status"] == "unfinished"
    done = finished(out)
    assert done and cli.main([*WORDS, "--replicates", "800", "--out", str(out), "--quiet"]) == 0
    assert done.items() <= finished(out).items()
    assert open_store(out).manifest["status"] == "finished"


@pytest.mark.slow
def test_ctrl_c_at_any_moment(tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(3)
    for number, moment in enumerate(rng.uniform(0.5, 8.0, 20)):
        code, took, said = stop_after(root, tmp_path / str(number), 6000, float(moment))
        assert code == 130 and took < 2.0 and "Traceback (most recent call last)" not in said, (
            moment,
            took,
            said,
        )


@pytest.mark.parametrize("years", [1.0, -60.0])
def test_the_clock_says_nothing(tmp_path: Path, whole, years: float) -> None:
    """A year ahead, or before 1970: only the stamp differs."""
    out = tmp_path / "out"
    assert not finish(start(out, kind="run", clock=years))
    assert contents(out) == whole["run"]


def test_stamps_of_files_say_nothing(tmp_path: Path, undisturbed, whole) -> None:
    """A copy whose files were made in 1970, or will be in 2100, is read and resumed as it is."""
    out = tmp_path / "out"
    shutil.copytree(undisturbed["run"], out)
    for number, path in enumerate(sorted(out.rglob("*"))):
        os.utime(path, (4.1e9, 4.1e9) if number % 2 else (0, 0))
    assert len(open_store(out).read_table("attacks")) > 0
    assert not finish(start(out, kind="run")) and contents(out) == whole["run"]


@pytest.mark.slow
def test_no_moment_of_the_calendar_says_anything(tmp_path: Path, whole) -> None:
    """A year either way, 29 February, the hour that summer time skips, the end of 32-bit time."""
    moments = _years_to("2028-02-29", "2027-03-28T01:30", "2038-01-19T03:14")
    for number, years in enumerate((-1.0, 1.0, *moments)):
        out = tmp_path / str(number)
        assert not finish(start(out, kind="run", clock=years, env={"TZ": "Europe/Stockholm"}))
        assert contents(out) == whole["run"]


def _years_to(*moments: str) -> list[float]:
    from datetime import datetime

    return [(datetime.fromisoformat(moment).timestamp() - time.time()) / 31_557_600.0 for moment in moments]
