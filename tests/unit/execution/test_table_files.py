"""Stored tables say what they hold, their page is current, and a table is added through three files."""

from __future__ import annotations

import filecmp
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.errors import StoreError
from gvi_sim.execution.storage.arm_results import InFolder
from gvi_sim.execution.storage.manifest import write_manifest
from gvi_sim.execution.storage.shards import notes_of, to_parquet
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.design import Axis, Design
from gvi_sim.experiment.sweep import sweep
from gvi_sim.world.tables import FIELDS, LOGGED, SIZES, STORED_BESIDE, SUMS, TABLES

ADDED = """
import json
import gvi_sim as gvi
from gvi_sim.execution.amounts.resource_estimate import run_bytes

words = ("site=huddinge", "years=2", "burn_in_years=1")
scenario = gvi.load_scenario(*words)
kept = [gvi.simulate(scenario, replicates=2, seed=1, workers=1, parameters="point", keep=keep, out=out)
        for keep, out in ((("wounds",), "kept"), ((), None))]
sizes = [run_bytes(scenario, frozenset(keep), whole_series=True) for keep in (("wounds",), ())]
wounds = kept[0].table("wounds")
print(json.dumps([len(wounds), int((wounds["day"] >= 0).sum()), kept[0].event_hash == kept[1].event_hash, sizes]))
"""


@pytest.fixture
def folder(tmp_path: Path, fake, scenario, usual) -> Path:
    """A small comparison."""
    compare(usual, scenario, replicates=60, seed=3, workers=1, out=tmp_path / "runs" / "RUN")
    return tmp_path / "runs" / "RUN"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_every_table_is_declared_whole(root: Path) -> None:
    complaints = []
    for name, table in (TABLES | SUMS).items():
        complaints += [
            f"{name}.{column} has no meaning" for column, field in table.columns.items() if not field.meaning
        ]
        complaints += [f"{name} grows with {thing}, which is no size" for thing in table.rows if thing not in SIZES]
        complaints += [f"{name} needs {other}, which is no table" for other in table.needs if other not in TABLES]
        if next(iter(table.columns)) != "run" or not table.rows:
            complaints.append(f"{name} has no run, or no rows")
        if table.on_request and not table.logged:
            complaints.append(f"{name} is logged on request and not logged")
    assert not complaints
    page = runpy.run_path(str(root / "docs" / "make_tables.py"))["render"]()
    assert (root / "docs" / "tables.md").read_text("utf-8") == page, "run: python docs/make_tables.py"


def test_stored_tables_say_what_they_hold(folder: Path) -> None:
    complaints = []
    for name in ("attacks", "groups", "outcomes", "series"):
        for file in (folder / "tables" / name).glob("*.parquet"):
            for field in pq.read_schema(file):
                declared = (FIELDS[name] | STORED_BESIDE)[field.name]
                said = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
                if not said.get("meaning") or said != declared.metadata:
                    complaints.append(f"{name}.{field.name}: {said}")
    assert not complaints
    attacks = pd.read_parquet(folder / "tables" / "attacks")
    assert list(attacks["cause"].cat.categories) == list(FIELDS["attacks"]["cause"].codes)
    assert set(attacks["mode"]) == {"shooting", "detonation"} and set(attacks["arm"]) == {"base", "scenario"}


def test_a_folder_of_the_format_before_opens(folder: Path) -> None:
    """It held the codes, and no name of the arm."""
    store = open_store(folder)
    tables = [InFolder(store, arm).table("attacks") for arm in (0, 1)]
    assert all(table["mode"].dtype == np.int8 and set(table["mode"]) == {0, 1} for table in tables)
    store.writing = True
    for arm in (0, 1):
        for shard, piece in zip(store.shards("attacks", arm), list(store.pieces("attacks", arm)), strict=True):
            frame = tables[arm][tables[arm]["run"].between(shard.first, shard.end - 1)]
            columns = {name: frame[name].to_numpy() for name in frame}
            store.write_file(shard.relative, to_parquet(columns, same={"scenario": shard.key}, notes=notes_of(piece)))
    write_manifest(folder, store.manifest | {"format": 1})
    old = open_store(folder)
    assert pq.read_schema(folder / old.shards("attacks")[0].relative).field("mode").type == "int8"
    for arm in (0, 1):
        pd.testing.assert_frame_equal(InFolder(old, arm).table("attacks"), tables[arm])


def test_tables_hold_one_name_for_an_arm(tmp_path: Path, fake, scenario) -> None:
    """A further axis at the value that holds already makes the same arms under other names."""
    base = ("site=huddinge", "programme=gvi", "calendar=flat", "years=2")
    axes = (Axis("programme.sanction_certainty", (0.0, 1.0)), Axis("exit.places", (scenario.exit.places, 99)))
    options = {"out": tmp_path / "out", "seed": 1, "workers": 1, "parameters": "point"}
    sweep(Design("names", axes[:1], base, 4), **options)
    with pytest.raises(StoreError, match="calls an arm"):
        sweep(Design("names", axes, base, 4), **options)


def test_the_page_reads_a_folder_with_pandas(folder: Path, root: Path, tmp_path: Path) -> None:
    (block,) = blocks(root / "docs" / "reading_results.md", "python")
    done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search(r"^base +shooting +background +\d+$", done.stdout, re.MULTILINE)
    assert "day | day | when | " in done.stdout and "mean" in done.stdout


def insert(block: str, top: Path) -> str:
    """Put a block of the recipe into the file it names, behind its first lines, which are there; returns the path."""
    head, *lines = block.splitlines(keepends=True)
    path = head.removeprefix("# ").strip()
    text = (top / path).read_text("utf-8")
    there = max(n for n in range(len(lines) + 1) if text.count("".join(lines[:n])) == 1)
    before = "".join(lines[:there])
    (top / path).write_text(text.replace(before, before + "".join(lines[there:])), "utf-8")
    return path


@pytest.mark.slow
def test_a_table_is_added_through_three_files(root: Path, tmp_path: Path) -> None:
    for name in ("gvi_sim", "conf", "docs"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    changed = [insert(block, tmp_path) for block in blocks(root / "docs" / "recipes" / "table.md", "python")]
    pure = os.environ | {"PYTHONPATH": str(tmp_path), "GVI_SIM_PURE_PYTHON": "1"}

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=pure, capture_output=True, text=True, check=True).stdout

    run("docs/make_tables.py")
    changed.append("docs/tables.md")
    files = [
        path.relative_to(root).as_posix() for name in ("gvi_sim", "conf", "docs") for path in (root / name).rglob("*.*")
    ]
    files = [path for path in files if "__pycache__" not in path and (root / path).is_file()]
    assert sorted(changed) == sorted(filecmp.cmpfiles(root, tmp_path, files, shallow=False)[1]) and len(changed) <= 3
    rows, counted, same_events, sizes = json.loads(run("-c", ADDED))
    assert rows > counted > 0 and same_events and sizes[0] > sizes[1] > 0
    (file,) = (tmp_path / "kept" / "tables" / "wounds").glob("*.parquet")
    field = pq.read_schema(file).field("healed_day")
    assert field.metadata == {b"unit": b"day", b"meaning": b"when it has healed"}
    assert "| `healed_day` | f8 | day | when it has healed |" in (tmp_path / "docs" / "tables.md").read_text("utf-8")
    assert "wounds" not in LOGGED  # of the package itself
