"""What of the record the pages show to a person: the same rule as for programs, as one ``Scope``."""

from __future__ import annotations

from typing import Any

from lianshu.api.visibility import scope_of_user
from lianshu.capability.relation import Scope
from lianshu.kernel.refusal import Refused
from lianshu.record.envelope import LONGEST_KEY

# Longer than any key may be, so that it is nobody's: a reading in this scope finds nothing.
NOBODY = Scope("nobody".ljust(LONGEST_KEY + 1, "-"))


def scope_of(user: Any) -> Scope:
    """The scope in which a signed-in person reads.

    Everything for the lead enterprise, a ministry and a regulator; the flows that name its party for
    the organisation of a supplier, carrier, enterprise or bank; ``NOBODY``, which finds nothing, for
    whoever has no grant. Never None: a reading without a scope would show everything.
    """
    try:
        return scope_of_user(user)
    except Refused:
        return NOBODY
