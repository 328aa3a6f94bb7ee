"""What the script ``gvi-sim`` calls. Nothing is imported here but what stops at Ctrl-C in one line."""

from __future__ import annotations

from .console import guarded


def main() -> int:
    """The command ``gvi-sim``."""
    return guarded(_command)


def _command() -> int:
    from .cli import main as command

    return command()
