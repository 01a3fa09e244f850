"""What the site is told by environment variables, checked once when it starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRET_FILE = "site.key"  # noqa: S105 - the name of a file
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def workspace_folder(environment: Mapping[str, str]) -> Path:
    """The workspace named by ``LIANSHU_WORKSPACE``; raises ImproperlyConfigured when there is none.

    >>> workspace_folder({})
    Traceback (most recent call last):
    ...
    django.core.exceptions.ImproperlyConfigured: LIANSHU_WORKSPACE: 未指定工作区 / names no folder; ...
    """
    named = environment.get("LIANSHU_WORKSPACE", "")
    folder = Path(named)
    if not named or not folder.is_dir():
        raise ImproperlyConfigured(
            "LIANSHU_WORKSPACE: 未指定工作区 / names no folder; "
            "先运行 / first run: lianshu init FOLDER"
        )
    return folder.resolve()


def secret_key(folder: Path) -> str:
    """The key that signs sessions: read from the workspace, made on first use, readable by its owner only.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     first = secret_key(Path(name))
    ...     (first == secret_key(Path(name)), oct((Path(name) / SECRET_FILE).stat().st_mode)[-3:])
    (True, '600')
    """
    path = folder / SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text("ascii").strip()
        if len(key) < 50:
            raise ImproperlyConfigured(
                f"{SECRET_FILE}: 密钥不完整 / is cut short; 请删除后重启 / delete it and restart"
            ) from None
        return key
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made := secrets.token_urlsafe(64))
    return made


def allowed_hosts(environment: Mapping[str, str]) -> list[str]:
    """Host names the site answers to: loopback, plus the comma-separated ``LIANSHU_HOSTS``.

    >>> allowed_hosts({"LIANSHU_HOSTS": "chain.example, 10.0.0.8"})
    ['127.0.0.1', 'localhost', '[::1]', 'chain.example', '10.0.0.8']
    """
    named = (host.strip() for host in environment.get("LIANSHU_HOSTS", "").split(","))
    return [*LOOPBACK_HOSTS, *(host for host in named if host)]


def is_on(environment: Mapping[str, str], name: str) -> bool:
    """Whether a switch is on; anything but 1, true, yes or on is off.

    >>> is_on({"LIANSHU_DEMO": "1"}, "LIANSHU_DEMO"), is_on({}, "LIANSHU_DEMO")
    (True, False)
    """
    return environment.get(name, "").strip().lower() in {"1", "true", "yes", "on"}
