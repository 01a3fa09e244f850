"""Charts drawn on the server as SVG by pure functions, so that print, PDF and script-free pages have them.

Every function returns a ``Figure``: the drawing (``role=img`` with title and description) and the same numbers as
a table. No style attributes: the content security policy would drop them; colours are classes of ``lianshu.css``
with presentation attributes as a fallback.
"""
