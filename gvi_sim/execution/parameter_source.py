"""From the run key ``parameters`` to what a run draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.conf_files import CHOICES
from ..config.manifest_file import is_manifest, read_manifest_file
from ..config.other_values import with_values
from ..config.rules import check
from ..errors import ScenarioError
from .ensembles.ensemble import StoredEnsemble
from .ensembles.packaged import packaged_ensemble
from .ensembles.parameters import ENSEMBLE, POINT, Parameters
from .planning.undrawn_keys import left_alone
from .storage.ensemble_file import read_ensemble

if TYPE_CHECKING:
    from ..config import Scenario
    from .planning.arm import Arm

# Levers, dates and sizes are choices or facts of a place: no ensemble draws them.
NOT_DRAWN = (
    "years", "burn_in_years", "start_date", "strict", "costs.", "partners.", "programme.",
    "membership.turnover", "site.groups", "site.members", "site.population", "site.rivals_mean", "site.allies_mean",
    "site.ties",
)  # fmt: skip
Choice = str | Path | Parameters


def chosen_parameters(parameters: Choice, arms: Sequence[Arm]) -> Parameters | None:
    """What ``parameters`` stands for with these arms: what any of them draws; None when nothing is drawn.

    ``Parameters`` of another result stay as they are, so that its runs come again.

    ScenarioError for a word that is neither, a key that no ensemble can draw, or a draw that breaks a rule of
    the scenario; StoreError for a damaged folder.
    """
    if isinstance(parameters, Parameters):
        return parameters
    if parameters == POINT:
        return None
    every = _asked(parameters)
    if every is None:
        return None
    for key in every.keys:
        _refuse_what_is_not_drawn(key)
    taken = left_alone(arms, every)
    first = every.ensemble.without(taken[0])
    if first is not None:
        _check_rules(arms[0].scenario, first)
    return every.without(frozenset.intersection(*taken))


def _choices(ensemble: StoredEnsemble) -> dict[str, str]:
    """The choices under which an ensemble was calibrated, without the programme, which it knows nothing of."""
    choices = ensemble.provenance.get("scenario", {}).get("choices", {})
    return {group: str(name) for group, name in choices.items() if group in CHOICES and group != "programme"}


def _asked(parameters: str | Path) -> Parameters | None:
    """The ensemble that ships, that of a folder, or what a manifest says was drawn (None: nothing)."""
    if parameters == ENSEMBLE:
        return Parameters(ENSEMBLE, packaged_ensemble())
    if is_manifest(parameters):
        return Parameters.from_manifest(read_manifest_file(Path(parameters)))
    folder = Path(parameters)
    if not folder.is_dir():
        raise ScenarioError("unknown-parameters", key="parameters", parameters=str(parameters))
    ensemble = read_ensemble(folder)
    return Parameters(ensemble.name, ensemble, under=_choices(ensemble))


def _refuse_what_is_not_drawn(key: str) -> None:
    if key.startswith(NOT_DRAWN):
        raise ScenarioError("ensemble-key", key=key)


def _check_rules(scenario: Scenario, ensemble: StoredEnsemble) -> None:
    for draw in range(len(ensemble)):
        try:
            for site in with_values(scenario, ensemble.overrides(draw)).each_site():
                check(site)
        except ScenarioError as error:
            raise ScenarioError("in-draw", key=error.key, rule=error.rule, draw=draw, error=error) from None
