"""The catalogue: every registered reading by area, and a search over what is declared of it."""

from __future__ import annotations

from collections.abc import Sequence

from lianshu.capability.registry import AREAS, Capability
from lianshu.kernel.text import Text
from lianshu.site.texts import dictionary


def area_title(area: str) -> Text:
    """The title of an area; a package that adds one is called by its own name.

    >>> area_title("tower").en, area_title("toy_package").en
    ('Control tower', 'toy_package')
    """
    return dictionary().get(f"area.{area}", Text(area, area))


def areas(every: Sequence[Capability]) -> list[tuple[str, list[Capability]]]:
    """The readings of each area that has some: those of this package first, in their order."""
    groups: dict[str, list[Capability]] = {}
    for capability in every:
        groups.setdefault(capability.area, []).append(capability)
    known = [area for area in AREAS if area in groups]
    return [(area, groups[area]) for area in [*known, *sorted(groups.keys() - set(AREAS))]]


def found(every: Sequence[Capability], words: str, area: str = "") -> list[Capability]:
    """The readings that hold every word, in either language, in key, title, meaning or reference.

    >>> from lianshu.capability.registry import capabilities
    >>> [one.key for one in found(list(capabilities().values()), "RL.1.1")]
    ['perfect_order']
    """
    wanted = words.casefold().split()
    return [
        one
        for one in every
        if (not area or one.area == area) and all(word in searched(one) for word in wanted)
    ]


def searched(one: Capability) -> str:
    """The text that a search looks in."""
    said = (one.title, one.meaning, one.unit, area_title(one.area))
    words = [one.key, one.reference, *(text.zh for text in said), *(text.en for text in said)]
    return "\n".join(words).casefold()
