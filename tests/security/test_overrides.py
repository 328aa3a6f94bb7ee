"""Words of a command: none reaches Hydra's own settings, and none looks anything up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from each import each

from gvi_sim.__main__ import check_words
from gvi_sim.config import expand, load_scenario
from gvi_sim.errors import ScenarioError

REFUSED = [
    "hydra.run.dir=/tmp/x",
    "hydra.sweep.dir=/tmp/x",
    "hydra.sweep.subdir=../x",
    "hydra.output_subdir=../x",
    "hydra.job_logging.handlers.file.filename=/tmp/x",
    "hydra/job_logging=default",
    "hydra/hydra_logging=default",
    "hydra.callbacks.x._target_=os.system",
    "+hydra.callbacks.x._target_=os.system",
    "++hydra.callbacks.x._target_=os.system",
    "hydra.searchpath=[file:///tmp]",
    "hydra.job.chdir=true",
    "hydra.job.env_set.PATH=/tmp",
    "hydra.launcher._target_=os.system",
    "hydra.launcher.setup=[id]",
    "hydra.sweeper._target_=os.system",
    "hydra/launcher=../../evil",
    "hydra/launcher@hydra.x=joblib",
    "~hydra.job",
    "HYDRA.run.dir=x",
    "hydra={run:{dir:/tmp/x}}",
    "+x@hydra.callbacks=y",
    "site.name=${oc.env:HOME}",
    "site.name='${oc.env:HOME}'",
    "+seed=${now:%Y}",
    "hydra.launcher.n_jobs=${oc.env:HOME}",
]
FLAGS = [
    *(
        "--config-dir",
        "--config-dir=/tmp",
        "--config-di=/tmp",
        "-cd",
        "--config-path=/tmp",
        "--config-name=x",
    ),
    *("-cn", "--run", "--experimental-rerun=x", "--shell-completion", "--package=x", "--resolve"),
]
ALLOWED = [
    ["site=malmo", "+seed=1", "+replicates=3", "years=5"],
    ["--multirun", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2", "site=malmo,orebro"],
    ["-m", "hydra/launcher=submitit_slurm", "hydra.launcher.timeout_min=60", "hydra/sweeper=basic"],
    ["--cfg", "job"],
    ["--help"],
]


@each("word", [*REFUSED, *FLAGS])
def test_the_hydra_application_refuses_it(word: str) -> None:
    with pytest.raises(ScenarioError, match="is refused"):
        check_words(["site=malmo", word])


@each("words", ALLOWED)
def test_the_hydra_application_takes_it(words: list[str]) -> None:
    check_words(words)


@each("word", REFUSED)
def test_the_commands_refuse_it(word: str) -> None:
    with pytest.raises(ScenarioError):
        load_scenario(word)
    try:
        found = expand([word])
    except ScenarioError:
        return
    assert found == [[word]]  # no choices; the loader refuses it next


@pytest.mark.parametrize("word", ["hydra.run.dir=out", "site.name='${oc.env:GVI_CANARY}'", "--config-dir=."])
def test_a_refused_word_ends_with_two_and_writes_nothing(word: str, root: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(root), "GVI_CANARY": "gvi-canary-4f1d"}
    command = [sys.executable, "-m", "gvi_sim", word]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "gvi-canary" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []
