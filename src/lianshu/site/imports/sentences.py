"""An entry that would result, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lianshu.kernel.refusal import Refused
from lianshu.site.drawer import flow_words
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say

_NEEDED = ("mood", "action", "qty", "unit", "item")


def sample_sentence(record: RecordView, sample: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a sample says: its first flows and things, and how many more there are.

    ``names`` are those that the file gives, by key; other keys are named by the record.
    """
    said = [words for flow in sample["flows"] if (words := flow_sentence(record, flow, names))]
    said += [thing_sentence(thing) for thing in sample["things"]][: 2 - len(said)]
    rest = sample["parts"] - len(said)
    if rest > 0:
        said.append(say("imports.more_parts", None, count=rest))
    return "; ".join(said)


def flow_sentence(record: RecordView, flow: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One flow in a few words; empty where it lacks what the words need."""
    filled = {name: str(flow.get(name) or "") for name in _NEEDED}
    if not all(filled.values()):
        return ""
    if filled["item"] != filled["unit"]:
        filled["item"] = names.get(filled["item"], filled["item"])
    try:
        words = flow_words(record, filled)
    except (KeyError, Refused):
        return ""
    parties = [str(flow.get(name) or "") for name in ("from_party", "to_party")]
    between = (
        " → ".join(names.get(key) or record.names.party(key) or "–" for key in parties)
        if any(parties)
        else ""
    )
    return f"{words} · {between}" if between else words


def thing_sentence(thing: Mapping[str, Any]) -> str:
    """One thing in a few words."""
    table = say(f"table.{thing.get('table', 'item')}")
    return f"{table} {thing.get('name') or thing.get('id') or ''}".strip()
