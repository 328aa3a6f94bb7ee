"""What several of these tests need: the job's modules, the undisturbed result, a closed place."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Hashes of all files of the sweep and of the run, undisturbed, by kind."""
    import job
    from processes import contents

    found = {}
    for kind in ("sweep", "run"):
        out = tmp_path_factory.mktemp(kind) / "out"
        with pytest.MonkeyPatch.context() as patch:
            for name in ("simulate", "experiment.sweep"):
                patch.setattr(f"gvi_sim.{name}.batch_size", lambda scenario: 3)
            job.work(out, kind=kind)
        found[kind] = contents(out)
    return found


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
