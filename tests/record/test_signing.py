"""Keys: saved whole and privately, known by one text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.refusal import Refused
from lianshu.record import check
from lianshu.record.signing import SigningKey, VerifierKey, create_key, decode_base64, load_key

NAME = "example.org/链主"


def test_a_saved_key_signs_as_before(tmp_path: Path) -> None:
    path = tmp_path / "log.pem"
    key = create_key(path, NAME)
    again = load_key(path, NAME)
    assert again.vkey == key.vkey
    assert VerifierKey.parse(key.vkey).verify(again.sign(b"message"), b"message")
    assert check.parse_vkey(key.vkey) == (NAME, key.verifier.key_hash, key.verifier.public)


def test_a_key_file_is_private_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_key(tmp_path / "log.pem", NAME)
    finally:
        os.umask(before)
    assert (tmp_path / "log.pem").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["log.pem"]


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "log.pem"
    create_key(path, NAME)
    before = path.read_bytes()
    with pytest.raises(Refused, match="exists"):
        create_key(path, NAME)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["log.pem"]


def test_what_is_not_a_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.pem"
    with pytest.raises(Refused, match="cannot be read"):
        load_key(path, NAME)
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    good = SigningKey.from_seed(NAME, bytes(32)).pem()
    for content in (b"", b"\xff\x00", other, good[:60], good.replace(b"M", b"!")):
        path.write_bytes(content)
        with pytest.raises(Refused, match="not an Ed25519 key"):
            load_key(path, NAME)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\u202eb"])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(Refused):
        SigningKey.from_seed(name, bytes(32))


def test_a_private_key_is_not_shown() -> None:
    key = SigningKey.from_seed(NAME, bytes(range(32)))
    assert bytes(range(32)).hex() not in f"{key!r} {key} {vars(key)}"


@given(st.binary(min_size=32, max_size=32), st.data())
def test_every_change_of_a_vkey_is_refused_by_both_readers(
    seed: bytes, data: st.DataObject
) -> None:
    vkey = SigningKey.from_seed(NAME, seed).vkey
    at = data.draw(st.integers(0, len(vkey) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != vkey[at]))
    changed = vkey[:at] + other + vkey[at + 1 :]
    with pytest.raises(Refused):
        VerifierKey.parse(changed)
    with pytest.raises(check.Invalid):
        check.parse_vkey(changed)


def test_base64_has_one_spelling() -> None:
    assert decode_base64("") == b""
    for text in ("AQ", "AQ=", "AQ==\n", " AQ==", "AR==", "A-==", "链"):
        assert decode_base64(text) is None
