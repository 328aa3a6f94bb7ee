"""What was changed on purpose, hashes and all, is found by running it again; a foreign folder is named."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gvi_sim import cli
from gvi_sim.errors import StoreError
from gvi_sim.execution.storage.manifest import self_hash
from gvi_sim.execution.storage.shards import from_parquet, notes_of, to_parquet
from gvi_sim.experiment.verify import verify


@pytest.fixture
def folder(comparison: Path, tmp_path: Path) -> Path:
    shutil.copytree(comparison, tmp_path / "out")
    return tmp_path / "out"


def edit_manifest(folder: Path, change: Any) -> None:
    """Change the manifest and give it the hash it then needs."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest | {"sha256": self_hash(manifest)}))


def forge(folder: Path, relative: str, data: bytes) -> str:
    """Put ``data`` in the place of a file, with every hash right, in the name and in the manifest."""
    sha256 = hashlib.sha256(data).hexdigest()
    parts = relative.split(".")
    named = len(parts) == 4  # <key>.r<first>-<end>.<hash>.parquet
    new = ".".join([*parts[:2], sha256[:16], parts[3]]) if named else relative
    (folder / relative).unlink()
    (folder / new).write_bytes(data)

    def enter(manifest: dict[str, Any]) -> None:
        note = manifest["files"].pop(relative)
        manifest["files"][new] = note | {"sha256": sha256, "bytes": len(data)}

    edit_manifest(folder, enter)
    return new


def edited(path: Path, column: str, row: int, change: Any) -> tuple[bytes, Any, Any]:
    """The Parquet file with one cell changed, and the cell before and after."""
    table = from_parquet(path.read_bytes())
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    before = columns[column][row]
    columns[column][row] = after = change(before)
    arrays = {name: pa.array(values, table.schema.field(name).type) for name, values in columns.items()}
    return to_parquet(arrays, notes=notes_of(table)), before, after


def a_shard(folder: Path, table: str, number: int = 0) -> str:
    shards = sorted((folder / "tables" / table).glob("*.parquet"))
    return shards[number].relative_to(folder).as_posix()


def told(folder: Path) -> str:
    """What ``verify`` finds wrong when it runs everything again."""
    verdict = verify(folder, sample=1000)
    assert not verdict.equal and verdict.difference is not None
    return verdict.difference


def test_untouched_it_is_equal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "equal" in said and "every bit equal" in said and "effect" in said
    assert cli.main(["verify", str(folder), "--sample", "2", "--seed", "1", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("table", "column", "change"),
    [
        ("attacks", "hit", lambda hit: hit + 1),
        ("attacks", "day", lambda day: day * (1 + 2**-52)),
        ("series", "shootings", lambda count: count + 1.0),
        ("outcomes", "detained_days", lambda days: days + 0.001),
        ("groups", "members", lambda members: members - 1),
    ],
)
def test_an_edited_row_is_found(
    folder: Path, table: str, column: str, change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Table, row, column and both values, down to the last bit of a float."""
    relative = a_shard(folder, table, -1)
    data, before, after = edited(folder / relative, column, 2, change)
    forge(folder, relative, data)
    assert cli.main(["verify", str(folder), "--sample", "1000"]) == 1
    said = capsys.readouterr().out
    assert "NOT EQUAL" in said
    assert f"{table}, row 2, column {column}: stored {after!r}, computed {before!r}" in said


def test_a_forged_digest_is_found(folder: Path) -> None:
    relative = a_shard(folder, "outcomes")
    data, *_ = edited(folder / relative, "digest", 0, lambda digest: digest[::-1])
    forge(folder, relative, data)
    assert "event hash of" in told(folder)


def test_an_edited_answer_is_found(folder: Path) -> None:
    """The small tables are made again from the shards, so a prettier effect does not pass."""
    data, before, after = edited(folder / "tables/effect.parquet", "difference", 0, lambda value: value - 1.0)
    forge(folder, "tables/effect.parquet", data)
    assert f"effect, row 0, column difference: stored {after!r}, computed {before!r}" in told(folder)


def test_a_forged_certificate_is_found(folder: Path) -> None:
    """A pairing that failed cannot be told as one that holds, nor left out."""
    fields = json.loads((folder / "certificate.json").read_text())
    forge(folder, "certificate.json", json.dumps(fields | {"created_share": 0.0}).encode())
    assert told(folder) == "certificate.json is not the certificate of these runs"
    forge(folder, "certificate.json", b"[1]")
    with pytest.raises(StoreError, match="not what gvi_sim writes"):
        verify(folder)
    edit_manifest(folder, lambda manifest: manifest["files"].pop("certificate.json"))
    assert "nothing says what the pairing is worth" in told(folder)


@pytest.mark.slow
def test_a_forged_certificate_of_a_sweep_is_found(undisturbed: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(undisturbed["sweep"], tmp_path / "out")
    relative = "tables/certificates.parquet"
    data, before, after = edited(tmp_path / "out" / relative, "zero_dose_runs", 1, lambda runs: runs + 90)
    forge(tmp_path / "out", relative, data)
    assert f"certificates, row 1, column zero_dose_runs: stored {after}, computed {before}" in told(tmp_path / "out")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["arms"][0].pop("scenario"),
        lambda manifest: manifest["arms"][0].update(scenario={}),
        lambda manifest: manifest["arms"][0]["scenario"].update(site=3),
        lambda manifest: manifest["arms"][0].update(reference=None),
        lambda manifest: manifest.update(kind="sweep"),
        lambda manifest: manifest.update(kind="attribution", parts={"a": 3}, base={}, scenario={}),
        lambda manifest: manifest.update(kind="sweep", design={}, base={}),
        lambda manifest: manifest.update(kind="novel"),
        lambda manifest: manifest.update(keep=[3]),
    ],
)
@pytest.mark.parametrize("command", ["verify", "report"])
def test_a_manifest_of_another_maker_is_refused_in_words(
    folder: Path, change: Any, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_manifest(folder, change)
    code = cli.main([command, str(folder)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err and (code in (1, 2) or command == "report")
    if code:
        assert said.err.startswith("gvi-sim: ") or "NOT EQUAL" in said.out


def test_an_edited_spreadsheet_is_found(folder: Path) -> None:
    lines = (folder / "tables/effect.csv").read_bytes().split(b"\r\n")
    lines[3] = lines[3].replace(b"0", b"1", 1)
    forge(folder, "tables/effect.csv", b"\r\n".join(lines))
    assert "effect.csv, line 4: stored " in told(folder)


def test_swapped_shards_are_found(folder: Path) -> None:
    """Two batches in each other's place, with the right hashes: the replicates are not theirs."""
    one, other = a_shard(folder, "attacks", 0), a_shard(folder, "attacks", 1)
    contents = (folder / one).read_bytes(), (folder / other).read_bytes()
    forge(folder, one, contents[1])
    forge(folder, other, contents[0])
    assert told(folder).startswith("attacks, row 0, column run: stored ")


def test_a_file_of_another_run_is_named(folder: Path) -> None:
    one, other = a_shard(folder, "attacks", 0), a_shard(folder, "attacks", 1)
    (folder / one).write_bytes((folder / other).read_bytes())
    with pytest.raises(StoreError, match=Path(one).name):
        verify(folder)


def test_a_smuggled_table_is_named(folder: Path) -> None:
    shutil.copy(folder / a_shard(folder, "attacks"), folder / "tables/attacks/more.parquet")
    assert "tables/attacks/more.parquet lies among the tables" in told(folder)


def test_a_dropped_shard_is_named(folder: Path) -> None:
    relative = a_shard(folder, "attacks")
    (folder / relative).unlink()
    edit_manifest(folder, lambda manifest: manifest["files"].pop(relative))
    assert "a shard is missing: attacks of replicates 0 to 3" in told(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest: manifest.update(seed=6), "has another key"),
        (lambda manifest: manifest["arms"][1]["scenario"]["exit"].update(places=99), "has another key"),
        (lambda manifest: manifest["arms"][0].update(digest="0" * 64), "has another digest"),
        (lambda manifest: manifest["arms"][0].update(reference=[[1.0, 1.0]]), "has another reference"),
        (lambda manifest: manifest["arms"][0].update(event_hash="0" * 64), "the event hash of"),
        (lambda manifest: manifest.update(event_hash="0" * 64), "event hash in the manifest"),
    ],
)
def test_a_forged_manifest_is_found(folder: Path, change: Any, said: str) -> None:
    edit_manifest(folder, change)
    assert said in told(folder)


def test_other_code_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def older(manifest: dict[str, Any]) -> None:
        manifest.update(version="0.0.1", code="f" * 64, commit=None)

    edit_manifest(folder, older)
    assert cli.main(["verify", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "made by version 0.0.1 with code ffffffffffff" in said and "use that version" in said


def test_another_format_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Folders of older formats are refused by name, also those from before a key was there."""
    edit_manifest(folder, lambda manifest: manifest.update(format=0))
    assert cli.main(["verify", str(folder)]) == 1
    assert "has format 0 of version" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nowhere"], [".", "--sample", "-1"]])
def test_a_user_s_mistake_is_exit_two(
    words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert cli.main(["verify", *words]) == 2
    assert capsys.readouterr().err.startswith("gvi-sim: ")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["run", "sweep"])
def test_runs_and_sweeps_verify_too(kind: str, undisturbed: dict[str, Path], tmp_path: Path) -> None:
    whole = verify(undisturbed[kind], sample=1000)
    assert whole.equal, str(whole)
    assert not any("SHA-256 alone" in line and "tables/" in line for line in whole.checked)
    shutil.copytree(undisturbed[kind], tmp_path / "out")
    relative = a_shard(tmp_path / "out", "series", 3)
    data, before, after = edited(tmp_path / "out" / relative, "shootings", 4, lambda count: count + 1.0)
    forge(tmp_path / "out", relative, data)
    assert f"series, row 4, column shootings: stored {after!r}, computed {before!r}" in told(tmp_path / "out")


@pytest.mark.slow
def test_the_same_sample_can_be_drawn_again(undisturbed: dict[str, Path]) -> None:
    first, second = (verify(undisturbed["sweep"], sample=3, seed=9) for _ in range(2))
    assert first == second and any("chosen by --seed 9" in line for line in first.checked)
