"""Parameters that several operations take, with their bounds."""

from __future__ import annotations

from typing import Annotated

from ninja import Path, Query

LARGEST = 2**53 - 1  # the largest integer that JSON carries everywhere (RFC 8259 §6)

After = Annotated[int, Query(0, ge=0, le=LARGEST, description="从此之后 / after this number")]
PageSize = Annotated[int, Query(100, ge=1, le=1000, description="每页行数 / rows a page")]
QueryText = Annotated[str, Query("", max_length=300)]
EntrySeq = Annotated[int, Path(..., ge=1, le=LARGEST, description="条目序号 / entry number")]
AsOfText = Annotated[
    str,
    Query(
        "",
        max_length=64,
        description="当时所知：条目序号或 ISO 8601 时间 / as known then: an entry number or a time",
    ),
]
