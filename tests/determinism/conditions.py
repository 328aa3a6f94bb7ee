"""Conditions that may change nothing, and running the reference scenarios under one of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from reference_scenarios import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]  # on the path, so that a fork server finds the package
SCRIPT = Path(__file__).resolve().parent / "run_all.py"
STARTS = ("fork", "spawn", "forkserver")
HASH_SEEDS = ("0", "1", "random")
ZONES = ("UTC", "Pacific/Apia", "Europe/Stockholm")
LOCALES = ("C", "sv_SE.UTF-8", "tr_TR.UTF-8")
ODD = "körning nr 2, på en ö"


@dataclass(frozen=True)
class Condition:
    """One way to run; the default is one worker in an ordinary folder."""

    label: str
    workers: int = 1
    start: str = ""
    shuffle: bool = False
    new_constants: bool = False
    memory: bool = False
    odd_folder: bool = False
    python: str = sys.executable
    flags: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = (*SCENARIOS, "sweep")

    def run(self, tmp_path: Path) -> dict[str, dict[str, str]]:
        """Hashes by scenario, and under "about" the interpreter, numpy and locale that made them."""
        folder = tmp_path / (ODD if self.odd_folder else self.label.replace("/", " "))
        folder.mkdir(parents=True)
        names = ("workers", "start", "shuffle", "new_constants", "memory", "names")
        wanted = {name: getattr(self, name) for name in names} | {"out": "out å"}
        done = subprocess.run(
            [self.python, *self.flags, str(SCRIPT), json.dumps(wanted)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"} | self.env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=900,
        )
        assert done.returncode == 0, (
            f"{self.label} ({self.python}) left {done.returncode}:\n{done.stdout[-500:]}\n{done.stderr[-3000:]}"
        )
        answer = json.loads(done.stdout)
        return {**answer["hashes"], "about": answer["about"]}


def short_matrix() -> list[Condition]:
    """Every kind of condition once, several at a time."""
    return [
        Condition(
            "two workers of a fork server, shuffled, Apia, Turkish, -O, odd folder", 2, "forkserver",
            shuffle=True, odd_folder=True, flags=("-O",), names=("huddinge", "roll_out", "abroad"),
            env={"PYTHONHASHSEED": "random", "TZ": "Pacific/Apia", "LC_ALL": "tr_TR.UTF-8"},
        ),
        Condition(
            "seven forked workers, Swedish, UTC", 7, "fork", shuffle=True, new_constants=True,
            env={"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "sv_SE.UTF-8", "OMP_NUM_THREADS": "8"},
        ),
        Condition(
            "two spawned workers, C", 2, "spawn", names=("everything",),
            env={"PYTHONHASHSEED": "1", "LC_ALL": "C"},
        ),
    ]  # fmt: skip


def full_matrix() -> list[Condition]:
    """Each condition alone, then mixtures: with the plain one it is compared to, over forty."""
    found = [Condition(f"again {n}") for n in range(1, 5)]
    for workers, start in [(1, ""), *((count, start) for count in (2, 7) for start in STARTS)]:
        plain = Condition(f"{workers} by {start or 'itself'}", workers, start)
        found += [plain, replace(plain, label=f"{plain.label}, shuffled", shuffle=True, memory=True)]
    found += [Condition(f"hash seed {seed}", env={"PYTHONHASHSEED": seed}) for seed in HASH_SEEDS]
    found += [Condition(f"zone {zone}", env={"TZ": zone}) for zone in ZONES]
    found += [Condition(f"locale {name}", env={"LC_ALL": name, "LANG": name}) for name in LOCALES]
    found += [Condition(f"{n} threads", env={"OMP_NUM_THREADS": n, "NUMBA_NUM_THREADS": "1"}) for n in "18"]
    found += [Condition(f"python {flag}", flags=(flag,)) for flag in ("-O", "-OO")]
    found += [Condition("odd folder", odd_folder=True), Condition("new constants", new_constants=True)]
    for number, start in enumerate(STARTS * 3):
        env = {
            "PYTHONHASHSEED": HASH_SEEDS[(number + number // 3) % 3],
            "TZ": ZONES[(number + 2 * (number // 3)) % 3],
            "LC_ALL": LOCALES[number // 3],
        }
        odd = Condition(f"mixture {number}", 2 + 5 * (number % 2), start, shuffle=True, flags=("-O",), env=env)
        found.append(replace(odd, odd_folder=number % 2 == 0, new_constants=number % 3 == 0))
    return found


# Instructions a processor may lack: numpy's own kernels, the C library's exp and log, numba's compiled code.
PROCESSORS = (
    Condition("no AVX in numpy", env={"NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512_SKX AVX2 FMA3"}),
    Condition("no FMA in the C library", env={"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"}),
    Condition(
        "a plain processor for numba", env={"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""}, new_constants=True
    ),
)
