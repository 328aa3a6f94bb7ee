"""A pair of scenarios run once more for a report, from a result that stores no month and no attack of single runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..analysis import compare
from ..execution.machine import code_digest
from ..execution.parameters import POINT, Parameters

if TYPE_CHECKING:
    from ..analysis import Effect
    from ..config import Scenario

RUNS_AGAIN = 200  # at the most


def once_more(manifest: Mapping[str, Any], base: Scenario, scenario: Scenario, replicates: int) -> Effect | None:
    """The first runs of ``base`` and ``scenario`` again, which the same seed makes the same; compared.

    None with other code than the result's: then they would not be the same, and nothing is shown.
    """
    if manifest["code"] != code_digest():
        return None
    return compare(
        base,
        scenario,
        replicates=min(replicates, RUNS_AGAIN),
        seed=manifest["seed"],
        parameters=Parameters.from_manifest(manifest) or POINT,
    )
