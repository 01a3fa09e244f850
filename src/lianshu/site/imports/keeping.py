"""Uploaded files: kept in the workspace for their owner only, and gone when the record has answered."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from lianshu.app.workspace import Workspace
from lianshu.exchange.source import MEBIBYTE
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.site.imports.models import DONE, UNDER_WAY, ImportJob

MAX_UPLOAD_BYTES: Final = 64 * MEBIBYTE
FOLDER: Final = "uploads"
OUTCOMES: Final = "outcomes.csv"
OWN_MAPPING: Final = "mapping.yaml"
SUFFIXES: Final = (
    ".csv", ".csv.gz", ".csv.xz", ".tsv", ".txt", ".xlsx", ".ndjson", ".ndjson.gz", ".jsonl",
    ".jsonl.gz", ".json", ".gz", ".xz",
)  # fmt: skip
MAPPING_BYTES: Final = 256 * 1024
FILE_KEPT: Final = timedelta(days=1)  # a file that nobody confirmed
OUTCOMES_KEPT: Final = timedelta(days=30)
_UNSAFE: Final = re.compile(r"[^\w.()\u3000-\u9fff -]+")


def folder_of(workspace: Workspace, job: ImportJob) -> Path:
    """The folder of one job, which only the server's own user may open."""
    return workspace.path / FOLDER / str(job.pk)


def file_of(workspace: Workspace, job: ImportJob) -> Path:
    """The uploaded file of a job."""
    return folder_of(workspace, job) / safe_name(job.name)


def safe_name(name: str) -> str:
    """A file name without folders, control characters or a leading dot, at most 100 characters.

    >>> safe_name("../../etc/passwd"), safe_name("订单 2026.csv"), safe_name(".x"), safe_name("a\\\\b.csv")
    ('passwd', '订单 2026.csv', 'x', 'b.csv')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = _UNSAFE.sub("_", last).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    plain = f"{stem[:90]}{dot}{suffix[:9]}" if dot else plain[:100]
    # The folder holds files of our own beside it.
    return f"file-{plain}" if plain in ("", OUTCOMES, OWN_MAPPING) else plain


def keep_upload(workspace: Workspace, job: ImportJob, chunks: Iterable[bytes]) -> None:
    """Write the file and note its size and digest on the job; raises ``Refused`` above the limit."""
    folder = folder_of(workspace, job)
    (workspace.path / FOLDER).mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700)
    digest, size = hashlib.sha256(), 0
    handle = os.open(file_of(workspace, job), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_UPLOAD_BYTES:
                raise Refused(too_large())
            digest.update(chunk)
            file.write(chunk)
    job.size, job.sha256 = size, digest.hexdigest()


def keep_mapping(workspace: Workspace, job: ImportJob, text: bytes) -> str:
    """Write somebody's own mapping beside the file; the word for it as a format."""
    if len(text) > MAPPING_BYTES:
        rule = Text("映射不得超过 256 KiB", "a mapping has at most 256 KiB")
        remedy = Text("确认选对了文件", "check that it is the right file")
        raise Refused(Refusal("mapping", rule, remedy, code="mapping"))
    path = folder_of(workspace, job) / OWN_MAPPING
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
    return f"mapping:{path}"


def too_large() -> Refusal:
    """The refusal of a file above the limit."""
    limit = f"{MAX_UPLOAD_BYTES // MEBIBYTE} MiB"
    rule = Text(f"上传的文件不得超过 {limit}", f"an uploaded file has at most {limit}")
    remedy = Text(
        "压缩为 .gz 后上传、拆成几份，或在服务器上用 lianshu capture 导入",
        "compress it as .gz, split it, or capture it on the server with lianshu capture",
    )
    return Refusal("file", rule, remedy, code="file_size")


def check_name(name: str) -> None:
    """Refuse a file whose name says that it is of no kind we read."""
    if not name.lower().endswith(SUFFIXES):
        rule = Text("不支持此类文件", "files of this kind are not read")
        remedy = Text(
            "上传 CSV、Excel（.xlsx）或 NDJSON 文件，可用 .gz 压缩",
            "upload CSV, Excel (.xlsx) or NDJSON, compressed as .gz if you like",
        )
        raise Refused(Refusal("file", rule, remedy, code="file_type"))


def drop_file(workspace: Workspace, job: ImportJob) -> None:
    """Remove the uploaded file and its mapping; the outcomes stay until they are old."""
    for path in (file_of(workspace, job), folder_of(workspace, job) / OWN_MAPPING):
        path.unlink(missing_ok=True)


def drop_folder(workspace: Workspace, job: ImportJob) -> None:
    """Remove everything of a job."""
    shutil.rmtree(folder_of(workspace, job), ignore_errors=True)


def clear_stale(workspace: Workspace, now: datetime) -> None:
    """Remove files that nobody confirmed for a day, and outcomes older than a month."""
    old: Any = ImportJob.objects.exclude(state__in=UNDER_WAY)
    for job in old.filter(created__lt=now - FILE_KEPT).exclude(state=DONE):
        drop_file(workspace, job)
    for job in old.filter(created__lt=now - OUTCOMES_KEPT):
        drop_folder(workspace, job)
