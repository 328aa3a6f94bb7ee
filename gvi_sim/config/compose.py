"""Composition by Hydra: the one place that asks Hydra to put conf/ together.

Foreign files never come here (`scenario_file.py` reads those); only names of our own choices do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import cast

from .conf_files import CHOICES, conf_dir, file_sets, flattened, options
from .convert import convert
from .leaves import leaves, nested
from .sourced_value import Given

__all__ = ["composed", "register_tree"]

TREE = "gvi_sim_tree"
"""The first of conf/config.yaml's defaults."""


@cache
def composed(*chosen: tuple[str, str]) -> dict[str, Given]:
    """What the chosen files set, by key, as Hydra composes them."""
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    register_tree()
    with _own_hydra(), initialize_config_dir(config_dir=str(conf_dir()), version_base="1.3"):
        tree = compose("config", [f"{group}={name}" for group, name in chosen], return_hydra_config=True)
    choices = {group: str(tree.hydra.runtime.choices[group]) for group in (*CHOICES, "engine")}
    content = flattened(cast("dict[str, object]", OmegaConf.to_container(tree, resolve=False)))
    sets = {key: value for key, value in content.items() if key in leaves() and value is not None}
    return {
        **file_sets("programme", choices["programme"]),  # what it leaves out follows from the levers
        **{key: _given(key, value, _origin(key, choices)) for key, value in sets.items()},
        "site.key": file_sets("site", choices["site"])["site.key"],
    }


def _given(key: str, value: object, origin: str) -> Given:
    return Given(convert(key, Given(value, origin)), origin)


def register_tree() -> None:
    """Give Hydra every key of the scenario, all null, so that it refuses any other; and sites without choices."""
    from hydra.core.config_store import ConfigStore

    ConfigStore.instance().store(name=TREE, node=nested(dict.fromkeys((*leaves(), "sites"))))
    for name in options("site"):
        if not (conf_dir() / "site" / f"{name}.yaml").exists():
            ConfigStore.instance().store(name, {"site": {"key": name}}, group="site", package="_global_")


@contextmanager
def _own_hydra() -> Iterator[None]:
    """Set the Hydra of a surrounding application aside: it can be initialised only once at a time."""
    from hydra.core.global_hydra import GlobalHydra

    outer, GlobalHydra.instance().hydra = GlobalHydra.instance().hydra, None
    try:
        yield
    finally:
        GlobalHydra.instance().hydra = outer


def _origin(key: str, choices: dict[str, str]) -> str:
    setters = [group for group in CHOICES if key in file_sets(group, choices[group])]
    return f"conf/{setters[-1]}/{choices[setters[-1]]}.yaml" if setters else "conf/config.yaml"
