"""Write reproductions.md: ``python docs/make_reproductions.py``. Nothing is run; a test holds the page current."""

from __future__ import annotations

from pathlib import Path

from gvi_sim.experiment import load_reproduction, reproduction_names
from gvi_sim.experiment.reproduction_run import from_recorded
from gvi_sim.report.reproduction_text import reproductions_page

PAGE = Path(__file__).with_name("reproductions.md")


def render() -> str:
    """The page from what was published and what was recorded."""
    return reproductions_page([from_recorded(load_reproduction(name)) for name in reproduction_names()])


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
