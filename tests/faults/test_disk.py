"""B2, B5, B6: a full disk, a place that cannot be written, two processes in one folder, few open files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import JOB, check_whole, contents, finish, start, wait_until

from gvi_sim import cli
from gvi_sim.execution.storage.store import open_store
from gvi_sim.kernel.draws import run_key

NO_HOME = {"HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none/cache", "GVI_SIM_CACHE_DIR": "/proc/none"}
MOUNT = 'mount -t tmpfs -o size={size} tmpfs "{disk}"'
# In a mount namespace of its own: a small disk, half of it taken; then room is made and the same job goes on.
SMALL_DISK = f"""
set -u
{MOUNT} || exit 77
dd if=/dev/zero of="{{disk}}/filler" bs=1k count={{filler}} status=none
{{python}} {JOB} '{{settings}}'; echo "first $?"
rm "{{disk}}/filler"
{{python}} {JOB} '{{settings}}'; echo "second $?"
cp -r "{{disk}}/out" "{{copy}}"
"""


@pytest.mark.slow
def test_a_file_that_may_not_grow(tmp_path: Path, undisturbed, whole) -> None:
    """RLIMIT_FSIZE: what is larger cannot be written; what is smaller is written and stays."""
    out, wanted = tmp_path / "out", sorted(whole["run"])
    first = undisturbed["run"].glob("tables/*/*.r000000-*.parquet")
    limit = max(path.stat().st_size for path in first)  # the first batch fits, a later one is larger
    process = start(out, kind="run", file_size=limit)
    said = finish(process)
    assert process.returncode == 1 and "Traceback" not in said
    assert str(out) in said and "could not be written (" in said and " bytes): File too large" in said
    assert not list(out.rglob("*.part"))
    sizes = [path.stat().st_size for path in out.rglob("*.parquet")]
    assert sizes and max(sizes) <= limit and check_whole(out) == len(sizes) < len(wanted)
    assert not finish(start(out, kind="run")) and contents(out) == whole["run"]


@pytest.mark.slow
def test_a_full_disk(tmp_path: Path, undisturbed, whole) -> None:
    """A tmpfs that fills up half-way, where one may be mounted; the file limit above where not."""
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    settings = json.dumps({"out": str(disk / "out"), "kind": "run"})
    size = sum(path.stat().st_size for path in undisturbed["run"].rglob("*") if path.is_file())
    script = SMALL_DISK.format(
        size=f"{4 * size}", disk=disk, filler=int(3.6 * size / 1024), python=sys.executable,
        settings=settings, copy=copy,
    )  # fmt: skip
    flags = ["-m"] if os.geteuid() == 0 else ["-rm"]
    done = subprocess.run(
        ["unshare", *flags, "sh", "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode == 77 or "unshare" in done.stderr:  # no mounts here; the other test is the one
        return
    assert "first 1" in done.stdout and "second 0" in done.stdout, done.stdout + done.stderr
    assert "No space left on device" in done.stderr and "Traceback" not in done.stderr
    assert contents(copy) == whole["run"]


def test_a_folder_that_cannot_be_written(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "years=1", "burn_in_years=1", "--replicates", "4", "--quiet"]
    assert cli.main([*words, "--out", str(closed / "out")]) == 1
    said = capsys.readouterr().err
    assert str(closed) in said and "Choose another" in said and "Traceback" not in said


@pytest.mark.slow
def test_a_finished_folder_that_can_only_be_read(tmp_path: Path, undisturbed, whole) -> None:
    """It opens, reads and verifies; a report into it says what is wrong."""
    from gvi_sim.experiment.opening import open_result
    from gvi_sim.experiment.verify import verify

    out = tmp_path / "out"
    shutil.copytree(undisturbed["run"], out)
    for path in [*out.rglob("*"), out]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert open_result(out).replicates == 48 and verify(out, sample=2).equal
    finally:
        for path in [out, *out.rglob("*")]:
            path.chmod(0o700)
    assert contents(out) == whole["run"]


def test_a_home_that_cannot_be_written(root: Path) -> None:
    """Nothing is cached, compiled code works all the same, and a draw is the draw it always was."""
    code = (
        "from gvi_sim import caches; from gvi_sim.kernel import compiler, draws; "
        "print(caches.folder(), compiler.FOLDER, draws.run_key(7, 3))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | NO_HOME,
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
    )
    assert done.returncode == 0, f"ended by {done.returncode}: {done.stderr}"
    assert done.stdout.split() == ["None", "None", str(run_key(7, 3))]
    assert done.stderr.count("\n") == 1 and "nothing can be kept for the next run" in done.stderr


@pytest.mark.slow
def test_a_run_without_a_home_has_the_same_bytes(tmp_path: Path, whole) -> None:
    process = start(tmp_path / "out", env=NO_HOME, kind="run", workers=2)
    said = finish(process, 600)
    assert said.count("\n") == 1 and "nothing can be kept" in said and contents(tmp_path / "out") == whole["run"]


@pytest.mark.slow
def test_few_open_files(tmp_path: Path, whole) -> None:
    """With 256 at most; and no temporary folder of ours outlives the run."""
    process = start(tmp_path / "out", workers=2, open_files=256, env={"TMPDIR": str(tmp_path)})
    assert not finish(process) and contents(tmp_path / "out") == whole["sweep"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
def test_two_processes_in_one_folder(tmp_path: Path, whole) -> None:
    """Whoever comes second is refused and told who writes; the first goes on undisturbed."""
    out = tmp_path / "out"
    first = start(out)
    wait_until((out / ".lock").exists)
    second = start(out)
    said = finish(second)
    if second.returncode:  # else the first had finished by then, and there was nothing left to do
        assert second.returncode == 1 and f"being written by process {first.pid} on this machine" in said
    assert not finish(first) and contents(out) == whole["sweep"]
    assert open_store(out).manifest["status"] == "finished"
