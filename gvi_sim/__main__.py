"""``python -m gvi_sim``: a plain Hydra application, for those who live in Hydra's multirun and launchers.

One job is one run (with its business as usual) or, with ``+experiment=NAME``, one whole sweep, written into
the job's own output folder:

    python -m gvi_sim site=malmo programme.sanction_certainty=0.7 +seed=1
    python -m gvi_sim --multirun site=malmo,orebro +replicates=500 +seed=1
    python -m gvi_sim --multirun hydra/launcher=joblib site=malmo,orebro +seed=1 +workers=1

Keys of the run that are no part of the scenario are added with ``+``: replicates, seed, workers, lang,
experiment. The command ``gvi-sim`` does the same without Hydra's folders, and its sweeps are faster.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from .errors import GviError

RUN_WORDS = ("replicates", "seed", "workers", "lang", "experiment")
FOLDER = "gvi_sim"


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


def main() -> None:
    """Hand over to Hydra."""
    import hydra

    from .config import conf_dir

    try:
        folder = str(conf_dir())
    except GviError as error:
        sys.exit(f"gvi_sim: {error}")
    hydra.main(config_path=folder, config_name="config", version_base="1.3")(job)()


if __name__ == "__main__":
    main()
