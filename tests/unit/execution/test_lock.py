"""One writer a folder; a lock never outlives its process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gvi_sim.errors import StoreError
from gvi_sim.execution.storage.lock import LOCK, FolderLock

HOLD = """
import sys, time
from pathlib import Path
from gvi_sim.execution.storage.lock import FolderLock
with FolderLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path, root: Path):
    """Another process that holds the lock of ``tmp_path``."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, cwd=root)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_refused_and_told_who_writes(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    with (
        pytest.raises(StoreError, match=f"being written by process {holder.pid} on this machine"),
        FolderLock(tmp_path),
    ):
        pass


def test_the_lock_of_a_killed_process_frees_itself(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / LOCK).exists()
    with FolderLock(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["pid"] == os.getpid()
    assert not (tmp_path / LOCK).exists()


def test_a_second_lock_in_this_process_is_refused(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(StoreError, match="being written"), FolderLock(tmp_path):
        pass
    with FolderLock(tmp_path):
        pass


def test_the_lock_names_no_host(tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        assert os.uname().nodename not in (tmp_path / LOCK).read_text()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(StoreError, match="cannot be used"), FolderLock(tmp_path / "x"):
        pass
