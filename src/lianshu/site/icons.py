"""Line icons, drawn for this project on a 24 by 24 grid."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "home": "M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-4 4-6 8-6s8 2 8 6",
    "swatch": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "dot": "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
    "menu": "M4 6h16M4 12h16M4 18h16",
    "tower": "M12 3v4M8 7h8l-1.5 6h-5zM10 13l-2 8M14 13l2 8M9 17h6",
    "orders": "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
    "truck": "M2 6h12v11H2zM14 10h4l4 4v3h-8M6 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4M18 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
    "network": "M5 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4M5 21a2 2 0 1 0 0-4 2 2 0 0 0 0 4M19 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4M7 6l10 5M7 18l10-5",
    "chart": "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
    "book": "M5 4h6c1 0 1 1 1 1v15s0-1-1-1H5zM19 4h-6c-1 0-1 1-1 1v15s0-1 1-1h6z",
    "upload": "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
    "check": "M4 12l6 6L20 6",
    "shield": "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5",
    "warning": "M12 4l9 16H3zM12 10v4M12 17v.5",
    "money": "M3 6h18v12H3zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
    "leaf": "M5 19c0-9 5-14 15-14 0 10-5 15-12 14-2 0-3-1-3-1M5 19c2-5 5-7 9-9",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5L21 21",
    "document": "M6 3h9l4 4v14H6zM14 3v5h5",
    "link": "M10 14l4-4M9 8l2-2a4 4 0 0 1 6 6l-2 2M15 16l-2 2a4 4 0 0 1-6-6l2-2",
    "globe": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
    "rows": "M4 6h16M4 10h16M4 14h16M4 18h16",
    "close": "M6 6l12 12M18 6L6 18",
    "box": "M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9",
}


def icon_svg(name: str) -> str:
    """The icon as decoration: words beside it say what it means. KeyError for an unknown name.

    >>> icon_svg("menu")[:49]
    '<svg class="icon" viewBox="0 0 24 24" width="20" '
    """
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        f'focusable="false"><path d="{ICONS[name]}"/></svg>'
    )
