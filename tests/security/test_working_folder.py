"""Nothing in the folder somebody works in runs or steers: a folder full of traps, entered by every door."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = ("site=huddinge", "years=1", "burn_in_years=1")
OPTIONS = ("parameters=point", "--replicates", "4", "--seed", "1", "--workers", "2", "--quiet")
INSTALLED = "import sys\nfrom gvi_sim.start import main\nsys.exit(main())\n"
SCRIPT = f"""
import gvi_sim
runs = gvi_sim.simulate(gvi_sim.load_scenario{WORDS}, replicates=4, seed=1, workers=2, parameters="point", out="out")
import gvi_sim.report.drawing.style
"""
# What libraries look for without needing it, and what Python or Hydra import by themselves.
OTHERS = (
    "bottleneck", "numexpr", "IPython", "sitecustomize", "usercustomize", "hydra_plugins", "numpy", "numba", "pandas",
    "yaml", "matplotlib", "seaborn", "icc_rt", "cloudpickle", "tblib", "colorama", "pkg_resources",
)  # fmt: skip
SETTINGS = {
    "matplotlibrc": "savefig.dpi: 31\naxes.facecolor: red\nbackend: nonsense\nfont.size: \udcff\n",
    ".numba_config.yaml": "opt: nonsense\ndisable_jit: 1\n",
    "conf/config.yaml": "years: 77\n",
    "conf/site/huddinge.yaml": "site: {attacks_per_year: 500}\n",
    "experiments/certainty_by_exit/config.yaml": "years: 77\n",
    ".env": "GVI_SIM_PURE_PYTHON=1\n",
    "pyproject.toml": "[tool.gvi_sim]\nyears = 77\n",
    "trap.pth": "import trap\n",
}


def python_needs() -> set[str]:
    """Modules that Python imports for ``-m`` before it hands over: nobody can come before them."""
    code = "import runpy, sys; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where every module of Python's own, and more, has a namesake that leaves a mark and fails."""
    folder = tmp_path_factory.mktemp("traps") / "here"
    folder.mkdir()
    names = {name for name in sys.stdlib_module_names if not name.startswith("_")} - python_needs()
    mark = str(folder.parent / "sprung")
    for name in (*names, *OTHERS):
        text = f"open({mark!r}, 'a').write({name!r} + ' ')\nraise SystemExit({name!r} + ' of the folder was run')\n"
        (folder / f"{name}.py").write_text(text)
    for name, text in SETTINGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8", errors="surrogateescape")
    return folder


def left(root: Path, here: Path, command: list[str], found: str) -> dict[str, str]:
    """Hashes of what a command leaves, but for the manifest, which holds times."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, f"{command} left {done.returncode}: {done.stdout}{done.stderr}"
    (manifest,) = here.glob(found)
    files = [path for path in manifest.parent.rglob("*") if path.is_file() and path.name != "manifest.json"]
    hashes = {
        path.relative_to(manifest.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
    # Both name folders: the one of a job is Hydra's.
    return {name: value for name, value in hashes.items() if name not in ("command.txt", "report.html")}


@pytest.mark.slow
def test_traps_do_not_spring(traps: Path, root: Path, tmp_path: Path) -> None:
    for name, text in (("gvi-sim", INSTALLED), ("script.py", SCRIPT)):
        (tmp_path / name).write_text(text)
    options = [f"+{word}" for word in ("replicates=4", "seed=1", "workers=2", "parameters=point")]
    doors = {
        "command": ([str(tmp_path / "gvi-sim"), "run", *WORDS, *OPTIONS, "--out", "cli"], "cli/manifest.json"),
        "module": (["-m", "gvi_sim", *WORDS, *options], "outputs/*/*/gvi_sim/manifest.json"),
        "import": ([str(tmp_path / "script.py")], "out/manifest.json"),
    }
    plain = tmp_path / "plain"
    plain.mkdir()
    usual = {name: left(root, plain, [sys.executable, *words], found) for name, (words, found) in doors.items()}
    assert usual["command"] == usual["module"]
    for name, (words, found) in doors.items():
        among_traps = left(root, traps, [sys.executable, *words], found)
        sprung = traps.parent / "sprung"
        assert not sprung.exists(), f"{name}: {sprung.read_text()}"
        assert among_traps == usual[name], name


def test_a_trap_can_spring(traps: Path, root: Path) -> None:
    """Python by itself runs what lies there: the test above could fail."""
    done = subprocess.run([sys.executable, "-c", "import selectors"], cwd=traps, capture_output=True, text=True)
    sprung = traps.parent / "sprung"
    assert done.returncode == 1 and "selectors" in sprung.read_text()
    sprung.unlink()
