"""Workers must be able to import the fake engine by name, so its folder goes on the path they are given."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).resolve().parent / "execution")
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch):
    """Install the fake engine; call it with another maker to change what runs do."""
    import fake_engine

    def install(make=fake_engine.FakeEngine) -> None:
        fake_engine.install(monkeypatch.setattr, make)

    install()
    return install


@pytest.fixture(scope="session")
def scenario():
    """A small Huddinge of two years whose programme starts on the first day."""
    from gvi_sim.config import load_scenario

    words = ("site=huddinge", "programme=gvi", "calendar=flat", "years=2", "site.attacks_per_year=20")
    return load_scenario(*words, "start_date=2020-01-01", "programme.start_date=2020-01-01")


@pytest.fixture(scope="session")
def usual(scenario):
    return scenario.replace("programme=none")
