"""Looking into an uploaded video without trusting it (observation.md 3b).

The container is recognized by its first bytes and its demuxer is named to libav, so that a playlist can never make
the library open other files. `inspect` runs in a child process with limits of time and memory; the child is this
module.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yanxiu.core.tether import tethered

MAX_DURATION_MS = 3 * 3600 * 1000
MAX_SIDE = 4096
REMUX_BIT_RATE = 2_500_000
TIME_LIMIT_S = 60
MEMORY_LIMIT = 2 * 1024**3


class NotPlayableError(Exception):
    """The file cannot become a recording; the text says why in a teacher's words."""


class KilledError(NotPlayableError):
    """The system ended the child, as it does where memory is short: nothing is known of the file, another time it may do."""

    def __init__(self) -> None:
        super().__init__("服务器内存不够，处理到一半停下了，稍后会自动再试")


@dataclass(frozen=True)
class Facts:
    """What a probe found; sizes are those of the shown picture (after rotation), rates in bits per second."""

    container: str
    duration_ms: int
    width: int
    height: int
    rotation: int
    frame_rate: float
    video_codec: str
    pixel_format: str
    audio_codec: str | None
    bit_rate: int

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)

    def plays_as_it_is(self) -> bool:
        """Return whether every browser plays the streams unchanged at a rate a village line carries."""
        return (
            self.video_codec == "h264"
            and self.pixel_format in ("yuv420p", "yuvj420p")
            and self.audio_codec in ("aac", None)
            and self.bit_rate <= REMUX_BIT_RATE
        )


def sniff(path: Path) -> str:
    """Return the demuxer for the file's first bytes; everything that is not a video container is refused."""
    with open(path, "rb") as file:
        head = file.read(400)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    if head[:3] == b"FLV":
        return "flv"
    if head[:16] == bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"):
        return "asf"
    if head[:4] == b"\x00\x00\x01\xba":
        return "mpeg"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "mpegts"
    raise NotPlayableError("这不是视频文件，请上传手机或录播机录下的 MP4、MOV、MKV、AVI 等视频")


def inspect(path: Path) -> Facts:
    """Probe a file in a child process with limits; raise NotPlayableError with the reason when it will not do.

    KilledError where the system ended the child.
    """
    sniff(path)
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    try:
        child = subprocess.run(
            tethered([sys.executable, "-m", __name__, str(path)]),
            capture_output=True,
            timeout=TIME_LIMIT_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotPlayableError("这个文件读取太久没有结果，可能已损坏") from error
    if child.returncode == -signal.SIGKILL:
        raise KilledError
    if child.returncode != 0:
        raise NotPlayableError("这个文件打不开，可能没有录完整或已损坏")
    answer: dict[str, Any] = json.loads(child.stdout)
    if "refused" in answer:
        raise NotPlayableError(answer["refused"])
    return Facts(**answer)


def probe(path: Path) -> Facts:
    """Read the facts in this process; for the child and for files we made ourselves."""
    import av  # slow to import and only needed here

    with av.open(str(path), format=sniff(path), options={"protocol_whitelist": "file"}) as container:
        videos = [stream for stream in container.streams.video if not _is_cover(stream)]
        if not videos:
            raise NotPlayableError("文件里只有声音，没有画面")
        if len(videos) > 1:
            raise NotPlayableError("文件里有多路画面，请先导出成一路画面的视频")
        facts = _facts(container, videos[0], path.stat().st_size)
    _check_caps(facts)
    return facts


def _is_cover(stream: Any) -> bool:
    import av.stream

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _facts(container: Any, video: Any, size: int) -> Facts:
    frame = next(container.decode(video), None)
    if frame is None:
        raise NotPlayableError("文件里没有可以播放的画面")
    duration_ms = _duration_ms(container, video)
    rotation = int(frame.rotation) % 360
    width, height = (frame.height, frame.width) if rotation in (90, 270) else (frame.width, frame.height)
    audio = container.streams.audio[0] if container.streams.audio else None
    rate = video.average_rate or video.guessed_rate or 25
    return Facts(
        container=container.format.name,
        duration_ms=duration_ms,
        width=width,
        height=height,
        rotation=rotation,
        frame_rate=round(float(rate), 3),
        video_codec=video.codec_context.name,
        pixel_format=str(frame.format.name),
        audio_codec=audio.codec_context.name if audio is not None else None,
        bit_rate=int(size * 8000 / max(duration_ms, 1)),
    )


def _duration_ms(container: Any, video: Any) -> int:
    if container.duration:
        return int(container.duration // 1000)
    if video.duration and video.time_base:
        return int(video.duration * video.time_base * 1000)
    last = 0.0
    for packet in container.demux(video):  # recorders that were switched off leave files without a length
        if packet.pts is not None:
            last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return int(last * 1000)


def _check_caps(facts: Facts) -> None:
    if facts.duration_ms <= 0:
        raise NotPlayableError("视频长度是 0，可能没有录完整")
    if facts.duration_ms > MAX_DURATION_MS:
        raise NotPlayableError("视频超过 3 小时，请按课时分开上传")
    if max(facts.width, facts.height) > MAX_SIDE:
        raise NotPlayableError("画面超过 4096 像素，请先导出成 1080P 或 720P")


def _main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        answer: dict[str, Any] = asdict(probe(Path(path)))
    except NotPlayableError as error:
        answer = {"refused": str(error)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(sys.argv[1])
