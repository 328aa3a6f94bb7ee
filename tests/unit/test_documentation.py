"""The documentation site builds without a warning: no dead link, no page that cannot be reached."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_site_builds_without_a_warning(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    for page in ("index", "start", "architecture", "api", "odd"):
        assert (tmp_path / "site" / f"{page}.html").stat().st_size > 5000
