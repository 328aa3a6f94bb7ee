"""What several of these tests need: the job's modules, the undisturbed result, a closed place."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import pytest

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of the sweep and of the run that nothing happened to, by kind."""
    import job

    found = {kind: tmp_path_factory.mktemp(kind) / "out" for kind in ("sweep", "run")}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("simulate", "experiment.sweep"):
            patch.setattr(import_module(f"gvi_sim.{name}"), "batch_size", lambda scenario: 3)
        for kind, out in found.items():
            job.work(out, kind=kind)
    return found


@pytest.fixture(scope="session")
def whole(undisturbed: dict[str, Path]) -> dict[str, dict[str, str]]:
    """Hashes of all their files."""
    from processes import contents

    return {kind: contents(out) for kind, out in undisturbed.items()}


@pytest.fixture(scope="session")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison with figures and report, made by the command."""
    from gvi_sim import cli

    out = tmp_path_factory.mktemp("comparison") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("gvi_sim.analysis.pairs.effect"), "batch_size", lambda scenario: 4)
        words = ["site=huddinge", "years=1", "burn_in_years=1", "--replicates", "12", "--seed", "5"]
        assert cli.main(["run", *words, "--workers", "1", "--out", str(out), "--quiet"]) == 0
    return out


@pytest.fixture(params=["missing", "unwritable"])
def closed(request: pytest.FixtureRequest, tmp_path: Path):
    """A folder nobody can write, also for the superuser, to whom permissions say nothing."""
    if request.param == "missing":
        yield Path("/proc/gvi_sim")
    elif os.geteuid() == 0:
        yield Path("/sys/kernel")
    else:
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o500)
        yield folder
        folder.chmod(0o700)
