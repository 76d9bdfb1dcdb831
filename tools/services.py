"""Start what the tests need beside Python, run one command with it, stop it always.

    python tools/services.py -- python -m pytest tests

sets CHROMIUM (path of the browser), TEST_POSTGRES_URL and TEST_REDIS_URL for the command. A running PostgreSQL or Redis
is used when TEST_DATABASE_URL or TEST_REDIS_URL already names one; else a private server is started on a free port
with its data in memory or /tmp. As root, missing Debian packages are installed; otherwise they are named, the
service is skipped, and that is said in the last lines. A skipped service is a failure when CI=true.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
START_TIMEOUT_S = 60
ROOMY_TMPFS = 2 * 1024**3


class ServiceError(RuntimeError):
    """A service could not be had; the message tells a person what to do."""


@dataclass
class Services:
    """What was started: environment variables for the tests, and what had to be left out and why."""

    env: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def skipped_lines(self) -> list[str]:
        return [f"SKIPPED SERVICE {name}: {why}" for name, why in self.skipped.items()]


def is_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


# ---- Debian packages -------------------------------------------------------------------------------------------------

_updated = False


def install(*packages: str) -> None:
    """Install Debian packages when we may; otherwise say in one line what to install."""
    global _updated
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise ServiceError(f"install it with:  sudo apt-get install {' '.join(packages)}")
    print(f"Installing {' '.join(packages)} …", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if not _updated:
        subprocess.run(["apt-get", "update", "-q"], env=env, stdout=subprocess.DEVNULL, check=False)
        _updated = True
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise ServiceError(f"apt-get could not install {' '.join(packages)}: {done.stdout.strip()[-400:]}")


def has_package(name: str) -> bool:
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", name]
    try:
        return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"
    except FileNotFoundError:
        return False


# ---- child processes -------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Ask Linux to end this child when the suite is killed, so that no server outlives it."""
    with contextlib.suppress(OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def unprivileged() -> dict[str, object]:
    """Popen arguments for a server that refuses to run as root (PostgreSQL does)."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise ServiceError("there is no account to run PostgreSQL as (it refuses root)")


@contextlib.contextmanager
def data_dir(name: str) -> Iterator[Path]:
    """A folder for throw-away data, in memory where there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOMY_TMPFS
    path = Path(tempfile.mkdtemp(prefix=f"yanxiu-{name}-", dir=memory if roomy else None))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def server(
    command: list[str], ready: Callable[[], bool], log: Path, stop: signal.Signals, **how: object
) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(  # type: ignore[call-overload]
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=_die_with_parent, cwd="/", **how
        )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"{command[0]} did not start: {log.read_text(errors='replace')[-600:]}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# ---- the services ----------------------------------------------------------------------------------------------------


def find_browser() -> str:
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        install("chromium-headless-shell")
        found = shutil.which("chromium-headless-shell")
    if found is None:
        raise ServiceError("no Chromium found")
    return found


def ensure_fonts() -> None:
    """Chinese text needs a Chinese font, or every screenshot is boxes and every width is wrong."""
    fonts = ""
    if shutil.which("fc-list"):
        listing = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
        fonts = listing.stdout.strip()
    if not fonts and not has_package("fonts-noto-cjk"):
        install("fonts-noto-cjk")


def postgres_bin() -> Path:
    """The newest of Debian's PostgreSQL server folders."""

    def found() -> list[Path]:
        folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
        return sorted(folders, key=lambda path: int(path.parent.name))

    if not found():
        on_path = shutil.which("initdb")
        if on_path:
            return Path(on_path).resolve().parent
        install("postgresql")
    if not found():
        raise ServiceError("PostgreSQL's initdb was not found")
    return found()[-1]


def _postgres_answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def postgres() -> Iterator[dict[str, str]]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        if not _postgres_answers(given):
            raise ServiceError("the server named by TEST_DATABASE_URL does not answer")
        yield {"TEST_POSTGRES_URL": given}
        return
    tools = postgres_bin()
    how = unprivileged()
    with data_dir("pg") as folder:
        if how:
            os.chown(folder, how["user"], how["group"])  # type: ignore[arg-type]
        data, port = folder / "data", free_port()
        made = subprocess.run(
            [tools / "initdb", "-D", data, "-U", "yanxiu", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8", "-N"],
            capture_output=True, text=True, check=False, cwd="/", **how,  # type: ignore[call-overload]
        )  # fmt: skip
        if made.returncode != 0:
            raise ServiceError(f"initdb failed: {made.stderr.strip()[-400:]}")
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off",
            "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 200, "shared_buffers": "128MB",
            "autovacuum": "off", "jit": "off",
        }  # fmt: skip
        command = [str(tools / "postgres"), "-D", str(data)]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        url = f"postgresql+psycopg://yanxiu@127.0.0.1:{port}/postgres"
        with server(command, lambda: _postgres_answers(url), folder / "log", signal.SIGINT, **how):
            yield {"TEST_POSTGRES_URL": url}


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as wire:
            wire.sendall(b"PING\r\n")
            return wire.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextlib.contextmanager
def redis() -> Iterator[dict[str, str]]:
    if os.environ.get("TEST_REDIS_URL"):
        yield {"TEST_REDIS_URL": os.environ["TEST_REDIS_URL"]}
        return
    binary = shutil.which("redis-server")
    if binary is None:
        install("redis-server")
        binary = shutil.which("redis-server") or "redis-server"
    with data_dir("redis") as folder:
        port = free_port()
        command = [
            binary,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(folder),
        ]
        with server(command, lambda: _redis_answers(port), folder / "log", signal.SIGTERM):
            yield {"TEST_REDIS_URL": f"redis://127.0.0.1:{port}/0"}


@contextlib.contextmanager
def browser() -> Iterator[dict[str, str]]:
    ensure_fonts()
    yield {"CHROMIUM": find_browser()}


SERVICES = {"PostgreSQL": postgres, "Redis": redis, "Chromium": browser}


@contextlib.contextmanager
def all_services() -> Iterator[Services]:
    """Whatever can be had is started; whatever cannot is named with the reason."""
    have = Services()
    with contextlib.ExitStack() as stack:
        for name, start in SERVICES.items():
            try:
                have.env.update(stack.enter_context(start()))
            except ServiceError as error:
                have.skipped[name] = str(error)
        yield have


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__)
        return 2
    with all_services() as have:
        code = subprocess.run(command, env={**os.environ, **have.env}, check=False).returncode
    for line in have.skipped_lines():
        print(line)
    return code or int(is_ci() and bool(have.skipped))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
