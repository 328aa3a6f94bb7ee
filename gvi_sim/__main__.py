"""``python -m gvi_sim``: a plain Hydra application, for those who live in Hydra's multirun and launchers.

One job is one run (with its business as usual) or, with ``+experiment=NAME``, one whole sweep, written into
the job's own output folder:

    python -m gvi_sim site=malmo programme.sanction_certainty=0.7 +seed=1
    python -m gvi_sim --multirun site=malmo,orebro +replicates=500 +seed=1
    python -m gvi_sim --multirun hydra/launcher=joblib site=malmo,orebro +seed=1 +workers=1

Keys of the run that are no part of the scenario are added with ``+``: replicates, seed, workers,
parameters, lang, experiment. The command ``gvi-sim`` does the same without Hydra's folders, and its sweeps are faster.

Python itself imports a few of its modules before this one is reached, with the working folder first on its path:
``python -P -m gvi_sim`` keeps that folder out from the very start, as ``gvi-sim`` always does.

Of Hydra's own settings only the launcher, the sweeper and a launcher's size may be chosen: no word moves
where Hydra writes or logs, adds folders of configuration, or names code to run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .console import guarded
from .errors import GviError, ScenarioError

RUN_WORDS = ("replicates", "seed", "workers", "parameters", "lang", "experiment")
FOLDER = "gvi_sim"
FLAGS = frozenset({"--multirun", "-m", "--help", "-h", "--version", "--info", "--cfg", "-c", "--hydra-help"})
FLAG_VALUES = frozenset({"job", "all", "hydra", "config", "defaults", "defaults-tree", "plugins", "searchpath"})
CHOSEN = re.compile(r"\+?hydra/(launcher|sweeper)=[a-z_]+(,[a-z_]+)*", re.ASCII)
SIZE = re.compile(
    r"\+?hydra\.launcher\.(n_jobs|verbose|timeout_min|cpus_per_task|gpus_per_node|tasks_per_node|nodes|mem_gb|"
    r"array_parallelism|partition|account|qos|constraint)=[\w.:-]+",
    re.ASCII,
)


def job(configuration: Any) -> None:
    """One Hydra job. The scenario is composed and checked again from the job's overrides."""
    from hydra.core.hydra_config import HydraConfig

    from .cli import main as command

    settings = HydraConfig.get()
    words = [word for word in settings.overrides.task if word.lstrip("+").partition("=")[0] not in RUN_WORDS]
    given = {name: configuration[name] for name in RUN_WORDS if name in configuration}
    experiment = given.pop("experiment", None)
    if experiment is not None:
        words.insert(0, f"experiment={experiment}")
    options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    out = ["--out", str(Path(settings.runtime.output_dir) / FOLDER)]
    code = command(["run" if experiment is None else "sweep", *words, *options, *out])
    if code:
        sys.exit(code)


def check_words(words: Sequence[str]) -> None:
    """ScenarioError for words that would have Hydra write, log, resolve or run something of their choice."""
    for word in words:
        bare = word.lstrip("+~")
        if word.startswith("-"):
            allowed = word.partition("=")[0] in FLAGS and word.partition("=")[2] in {"", *FLAG_VALUES}
        elif re.split(r"[./@=:]", bare)[0].lower() == "hydra":
            allowed = bool(CHOSEN.fullmatch(word) or SIZE.fullmatch(word))
        else:
            allowed = "${" not in word and "@" not in word.partition("=")[0]
        if not allowed:
            raise ScenarioError(
                f"{word[:120]!r} is refused: of Hydra's settings only hydra/launcher, hydra/sweeper and a"
                " launcher's size may be chosen here, and no value is looked up elsewhere. Results go into"
                " outputs/ or multirun/ of the working folder.",
                rule="hydra-setting",
            )


def main() -> int:
    """Hand over to Hydra, which finds no way to read the environment into a value."""
    import hydra
    from omegaconf import OmegaConf

    from .config import conf_dir

    try:
        check_words(sys.argv[1:])
        folder = str(conf_dir())
    except GviError as error:
        print(f"gvi_sim: {error}", file=sys.stderr)
        return error.exit_code
    OmegaConf.clear_resolver("oc.env")
    hydra.main(config_path=folder, config_name="config", version_base="1.3")(job)()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
