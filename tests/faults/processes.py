"""Starting jobs, finding their workers, and looking at what they left."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gvi_sim.execution.storage.manifest import read_manifest
from gvi_sim.execution.storage.shards import shards_in, stored

ROOT = Path(__file__).resolve().parents[2]  # on the path, so that a fork server finds the package
JOB = Path(__file__).resolve().parent / "job.py"


def start(out: Path, *, env: dict[str, str] | None = None, **settings: Any) -> subprocess.Popen[str]:
    """A job on its way: it has said "go"."""
    process = subprocess.Popen(
        [sys.executable, str(JOB), json.dumps({"out": str(out), **settings})],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (env or {}),
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    if said != "go\n":
        raise AssertionError(f"ended by {process.wait()}: {process.communicate()[1]}")
    return process


def finish(process: subprocess.Popen[str], timeout: float = 120) -> str:
    """Wait for the end; what stood on stderr."""
    return process.communicate(timeout=timeout)[1]


def kill(process: subprocess.Popen[str]) -> None:
    """Kill -9, and close the pipes."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def descendants(pid: int) -> list[int]:
    """Processes below ``pid``, nearest first."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        below = sorted(parents.get(todo.pop(0), []))
        found += below
        todo += below
    return found


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and was not collected does not."""
    fields = _stat(pid)
    return bool(fields) and fields[0] != "Z"


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Its workers: children of the fork server, which is a child of the job."""
    own = descendants(process.pid)
    return [pid for pid in own if (fields := _stat(pid)) and int(fields[1]) in own]


def wait_until(true: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What ``true`` returned when it was; AssertionError when it never was."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
    return found


def contents(folder: Path) -> dict[str, str]:
    """Every file but the manifest (which holds times) with its hash."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def finished(folder: Path) -> dict[Path, int]:
    """The shards of batches that have all their tables, with their time stamps."""
    batches: dict[tuple[str, int, int], list[Path]] = {}
    for shard in shards_in(folder):
        batches.setdefault((shard.key, shard.first, shard.end), []).append(folder / shard.relative)
    tables = len(list(folder.glob("tables/*/")))
    whole = [path for paths in batches.values() if len(paths) == tables for path in paths]
    return {path: path.stat().st_mtime_ns for path in whole}


def check_whole(folder: Path) -> int:
    """Every visible file is whole, whatever happened; returns the number of finished shards."""
    if (folder / "manifest.json").exists():
        read_manifest(folder, finished=False)
    shards = list(shards_in(folder))
    assert all(stored(folder, shard) for shard in shards)
    visible = {path.name for path in folder.glob("tables/*/*") if not path.name.startswith(".")}
    assert len(visible) == len(shards)
    return len(shards)
