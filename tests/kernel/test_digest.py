from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianshu.kernel.digest import Digest
from tests.kernel.refusals import refusal_code


@given(st.binary())
def test_digest_is_sha_256_and_reads_back(data: bytes) -> None:
    digest = Digest.of(data)
    assert digest.value == hashlib.sha256(data).digest()
    assert Digest.parse(str(digest)) == digest
    assert digest.hex == str(digest)


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 63 + " ", None])
def test_what_is_no_digest(text: object) -> None:
    assert refusal_code(lambda: Digest.parse(text)) == "digest_shape"
