"""Move the stored baselines on purpose, with a table of what moved.

    python tests/baselines/update.py            write them and print before and after
    python tests/baselines/update.py --check    print only; exit 1 if something moved

A change of a baseline belongs in CHANGELOG.md under "Regression", with the reason and this table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from baselines import reference  # noqa: E402


def main(words: list[str]) -> int:
    """Compare every configuration with its baseline; write the new ones unless only asked to check."""
    if unknown := set(words) - {"--check"}:
        print(f"There is no {sorted(unknown)[0]!r}; the only option is --check.", file=sys.stderr)
        return 2
    moved = False
    for name in reference.CONFIGURATIONS:
        before, after = reference.stored(name), reference.result_of(name)
        lines = reference.table_of(name, before, after)
        print("\n".join(lines or [f"{name}: the same"]))
        moved = moved or bool(lines)
        if lines and not words:
            reference.store(name, after)
    events = {name: reference.events_of(name) for name in reference.MOVES}
    file = reference.FOLDER / reference.EVENTS
    if not file.is_file() or json.loads(file.read_text("utf-8")) != events:
        print("Events of further scenarios have moved.")
        moved = True
        if not words:
            file.write_text(json.dumps(events, indent=1) + "\n", "utf-8")
    if moved and not words:
        print("\nWritten. Say in CHANGELOG.md, under Regression, what moved and why.")
    return int(moved and bool(words))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
