"""LibreOffice, where the operator has installed it: office files as they look on paper.

It is somebody else's large program on strangers' files, so it runs as a child within limits, with a profile of its own that
runs no macros and follows no links, and one at a time. Nothing of ours depends on it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

from yanxiu.core.confined import confined
from yanxiu.core.tether import tethered

WALL_S = 60
OFF = "off"
_LIMITS = {"cpu_s": 50, "memory_bytes": 3 * 1024**3, "file_bytes": 256 * 1024**2}
_NAMES = ("soffice", "libreoffice")
_configured = ""
_turn = threading.Lock()
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetNoProxy", ""),
    *(("Inet/Settings", f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *(("Inet/Settings", f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
)
"""No macros, no links; and for those that it follows all the same, a way into the net that leads nowhere."""


class NotPrintedError(Exception):
    """The program made nothing of the file, or is not there."""


def use_office(program: str) -> None:
    """Take the operator's program (`YANXIU_OFFICE`) from now on; "off" uses none, an empty name the one on the path."""
    global _configured
    _configured = program


def office_program() -> str:
    """Return the path of the program, "" where there is none."""
    if _configured:
        return "" if _configured == OFF else _configured
    return next((found for name in _NAMES if (found := shutil.which(name))), "")


def print_office(source: Path, to: str = "pdf") -> Path:
    """Write `source` as a file of the kind `to` beside it; return where. NotPrintedError when that fails or takes a minute.

    The folder of `source` must be one that is thrown away: the program leaves its profile there.
    """
    program, folder = office_program(), source.parent
    if not program:
        raise NotPrintedError("there is no LibreOffice")
    profile, target = folder / "profile", folder / f"{source.stem}.{to}"
    _write_profile(profile)
    command = [program, "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={profile.as_uri()}"]
    command += ["--convert-to", to, "--outdir", str(folder), str(source)]
    with _turn:
        _run(confined(command, **_LIMITS), folder)
    if not target.is_file() or not target.stat().st_size:
        raise NotPrintedError("LibreOffice wrote nothing")
    return target


def _run(command: list[str], folder: Path) -> None:
    nothing = subprocess.DEVNULL
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}
    child = subprocess.Popen(
        tethered(command),
        cwd=folder,
        env=environment,
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        start_new_session=True,
    )
    try:
        child.wait(WALL_S)
    except subprocess.TimeoutExpired as error:
        raise NotPrintedError("LibreOffice took too long") from error
    finally:
        _end_all(child)


def _end_all(child: subprocess.Popen[bytes]) -> None:
    """The program starts others, which outlive it when it is killed."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>\n",
        "utf-8",
    )
