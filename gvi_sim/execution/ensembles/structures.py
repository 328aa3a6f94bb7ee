"""What nobody knows, in two forms each: which form a draw has, told by the value of one key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from .ensemble import StoredEnsemble
from .packaged import NAME


class Structure(NamedTuple):
    """``key``: whose value tells the two ``forms`` apart: the second one lies ``above``."""

    key: str
    above: float
    forms: tuple[str, str]


STRUCTURES: Mapping[str, Structure] = MappingProxyType(
    {
        "feared": Structure("promise.feared", 0.5, ("always", "open")),
        "message": Structure("belief.habituation", 0.0, ("lasting", "fading")),
        "arrest": Structure("gates.knee", 0.0, ("line", "knee")),
        "clustering": Structure("calendar.swing_sd", 0.25, ("attacks", "years")),
    }
)


def forms_of(ensemble: StoredEnsemble) -> dict[str, np.ndarray]:
    """The form of each draw, 0 or 1 [draws], of every structure whose key is drawn.

    The packaged ensemble draws forms; in a calibrated one the same key has sizes.
    """
    if ensemble.name != NAME:
        return {}
    return {
        name: (ensemble.draws[:, ensemble.keys.index(structure.key)] > structure.above).astype(int)
        for name, structure in STRUCTURES.items()
        if structure.key in ensemble.keys
    }
