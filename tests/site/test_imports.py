"""The import wizard: nothing is written before it is confirmed, and every line is answered."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import stat
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from tests.site.conftest import EXAMPLES

Client = Callable[[str], Any]
TEA = EXAMPLES / "tea" / "chain"
HEAD = "flow,mood,action,time,item,qty,unit,to_place\n"
PATIENCE_S = 60


def text(answer: Any) -> str:
    """The page with its entities read."""
    return unescape(answer.content.decode())


def flows(name: str, *quantities: str) -> bytes:
    """A flow CSV with one line for each quantity."""
    lines = [
        f"{name}-{n},fact,raise,2026-05-01T08:00:00+08:00,LEAF,{qty},KGM,MILL-01-LEAF\n"
        for n, qty in enumerate(quantities)
    ]
    return (HEAD + "".join(lines)).encode()


def offered(client: Any, name: str, data: bytes, **more: Any) -> Any:
    """The answer to an upload."""
    form = {"file": SimpleUploadedFile(name, data), "format": "auto", "encoding": "utf-8", **more}
    return client.post("/imports/", form)


def looked(client: Any, name: str, data: bytes, **more: Any) -> str:
    """The address of the job of a file that could be read."""
    answer = offered(client, name, data, **more)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def confirmed(client: Any, address: str) -> str:
    """The page of the result, after the background has answered every line."""
    assert client.post(f"{address}confirm").status_code == 302
    until = time.monotonic() + PATIENCE_S
    while client.get(f"{address}progress").json()["under_way"]:
        assert time.monotonic() < until, "the job does not end"
    return text(client.get(address))


def job_at(address: str) -> Any:
    """The job of an address."""
    from lianshu.site.imports.models import ImportJob

    return ImportJob.objects.get(pk=address.split("/")[2])


def book(path: Path, spoil: bool) -> bytes:
    """The bundled chain as a workbook, with three bad cells if it is to be spoilt."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for source in sorted(TEA.glob("*.csv")):
        sheet = made.create_sheet(source.stem)
        for row in csv.reader(io.StringIO(source.read_text("utf-8"))):
            sheet.append(row)
    if spoil:
        orders = made["orders"]
        at = {str(cell.value): cell.column or 0 for cell in orders[1]}
        orders.cell(2, at["qty"]).value = "-5"
        orders.cell(3, at["unit"]).value = "bananas"
        orders.cell(4, at["item"]).value = "no-such-item"
    made.save(path)
    return path.read_bytes()


def test_a_file_is_looked_at_then_confirmed_and_the_second_time_it_exists(
    record: Any, signed_in: Client
) -> None:
    client, size = signed_in("lead"), record.head().size
    data = flows("once", "5", "7.5", "-2")
    address = looked(client, "库存 盘点.csv", data)
    page = text(client.get(address))
    assert "尚未写入任何内容" in page
    assert "数量：" in page  # what the column qty means
    assert "数量不得为负" in page or "不得为负" in page
    assert "事实·盘盈" in page
    assert record.head().size == size
    page = confirmed(client, address)
    assert "按行计：采纳 2，已存在 0，冲突 0，不合格 1。" in page
    assert record.head().size == size + 2
    page = confirmed(client, looked(client, "again.csv", data))
    assert "按行计：采纳 0，已存在 2，冲突 0，不合格 1。" in page
    assert record.head().size == size + 2


def test_the_preview_says_what_the_record_has_already(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    confirmed(client, looked(client, "a.csv", flows("known", "1", "2")))
    address = looked(client, "b.csv", flows("known", "1", "3", "4"))
    assert job_at(address).preview["known"] == {"exists": 1, "conflict": 1, "new": 1}
    page = confirmed(client, address)
    assert "采纳 1，已存在 1，冲突 1，不合格 0" in page
    answer = client.get(f"{address}outcomes.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    answer.close()
    assert [row[:2] for row in rows] == [
        ["line", "outcome"], ["1", "exists"], ["2", "conflict"], ["3", "accept"],
    ]  # fmt: skip
    assert "已用于含义不同的" in rows[2][2]


def test_a_mapped_export_shows_every_column_with_its_meaning(
    record: Any, signed_in: Client
) -> None:
    import lzma

    client, size = signed_in("lead"), record.head().size
    packed = (EXAMPLES / "scms" / "scms_2006_2013H1.csv.xz").read_bytes()
    whole = lzma.decompress(packed).decode()
    some = "".join(line + "\n" for line in whole.split("\n")[:301]).encode()
    address = looked(client, "export.csv.gz", gzip.compress(some))
    job = job_at(address)
    assert (job.format, job.preview["lines"]) == ("mapping:scms", 300)
    assert {one["header"] for one in job.preview["columns"]} >= {"Freight Cost (USD)", "Vendor"}
    for column in job.preview["columns"]:
        parts = ("understood", "empty", "tokens", "resolved", "unread")
        assert sum(column[part] for part in parts) == 300
    page = text(client.get(address))
    assert "运费" in page or "已知的非数值" in page
    assert "Pre-PQ Process" in page  # as it stands
    assert record.head().size == size
    client.cookies["lianshu_language"] = "en"
    assert "Known non-values" in text(client.get(address))


def test_their_own_mapping_comes_with_the_file(record: Any, signed_in: Client) -> None:
    mapping = b"""
name: mine
title: {zh: \xe8\x87\xaa\xe6\x9c\x89, en: mine}
input: {timezone: "+08:00"}
columns:
  number: {header: "No", type: code, required: true, unique: true}
  day: {header: Day, type: date, required: true}
  kg: {header: Kg, type: decimal, required: true}
entries:
  - id: "mine:{number}"
    kind: event
    flows:
      - name: raise
        set: {mood: fact, action: raise, time: "{day}", item: LEAF, qty: "{kg}", unit: KGM, to_place: MILL-01-LEAF}
"""
    client = signed_in("lead")
    export = b"No,Day,Kg\n1,2026-05-01,10\n2,tomorrow,10\n"
    assert offered(client, "mine.csv", export).status_code == 400  # no mapping of ours fits
    answer = offered(client, "mine.csv", export, format="own")
    assert "请同时上传映射文件" in text(answer)
    own = SimpleUploadedFile("map.yaml", mapping)
    address = looked(client, "mine.csv", export, format="own", mapping=own)
    page = text(client.get(address))
    assert "流·数量" in page
    assert "tomorrow" in page
    assert "采纳 1" in confirmed(client, address)
    broken = SimpleUploadedFile("map.yaml", b"name: [")
    answer = offered(client, "mine.csv", export, format="own", mapping=broken)
    assert "不是有效的 YAML" in text(answer)


def test_a_package_with_errors_writes_nothing_and_comes_back_marked(
    record: Any, signed_in: Client, tmp_path: Path
) -> None:
    client, size = signed_in("lead"), record.head().size
    address = looked(client, "chain.xlsx", book(tmp_path / "bad.xlsx", spoil=True))
    page = text(client.get(address))
    assert "链包有误，一行也不会写入" in page
    assert "确认写入</button>" not in page
    answer = client.get(f"{address}errors.xlsx")
    marked = load_workbook(io.BytesIO(answer.content))
    found = {str(row[1]) for row in marked.worksheets[0].iter_rows(min_row=2, values_only=True)}
    bad = {c.coordinate for row in marked["orders"].iter_rows() for c in row if c.comment}
    assert bad
    assert bad <= found
    client.post(f"{address}confirm")
    assert job_at(address).state == "looked"
    assert record.head().size == size


def test_a_clean_package_is_taken_and_the_template_is_given(
    record: Any, signed_in: Client, tmp_path: Path
) -> None:
    client = signed_in("lead")
    address = looked(client, "chain.xlsx", book(tmp_path / "good.xlsx", spoil=False))
    assert "全部条目都已在记录中" in text(client.get(address))  # the fixture took it as a folder
    assert "采纳 0" in confirmed(client, address)
    answer = client.get("/imports/template.xlsx")
    template = load_workbook(io.BytesIO(answer.content))
    assert "orders" in template.sheetnames


def test_a_package_may_refer_to_orders_that_the_record_has(
    record: Any, signed_in: Client, tmp_path: Path
) -> None:
    rows = list(csv.DictReader(io.StringIO((TEA / "shipments.csv").read_text("utf-8"))))[:1]
    sheets = {"there": rows[0]["order"], "unknown": "PO-NONE"}
    orders = list(csv.DictReader(io.StringIO((TEA / "orders.csv").read_text("utf-8"))))
    of_it = next(row for row in orders if row["order"] == rows[0]["order"])
    parties = {"seller": of_it["seller"], "buyer": of_it["buyer"], "shipment": "PH-NEW"}
    found = {}
    for word, order in sheets.items():
        made = Workbook()
        sheet = made.worksheets[0]
        sheet.title = "shipments"
        sheet.append(list(rows[0]))
        sheet.append([{**rows[0], **parties, "order": order}[name] or None for name in rows[0]])
        made.save(tmp_path / f"{word}.xlsx")
        data = (tmp_path / f"{word}.xlsx").read_bytes()
        found[word] = text(signed_in("lead").get(looked(signed_in("lead"), f"{word}.xlsx", data)))
    assert "链包有误" not in found["there"]
    assert "没有订单 PO-NONE" in found["unknown"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("order.pdf", b"%PDF-1.7", "不支持此类文件"),
        ("order.csv", b"%PDF-1.7", "这是 PDF 文件"),
        ("order.csv", b"", "空"),
        ("order.csv", b"a,b\n1,2\n", "认不出文件的格式"),
        ("order.xlsx", b"not a workbook", "不是 .xlsx 工作簿"),
        ("order.csv.gz", gzip.compress(flows("cut", "1") * 50)[:60], "压缩文件已损坏"),
        ("order.csv", HEAD.encode() + b"\xff\xfe", "认不出文件的格式"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(
    name: str, data: bytes, said: str, record: Any, signed_in: Client
) -> None:
    from lianshu.site.imports.models import ImportJob

    jobs = ImportJob.objects.count()
    answer = offered(signed_in("lead"), name, data)
    if name == "order.csv" and data.startswith(HEAD.encode()):
        assert answer.status_code == 302  # the header is right: the one bad line is listed
        return
    assert answer.status_code == 400
    assert said in text(answer)
    assert ImportJob.objects.count() == jobs


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    record: Any, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lianshu.site.imports import keeping

    client = signed_in("lead")
    answer = client.generic("POST", "/imports/", b"", "multipart/form-data; boundary=x",
                            CONTENT_LENGTH=str(2 * 2**30))  # fmt: skip
    assert answer.status_code == 413
    assert "上传的文件不得超过 64 MiB" in text(answer)
    monkeypatch.setattr(keeping, "MAX_UPLOAD_BYTES", 100)
    answer = offered(client, "a.csv", flows("large", "1", "2", "3"))
    assert answer.status_code == 400
    assert "不得超过" in text(answer)


def test_a_form_from_elsewhere_uploads_nothing(record: Any) -> None:
    from django.test import Client as DjangoClient

    from lianshu.site.models import User

    client = DjangoClient(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username="lead"))
    assert offered(client, "a.csv", flows("forged", "1")).status_code == 403


def test_the_file_is_for_the_server_alone_and_goes_when_answered(
    record: Any, signed_in: Client
) -> None:
    from lianshu.site.imports.keeping import file_of, folder_of

    client = signed_in("lead")
    address = looked(client, "../../x\\y/库存.csv", flows("kept", "1"))
    job = job_at(address)
    path = file_of(record, job)
    assert path.parent.parent == record.path / "uploads"
    assert path.name == "库存.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    confirmed(client, address)
    assert not path.exists()
    dropped = looked(client, "b.csv", flows("dropped", "1"))
    assert client.post(f"{dropped}drop").status_code == 302
    assert job_at(dropped).state == "dropped"
    assert not folder_of(record, job_at(dropped)).exists()
    assert record.store.find("dropped-0") == 0


def test_a_job_whose_process_has_gone_is_shown_and_can_start_again(
    record: Any, signed_in: Client
) -> None:
    client = signed_in("lead")
    address = looked(client, "a.csv", flows("restart", "1", "2"))
    job = job_at(address)
    type(job).objects.filter(pk=job.pk).update(state="running", process="999999999:1")
    page = text(client.get(address))
    assert "服务器重启时写入中断" in page
    assert "重新开始" in page
    assert "采纳 2" in confirmed(client, address)


def test_a_job_is_its_owners_and_the_leads(record: Any, signed_in: Client) -> None:
    address = looked(signed_in("lead"), "a.csv", flows("mine", "1"))
    with_party("carrier", "CARRIER-01")
    theirs = looked(signed_in("carrier"), "a.csv", flows("theirs", "1"))
    assert signed_in("carrier").get(address).status_code == 404
    assert signed_in("carrier").post(f"{address}confirm").status_code == 404
    assert signed_in("lead").get(theirs).status_code == 200
    assert signed_in("ministry").get("/imports/").status_code == 403
    with_party("carrier", "")


def with_party(username: str, key: str) -> None:
    """Say which party somebody acts for."""
    from lianshu.site.models import Organisation

    Organisation.objects.filter(people__username=username).update(party_key=key)


def test_a_party_speaks_for_itself_only(record: Any, signed_in: Client) -> None:
    client = signed_in("supplier")
    with_party("supplier", "")
    answer = offered(client, "a.csv", flows("nobody", "1"))
    assert answer.status_code == 403
    assert "贵单位尚未对应到记录中的主体" in text(answer)
    with_party("supplier", "FARM-01")
    assert "采纳 1" in confirmed(client, looked(client, "a.csv", flows("farm", "1")))
    entry = record.entry(record.store.find("farm-0"))
    assert entry.source == "FARM-01"
    one = {"mood": "fact", "action": "raise", "time": "2026-05-01T00:00:00Z", "item": "LEAF",
           "qty": "1", "unit": "KGM", "to_place": "MILL-01-LEAF"}  # fmt: skip
    forged = {"id": "forged", "kind": "event", "source": "MILL-01", "flows": [one]}
    address = looked(client, "e.ndjson", json.dumps(forged).encode())
    assert "source 须为您的主体 FARM-01" in text(client.get(address))
    assert record.store.find("forged") == 0
    with_party("supplier", "")


def test_files_that_nobody_confirmed_are_removed_after_a_day(
    record: Any, signed_in: Client
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from lianshu.site.imports.keeping import file_of, folder_of

    client = signed_in("lead")
    job = job_at(looked(client, "old.csv", flows("old", "1")))
    type(job).objects.filter(pk=job.pk).update(created=timezone.now() - timedelta(days=2))
    looked(client, "new.csv", flows("new", "1"))
    assert not file_of(record, job).exists()
    type(job).objects.filter(pk=job.pk).update(created=timezone.now() - timedelta(days=31))
    looked(client, "newer.csv", flows("newer", "1"))
    assert not folder_of(record, job).exists()


def test_reading_a_file_in_another_format(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    address = looked(client, "a.csv", flows("reread", "1"))
    answer = client.post(f"{address}look", {"format": "mapping:scms", "encoding": "utf-8"})
    assert answer.status_code == 400
    assert "表头缺少映射所述的列" in text(answer)
    assert job_at(address).format == "flows"
    answer = client.post(f"{address}look", {"format": "flows", "encoding": "gb18030"})
    assert answer.status_code == 302
    assert job_at(address).encoding == "gb18030"


def test_no_cell_of_a_file_reaches_the_page_unescaped(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    data = flows("x", "1").replace(b"LEAF", b"<script>alert(1)</script>")
    page = client.get(looked(client, "<img src=x>.csv", data)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert re.search(r"&lt;script&gt;alert", page)
