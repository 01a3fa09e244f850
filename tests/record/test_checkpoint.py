"""Signed checkpoints: a real log's are read, wrong ones are refused by both readers."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from lianshu.kernel.refusal import Refused
from lianshu.record import check
from lianshu.record.checkpoint import (
    MAX_SIGNATURES,
    make_checkpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from lianshu.record.merkle import (
    consistency_proof,
    leaf_hash,
    root_of,
    tile_path,
    verify_consistency,
)
from lianshu.record.signing import SigningKey

ORIGIN = "example.org/链主"
KEY = SigningKey.from_seed(ORIGIN, bytes(32))
OTHER = SigningKey.from_seed(ORIGIN, bytes([1]) * 32)
WITNESS = SigningKey.from_seed("witness.example", bytes([2]) * 32)
ROOT = leaf_hash(b"a")
NOTE = make_checkpoint(ORIGIN, 1, ROOT, KEY)


def witness_line(note: str) -> str:
    body = note[: note.rfind("\n\n") + 1]
    signed = WITNESS.verifier.key_hash + WITNESS.sign(body.encode())
    return f"— {WITNESS.name} {base64.b64encode(signed).decode()}\n"


def is_refused_by_both(text: str) -> bool:
    with pytest.raises(check.Invalid):
        check.read_checkpoint(text, check.parse_vkey(KEY.vkey))
    with pytest.raises(Refused):
        verify_checkpoint(text, [KEY.vkey])
    return True


def test_a_checkpoint_says_what_was_signed() -> None:
    found = verify_checkpoint(NOTE, [KEY.vkey])
    assert (found.origin, found.size, found.root) == (ORIGIN, 1, ROOT)
    assert found.signers == (ORIGIN,)
    assert found.text() == NOTE
    assert check.read_checkpoint(NOTE, check.parse_vkey(KEY.vkey)) == (1, ROOT, 0)


def test_extension_lines_are_signed() -> None:
    note = make_checkpoint(ORIGIN, 1, ROOT, KEY, extensions=("time 0", "扩展"))
    assert verify_checkpoint(note, [KEY.verifier]).extensions == ("time 0", "扩展")
    assert is_refused_by_both(note.replace("time 0", "time 1"))
    for bad in ("", "a\tb", "a\nb\n"):
        with pytest.raises(Refused):
            make_checkpoint(ORIGIN, 1, ROOT, KEY, extensions=(bad,))


def test_witness_lines_are_kept_and_checked_when_the_key_is_known() -> None:
    note = NOTE + witness_line(NOTE)
    assert verify_checkpoint(note, [KEY.vkey]).signers == (ORIGIN,)
    assert verify_checkpoint(note, [WITNESS.vkey, KEY.vkey]).signers == (ORIGIN, WITNESS.name)
    assert parse_checkpoint(note).text() == note
    assert check.read_checkpoint(note, check.parse_vkey(KEY.vkey)).unchecked == 1
    wrong = NOTE + witness_line(NOTE.replace("\n1\n", "\n2\n"))
    assert verify_checkpoint(wrong, [KEY.vkey]).signers == (ORIGIN,)
    with pytest.raises(Refused, match="is wrong"):
        verify_checkpoint(wrong, [KEY.vkey, WITNESS.vkey])


def test_a_witness_alone_does_not_vouch_for_the_log() -> None:
    body = NOTE[: NOTE.rfind("\n\n") + 2]
    with pytest.raises(Refused, match="no trusted key"):
        verify_checkpoint(body + witness_line(NOTE), [KEY.vkey, WITNESS.vkey])


def test_another_key_of_the_same_name_is_not_trusted() -> None:
    assert is_refused_by_both(make_checkpoint(ORIGIN, 1, ROOT, OTHER))
    with pytest.raises(Refused, match="origin"):
        make_checkpoint("example.org/other", 1, ROOT, KEY)


def test_every_change_of_a_character_is_refused() -> None:
    for at in range(len(NOTE)):
        for other in (chr(ord(NOTE[at]) ^ 1), "\n", " ", "A"):
            if other != NOTE[at]:
                assert is_refused_by_both(NOTE[:at] + other + NOTE[at + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\n1\n", "\n01\n"),
        NOTE.replace("\n1\n", "\n-1\n"),
        NOTE.replace("\n1\n", "\n1.0\n"),
        NOTE.replace("\n1\n", "\n１\n"),
        NOTE.replace("\n1\n", "\n99999999999999999999\n"),
        NOTE.replace("\n1\n", "\n\n1\n"),
        NOTE.replace("— ", "- "),
        "\ufeff" + NOTE,
        "\x00" * 100,
    ],
)
def test_malformed_notes_are_refused(text: str) -> None:
    assert is_refused_by_both(text)


def test_a_flood_of_signatures_is_refused() -> None:
    with pytest.raises(Refused, match="more than"):
        parse_checkpoint(NOTE + witness_line(NOTE) * MAX_SIGNATURES)


def test_a_real_log_is_read(shared_data: Path) -> None:
    log = shared_data / "trace" / "tlog-tessera"
    if not log.is_dir():
        pytest.skip("no tlog-tiles log beside this repository")
    vkey = (log / "VKEY").read_text().strip()
    found = [
        verify_checkpoint((log / "log" / f"checkpoint.{size}").read_text(), [vkey])
        for size in range(16)
    ]
    for size, checkpoint in enumerate(found):
        text = (log / "log" / f"checkpoint.{size}").read_text()
        assert check.read_checkpoint(text, check.parse_vkey(vkey))[:2] == (size, checkpoint.root)
        assert checkpoint.size == size
        if size:
            tile = (log / "log" / tile_path(0, 0, size)).read_bytes()
            leaves = [tile[at : at + 32] for at in range(0, len(tile), 32)]
            assert root_of(leaves) == checkpoint.root
            for older in found[:size]:
                path = consistency_proof(older.size, size, leaves)
                new = (size, checkpoint.root)
                assert verify_consistency((older.size, older.root), new, path)
