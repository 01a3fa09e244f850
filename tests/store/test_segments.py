"""Sealed segments: the same log gives the same bytes, and what is damaged is never read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lianshu.app.workspace import Workspace
from lianshu.store.segments import MANIFEST, Known, drop, seal
from tests.conformance.records import new_workspace, prepared, produce, take

EVERY = 10


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with new_workspace(tmp_path / "w") as workspace:
        fill(workspace, 0, 25)
        yield workspace


def fill(workspace: Workspace, start: int, stop: int) -> None:
    entries = [produce(f"e{n}", f"{n}.000000000000000001", f"L{n % 3}") for n in range(start, stop)]
    for n in range(0, len(entries), 4):
        entries[n]["things"] = [{"table": "item", "id": "tea", "properties": {"n": str(n)}}]
    take(workspace, prepared(entries), batch=7)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}


def test_full_runs_are_sealed_and_the_rest_waits(workspace: Workspace, tmp_path: Path) -> None:
    manifest = seal(workspace.store, tmp_path / "s", every=EVERY)
    assert manifest.sealed == 20
    assert [(one.first, one.last) for one in manifest.segments] == [(1, 10), (11, 20)]
    assert set(contents(tmp_path / "s")) == {
        MANIFEST,
        *(f"{name}-{span}.parquet" for name in ("flow", "item")
          for span in ("000000000001-000000000010", "000000000011-000000000020")),
    }  # fmt: skip
    table = pq.read_table(tmp_path / "s" / manifest.files("flow")[0].name)
    assert str(table.schema.field("qty").type) == "decimal128(38, 18)"
    assert str(table.column("qty")[3]) == "3.000000000000000001"
    assert table.column("entry_seq").to_pylist() == list(range(1, 11))


def test_the_same_log_gives_the_same_bytes(workspace: Workspace, tmp_path: Path) -> None:
    seal(workspace.store, tmp_path / "s", every=EVERY)
    first = contents(tmp_path / "s")
    drop(tmp_path / "s")
    seal(workspace.store, tmp_path / "s", every=EVERY)
    assert contents(tmp_path / "s") == first


def test_sealing_as_the_log_grows_is_sealing_at_once(tmp_path: Path) -> None:
    entries = prepared([produce(f"e{n}") for n in range(35)])
    with new_workspace(tmp_path / "w") as workspace:
        for at in range(0, 35, 5):
            take(workspace, entries[at : at + 5])
            seal(workspace.store, tmp_path / "step", every=EVERY)
        seal(workspace.store, tmp_path / "once", every=EVERY)
    assert contents(tmp_path / "step") == contents(tmp_path / "once")


def test_a_damaged_or_missing_file_is_made_anew(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    seal(workspace.store, folder, every=EVERY)
    sound = contents(folder)
    names = sorted(name for name in sound if name.endswith(".parquet"))
    for name in names:
        data = bytearray(sound[name])
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)
        seal(workspace.store, folder, every=EVERY)
        assert contents(folder) == sound
        (folder / name).unlink()
        seal(workspace.store, folder, every=EVERY)
        assert contents(folder) == sound


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"shape": 1}', '{"segments": [{}]}'])
def test_a_broken_manifest_seals_nothing(workspace: Workspace, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "s"
    seal(workspace.store, folder, every=EVERY)
    sound = contents(folder)
    (folder / MANIFEST).write_text(damage, encoding="utf-8")
    seal(workspace.store, folder, every=EVERY)
    assert contents(folder) == sound


def test_segments_of_another_log_or_shape_go(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    seal(workspace.store, folder, every=EVERY)
    with new_workspace(tmp_path / "other") as other:
        take(other, prepared([produce(f"x{n}") for n in range(12)]))
        manifest = seal(other.store, folder, every=EVERY)
        assert manifest.sealed == 10
        assert len([name for name in contents(folder) if name.endswith(".parquet")]) == 1
        assert seal(other.store, folder, every=4).sealed == 12
        assert json.loads((folder / MANIFEST).read_text())["segments"][0]["last"] == 4


def test_what_a_crash_left_behind_is_swept(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / ".flow-000000000001-000000000010.parquet.part").write_bytes(b"half")
    (folder / "flow-000000000001-000000000010.parquet").write_bytes(b"whole, but not in a manifest")
    known = Known()
    seal(workspace.store, folder, every=EVERY, known=known)
    assert not [name for name in contents(folder) if name.endswith(".part")]
    assert seal(workspace.store, folder, every=EVERY, known=known).sealed == 20
