"""The roles in which a person uses Lianshu."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is to the chain; one role per account, ``PUBLIC`` for whoever is not signed in.

    The name shown to people is the text ``role.<value>``.

    >>> Role("bank").name
    'BANK'
    """

    LEAD = "lead"
    SUPPLIER = "supplier"
    BANK = "bank"
    CARRIER = "carrier"
    ENTERPRISE = "enterprise"
    CITY = "city"
    PROVINCE = "province"
    MINISTRY = "ministry"
    EXPERT = "expert"
    REGULATOR = "regulator"
    PUBLIC = "public"


SIGNED_IN_ROLES = frozenset(role for role in Role if role is not Role.PUBLIC)
CHAIN_ROLES = frozenset({Role.LEAD, Role.SUPPLIER, Role.BANK, Role.CARRIER, Role.ENTERPRISE})
GOVERNMENT_ROLES = frozenset({Role.CITY, Role.PROVINCE, Role.MINISTRY, Role.REGULATOR})
