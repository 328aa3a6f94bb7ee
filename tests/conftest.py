"""What every test runs under: no screen, no network, the same hypothesis examples every time."""

from __future__ import annotations

import os
import platform
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"
if (HERE := str(Path(__file__).resolve().parent)) not in sys.path:
    sys.path.insert(0, HERE)  # what tests of several folders share
LOCAL = ("127.0.0.1", "::1", "localhost")

# Derandomised, so that a red run is red again; no deadline, since the first call of a kernel compiles it.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("fresh", derandomize=False, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("GVI_SIM_HYPOTHESIS", "repeatable"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the source tree."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the package may call out: a connection to anything but this machine fails the test."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            raise AssertionError(f"a connection to {address[0]} was tried; the package works offline")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


def pytest_configure(config: pytest.Config) -> None:
    """A shell that puts us into the background makes us ignore Ctrl-C; what we start must not inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


FIRST = ("tests/paths/", "tests/unit/config/", "tests/unit/evidence/", "tests/unit/language/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test first, and beside it what needs no engine: nobody waits for the first compilation."""
    rank = {name: number for number, name in enumerate(FIRST)}
    items.sort(key=lambda item: next((rank[name] for name in FIRST if item.nodeid.startswith(name)), len(FIRST)))


INTERPRETERS = pytest.StashKey[list[str]]()
"""Which interpreters were held against each other, for the summary; a worker hands them to the process it works for."""


@pytest.fixture
def takes_part(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Note an interpreter for the summary."""
    return request.config.stash.setdefault(INTERPRETERS, []).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a worker noted leaves with it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["interpreters"] = session.config.stash.get(INTERPRETERS, None)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker noted is taken over."""
    found = getattr(node, "workeroutput", {}).get("interpreters")
    if found is not None:
        node.config.stash.setdefault(INTERPRETERS, []).extend(found)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell how long each part took, summed over processes, and which interpreters took part, where any test asked."""
    seconds: dict[str, float] = {}
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if isinstance(report, pytest.TestReport):
            part = report.nodeid.partition("::")[0].split("/")[1].removesuffix(".py")
            seconds[part] = seconds.get(part, 0.0) + report.duration
    longest = sorted(seconds, key=lambda part: -seconds[part])
    terminalreporter.write_line("parts: " + ", ".join(f"{part} {seconds[part]:.0f} s" for part in longest))
    found = config.stash.get(INTERPRETERS, None)
    if found is not None:
        listed = ", ".join(found) or "no other; GVI_SIM_PYTHONS lists more, separated by " + os.pathsep
        terminalreporter.write_line(f"determinism: Python {platform.python_version()} against {listed}")
