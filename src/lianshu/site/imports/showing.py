"""A job and its preview as tables and facts for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from lianshu.exchange.package.schema import schema
from lianshu.flow.action import MOODS, actions
from lianshu.kernel.refusal import Refusal
from lianshu.kernel.text import Text
from lianshu.site.components.blocks import Fact
from lianshu.site.components.table import Action, Cell, Column, Row, Table
from lianshu.site.components.tile import Tile
from lianshu.site.imports import keeping
from lianshu.site.imports.meaning import mapping_titles
from lianshu.site.imports.models import MAY_START, ImportJob
from lianshu.site.imports.sentences import sample_sentence
from lianshu.site.record_view import RecordView
from lianshu.site.said import kind_words
from lianshu.site.texts import current_language, say, words_of
from lianshu.site.written import compact, grouped

Data = Mapping[str, Any]
STATE_TONES = {
    "looked": "info", "queued": "info", "running": "info", "done": "good", "refused": "bad",
    "failed": "bad", "stopped": "warn", "dropped": "quiet",
}  # fmt: skip
OUTCOME_TONES = {"accept": "good", "exists": "quiet", "conflict": "bad", "reject": "warn"}


def text_of(pair: Sequence[str]) -> Text:
    """A text from JSON."""
    return Text(*pair)


def format_words(job: ImportJob) -> str:
    """What the format of a job is called."""
    if not job.format.startswith("mapping:"):
        return say(f"imports.format.{job.format}")
    name = job.format.removeprefix("mapping:")
    title = mapping_titles().get(name)
    if title is None:
        return say("imports.format.own")
    return say("imports.format.mapping", None, title=words_of(title))


def size_words(size: int) -> str:
    """A number of bytes for people.

    >>> size_words(0), size_words(1536), size_words(5_000_000)
    ('0 KB', '2 KB', '4.8 MB')
    """
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


def jobs_table(jobs: Sequence[ImportJob]) -> Table:
    """The imports of a person, the latest first."""
    columns = [
        Column("name", say("imports.file"), header=True),
        Column("format", say("imports.format")),
        Column("size", say("imports.size"), "number"),
        Column("created", say("imports.created"), "date"),
        Column("state", say("imports.state")),
        Column("accept", say("outcome.accept"), "number"),
        Column("exists", say("outcome.exists"), "number"),
        Column("refused", say("imports.refused"), "number"),
    ]
    rows = [
        Row(
            [
                Cell(job.name, address=reverse("import_job", args=[job.pk])),
                format_words(job),
                size_words(job.size),
                job.created,
                Cell(say(f"imports.state.{job.state}"), tone=STATE_TONES[job.state]),
                job.counts.get("accept"),
                job.counts.get("exists"),
                sum(job.counts[name] for name in ("conflict", "reject")) if job.counts else None,
            ]
        )
        for job in jobs
    ]
    return Table(
        say("imports.mine"), columns, rows,
        empty=say("imports.mine_none"), empty_hint=say("imports.mine_hint"),
        actions=[Action(say("imports.template"), reverse("import_template"), "document")],
    )  # fmt: skip


def file_facts(job: ImportJob) -> list[Fact]:
    """What was handed in."""
    return [
        Fact(say("imports.file"), job.name),
        Fact(say("imports.format"), format_words(job)),
        Fact(say("imports.size"), size_words(job.size)),
        Fact(say("imports.created"), job.created, "date"),
        Fact(say("imports.digest"), job.sha256, "code"),
    ]


def preview_context(record: RecordView, job: ImportJob) -> dict[str, Any]:
    """Everything on the preview page."""
    found = job.preview
    blocked = found["format"] == "package" and bool(found["refused"])
    return {
        "facts": file_facts(job),
        "tiles": preview_tiles(found),
        "partial": "" if found["complete"] else say("imports.partial", None, count=grouped(found["entries"])),
        "columns": columns_table(found) if found["columns"] else None,
        "unread": unread_table(found),
        "conflicts": conflicts_table(found),
        "sheets": sheets_of(found),
        "rows": rows_table(found) if found.get("rows") else None,
        "samples": samples_table(record, found) if found["samples"] else None,
        "flows": flows_table(found) if found["flows"] else None,
        "refusals": refusals_table(found["refusals"], found["refused"]) if found["refused"] else None,
        "blocked": blocked,
        "nothing": not found["entries"] and not blocked,
        "all_known": found["entries"] and found["known"].get("exists", 0) == found["entries"],
    }  # fmt: skip


def preview_tiles(found: Data) -> list[Tile]:
    """The counts that decide whether to go on."""
    known = found["known"]
    becoming = say("imports.becoming", None, count=grouped(found["entries"]))
    return [
        Tile(say("imports.lines"), grouped(found["lines"]), instead=becoming),
        Tile(say("imports.new"), grouped(known.get("new", 0)), instead=say("imports.new_note")),
        Tile(say("outcome.exists"), grouped(known.get("exists", 0)), instead=say("imports.exists_note")),
        Tile(say("outcome.conflict"), grouped(known.get("conflict", 0)), instead=say("imports.conflict_note")),
        Tile(say("imports.refused"), grouped(found["refused"]), instead=say("imports.refused_note")),
    ]  # fmt: skip


def columns_table(found: Data) -> Table:
    """What becomes of each column, with how many of its cells are understood."""
    columns = [
        Column("header", say("imports.column"), header=True),
        Column("meaning", say("imports.meaning")),
        Column("understood", say("imports.understood"), "number"),
        Column("empty", say("imports.empty"), "number"),
        Column("tokens", say("imports.tokens"), "number"),
        Column("resolved", say("imports.resolved"), "number"),
        Column("unread", say("imports.unread"), "number"),
    ]
    rows = [
        Row(
            [
                Cell(one["header"], note=say(f"imports.type.{one['type']}") if one["type"] else ""),
                Cell(text_of(one["meaning"]), note=token_words(one)),
                *(one[name] or None for name in ("understood", "empty", "tokens", "resolved")),
                Cell(one["unread"], tone="warn") if one["unread"] else None,
            ],
            tone="warn" if one["unread"] else "",
        )
        for one in found["columns"]
    ]
    return Table(say("imports.columns", None, count=len(rows)), columns, rows)


def token_words(one: Data) -> str:
    """The known non-values of a column, with how often each stands there."""
    words = [
        f"{words_of(text_of(each['meaning']))} × {grouped(each['count'])}"
        for each in one["token_words"]
    ]
    return "; ".join(words)


def unread_table(found: Data) -> Table | None:
    """Examples of cells that are not understood; None where all are."""
    rows = [
        Row([one["header"], each["line"], each["text"], text_of(each["reason"])])
        for one in found["columns"]
        for each in one["examples"]
    ]
    columns = [
        Column("header", say("imports.column"), header=True),
        Column("line", say("imports.line"), "number"),
        Column("text", say("imports.text")),
        Column("reason", say("quality.reason")),
    ]
    return Table(say("imports.examples"), columns, rows) if rows else None


def conflicts_table(found: Data) -> Table | None:
    """Lines of an export that say different things of one thing; None where none do."""
    mapping = found.get("mapping")
    if not mapping or not mapping["conflicts"]:
        return None
    columns = [
        Column("thing", say("imports.thing"), header=True),
        Column("column", say("imports.column")),
        Column("kept", say("imports.kept")),
        Column("other", say("imports.other")),
        Column("line", say("imports.line"), "number"),
    ]
    rows = [
        Row([Cell(id_, note=say(f"table.{table}")), column, kept, other, line])
        for table, id_, column, kept, other, line in mapping["conflict_examples"]
    ]
    return Table(say("imports.conflicts", None, count=mapping["conflicts"]), columns, rows)


def rows_table(found: Data) -> Table:
    """The first rows of the file as they stand."""
    head = found["head"] or [say("imports.line_text")]
    width = len(head)
    columns = [Column(f"c{n}", name or "–") for n, name in enumerate(head)]
    rows = [Row([*row[:width], *[""] * (width - len(row))]) for row in found["rows"]]
    return Table(say("imports.first_rows", None, count=len(rows)), columns, rows, numbered=True)


def sheets_of(found: Data) -> list[tuple[Table, bool]]:
    """The tables of a package, and whether to show the rows of each at once."""
    return [(sheet_table(each), bool(each["findings"])) for each in found.get("tables", ())]


def sheet_table(one: Data) -> Table:
    """One table of a package: its first rows, with how many there are and how many are bad."""
    table = schema(one["name"])
    columns = [Column(f"c{n}", table.column(name).title) for n, name in enumerate(one["head"])]
    width = len(columns)
    rows = [Row([*row, *[""] * (width - len(row))]) for row in one["first"]]
    title = words_of(text_of(one["title"]))
    key = "imports.sheet_bad" if one["findings"] else "imports.sheet"
    caption = say(key, None, title=title, rows=grouped(one["rows"]), count=grouped(one["findings"]))
    return Table(caption, columns, rows, empty=say("imports.sheet_empty"), caption_hidden=True)


def flows_table(found: Data) -> Table:
    """The kinds of flow that would result."""
    columns = [
        Column("kind", say("reading.need_kind"), header=True),
        Column("count", say("reading.count"), "number"),
    ]
    rows = [Row([flow_title(mood, action), count]) for mood, action, count in found["flows"]]
    return Table(say("imports.flows"), columns, rows)


def flow_title(mood: str, action: str) -> Text:
    """A kind of flow in words.

    >>> flow_title("fact", "pay").en
    'Fact: Pay'
    """
    named = actions()[action].title
    return Text(f"{MOODS[mood].zh}·{named.zh}", f"{MOODS[mood].en}: {named.en}")


def samples_table(record: RecordView, found: Data) -> Table:
    """Some of the entries that would result."""
    columns = [
        Column("line", say("imports.line"), "number"),
        Column("id", say("quality.entry_id"), "code", header=True),
        Column("kind", say("quality.entry_kind")),
        Column("says", say("imports.says")),
    ]
    rows = [
        Row(
            [
                one["line"],
                one["id"],
                kind_words(one["kind"]),
                sample_sentence(record, one, found.get("names", {})),
            ]
        )
        for one in found["samples"]
    ]
    return Table(say("imports.samples", None, count=len(rows)), columns, rows)


def refusals_table(refusals: Sequence[Data], total: int) -> Table:
    """What would be or was refused: line, field, rule, remedy."""
    columns = [
        Column("line", say("imports.line"), "number"),
        Column("field", say("quality.field"), "code", header=True),
        Column("rule", say("quality.rule")),
        Column("remedy", say("quality.remedy")),
    ]
    rows = []
    for one in refusals:
        refusal = Refusal(one["field"], text_of(one["rule"]), text_of(one["remedy"]), one["line"])
        rows.append(
            Row([refusal.line or None, refusal.field, refusal.rule, refusal.remedy], tone="bad")
        )
    caption = say("imports.refusals", None, count=grouped(total), shown=len(rows))
    return Table(caption, columns, rows)


def job_context(record: RecordView, job: ImportJob) -> dict[str, Any]:
    """Everything on the pages of progress and result."""
    refused = sum(job.line_counts.get(name, 0) for name in ("conflict", "reject"))
    folder = keeping.folder_of(record.workspace, job)
    return {
        "facts": file_facts(job),
        "state_words": say(f"imports.state.{job.state}"),
        "tone": STATE_TONES[job.state],
        "words": progress_words(job),
        "total": job.preview.get("entries") or None,
        "tiles": outcome_tiles(job) if job.counts else [],
        "lines": line_words(job),
        "refusals": refusals_table(job.refusals, max(refused, len(job.refusals))) if job.refusals else None,
        "has_outcomes": (folder / keeping.OUTCOMES).is_file() and bool(job.line_counts),
        "may_start": job.state in MAY_START and keeping.file_of(record.workspace, job).is_file(),
    }  # fmt: skip


def outcome_tiles(job: ImportJob) -> list[Tile]:
    """Entries by outcome."""
    return [
        Tile(say(f"outcome.{name}"), grouped(job.counts[name]), say("imports.entries_unit"),
             instead=say(f"imports.outcome.{name}"))
        for name in ("accept", "exists", "conflict", "reject")
    ]  # fmt: skip


def line_words(job: ImportJob) -> str:
    """Lines by outcome in one sentence; empty where nothing was answered."""
    counts = {name: grouped(count) for name, count in job.line_counts.items()}
    return say("imports.line_counts", None, **counts) if counts else ""


def progress_words(job: ImportJob) -> str:
    """How far a job is."""
    if job.state == "queued":
        return say("imports.waiting")
    total = job.preview.get("entries", 0)
    key = "imports.answered_of" if total and job.preview.get("complete") else "imports.answered"
    return say(key, None, answered=grouped(job.answered), total=compact(total, current_language()))
