"""The page on which anybody checks the record."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

Client = Callable[[str], Any]


def text(answer: Any) -> str:
    """The page with its entities read."""
    return unescape(answer.content.decode())


def sent(client: Any, data: bytes, **more: str) -> str:
    """The page after uploading a proof."""
    upload = SimpleUploadedFile("proof.json", data)
    return text(client.post("/verify/", {"proof": upload, "vkey": "", "kept": "", **more}))


def test_anybody_sees_checkpoint_key_and_root(record: Any, visitor: Any) -> None:
    page = text(visitor.get("/verify/"))
    assert record.head().root.hex() in page
    assert record.key.vkey in page
    assert "开始校核" not in page
    note = visitor.get("/verify/checkpoint").content.decode()
    assert note == record.head().note


def test_a_proof_is_judged_with_its_reason(record: Any, visitor: Any) -> None:
    from lianshu.app.proving import prove

    proof = prove(record, 7)
    page = sent(visitor, proof.encode())
    assert "该条目逐字节在已签名的日志中" in page
    assert "公钥是本站日志的公钥，但取自本站和证明文件本身" in page
    assert "树根与证明一致" in page
    page = sent(visitor, proof.encode(), vkey=record.key.vkey, kept=record.head().note)
    assert "公钥与您给出的一致" in page
    changed = json.loads(proof)
    changed["digest"] = "0" * 64
    page = sent(visitor, json.dumps(changed).encode())
    assert 'class="card verdict-bad"' in page
    assert "摘要与载荷的含义不符" in page
    assert "证明文件不是 UTF-8 的 JSON" in sent(visitor, b"\xff\xfe")


def test_a_key_or_file_that_is_none_is_told_at_its_field(record: Any, visitor: Any) -> None:
    page = sent(visitor, b"{}", vkey="nonsense")
    assert "vkey 不是 名称+哈希+base64" in page
    assert 'aria-invalid="true"' in page
    assert 'aria-invalid="true"' in text(visitor.post("/verify/", {}))
    assert "证明文件不得超过 4 MiB" in sent(visitor, b" " * (4 * 2**20 + 1))


def test_the_checker_runs_alone(record: Any, visitor: Any, tmp_path: Path) -> None:
    from lianshu.app.proving import prove

    answer = visitor.get("/verify/check.py")
    checker, proof = tmp_path / "check.py", tmp_path / "proof.json"
    checker.write_bytes(answer.content)
    proof.write_text(prove(record, 3), encoding="utf-8")
    command = [sys.executable, "-I", checker, proof, "--vkey", record.key.vkey]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0
    assert "有效".encode() in done.stdout


def test_the_lead_verifies_the_whole_log(record: Any, signed_in: Client) -> None:
    page = text(signed_in("lead").post("/verify/run"))
    assert "日志完整：未发现任何改动" in page
    assert record.head().root.hex() in page
    assert signed_in("bank").post("/verify/run").status_code == 403
    assert signed_in("lead").get("/verify/run").status_code == 405


def test_public_pages_say_what_this_is_without_signing_in(record: Any, visitor: Any) -> None:
    from lianshu.flow.action import actions
    from lianshu.flow.glossary import glossary
    from lianshu.flow.table import projections, table

    about = text(visitor.get("/about/"))
    assert f"此站点的记录现有 {record.head().size} 条" in about
    for address in ("/verify/", "/glossary/", "/schema/", "/account/sign-in"):
        assert f'href="{address}"' in about
    page = text(visitor.get("/schema/"))
    for name in projections():
        for column in table(name).columns:
            assert column.meaning_zh
            assert column.meaning_zh in page
    assert all(one.meaning_zh and one.meaning_zh in page for one in actions().values())
    page = text(visitor.get("/glossary/"))
    assert all(term.meaning.zh in page for term in glossary().values())
    assert text(visitor.get("/glossary/?q=zzz")).count("<tbody>") == 0
    visitor.cookies["lianshu_language"] = "en"
    assert "What flows: goods, a currency" in text(visitor.get("/schema/"))
