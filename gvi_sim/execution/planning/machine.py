"""What a result was made with: versions, commit, code and machine, without names, homes or environment."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2]
LIBRARIES = (
    "numpy", "numba", "pandas", "pyarrow", "scipy", "mesa", "hydra-core", "omegaconf", "seaborn", "jinja2",
)  # fmt: skip
# Sources that decide events: a change in one of them makes other results.
DECIDING = (
    "kernel", "world", "dynamics", "config/other_values.py", "execution/ensembles/ensemble.py",
    "execution/ensembles/parameters.py", "execution/planning/runner.py", "execution/ensembles/reference_surface.py",
)  # fmt: skip


def version() -> str:
    """The version of the package, read from the source tree when it is not installed."""
    project = PACKAGE.parent / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    try:
        return metadata.version("gvi_sim")
    except metadata.PackageNotFoundError:
        return "unknown"


def libraries() -> dict[str, str]:
    """Versions of Python and of the libraries that make or show results."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """Kind of machine: system, processor and its count, memory in bytes. No host, user or path."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "cpus": os.cpu_count() or 1,
        "memory_bytes": memory_bytes(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


@cache
def memory_bytes() -> int:
    """Memory this process can have: the machine's, or a container's limit when that is lower."""
    limits = [_physical_memory()]
    try:
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return limits[0]
    return min(limits)


def _physical_memory() -> int:
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ulong), ("load", ctypes.c_ulong), ("sizes", ctypes.c_ulonglong * 7))

    status = Status()
    status.length = ctypes.sizeof(Status)
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined, unused-ignore]
    return int(status.sizes[0])


@cache
def commit() -> str | None:
    """The git commit of the source tree, with "+changes" when files differ from it; None outside a checkout."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return None
    head = _git(root, "rev-parse", "HEAD")
    if head is None:
        return None
    return head + ("+changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@cache
def code_digest() -> str:
    """SHA-256 over the sources that decide events, in order of their paths."""
    digest = hashlib.sha256()
    for start in DECIDING:
        path = PACKAGE / start
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if source.is_file():
                digest.update(source.relative_to(PACKAGE).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()
