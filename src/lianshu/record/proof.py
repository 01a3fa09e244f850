"""Proof: one file by which anyone can check, offline, that an entry is in the log.

JSON with the entry (envelope and bytes as received), its path to the root, the signed checkpoint and
the log's public key; if asked, also the path from an older checkpoint that the reader kept. The reader
runs ``python -m lianshu.record.check PROOF``, or that one file copied anywhere.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from lianshu.record.checkpoint import verify_checkpoint
from lianshu.record.entry import Entry
from lianshu.record.merkle import leaf_hash, verify_consistency, verify_inclusion
from lianshu.record.signing import VerifierKey

PROOF_FORMAT = "lianshu-proof/v1"
PROOF_MEDIA_TYPE = "application/vnd.lianshu.proof+json"


def make_proof(
    entry: Entry,
    path: Sequence[bytes],
    checkpoint: str,
    vkey: str,
    *,
    older: tuple[str, Sequence[bytes]] | None = None,
) -> str:
    """The proof file of ``entry``, as text ending in a newline.

    ``path`` is ``inclusion_proof(entry.seq - 1, size, ...)`` for the checkpoint's size; ``older`` an
    earlier checkpoint's text and the consistency proof from it. Raises ``Refused`` if a checkpoint is
    not signed by ``vkey``. A proof that would not verify is a defect here, so it is asserted, never handed out.

    >>> from lianshu.record.checkpoint import make_checkpoint
    >>> from lianshu.record.signing import SigningKey
    >>> key = SigningKey.from_seed("example.org/log", bytes(32))
    >>> entry = Entry(1, "a", "event", "", 0, "text/plain", b"hello", bytes(32))
    >>> note = make_checkpoint("example.org/log", 1, leaf_hash(entry.leaf_data()), key)
    >>> make_proof(entry, [], note, key.vkey).splitlines()[1]
    ' "format": "lianshu-proof/v1",'
    """
    key = VerifierKey.parse(vkey)
    signed = verify_checkpoint(checkpoint, [key])
    leaf = (entry.seq - 1, leaf_hash(entry.leaf_data()))
    assert verify_inclusion(leaf, signed.size, path, signed.root), "the path leads to the root"
    proof: dict[str, Any] = {
        "format": PROOF_FORMAT,
        "entry": _envelope(entry),
        "payload": base64.b64encode(entry.payload).decode(),
        "digest": entry.digest.hex(),
        "leaf_index": entry.seq - 1,
        "inclusion": [node.hex() for node in path],
        "checkpoint": checkpoint,
        "vkey": vkey,
    }
    if older is not None:
        older_text, older_path = older
        before = verify_checkpoint(older_text, [key])
        link = ((before.size, before.root), (signed.size, signed.root), older_path)
        assert verify_consistency(*link), "the older log is the beginning of this one"
        proof["consistency"] = {
            "checkpoint": older_text,
            "path": [node.hex() for node in older_path],
        }
    return json.dumps(proof, ensure_ascii=False, indent=1) + "\n"


def _envelope(entry: Entry) -> dict[str, str | int]:
    return {
        "seq": entry.seq,
        "id": entry.id,
        "kind": entry.kind,
        "source": entry.source,
        "received_us": entry.received_us,
        "media_type": entry.media_type,
        "supersedes": entry.supersedes,
        "key_id": entry.key_id,
        "signature": base64.b64encode(entry.signature).decode(),
    }
