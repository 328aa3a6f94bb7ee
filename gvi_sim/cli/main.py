"""The door of every command: words to arguments, arguments to the command, faults to messages and exit codes.

Exit codes: 0 done, 2 something in the command is not right (one message, nothing written), 1 a fault of
ours or of the machine, 130 stopped by Ctrl-C (the same command goes on from there).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ..console import STOPPED, STOPPED_LINES, say_stopped, when_stopped
from ..errors import GviError, Message, ScenarioError, visible
from ..language.catalogue import LANGUAGES
from . import attribute, calibrate, check, evidence, levers, new_site, report, reproduce, rerun, run, sweep, verify
from . import list as listed
from .options import cap_workers, take_levers, take_parameters
from .parser import Parser, asked_language

COMMANDS = (
    run, sweep, report, verify, rerun, evidence, listed, reproduce, attribute, levers, check, calibrate, new_site,
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``argv`` as in ``sys.argv[1:]``, which None takes."""
    argv = list(sys.argv[1:] if argv is None else argv)
    asked = asked_language(argv)
    lang = asked if asked in LANGUAGES else "en"
    try:
        when_stopped(STOPPED_LINES[lang])
        arguments = _parsed(argv, asked, lang)
        command: Callable[[argparse.Namespace], int] = arguments.command
        return command(arguments)
    except GviError as error:
        print(f"gvi-sim: {_told(error.text(lang))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        say_stopped()
        return STOPPED
    except BrokenPipeError:
        return 0
    except OSError as error:
        print(f"gvi-sim: {_told(str(error))}", file=sys.stderr)
        return 1


def _told(message: str) -> str:
    """A message that may quote somebody else: no data about a person, and nothing that steers the terminal."""
    from ..config.personal_data import without_personal_data

    return visible(without_personal_data(message))


class _Parser(Parser):
    """Its complaints are messages like any other."""

    def error(self, message: str) -> NoReturn:
        from ..language.catalogue import Words

        self.print_usage(sys.stderr)
        told = Message("command-line", command=self.prog, problem=Words(self.lang).translated("command-line", message))
        self.exit(2, _told(f"{told.text(self.lang)}\n"))


def _parsed(argv: list[str], asked: str, lang: str) -> argparse.Namespace:
    if argv[:1] == ["robustness"]:
        raise ScenarioError("withdrawn-command")
    parser = _parser(asked)
    arguments, rest = parser.parse_known_args(argv)
    if not hasattr(arguments, "command"):
        parser.print_help()
        raise SystemExit(0)
    # Overrides and options may come in any order; argparse hands back the words that follow an option.
    strange = [word for word in rest if word.startswith("-")]
    if strange or (rest and not hasattr(arguments, "words")):
        word = (strange or rest)[0]
        parser.error(Message("command-line/unknown", word=word, name=arguments.name).text(lang))
    if rest:
        arguments.words = [*arguments.words, *rest]
    if hasattr(arguments, "words"):
        from ..config.overrides import joined

        arguments.words = joined(arguments.words)
    take_levers(arguments)
    take_parameters(arguments)
    cap_workers(arguments)
    return arguments


class _Version(argparse.Action):
    """Prints the version when it is asked for; not before, since that needs an import."""

    def __call__(self, *_: Any, **__: Any) -> None:
        from ..execution.planning.machine import version

        print(f"gvi-sim {version()}")
        raise SystemExit(0)


def _parser(lang: str) -> Parser:
    parser = _Parser(lang=lang)
    parser.add_argument("--version", action=_Version, nargs=0)
    for command in COMMANDS:
        command.add(parser)
    return parser
