"""The documentation site: ``python -m sphinx -W -b html docs site`` (extra ``docs``), links checked as it is built."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

project = "gvi_sim"
author = copyright = "gvi_sim contributors"
release = version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = "gvi_sim"
exclude_patterns = ["studies/*"]
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"


def setup(app: Any) -> None:
    """Files of the source tree that are no pages of the site are named, not linked to."""
    app.connect("source-read", _name_files_outside)


def _name_files_outside(app: Any, page: str, source: list[str]) -> None:
    source[0] = re.sub(r"\[([^\]]+)\]\(\.\./([^)]+)\)", r"\1 (`\2`)", source[0])
