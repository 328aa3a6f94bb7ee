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
PLAIN = re.compile(r"[A-Za-z0-9_.+-]+", re.ASCII)
"""What Hydra's grammar takes without quotes."""


def job(configuration: Any) -> None:
    """One Hydra job. The scenario is composed and checked again from the job's overrides."""
    from hydra.core.hydra_config import HydraConfig

    from .cli import main as command

    settings = HydraConfig.get()
    given_words = [word.lstrip("+") for word in settings.overrides.task]
    words = [word for word in given_words if word.partition("=")[0] not in RUN_WORDS]
    given = {name: configuration[name] for name in RUN_WORDS if name in configuration}
    experiment = given.pop("experiment", None)
    if experiment is not None:
        words.insert(0, f"experiment={experiment}")
    options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    out = ["--out", str(Path(settings.runtime.output_dir) / FOLDER)]
    line = ["run" if experiment is None else "sweep", *words, *options, *out]
    if settings.mode is None or settings.mode.name != "MULTIRUN":
        code = command(line)
    else:  # one line a job
        print(f"{settings.job.num}: {' '.join(given_words) or 'as it ships'}: ", end="", flush=True)
        code = command([*line, "--quiet"])
    if code:
        sys.exit(code)


def as_hydra_reads(word: str, *, several: bool) -> str:
    """A word as typed, checked and spelt as Hydra takes it; ``several``: commas part the values of jobs."""
    from .config.attack_rates import ALIASES
    from .config.changes import changes_of
    from .config.overrides import expand, is_scalar, parse_override

    bare, _, value = word.lstrip("+").partition("=")
    if bare.strip() in RUN_WORDS:
        return f"+{bare.strip()}={_run_values(bare.strip(), value, several=several)}"
    if word.startswith("-") or re.split(r"[./@]", word)[0].lower() in ("hydra", "+hydra"):
        return word
    found = [only for (only,) in expand([word])] if several else [word]
    for one in found:
        changes_of([one])
    key = parse_override(found[0])[0]
    if key.startswith("sites."):
        raise ScenarioError("sites-shape/job", key=key, word=word[:80])
    if not is_scalar(key):
        return word
    return f"{'+' * (key in ALIASES)}{key}={','.join(map(_spelt, found))}"


def _run_values(name: str, value: str, *, several: bool) -> str:
    values = [text.strip() for text in value.split(",")]
    if "" in values or (len(values) > 1 and not several):
        raise ScenarioError("one-value", key=name, value=value[:80])
    return ",".join(map(_quoted, values))


def _spelt(word: str) -> str:
    """The value of one word as Hydra's grammar has it."""
    from .config.changes import changes_of
    from .config.overrides import parse_override

    changes, key = changes_of([word]), parse_override(word)[0]
    if key in changes.choices:
        return changes.choices[key]
    value = None if key not in changes.values else changes.values[key].value
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    typed = word.partition("=")[2].strip()
    # What Hydra takes as it was typed stays so: the command is told in figures and manifest.
    return typed if isinstance(value, int | float) and PLAIN.fullmatch(typed) else _quoted(str(value))


def _quoted(text: str) -> str:
    return text if PLAIN.fullmatch(text) else "'" + text.replace("'", "\\'") + "'"


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
            raise ScenarioError("hydra-setting", word=word[:120])


def main() -> int:
    """Hand over to Hydra, which finds no way to read the environment into a value."""
    import hydra
    from omegaconf import OmegaConf

    from .config import conf_dir
    from .config.compose import register_tree
    from .config.overrides import joined

    try:
        words = joined(sys.argv[1:])
        check_words(words)
        several = bool({"-m", "--multirun"} & set(words))
        sys.argv[1:] = [as_hydra_reads(word, several=several) for word in words]
        folder = str(conf_dir())
    except GviError as error:
        print(f"gvi_sim: {error}", file=sys.stderr)
        return error.exit_code
    if several:
        sys.argv += ["hydra/hydra_logging=disabled", "hydra/job_logging=disabled"]
    OmegaConf.clear_resolver("oc.env")
    register_tree()
    hydra.main(config_path=folder, config_name="config", version_base="1.3")(job)()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
