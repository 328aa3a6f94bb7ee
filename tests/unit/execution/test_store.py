"""What a run leaves is verified to the bit by whoever reads it."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gvi_sim.errors import StoreError
from gvi_sim.execution.storage import spreadsheet
from gvi_sim.execution.storage.manifest import KEYS, self_hash
from gvi_sim.execution.storage.shards import PATTERN, SYNTHETIC, from_parquet, notes_of, to_parquet
from gvi_sim.execution.storage.store import Store, open_store
from gvi_sim.simulate import simulate


@pytest.fixture
def folder(tmp_path: Path, fake, scenario) -> Path:
    """The folder of a small finished run."""
    simulate(scenario, replicates=60, seed=3, workers=1, out=tmp_path / "run")
    return tmp_path / "run"


def read_everything(store: Store) -> None:
    for relative in store.files:
        store.read_file(relative)
    for table in store.tables:
        store.read_table(table)


def test_the_layout(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(KEYS) <= set(manifest) and manifest["sha256"] == self_hash(manifest)
    assert manifest["status"] == "finished" and manifest["kind"] == "run" and manifest["seed"] == 3
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert on_disk == {*manifest["files"], "manifest.json"}
    assert open_store(folder).tables == ("attacks", "outcomes", "series", "summary")
    for relative, note in manifest["files"].items():
        if match := PATTERN.fullmatch(Path(relative).name):
            assert note["sha256"].startswith(match[4]) and match[1] == manifest["arms"][0]["key"]


def test_anybody_can_read_the_tables(folder: Path) -> None:
    attacks = pd.read_parquet(folder / "tables" / "attacks")
    again = open_store(folder).read_table("attacks")
    assert len(attacks) == len(again) > 0
    assert list(again["run"]) == sorted(again["run"]) and set(again["run"]) == set(range(60))
    assert set(attacks["scenario"]) == {open_store(folder).manifest["arms"][0]["key"]}
    summary = pd.read_csv(folder / "tables" / "summary.csv")
    pd.testing.assert_frame_equal(summary, open_store(folder).read_table("summary"), check_exact=True)


def test_no_flipped_bit_is_read(folder: Path) -> None:
    rng = np.random.default_rng(1)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for _ in range(200):
        path = files[rng.integers(len(files))]
        whole = path.read_bytes()
        damaged = bytearray(whole)
        place = int(rng.integers(len(whole)))
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        with pytest.raises(StoreError):
            read_everything(open_store(folder))
        path.write_bytes(whole)
    read_everything(open_store(folder))


def test_no_truncated_or_missing_file_is_read(folder: Path) -> None:
    rng = np.random.default_rng(2)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        path.write_bytes(whole[: rng.integers(len(whole))])
        with pytest.raises(StoreError):
            read_everything(open_store(folder))
        path.unlink()
        with pytest.raises(StoreError):
            read_everything(open_store(folder))
        path.write_bytes(whole)


def test_a_report_is_added_and_hashed(folder: Path) -> None:
    store = open_store(folder)
    store.write_file("figures/by year.svg", b"<svg/>")
    store.write_file("report.html", b"<html/>")
    again = open_store(folder)
    assert again.read_file("figures/by year.svg") == b"<svg/>" and again.read_file("report.html") == b"<html/>"
    read_everything(again)
    (folder / "report.html").write_bytes(b"<html>")
    with pytest.raises(StoreError, match=r"report\.html was changed or damaged"):
        open_store(folder).read_file("report.html")


def test_writing_out_of_the_folder_is_refused(folder: Path) -> None:
    with pytest.raises(StoreError, match="cannot be the name"):
        open_store(folder).write_file("../outside.txt", b"")
    assert not (folder.parent / "outside.txt").exists()


def test_unknown_names_are_told_their_nearest(folder: Path) -> None:
    store = open_store(folder)
    with pytest.raises(StoreError, match="Nearest: attacks"):
        store.read_table("atacks")
    with pytest.raises(StoreError, match="not in the manifest"):
        store.read_file("report.html")


def test_no_results_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"holds no manifest\.json"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match=r"holds no manifest\.json"):
        open_store(tmp_path / "nowhere")


def test_another_format_is_refused_with_its_version(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text()) | {"format": 99}
    path.write_text(json.dumps(manifest | {"sha256": self_hash(manifest)}))
    with pytest.raises(StoreError, match="format 99 of version"):
        open_store(folder)


def test_the_manifest_names_no_user_host_or_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import getpass
    import platform

    text = (folder / "manifest.json").read_text()
    assert str(Path.home()) not in text and platform.node() not in text
    assert f'"{getpass.getuser()}"' not in text and str(folder) not in text


def test_a_moved_folder_still_reads(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder, tmp_path / "elsewhere")
    read_everything(open_store(tmp_path / "elsewhere"))


def test_the_same_columns_give_the_same_bytes() -> None:
    columns = {"a": np.arange(5), "b": np.array([0.1, np.nan, 1e300, -0.0, 5])}
    data = to_parquet(columns, same={"scenario": "abc"}, notes={"window": [0, 1.5]})
    assert data == to_parquet(columns, same={"scenario": "abc"}, notes={"window": [0, 1.5]})
    table = from_parquet(data)
    assert notes_of(table) == {"window": [0, 1.5]} and table.schema.metadata[b"synthetic"] == SYNTHETIC.encode()
    assert table.column("b").to_numpy().tobytes() == columns["b"].tobytes()


def test_no_parquet_at_all() -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        from_parquet(b"PAR1 and then nothing")


def test_text_that_a_spreadsheet_would_run_is_defused() -> None:
    texts = ["=1+1", "+x", "-2", "@SUM(A1)", "\tx", "\rx", "\0x", "plain", "å, ä", 'quo"te']
    frame = pd.DataFrame({"=head": texts, "number": np.linspace(-1, 1e-9, len(texts)), "whole": range(len(texts))})
    rows = list(csv.reader(io.StringIO(spreadsheet.to_csv(frame), newline="")))
    assert rows[0] == ["'=head", "number", "whole"]
    for row, text, number in zip(rows[1:], texts, frame["number"], strict=True):
        assert row[0] == (f"'{text}" if text in texts[:7] else text)
        assert float(row[1]) == number  # numbers we wrote keep their sign and every bit


def test_no_value_is_an_empty_field() -> None:
    frame = pd.DataFrame({"a": [1.5, np.nan], "b": ["x", None]})
    assert spreadsheet.to_csv(frame) == "a,b\r\n1.5,x\r\n,\r\n"


READ = """
import os
from gvi_sim.execution.storage.shards import from_parquet, to_parquet
data = to_parquet({"day": [1.0, 2.0]}, same={"scenario": "one"})
before = len(os.listdir("/proc/self/task"))
from_parquet(data).to_pandas(use_threads=False)
print(len(os.listdir("/proc/self/task")) - before)
"""


def test_reading_starts_no_thread_that_could_abort_a_process_as_it_ends() -> None:
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


SPLITS = ("a;=1+1", "a,=1", "a\t=1", "a|@x", 'a;"=1+1"', "a; -2", "x;'+1", "a\n=1", "ö;＝1")


@pytest.mark.parametrize("write", [spreadsheet.to_csv, spreadsheet.to_swedish_csv])
def test_no_spreadsheet_finds_a_formula_at_whatever_sign_it_splits(write) -> None:
    told = write(pd.DataFrame({text: [text, "end"] for text in SPLITS})).removeprefix("\ufeff")
    for sign in ",;|\t":
        for row in csv.reader(io.StringIO(told, newline=""), delimiter=sign):
            cells = [cell.strip(' "') for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝"))], (sign, row)


def test_numbers_too_large_for_a_spreadsheet_are_text() -> None:
    frame = pd.DataFrame({"key": np.array([2**53, 2**53 + 1, 2**64 - 1], np.uint64)})
    assert spreadsheet.to_csv(frame) == f"key\r\n{2**53}\r\n'{2**53 + 1}\r\n'{2**64 - 1}\r\n"


def test_a_swedish_spreadsheet_reads_the_same_numbers() -> None:
    frame = pd.DataFrame({"namn": ["å; ä", "b, c"], "tal": [-1.5, 1e-9], "antal": [1, 2], "saknas": [np.nan, 0.25]})
    told = spreadsheet.to_swedish_csv(frame).encode()
    assert told.startswith(b"\xef\xbb\xbfnamn;tal;antal;saknas\r\n") and b"-1,5;1;\r\n" in told
    read = pd.read_csv(io.BytesIO(told), sep=";", decimal=",", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(read, frame)
