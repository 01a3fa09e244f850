"""A temporary PostgreSQL cluster for tests, made by initdb and removed afterwards."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

START_TRIES = 3


def postgres_binaries() -> Path | None:
    """The folder with initdb and pg_ctl: PATH first, then the newest that Debian installed."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "pg_ctl").exists():
        return Path(on_path).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    return versions[-1].parent if versions else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgresCluster:
    """One server on a free loopback port and a Unix socket, in a folder of its own.

    initdb refuses root, so root runs it as the user ``postgres``, or ``nobody`` where there is none.
    fsync stays on: durability is what the stores promise.
    """

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="lianshu-pg-"))
        self._data = self._folder / "data"
        self._port = 0
        self._owner = self._unprivileged() if os.geteuid() == 0 else None
        self._names = (f"test_{number}" for number in itertools.count(1))
        if self._owner:
            os.chown(self._folder, self._owner.pw_uid, self._owner.pw_gid)

    @staticmethod
    def _unprivileged() -> pwd.struct_passwd:
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            return pwd.getpwnam("nobody")

    def _run(self, program: str, *arguments: str) -> None:
        log = self._folder / f"{program}.out"
        with log.open("ab") as output:
            done = subprocess.run(
                [str(self._binaries / program), *arguments],
                check=False,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                user=self._owner.pw_uid if self._owner else None,
                group=self._owner.pw_gid if self._owner else None,
                extra_groups=[] if self._owner else None,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {log.read_text(encoding='utf-8')}")

    def start(self) -> None:
        """Create the cluster and start it; another port is tried when somebody took the first."""
        self._run("initdb", "-D", str(self._data), "-U", "lianshu", "-A", "trust", "-E", "UTF8")
        for attempt in range(1, START_TRIES + 1):
            self._port = _free_port()
            options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
            server_log = str(self._folder / "server.log")
            try:
                self._run(
                    "pg_ctl", "start", "-w", "-D", str(self._data), "-l", server_log, "-o", options
                )
            except RuntimeError:
                if attempt == START_TRIES:
                    raise
            else:
                return

    def dsn(self, database: str) -> str:
        """The address of one database."""
        return f"postgresql://lianshu@127.0.0.1:{self._port}/{database}"

    def create_database(self) -> str:
        """Create an empty database and return its name."""
        name = next(self._names)
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending what is still connected to it."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

    def close(self) -> None:
        """Stop the server and remove its folder."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self._data))
        shutil.rmtree(self._folder)
