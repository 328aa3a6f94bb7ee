"""Write reference.md from docstrings: ``python docs/make_reference.py``. A test holds the page current."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import gvi_sim
from gvi_sim import evidence
from gvi_sim.config.levers import levers

PAGE = Path(__file__).with_name("reference.md")
HEAD = """# Reference

Written from docstrings by `docs/make_reference.py`; `import gvi_sim as gvi` is understood. Commands explain
themselves: `gvi-sim --help`, `gvi-sim COMMAND --help`. Scenario keys: `gvi-sim list keys`; levers:
`gvi-sim list levers`. Columns of the tables: [tables](tables.md).
"""


def signature(thing: object) -> str:
    """Parameters of a callable as written, without quotes round annotations and without self."""
    if not callable(thing):
        return ""
    text = str(inspect.signature(thing)).replace("'", "")
    return text.replace("(self, ", "(").replace("(self)", "()")


def docstring(thing: object) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def members(kind: type) -> Iterator[str]:
    """One line for each public method, property and documented field of a class."""
    for name, member in sorted(vars(kind).items()):
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        call = "" if isinstance(member, property) else signature(function)
        yield f"* `.{name}{call}`: {docstring(function).split(chr(10))[0]}"


def public_names() -> list[str]:
    return sorted(name for name in gvi_sim.__all__ if not name.startswith("_"))


def entry(name: str) -> str:
    """The section of one public name."""
    thing = getattr(gvi_sim, name)
    is_plain_function = inspect.isfunction(thing)
    lines = [f"## `gvi.{name}{signature(thing) if is_plain_function else ''}`", "", docstring(thing)]
    if inspect.isclass(thing) and (listed := list(members(thing))):
        lines += ["", *listed]
    return "\n".join(lines)


def lever_table() -> str:
    """What a programme can dose, as declared in gvi_sim/config/levers.yaml."""
    head = "# Levers\n\nDeclared in `gvi_sim/config/levers.yaml` ([how to add one](recipes/lever.md))."
    rows = [
        "| lever | unit | part | through | off | doses | outcome | direction |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for key, it in levers().items():
        doses, off = ", ".join(f"{dose:g}" for dose in it.doses), "" if it.off is None else f"{it.off:g}"
        told = (it.part, it.through, off, doses, it.outcome, it.direction)
        rows.append(f"| `{key}` | {evidence.unit(key)} | {' | '.join(told)} |")
    return "\n".join([head, "", *rows])


def render() -> str:
    """The whole page."""
    return "\n\n".join([HEAD.strip(), *map(entry, public_names()), lever_table()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
