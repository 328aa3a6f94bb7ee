"""What a register that misses attacks holds of a run."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.analysis.calibration.simulation_bank import recorded
from gvi_sim.world.tables import ATTACK


def test_a_larger_share_holds_a_smaller_one() -> None:
    attacks = np.zeros(4000, ATTACK)
    attacks["run"], attacks["candidate"] = np.arange(4000) % 3, np.arange(4000) * 2**33
    small, large = (recorded(attacks, share, 6) for share in (0.3, 0.7))
    assert not (small & ~large).any()
    assert small.mean() == pytest.approx(0.3, abs=0.03) and large.mean() == pytest.approx(0.7, abs=0.03)
    assert recorded(attacks, 1.0, 6).all() and (recorded(attacks, 0.3, 7) != small).any()
