"""What a model collects every day for Mesa's data frames and batches, and a warning of runs that are one run."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from typing import Any

import mesa

from ..errors import Message, ScenarioError, nearest_hint
from .agents import Community, Group, Person

REPORTED = ("shootings", "detonations", "persons_hit", "persons_killed", "sanctions", "admissions", "completed")
_BATCH = "mesa.batchrunner"
_seen: dict[tuple[object, ...], int] = {}  # of one batch: what a run is made of, to the first run of it


def collector(
    model_reporters: Mapping[str, Any] | None,
    agent_reporters: Mapping[str, Any] | None,
    agenttype_reporters: Mapping[type[mesa.Agent], Mapping[str, Any]] | None,
) -> mesa.DataCollector:
    """Mesa's collector of the counts, the seed and what a user adds."""
    counts = {name: _counted(name) for name in REPORTED}
    by_type = {kind: _by_agent(found, (kind,)) for kind, found in (agenttype_reporters or {}).items()}
    return mesa.DataCollector(
        model_reporters={**counts, "seed_used": "seed_used", **(model_reporters or {})},
        agent_reporters=_by_agent(agent_reporters or {}, (Group, Person, Community)) or None,
        agenttype_reporters=by_type or None,
    )


def _counted(name: str) -> Any:
    return lambda model: model.count(name)


def _by_agent(reporters: Mapping[str, Any], kinds: tuple[type[mesa.Agent], ...]) -> dict[str, Any]:
    """Reporters of agents; Mesa 3.5 stops at an agent without the attribute, which then has None here, as in 3.3."""
    known = {name for kind in kinds for name in dir(kind) if not name.startswith("_")} | {"unique_id", "row"}
    for name, reporter in reporters.items():
        if isinstance(reporter, str) and reporter not in known:
            raise ScenarioError(
                "unknown-attribute",
                key="agent_reporters",
                name=name,
                reporter=reporter,
                kinds=(kind.__name__ for kind in kinds),
                hint=nearest_hint(reporter, known),
            )
    return {name: _attribute(found) if isinstance(found, str) else found for name, found in reporters.items()}


def _attribute(name: str) -> Any:
    return lambda agent: getattr(agent, name, None)


def warn_of_equal_runs(model: Any) -> None:
    """Warn when Mesa's ``batch_run`` builds the same model (class, seed, replicate, scenario) again in this process."""
    frame = inspect.currentframe()
    while frame is not None and not (frame.f_globals.get("__name__") == _BATCH and "run_id" in frame.f_locals):
        frame = frame.f_back
    if frame is None:
        return
    run = type(model), model.seed_used, model.replicate, model.config.digest()
    number = int(frame.f_locals["run_id"])
    if number == 0:
        _seen.clear()
    first = _seen.setdefault(run, number)
    if first != number:
        warnings.warn(
            str(Message("run-once-more", number=number, seed=run[1], first=first)),
            UserWarning,
            stacklevel=2,
        )
