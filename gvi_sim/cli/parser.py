"""The parser of a command: code declares options, and ``language/help.yaml`` says what they are."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from ..language.catalogue import LANGUAGES, help_texts


def asked_language(argv: Sequence[str]) -> str:
    """What follows ``--lang`` in a command, before anything else is read of it; English where nothing does."""
    asked = "en"
    for word, following in zip(argv, [*argv, "en"][1:], strict=True):
        name, _, joined = word.partition("=")
        asked = (joined or following) if name == "--lang" else asked
    return asked


class Parser(argparse.ArgumentParser):
    """The parser of a command, or of all of them (``gvi-sim``), whose texts are those of the table in ``lang``.

    ``facts`` are asked for what stands in braces in the description, when it is shown.
    """

    facts: Callable[[], dict[str, str]] | None = None

    def __init__(self, *, called: str = "gvi-sim", lang: str = "en", **inherited: Any) -> None:
        self.lang, self.texts = lang if lang in LANGUAGES else "en", help_texts()[called]
        examples = [self.said("examples") + ":", *self.texts.get("examples", ())]
        after = self.texts["after"][self.lang] if "after" in self.texts else "\n  ".join(examples)
        super().__init__(
            **{"prog": called} | inherited, description=self.texts["about"][self.lang].rstrip(), epilog=after,
            formatter_class=argparse.RawDescriptionHelpFormatter, add_help=False,
        )  # fmt: skip
        self._arguments, self._options = (self.add_argument_group(self.said(it)) for it in ("places", "options"))
        self._commands: Any = None
        self.add_argument("-h", "--help", action="help")
        self.add_argument("--lang", default=lang)

    def said(self, name: str) -> str:
        """A word that the help of every command has."""
        return str(help_texts()["frame"][name][self.lang])

    def add_argument(
        self, *flags: str, among: Any = None, facts: dict[str, object] | None = None, **how: Any
    ) -> argparse.Action:
        """Declare an option or a word, in the group ``among`` where it has one; ``facts`` fill braces in its text."""
        name = flags[0].lstrip("-")
        texts = self.texts.get("options", {}).get(name) or help_texts()["shared"][name]
        if "value" in texts:
            how["metavar"] = texts["value"][self.lang]
        group = among or (self._options if flags[0].startswith("-") else self._arguments)
        told = texts[self.lang].format(**facts) if facts else texts[self.lang]
        added: argparse.Action = group.add_argument(*flags, help=told, **how)
        return added

    def either(self) -> Any:
        """A group of options of which one may be given."""
        return self._options.add_mutually_exclusive_group()

    def command(self, name: str, run: Callable[[argparse.Namespace], int]) -> Parser:
        """The parser of one of the commands, which ``run`` does."""
        if self._commands is None:
            self._commands = self.add_subparsers(title=self.said("commands"), metavar=self.said("command"))
        line = help_texts()[name]["help"][self.lang]
        parser: Parser = self._commands.add_parser(name, help=line, called=name, lang=self.get_default("lang"))
        parser.set_defaults(command=run, name=name)
        return parser

    def format_help(self) -> str:
        """The help, with what its description takes from elsewhere."""
        if self.facts is not None:
            self.description = str(self.description).format(**self.facts())
        return self._translated(super().format_help())

    def format_usage(self) -> str:
        """The short form of the help."""
        return self._translated(super().format_usage())

    def _translated(self, text: str) -> str:
        """Argparse's own first word in the reader's language, and what is aligned below it."""
        first, own = "usage: ", self.said("usage")
        usage, blank, rest = text.partition("\n\n")
        further = " " * (len(own) - len(first))
        return usage.replace(first, own, 1).replace("\n ", f"\n {further}") + blank + rest
