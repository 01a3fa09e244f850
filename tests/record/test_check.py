"""The proof file and its stand-alone checker: right ones pass, every changed byte is caught."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cryptography
import pytest

from lianshu.kernel.refusal import Refused
from lianshu.record import check
from lianshu.record.canonical import digest
from lianshu.record.checkpoint import make_checkpoint
from lianshu.record.entry import LEAF_VERSION, MEDIA_TYPE, Entry
from lianshu.record.merkle import (
    TileTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from lianshu.record.proof import PROOF_FORMAT, make_proof
from lianshu.record.signing import SigningKey

ORIGIN = "example.org/链主"
KEY = SigningKey.from_seed(ORIGIN, bytes(32))


def make_entry(seq: int) -> Entry:
    value = {"id": f"茶:{seq}", "kind": "event", "flows": [{"qty": f"{seq}.5", "n": seq / 8}]}
    payload = json.dumps(value, ensure_ascii=False, indent=2).encode()
    return Entry(
        seq, f"茶:{seq}", "event", "91330000", 1_772_000_000_000_000 + seq, MEDIA_TYPE, payload,
        digest(value), key_id="4e933303", signature=bytes(range(64)),
    )  # fmt: skip


@dataclass(frozen=True)
class Log:
    """A small log in memory, as a workspace would keep it."""

    entries: list[Entry]

    @classmethod
    def of(cls, size: int) -> Log:
        return cls([make_entry(seq) for seq in range(1, size + 1)])

    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry.leaf_data()) for entry in self.entries]

    def checkpoint(self, size: int, key: SigningKey = KEY) -> str:
        return make_checkpoint(ORIGIN, size, root_of(self.leaves()[:size]), key)

    def prove(self, seq: int, older: int | None = None, key: SigningKey = KEY) -> str:
        size, tree = len(self.entries), TileTree(self.leaves())
        link = None
        if older is not None:
            link = self.checkpoint(older, key), consistency_proof(older, size, tree)
        path = inclusion_proof(seq - 1, size, tree)
        note = self.checkpoint(size, key)
        return make_proof(self.entries[seq - 1], path, note, key.vkey, older=link)


LOG = Log.of(11)


def reason(proof: str | bytes, vkey: str = "", kept: str = "") -> str:
    data = proof.encode() if isinstance(proof, str) else proof
    with pytest.raises(check.Invalid) as invalid:
        check.check_proof(data, vkey, kept)
    assert invalid.value.zh
    return invalid.value.en


def changed(proof: str, **fields: Any) -> str:
    return json.dumps({**json.loads(proof), **fields}, ensure_ascii=False)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return python("-m", "lianshu.record.check", *arguments)


def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_both_statements_use_the_same_words() -> None:
    assert check.PROOF_FORMAT == PROOF_FORMAT
    assert check.NATIVE_MEDIA_TYPE == MEDIA_TYPE
    assert LEAF_VERSION in Path(check.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [1, 2, 3, 8, 11])
def test_every_entry_is_proven(size: int) -> None:
    log = Log.of(size)
    for seq in range(1, size + 1):
        for older in [None, *range(size + 1)]:
            report = check.check_proof(log.prove(seq, older).encode(), KEY.vkey)
            assert report.entry["seq"] == seq
            assert report.checkpoint.size == size
            assert report.older is None or report.older.size == older
            assert report.meaning_checked


def test_every_changed_byte_is_caught(rng: random.Random) -> None:
    text = LOG.prove(6, older=4)
    proof, value = text.encode(), json.loads(text)

    def harmless(data: bytes, at: int) -> bool:
        """Only spacing between the parts of the JSON text may be changed unseen."""
        return json.loads(data) == value and not (data[at : at + 1] + proof[at : at + 1]).strip()

    for at, byte in enumerate(proof):
        others = {byte ^ 1 << bit for bit in range(8)} | {0x20, rng.randrange(256)}
        for other in others - {byte}:
            data = proof[:at] + bytes([other]) + proof[at + 1 :]
            try:
                check.check_proof(data)
            except check.Invalid:
                continue
            assert harmless(data, at), f"byte {at}: {byte:#x} -> {other:#x}"


def test_cut_and_repeated_bytes_are_caught() -> None:
    text = LOG.prove(6, older=4)
    proof, value = text.encode(), json.loads(text)
    for at in range(len(proof)):
        for data in (proof[:at] + proof[at + 1 :], proof[: at + 1] + proof[at:], proof[:at]):
            try:
                check.check_proof(data)
            except check.Invalid:
                continue
            assert json.loads(data) == value, f"byte {at}"


def test_the_meaning_is_recomputed_from_the_payload() -> None:
    entry = replace(make_entry(1), digest=bytes(32))
    note = make_checkpoint(ORIGIN, 1, leaf_hash(entry.leaf_data()), KEY)
    assert "meaning" in reason(make_proof(entry, [], note, KEY.vkey))
    entry = replace(make_entry(1), id="茶:2")
    note = make_checkpoint(ORIGIN, 1, leaf_hash(entry.leaf_data()), KEY)
    assert "id or kind" in reason(make_proof(entry, [], note, KEY.vkey))


def test_other_media_are_bound_by_their_bytes() -> None:
    entry = replace(make_entry(1), media_type="text/csv", payload=b"a,b\r\n1,2\r\n")
    note = make_checkpoint(ORIGIN, 1, leaf_hash(entry.leaf_data()), KEY)
    proof = make_proof(entry, [], note, KEY.vkey)
    assert not check.check_proof(proof.encode()).meaning_checked
    payload = base64.b64encode(b"a,b\r\n1,3\r\n").decode()
    assert "path" in reason(changed(proof, payload=payload))


def test_unknown_missing_and_repeated_fields_are_refused() -> None:
    proof = LOG.prove(2)
    assert "unknown" in reason(changed(proof, note="trust me"))
    assert "missing" in reason(json.dumps({"format": check.PROOF_FORMAT}))
    assert "twice" in reason(proof.replace('{\n "format"', '{"vkey": "", "format"'))
    assert "format" in reason(changed(proof, format="lianshu-proof/v2"))
    for name in json.loads(proof):
        others: list[Any] = [None, 1.5, [], {}, "", True, -1, [""], "\ud800"]
        for other in others:
            assert reason(json.dumps({**json.loads(proof), name: other}))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"\xff", b"{" * 100_000, b"[" * 100_000, b'{"a":NaN}', b"PK\3\4"]
)
def test_what_is_no_proof_is_invalid_and_no_crash(data: bytes) -> None:
    assert reason(data)


def test_a_pinned_key_must_be_the_signer() -> None:
    stranger = SigningKey.from_seed(ORIGIN, bytes([9]) * 32)
    proof = LOG.prove(3, key=stranger)
    assert check.check_proof(proof.encode())
    assert "another key" in reason(proof, KEY.vkey)


def test_a_kept_checkpoint_must_begin_the_log() -> None:
    proof = LOG.prove(3, older=4).encode()
    for size in (4, 11):
        assert check.check_proof(proof, KEY.vkey, LOG.checkpoint(size))
    assert "does not link" in reason(proof, KEY.vkey, LOG.checkpoint(5))
    assert "malformed" in reason(proof, KEY.vkey, "no note")
    rewritten = Log([replace(LOG.entries[0], source="other"), *LOG.entries[1:]])
    for size in (4, 11):
        assert "rewritten" in reason(rewritten.prove(3, older=4), KEY.vkey, LOG.checkpoint(size))


def test_a_false_history_is_not_proven() -> None:
    rewritten = Log([replace(LOG.entries[0], source="other"), *LOG.entries[1:]])
    honest = json.loads(LOG.prove(3, older=4))["consistency"]
    assert "does not begin" in reason(changed(rewritten.prove(3), consistency=honest))


def test_a_proof_is_only_made_for_a_signed_checkpoint() -> None:
    stranger = SigningKey.from_seed(ORIGIN, bytes([9]) * 32)
    with pytest.raises(Refused):
        make_proof(LOG.entries[0], [], LOG.checkpoint(1), stranger.vkey)
    with pytest.raises(AssertionError):
        make_proof(LOG.entries[1], [], LOG.checkpoint(1), KEY.vkey)


def test_the_command_answers_in_exit_status_and_words(tmp_path: Path) -> None:
    proof, kept = tmp_path / "proof.json", tmp_path / "checkpoint"
    proof.write_text(LOG.prove(3, older=4), encoding="utf-8")
    kept.write_text(LOG.checkpoint(4), encoding="utf-8")
    free = run(proof)
    assert (free.returncode, free.stderr) == (0, "")
    assert free.stdout.startswith("valid")
    assert root_of(LOG.leaves()).hex() in free.stdout
    assert "NOT pinned" in free.stdout
    pinned = run(proof, "--vkey", KEY.vkey, "--checkpoint", kept)
    assert pinned.returncode == 0
    assert "NOT pinned" not in pinned.stdout
    proof.write_text(LOG.prove(3).replace("91330000", "91330001"), encoding="utf-8")
    wrong = run(proof)
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert wrong.stdout.startswith("invalid: the entry's path does not lead to the root")


def test_wrong_usage_is_told_apart(tmp_path: Path) -> None:
    proof, empty = tmp_path / "proof.json", tmp_path / "empty"
    proof.write_text(LOG.prove(3), encoding="utf-8")
    empty.touch()
    for arguments in (
        (),
        (tmp_path / "absent",),
        (tmp_path,),
        (proof, "--vkey", "nonsense"),
        (proof, "--checkpoint", tmp_path / "absent"),
        (proof, "--checkpoint", empty),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


ALONE = """
import runpy, sys
sys.path.append(sys.argv.pop(1))
sys.argv.pop(0)
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    assert not {"lianshu", "msgspec", "site"} & set(sys.modules), "only what the machine has"
"""


def test_the_file_alone_is_enough(tmp_path: Path) -> None:
    # A machine without the platform: the standard library and cryptography, no other package.
    machine, packages = tmp_path / "packages", Path(cryptography.__file__).parent.parent
    machine.mkdir()
    for name in ("cryptography", "cffi", "_cffi_backend"):
        for found in packages.glob(f"{name}*"):
            (machine / found.name).symlink_to(found)
    copy, proof = tmp_path / "check.py", tmp_path / "proof.json"
    shutil.copy(check.__file__, copy)
    proof.write_text(LOG.prove(3), encoding="utf-8")
    done = python("-I", "-S", "-c", ALONE, machine, copy, proof, "--vkey", KEY.vkey)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("valid")
