"""Small random chains: every mood, stream and link that a reading may meet, and corrections."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

DAY_US = 86_400_000_000
PARTIES = ("a", "b", "c")
LOTS = ("L1", "L2", "L3", "L4")
Entry = dict[str, Any]


def _maybe(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *values))


# Plain numbers, the longest that the record takes, and zero.
QUANTITIES = st.one_of(
    st.integers(0, 500).map(str),
    st.decimals(0, 1000, places=3).map(str),
    st.decimals(0, 10, places=18).map(lambda number: f"{number:f}"),
    st.just("1234567890123456789.123456789012345678"),
)
DAYS = st.integers(0, 30).map(lambda day: day * DAY_US)


@st.composite
def flows(draw: st.DrawFn, known: list[str]) -> Entry:
    """One flow; ``known`` are ids of earlier flows, which it may fulfil or answer."""
    kind = draw(st.sampled_from(("goods", "goods", "making", "money", "emission", "promise")))
    flow: Entry = {
        "mood": "fact",
        "time": draw(DAYS),
        "qty": draw(QUANTITIES),
        "from_party": draw(_maybe(*PARTIES)),
        "to_party": draw(_maybe(*PARTIES)),
        "order": draw(_maybe("SO1", "SO2")),
        "fulfils": draw(_maybe(*known)),
    }
    if kind in ("goods", "making", "promise"):
        flow |= {"item": draw(st.sampled_from(("leaf", "tea"))), "unit": "KGM"}
        flow |= {"lot": draw(_maybe(*LOTS)), "from_place": draw(_maybe("p", "q"))}
        flow |= {"to_place": draw(_maybe("p", "q")), "transport_mode": draw(_maybe("road", "sea"))}
        flow["order_line"] = draw(_maybe("1", "2"))
    if kind == "making":
        flow["action"] = draw(st.sampled_from(("consume", "produce")))
        flow["process"] = draw(st.sampled_from(("m1", "m2", "m3")))
        flow["order"] = ""
    elif kind == "goods":
        flow["action"] = draw(st.sampled_from(("transfer", "transfer", "move")))
        flow["process"] = draw(_maybe("s1"))
    elif kind == "emission":
        flow |= {"action": "emit", "item": "CO2e", "unit": "KGM"}
        flow["process"] = draw(st.sampled_from(("m1", "m2", "s1")))
    else:
        flow["action"] = "transfer"
    if kind == "money":
        flow |= {"item": "CNY", "unit": "CNY", "reciprocal": draw(_maybe(*known))}
        flow["action"] = draw(st.sampled_from(("transfer", "invoice", "pay")))
    if kind == "promise" or (kind == "money" and flow["action"] == "transfer"):
        flow |= {"mood": draw(st.sampled_from(("promise", "promise", "plan"))), "fulfils": ""}
        flow["agreed"] = draw(DAYS)
    return flow


@st.composite
def chains(draw: st.DrawFn, most: int = 24) -> list[Entry]:
    """Entries of a chain; some correct earlier ones, some bring master data."""
    entries: list[Entry] = []
    known: list[str] = []
    for n in range(draw(st.integers(1, most))):
        entry: Entry = {"id": f"e{n}", "kind": "event", "flows": []}
        for line in range(draw(st.integers(1, 3))):
            flow = {**draw(flows(known)), "id": f"f{n}.{line}"}
            entry["flows"].append(flow)
        known += [flow["id"] for flow in entry["flows"]]
        if entries and draw(st.integers(0, 4)) == 0:
            entry |= {"kind": "correction", "supersedes": draw(st.sampled_from(entries))["id"]}
        if draw(st.integers(0, 5)) == 0:
            party = draw(st.sampled_from(PARTIES))
            entry["things"] = [
                {"table": "party", "id": party, "name": f"name {n}", "kind": "supplier"}
            ]
        entries.append(entry)
    return entries
