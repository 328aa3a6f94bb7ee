"""A result made again whole, a run that starts from a manifest, and a folder packed for a colleague."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gvi_sim.analysis.decomposition.attribution import attribute
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.cli import main
from gvi_sim.config import load_scenario
from gvi_sim.errors import ScenarioError, StoreError
from gvi_sim.execution.parameter_source import chosen_parameters
from gvi_sim.execution.planning.arm import Arm
from gvi_sim.execution.storage.ensemble_file import StoredEnsemble, write_ensemble
from gvi_sim.execution.storage.manifest import write_manifest
from gvi_sim.execution.storage.shards import from_parquet, to_parquet
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.design_files import design_from
from gvi_sim.experiment.rerun import rerun
from gvi_sim.experiment.sweep import sweep
from gvi_sim.experiment.verify import verify
from gvi_sim.report.bundle import write_bundle
from gvi_sim.simulate import simulate

SHORT = ("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1", "site.attacks_per_year=20")
FEW = ("--replicates", "4", "--workers", "1")


def tables(folder: Path) -> dict[str, str]:
    return {path: note["sha256"] for path, note in open_store(folder).manifest["files"].items() if "tables/" in path}


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A calibrated ensemble of two keys."""
    folder = tmp_path_factory.mktemp("ensemble") / "mine"
    draws = np.array([[0.2, 0.3], [0.4, 0.1], [0.3, 0.2]])
    keys = ("belief.message_reach", "exit.acceptance")
    write_ensemble(folder, StoredEnsemble("mine", keys, draws, np.full(3, 1 / 3), {"seed": 1}))
    return folder


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, ensemble: Path) -> dict[str, Path]:
    """A result of every kind: one scenario, a roll-out over sites, a calibrated ensemble, parts, axes."""
    out = tmp_path_factory.mktemp("results")
    point = {"replicates": 3, "seed": 11, "workers": 1, "parameters": "point"}
    gvi = load_scenario(*SHORT)
    simulate(gvi, out=out / "run", keep=("attacks", "doses"), **point)
    sites = {"sites": {"huddinge": {}, "jarfalla": {"programme.start_date": "2024-01-01"}}}
    everywhere = load_scenario("programme=gvi", "years=1", "burn_in_years=1", sites)
    compare(everywhere.replace("programme.enabled=false"), everywhere, out=out / "roll_out", **point)
    drawn = {**point, "parameters": ensemble}
    compare(gvi.replace("programme.enabled=false"), gvi, keep=("ledger",), out=out / "calibrated", **drawn)
    parts = {"police": ("programme.sanction_certainty=0",), "help": ("exit.offer_rate=0",)}
    attribute(gvi, parts=parts, out=out / "parts", **point)
    axes = ("programme.sanction_certainty=0,0.6", "exit.places=0,20")
    sweep(design_from((*SHORT, *axes)), out=out / "axes", **point)
    return {path.name: path for path in out.iterdir()}


@pytest.mark.slow
def test_every_kind_of_result_comes_again_byte_for_byte(results: dict[str, Path], tmp_path: Path) -> None:
    for name, folder in results.items():
        found = rerun(folder, out=tmp_path / name, workers=1)
        assert found.equal, str(found)
        assert tables(tmp_path / name) == tables(folder) and len(tables(folder)) > 3, name
        assert verify(tmp_path / name, sample=1).equal, name
        same = ("arms", "event_hash", "ensemble", "warnings", "seed", "replicates", "design", "parts")
        one, other = (open_store(where).manifest for where in (folder, tmp_path / name))
        assert [one.get(key) for key in same] == [other.get(key) for key in same], name


def test_the_first_row_that_differs_is_told(results: dict[str, Path], tmp_path: Path, capsys) -> None:
    """A forged number whose hashes are right all the same: only running again can tell."""
    shutil.copytree(results["run"], tmp_path / "forged")
    store = open_store(tmp_path / "forged")
    (shard,) = store.shards("series")
    table = from_parquet(store.read_file(shard.relative))
    beside = {name: str(table.column(name)[0]) for name in ("scenario", "arm")}
    columns = {name: table.column(name).to_numpy().copy() for name in table.column_names if name not in beside}
    columns["shootings"][2] += 1
    notes = json.loads(table.schema.metadata[b"gvi_sim"])
    store.write_file(shard.relative, to_parquet(columns, table="series", same=beside, notes=notes))
    assert main(["rerun", str(tmp_path / "forged"), "--workers", "1"]) == 1
    told = capsys.readouterr().out
    assert "NOT EQUAL" in told and "row 2, column shootings: stored" in told
    assert tables(tmp_path / "forged-again") == tables(results["run"])


def test_what_cannot_come_again_is_refused_before_anything_is_written(
    results: dict[str, Path], ensemble: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "levers"
    shutil.copytree(results["run"], folder)
    manifest = open_store(folder).manifest
    write_manifest(folder, manifest | {"levers": [{"name": "my_levers.Curfew", "sha256": None}], "rebuildable": False})
    full = tmp_path / "full"
    shutil.copytree(results["run"], full)
    refused = {
        ("rerun", str(folder)): "my_levers.Curfew",
        ("run", "--scenario", str(folder / "manifest.json")): "my_levers.Curfew",
        ("rerun", str(ensemble)): "made again from its record",
        ("rerun", "nowhere"): "no results folder",
        ("run", "--scenario", str(ensemble / "manifest.json")): "--parameters",
    }
    for words, said in refused.items():
        assert main([*words]) == 2
        assert said in capsys.readouterr().err, words
    assert main(["rerun", str(results["run"]), "--out", str(full)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "levers"]
    with pytest.raises(StoreError, match="use that version"):
        write_manifest(full, manifest | {"code": "f" * 64})
        rerun(full, out=tmp_path / "out")


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory, ensemble: Path) -> Path:
    """A run of the command, from a scenario file in a home of somebody's, with its report."""
    home = tmp_path_factory.mktemp("home_of_lisa")
    (home / "mine.yaml").write_text(load_scenario(*SHORT).to_yaml(), encoding="utf-8")
    out = tmp_path_factory.mktemp("reported") / "first"
    given = ["--scenario", str(home / "mine.yaml"), "--parameters", str(ensemble), "--seed", "5", *FEW]
    assert main(["run", *given, "--out", str(out), "--quiet"]) == 0
    return out


@pytest.mark.slow
def test_a_manifest_is_a_scenario_with_its_seed_and_draws(reported: Path, tmp_path: Path, capsys) -> None:
    sent = tmp_path / "from a colleague.json"
    shutil.copyfile(reported / "manifest.json", sent)
    again = ["--workers", "1", "--quiet", "--out"]
    assert main(["run", "--scenario", str(sent), *again, str(tmp_path / "again")]) == 0
    assert tables(tmp_path / "again") == tables(reported)
    # A word on top wins: what is set is no longer drawn, and the rest stays as it was.
    changed = load_scenario(sent, "exit.acceptance=0.9")
    drawn = chosen_parameters(sent, [Arm("with a word on top", changed)])
    assert drawn is not None and (drawn.keys, drawn.fixed) == (("belief.message_reach",), ("exit.acceptance",))
    assert changed.exit.acceptance == 0.9 and changed.years == 1


def test_a_manifest_of_a_sweep_is_its_design(results: dict[str, Path], tmp_path: Path) -> None:
    manifest = str(results["axes"] / "manifest.json")
    words = ["sweep", "--scenario", manifest, "exit.places=0", "--workers", "1", "--quiet"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    found = open_store(tmp_path / "out").manifest
    assert found["design"]["axes"] == {"programme.sanction_certainty": [0, 0.6]}
    assert (found["seed"], found["replicates"], found["parameters"]) == (11, 3, "point")
    assert {shard[1] for shard in open_store(tmp_path / "out").shards("outcomes")} < {
        shard[1] for shard in open_store(results["axes"]).shards("outcomes")
    }


def test_a_manifest_that_is_none_or_was_changed_is_refused(reported: Path, tmp_path: Path) -> None:
    good = (reported / "manifest.json").read_bytes()
    for content in (b"{}", b"[1]", b"not json", good.replace(b'"seed": 5', b'"seed": 7'), b"[" * 100_000):
        (tmp_path / "m.json").write_bytes(content)
        with pytest.raises(ScenarioError, match="is no manifest"):
            load_scenario(tmp_path / "m.json")
    (tmp_path / "endless.json").symlink_to("/dev/zero")
    with pytest.raises(ScenarioError, match="no regular file"):
        load_scenario(tmp_path / "endless.json")


def unpacked(packed: Path, to: Path) -> Path:
    with zipfile.ZipFile(packed) as file:
        file.extractall(to)
    (folder,) = to.iterdir()
    return folder


def test_a_bundle_tells_of_no_home(reported: Path, tmp_path: Path) -> None:
    (reported / "stranger.txt").write_text("not in the manifest")
    folder = unpacked(write_bundle(reported, tmp_path / "one.zip"), tmp_path / "to")
    names = {path.name for path in folder.iterdir()}
    assert names >= {"manifest.json", "scenario.yaml", "report.html", "command.txt", "tables", "figures"}
    assert folder.name == "first" and "stranger.txt" not in names
    assert not any(b"home_of_lisa" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert (folder / "command.txt").read_text().startswith("gvi-sim run --scenario mine.yaml")


@pytest.mark.slow
def test_a_bundle_is_the_folder_again(
    results: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(results["axes"], "axes")
    assert main(["report", "axes", "--bundle", "one.zip", "--quiet"]) == 0
    folder = str(unpacked(tmp_path / "one.zip", tmp_path / "to"))
    assert main(["verify", folder, "--quiet"]) == 0
    assert main(["rerun", folder, "--workers", "1", "--quiet"]) == 0
    assert main(["report", folder, "--bundle", "two.zip", "--quiet"]) == 0
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()
    for target, said in {"one.txt": "ends with .zip", "axes/in.zip": "would lie in the folder"}.items():
        assert main(["report", "axes", "--bundle", target]) == 2 and said in capsys.readouterr().err
    assert main(["verify", "one.zip"]) == 2 and "unpack it" in capsys.readouterr().err


ELSEWHERE = "import sys; from gvi_sim.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.slow
@pytest.mark.determinism
def test_every_kind_comes_again_in_an_empty_home_and_on_other_pythons(
    results: dict[str, Path], reported: Path, tmp_path: Path, root: Path
) -> None:
    """GVI_SIM_PYTHONS lists other interpreters, each with the locked libraries; this one takes part always."""
    listed = [path for path in os.environ.get("GVI_SIM_PYTHONS", "").split(os.pathsep) if path]
    complaints = []
    for number, python in enumerate([sys.executable, *listed]):
        home = tmp_path / f"home {number}"
        home.mkdir()
        empty = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(root)}
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
        for name, folder in {**results, "drawn": reported}.items():
            out = home / name
            command = [python, "-c", ELSEWHERE, "rerun", str(folder), "--out", str(out), "--workers", "2"]
            done = subprocess.run(command, env=kept | empty, cwd=home, capture_output=True, text=True, check=False)
            if done.returncode or tables(out) != tables(folder):
                complaints.append(f"{python}, {name}: exit {done.returncode}\n{done.stdout}{done.stderr[-2000:]}")
    assert not complaints, "\n".join(complaints)
