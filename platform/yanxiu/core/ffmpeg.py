"""The ffmpeg program of this installation, and making a spoken message playable on every phone.

One child at a time, tied to whoever waits for it; the container is named and only local files may be opened.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from yanxiu.core.tether import tethered

VOICE_LIMIT_S = 200
"""Longer than that nobody speaks into a post; what comes after is cut off."""
CONVERSION_LIMIT_S = 120
_configured = ""


class NotConvertedError(Exception):
    """ffmpeg could make nothing of the file."""


def use_ffmpeg(program: str) -> None:
    """Take the operator's program (`YANXIU_FFMPEG`) from now on; an empty name goes back to our own."""
    global _configured
    _configured = program


def ffmpeg_program() -> str:
    """Return the operator's program, else the one that came with pip: its version is the one we know."""
    import imageio_ffmpeg

    return _configured or str(imageio_ffmpeg.get_ffmpeg_exe())


def voice_to_m4a(source: Path, target: Path, container: str) -> None:
    """Write the sound of `source` as AAC in an MP4 that plays while it loads; NotConvertedError when that fails."""
    command = [ffmpeg_program(), "-nostdin", "-hide_banner", "-v", "error", "-y", "-threads", "1"]
    command += ["-protocol_whitelist", "file", "-f", container, "-i", str(source), "-t", str(VOICE_LIMIT_S)]
    command += ["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-ac", "1", "-c:a", "aac", "-b:a", "48k"]
    command += ["-movflags", "+faststart", "-f", "mp4", str(target)]
    try:
        subprocess.run(
            tethered(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=target.parent,
            timeout=CONVERSION_LIMIT_S,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        target.unlink(missing_ok=True)
        raise NotConvertedError from error
