"""Sound and stills of a recording, sent before the film itself, made into something to watch (observation.md 4.6, 7).

A slow line carries the sound of a lesson and one picture every few seconds in minutes where the film takes hours. The page
takes both out of the film and sends one file: a line `YXFIRST1 {…}` of JSON, then the sound as AAC in ADTS frames, then the
stills as JPEG, one behind the other. What is made of it has the film's own times, so that what is said about a moment
stays at it when the film has come.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from yanxiu.observations.media.convert import NEVER, Progress, Run, run_ffmpeg
from yanxiu.observations.media.probe import MAX_DURATION_MS, NotPlayableError

MAGIC = b"YXFIRST1 "
MAX_LINE = 64 * 1024
MAX_STILLS = 500
MAX_STILL_BYTES = 512 * 1024
LONG_SIDE = 480
BLOCK = 256 * 1024
BROKEN = "先传来的声音和画面不完整，请重新上传视频"


@dataclass(frozen=True)
class Parts:
    """What the first line says: bytes of the sound and of each still, milliseconds between stills and of the whole film.

    The sound begins `delay_ms` after the picture.
    """

    sound: int
    stills: tuple[int, ...]
    every_ms: int
    duration_ms: int
    delay_ms: int


def parse_parts(line: bytes) -> Parts:
    """Read the first line; NotPlayableError when it says anything unreasonable."""
    try:
        said: dict[str, Any] = json.loads(line.removeprefix(MAGIC)) if line.startswith(MAGIC) else {}
        stills = tuple(_whole(size, 1, MAX_STILL_BYTES) for size in said["stills"])
        parts = Parts(
            _whole(said["sound"], 1, 2**32),
            stills,
            _whole(said["every_ms"], 500, 600_000),
            _whole(said["duration_ms"], 1, MAX_DURATION_MS),
            _whole(said["delay_ms"], 0, 60_000),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotPlayableError(BROKEN) from error
    if not 1 <= len(stills) <= MAX_STILLS:
        raise NotPlayableError(BROKEN)
    return parts


def assemble(source: Path, folder: Path, progress: Progress, stopping: threading.Event = NEVER) -> Path:
    """Write the sound over its stills as an MP4 into `folder`, return it; NotPlayableError when the file is no such one."""
    with source.open("rb") as file:
        line = file.readline(MAX_LINE)
        parts = parse_parts(line)
        if source.stat().st_size != len(line) + parts.sound + sum(parts.stills):
            raise NotPlayableError(BROKEN)
        _copy(file, folder / "sound.aac", parts.sound)
        for number, size in enumerate(parts.stills, start=1):
            _copy(file, folder / f"still-{number:04}.jpg", size)
    target = folder / "first.mp4"
    run_ffmpeg(_inputs(parts, folder), _outputs(parts), target, Run(parts.duration_ms, progress, stopping))
    return target


def _inputs(parts: Parts, folder: Path) -> Sequence[str]:
    stills = ["-f", "image2", "-framerate", f"1000/{parts.every_ms}", "-start_number", "1"]
    sound = ["-protocol_whitelist", "file", "-itsoffset", f"{parts.delay_ms / 1000:.3f}", "-f", "aac"]
    return [*stills, "-i", str(folder / "still-%04d.jpg"), *sound, "-i", str(folder / "sound.aac")]


def _outputs(parts: Parts) -> list[str]:
    """One picture a second that changes with the stills, a key frame at each of them; the sound as it is."""
    fit = f"scale={LONG_SIDE}:{LONG_SIDE}:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1,format=yuv420p"
    last = "tpad=stop_mode=clone:stop=-1"
    video = [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-tune",
        "stillimage",
        "-crf",
        "28",
        "-vf",
        f"{fit},fps=1,{last}",
    ]
    keys = ["-force_key_frames", f"expr:gte(t,n_forced*{parts.every_ms / 1000:.3f})"]
    sound = ["-c:a", "copy", "-bsf:a", "aac_adtstoasc"]
    length = ["-t", f"{parts.duration_ms / 1000:.3f}"]
    streams = ["-map", "0:v:0", "-map", "1:a:0", *video, *keys, *sound, *length]
    return [*streams, "-map_metadata", "-1", "-threads", "2", "-movflags", "+faststart", "-f", "mp4"]


def _whole(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(value)
    return value


def _copy(source: IO[bytes], target: Path, size: int) -> None:
    with target.open("wb") as out:
        while size and (block := source.read(min(BLOCK, size))):
            out.write(block)
            size -= len(block)
