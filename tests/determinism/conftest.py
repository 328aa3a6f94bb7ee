"""Locales that may not be installed are made; the interpreters that took part are told at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """``pytest -m determinism`` is the whole matrix; without -m only its short form runs, in every CI."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("determinism")


@pytest.fixture(scope="session", autouse=True)
def locales(tmp_path_factory: pytest.TempPathFactory):
    """Swedish and Turkish below LOCPATH where localedef can make them; a process that lacks one says so."""
    from conditions import LOCALES

    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef") and "LOCPATH" not in os.environ:
        for name in LOCALES[1:]:
            made = ["localedef", "-i", name.split(".")[0], "-f", "UTF-8", str(folder / name)]
            subprocess.run(made, capture_output=True, check=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOCPATH", str(folder))
            yield
    else:
        yield


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What one worker makes in this environment: what all the others are held against."""
    from conditions import Condition

    return Condition("plain").run(tmp_path_factory.mktemp("plain"))
