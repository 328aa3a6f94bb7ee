"""A pair of scenarios run once more for a report, from a result that stores no month and no attack of single runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...analysis.pairs.effect import compare
from ...execution.ensembles.parameters import POINT, Parameters
from ...execution.planning.machine import code_digest

if TYPE_CHECKING:
    from ...analysis.decomposition.attribution import Attribution
    from ...analysis.pairs.effect import Effect
    from ...config import Scenario
    from ...experiment.sweep import Sweep

RUNS_AGAIN = 200  # at the most


def once_more(result: Attribution | Sweep, base: Scenario, scenario: Scenario) -> Effect | None:
    """The first runs of ``base`` and ``scenario`` of a result again, which the same seed makes the same; compared.

    None with other code than the result's, and without the levers of a user's own that acted in it: then they would
    not be the same, and nothing is shown.
    """
    manifest = result.manifest
    if manifest["code"] != code_digest() or (manifest["levers"] and not result.levers):
        return None
    return compare(
        base,
        scenario,
        replicates=min(result.replicates, RUNS_AGAIN),
        seed=manifest["seed"],
        parameters=Parameters.from_manifest(manifest) or POINT,
        levers=result.levers,
    )
