"""Which item and which lot an EPC means: the trade item's number, and the EPC itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lianshu.kernel.gs1 import gs1_check_digit

_URN: Final = re.compile(r"urn:epc:(id|class|idpat):([a-z0-9]+):([0-9]+)\.([^.]+)(?:\.(.+))?")
_GTIN_SCHEMES: Final = ("sgtin", "lgtin", "itip", "upui")
_LINK: Final = re.compile(r"https?://[^?#]*/(00|01|8003)/([0-9]{13,18})([^?#]*)(?:[?#].*)?")
_LINK_KINDS: Final = {"00": "sscc", "8003": "grai"}
_GTIN_BODY: Final = 13


@lru_cache(maxsize=65_536)
def item_and_lot(epc: str, instance: bool) -> tuple[str, str]:
    """(item, lot) of an EPC or EPC class; ``instance`` says that it names one single object.

    The item of a trade item is its GTIN-14, in the URN and the Digital Link form alike; that of a
    returnable asset its type; that of another GS1 key its scheme; else the identifier itself. The
    lot is the EPC, and "" for a class without one. Source: GS1 TDS 2.0 §6; GS1 Digital Link 1.2.

    >>> item_and_lot("urn:epc:id:sgtin:4012345.011111.9876", True)
    ('04012345111118', 'urn:epc:id:sgtin:4012345.011111.9876')
    >>> item_and_lot("https://id.gs1.org/01/04012345111118/10/L1", False)[0]
    '04012345111118'
    >>> item_and_lot("urn:epc:idpat:sgtin:4012345.011111.*", False)
    ('04012345111118', '')
    """
    if urn := _URN.fullmatch(epc):
        kind, scheme, prefix, reference, serial = urn.groups()
        lot = epc if instance or (serial and serial != "*") else ""
        if scheme in _GTIN_SCHEMES:
            return _gtin(prefix, reference) or epc, lot
        if scheme == "grai" and kind != "class":
            return f"urn:epc:idpat:grai:{prefix}.{reference}.*", lot
        return scheme, lot
    if link := _LINK.fullmatch(epc):
        key, digits, more = link.groups()
        lot = epc if instance or re.match(r"/(?:10|21|235)/.", more) else ""
        if key == "01":
            return (digits if len(digits) == _GTIN_BODY + 1 else epc), lot
        return _LINK_KINDS[key], lot
    return epc, epc if instance else ""


def _gtin(prefix: str, reference: str) -> str:
    """GTIN-14 of a company prefix and an indicator with item reference; "" if they are not 13 digits."""
    body = reference[:1] + prefix + reference[1:]
    fits = len(body) == _GTIN_BODY and body.isascii() and body.isdigit()
    return body + gs1_check_digit(body) if fits else ""


@lru_cache(maxsize=1024)
def bare_word(term: str, kind: str = "") -> str:
    """A CBV term in its short form, whichever of the three ways it was written in.

    >>> bare_word("urn:epcglobal:cbv:bizstep:shipping"), bare_word("shipping")
    ('shipping', 'shipping')
    >>> bare_word("https://ref.gs1.org/cbv/BizStep-shipping", "BizStep-")
    'shipping'
    """
    return re.split("[:/]", term)[-1].removeprefix(kind)
