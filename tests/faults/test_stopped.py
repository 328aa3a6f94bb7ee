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
from processes import contents, descendants, finish, finished, is_alive, start, wait_until

from gvi_sim import cli
from gvi_sim.execution.storage.store import open_store

COMMAND = "import sys; from gvi_sim.start import main; print('go', flush=True); sys.exit(main())"
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


@pytest.mark.slow
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


COUNTS = "\n".join(["period,area,attacks", *(
    f"{2015 + month // 12}-{month % 12 + 1:02d},{area},{(7 * month + 5 * number + month * number) % 9}"
    for month in range(48) for number, area in enumerate("ABC")
)])  # fmt: skip
SMALL = ("site=huddinge", "years=1", "burn_in_years=1")
ALIKE = ("--seed", "3", "--workers", "2")
COMMANDS = {
    "run": ("run", *SMALL, *ALIKE, "--replicates", "60", "--out", "out"),
    "sweep": ("sweep", *SMALL, "exit.places=5,20", *ALIKE, "--replicates", "20", "--out", "out"),
    "attribute": ("attribute", *SMALL, *ALIKE, "--replicates", "20", "--out", "out"),
    "levers": ("levers", "check", *SMALL, *ALIKE, "--replicates", "10"),
    "reproduce": ("reproduce", "concentration", "--workers", "2", "--replicates", "20", "--out", "out"),
    "calibrate": ("calibrate", "counts.csv", *ALIKE, "--points", "4000", "--confirm-small-cells", "--out", "out"),
    "list": ("list", "keys"),
}  # fmt: skip


def complaint(root: Path, here: Path, name: str, when: float | str, *, group: bool) -> str:
    """What is wrong with how a command ended after Ctrl-C, "" if nothing; ``when``: seconds, or a file to wait for."""
    here.mkdir()
    (here / "counts.csv").write_text(COUNTS)
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *COMMANDS[name]], cwd=here, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "go\n"
    if isinstance(when, str):
        wait_until(lambda: list(here.glob(when)) or process.poll() is not None)
    else:
        time.sleep(when)
    below = descendants(process.pid)
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    try:
        said = process.communicate(timeout=30)[1].splitlines()
        wait_until(lambda: not any(map(is_alive, below)), 5.0)
    except (subprocess.TimeoutExpired, AssertionError) as error:
        os.killpg(process.pid, signal.SIGKILL)
        return f"{name} at {when}: {type(error).__name__}"
    lines = [line for line in said if not line.startswith(("Compiling", "This takes", "Note:"))]
    if (process.returncode, len(lines)) in ((130, 1), (0, 0)):
        return ""
    return f"{name} at {when} left {process.returncode} and said {lines}"


@pytest.mark.slow
def test_ctrl_c_in_any_command_is_one_line(root: Path, tmp_path: Path) -> None:
    """As it begins, and while a report is written; to the terminal's whole group and to the command alone."""
    cases = [("list", 0.0, True), ("run", 0.2, False), ("run", "out/tables/effect.parquet", True),
             ("calibrate", 0.5, True)]  # fmt: skip
    found = [complaint(root, tmp_path / str(n), *case[:2], group=case[2]) for n, case in enumerate(cases)]
    assert not any(found), "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_at_any_moment_of_any_command_is_one_line(root: Path, tmp_path: Path, name: str) -> None:
    moments = np.random.default_rng(4).uniform(0.0, 1.0 if name == "list" else 10.0, 16)
    found = [
        complaint(root, tmp_path / str(n), name, float(moment), group=n % 2 == 0) for n, moment in enumerate(moments)
    ]
    assert not any(found), "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("years", [1.0, -60.0])
def test_the_clock_says_nothing(tmp_path: Path, whole, years: float) -> None:
    """A year ahead, or before 1970: only the stamp differs."""
    out = tmp_path / "out"
    assert not finish(start(out, kind="run", clock=years))
    assert contents(out) == whole["run"]


@pytest.mark.slow
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
