"""The same reading asked by a program: on the command line, over REST, in Python."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import urlencode

from lianshu.site.readings.asking import Question, whole_day
from lianshu.site.texts import say


@dataclass(frozen=True, slots=True)
class Call:
    """One way to ask: its name and the text to copy."""

    key: str
    name: str
    text: str


def calls(question: Question, host: str) -> list[Call]:
    """The question as each interface takes it; ``host`` is the address of this site.

    >>> from lianshu.app.reading import find_capability
    >>> asked = Question(find_capability("spend"), {"by": "item"}, as_of="7")
    >>> [call.text.splitlines()[-1] for call in calls(asked, "http://h")]  # doctest: +NORMALIZE_WHITESPACE
    ['lianshu run spend --workspace W --as-of 7 --param by=item --format json',
     '  "http://h/api/v1/capabilities/spend?as_of=7&by=item"',
     'table = lianshu.open("W").run("spend", as_of="7", by="item")']
    """
    key = question.capability.key
    moments = {
        "as_of": whole_day(question.as_of, last=True),
        "since": whole_day(question.since),
        "until": whole_day(question.until, last=True),
    }
    moments = {name: value for name, value in moments.items() if value}
    words = ["lianshu", "run", key, "--workspace", "W"]
    for name, value in moments.items():
        words += [f"--{name.replace('_', '-')}", value]
    for name, value in question.params.items():
        words += ["--param", f"{name}={value}"]
    words += ["--format", "json"]
    given = {**moments, **question.params}
    query = f"?{urlencode(given)}" if given else ""
    arguments = "".join(f', {name}="{quoted(value)}"' for name, value in given.items())
    return [
        Call("cli", say("reading.call_cli"), shlex.join(words)),
        Call(
            "api",
            say("reading.call_api"),
            f'curl -H "Authorization: Bearer $TOKEN" \\\n  "{host}/api/v1/capabilities/{key}{query}"',
        ),
        Call(
            "python",
            say("reading.call_python"),
            f'import lianshu\ntable = lianshu.open("W").run("{key}"{arguments})',
        ),
    ]


def quoted(text: str) -> str:
    """A text inside the quotation marks of a Python string.

    >>> quoted('a"b')
    'a\\\\"b'
    """
    return text.replace("\\", "\\\\").replace('"', '\\"')
