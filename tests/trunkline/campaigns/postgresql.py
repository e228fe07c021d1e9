"""A PostgreSQL server for a test, where its programs are installed."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import pytest

PROGRAMS = [Path(found).resolve().parent for name in ("postgres",) if (found := shutil.which(name))]
INITDB = next((path / "initdb" for path in PROGRAMS if (path / "initdb").exists()), None)

needs_postgresql = pytest.mark.skipif(INITDB is None, reason="PostgreSQL is not installed")

USER = "nobody"
"""PostgreSQL does not run as root."""


class Server:
    """Runs in a folder of its own, and is gone afterwards."""

    def __init__(self) -> None:
        # Not pytest's, which nobody else may enter.
        self._holder = TemporaryDirectory(prefix="postgresql-")
        self._folder = Path(self._holder.name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"postgresql+psycopg://trunkline@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        assert INITDB is not None
        self._user = {}
        if os.geteuid() == 0:
            self._user = {"user": USER}
            shutil.chown(self._folder, USER)
        data = str(self._folder / "data")
        made = [str(INITDB), "-D", data, "-U", "trunkline", "-A", "trust", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, **self._user)  # type: ignore[call-overload]  # noqa: S603
        options = ["-p", str(self._port), "-k", str(self._folder), "-c", "fsync=off"]
        self._process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
            [str(INITDB.with_name("postgres")), "-D", data, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            **self._user,
        )
        for line in self._process.stderr:
            if "ready to accept connections" in line:
                return self
        raise RuntimeError("PostgreSQL did not start")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)
        self._holder.cleanup()
