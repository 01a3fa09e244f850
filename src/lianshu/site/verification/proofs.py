"""Checking an uploaded proof: the same functions that anybody runs offline, with the answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lianshu.app.workspace import Workspace
from lianshu.kernel.text import Text
from lianshu.record.check import Invalid, Report, check_proof, parse_vkey
from lianshu.site.components.blocks import Fact
from lianshu.site.texts import say
from lianshu.site.written import grouped

MAX_PROOF_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one proof: valid or not, why, and what was found true."""

    valid: bool
    reason: Text
    facts: list[Fact]
    remarks: list[Text]


def judged(data: bytes, *, vkey: str = "", kept: str = "", workspace: Workspace | None) -> Verdict:
    """Check the bytes of a proof file against a trusted key and a kept checkpoint, where given.

    >>> judged(b"[]", workspace=None).reason.en
    'the proof is not a JSON object'
    """
    try:
        report = check_proof(data, vkey, kept)
    except Invalid as invalid:
        return Verdict(False, Text(invalid.zh, invalid.en), [], [])
    reason = Text(
        "该条目逐字节在已签名的日志中。", "The entry, byte for byte, is in the signed log."
    )
    return Verdict(True, reason, facts_of(report), remarks_on(report, vkey, workspace))


def facts_of(report: Report) -> list[Fact]:
    """What the proof shows."""
    entry, point = report.entry, report.checkpoint
    return [
        Fact(say("verify.entry"), str(entry["id"]), "code"),
        Fact(
            say("verify.position"),
            say("verify.position_of", None, seq=grouped(entry["seq"]), size=grouped(point.size)),
        ),
        Fact(say("verify.root"), point.root.hex(), "code"),
        Fact(say("verify.log"), report.key.name, "code"),
        Fact(say("verify.key_hash"), report.key.key_hash.hex(), "code"),
    ]


def remarks_on(report: Report, vkey: str, workspace: Workspace | None) -> list[Text]:
    """What a reader must know besides: whose key it is, what was not checked."""
    own = workspace is not None and parse_vkey(workspace.key.vkey) == report.key
    tests: Mapping[str, bool] = {
        "verify.remark.pinned": bool(vkey),
        "verify.remark.own_key": own and not vkey,
        "verify.remark.unknown_key": not own and not vkey,
        "verify.remark.same_root": own and is_ours(report, workspace),
        "verify.remark.other_root": own and not is_ours(report, workspace),
        "verify.remark.older": report.older is not None,
        "verify.remark.meaning": not report.meaning_checked,
        "verify.remark.signature": bool(report.entry["signature"]),
    }
    return [Text(say(key, "zh-hans"), say(key, "en")) for key, holds in tests.items() if holds]


def is_ours(report: Report, workspace: Workspace | None) -> bool:
    """Whether this site's log had the proof's root at the proof's size."""
    if workspace is None:
        return False
    signed = {size: bytes(root) for size, root, _, _ in workspace.store.checkpoints()}
    return signed.get(report.checkpoint.size) == report.checkpoint.root
