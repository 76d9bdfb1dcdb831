"""Making watchable files out of an upload: one niced, killable ffmpeg child at a time (observation.md 3b).

Copy when the streams already play everywhere, otherwise encode with a key frame every two seconds so that a click
on a comment shows its frame at once. Containers are named to ffmpeg and only local files may be opened.
"""

import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from yanxiu.core.ffmpeg import ffmpeg_program
from yanxiu.core.tasks import WorkerStoppingError
from yanxiu.core.tether import tethered
from yanxiu.observations.media.probe import Facts, KilledError, NotPlayableError, sniff

GOP_SECONDS = 2
NICENESS = 15
PEAKS = 600
PEAK_RATE = 4000
"""Samples a second that are looked at: what one sees of speech is its loudness, not its sound."""
LEAN_SIDE = 270
STILL_MS = 10_000
MEMORY_LIMIT = 6 * 1024**3
LOOK_EVERY_S = 0.25
Progress = Callable[[int], None]
NEVER = threading.Event()
"""For whoever cannot be told to stop."""


@dataclass(frozen=True)
class Size:
    """The picture of a rendition in pixels, always even."""

    width: int
    height: int


@dataclass(frozen=True)
class SpritePlan:
    """How the stills of a recording are laid out in one picture."""

    interval_ms: int
    columns: int
    rows: int
    width: int
    height: int


def fitted(facts: Facts, short_side: int) -> Size:
    """Return the size with the given short side and the same shape, never larger than the source."""
    scale = min(1.0, short_side / facts.short_side)
    return Size(*(max(2, round(side * scale / 2) * 2) for side in (facts.width, facts.height)))


def remux(source: Path, target: Path, facts: Facts, progress: Progress, stopping: threading.Event = NEVER) -> Size:
    """Copy the streams into an MP4 whose index stands in front; places recorded by a phone are dropped."""
    arguments = ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", *_CLEAN, "-movflags", "+faststart", "-f", "mp4"]
    _run(source, arguments, target, Run(facts.duration_ms, progress, stopping))
    return Size(facts.width, facts.height)


def transcode(
    source: Path, target: Path, facts: Facts, short_side: int, progress: Progress, stopping: threading.Event = NEVER
) -> Size:
    """Encode H.264 and AAC for any browser at the given short side."""
    size = fitted(facts, short_side)
    rate = min(facts.frame_rate, 30.0)
    filters = f"scale={size.width}:{size.height},setsar=1" + (",fps=30" if facts.frame_rate > 31 else "")
    video = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p", "-vf", filters]
    keys = ["-g", str(max(1, round(rate * GOP_SECONDS))), "-force_key_frames", f"expr:gte(t,n_forced*{GOP_SECONDS})"]
    audio = ["-c:a", "aac", "-ac", "2", "-b:a", "64k" if short_side <= 480 else "96k"]
    arguments = ["-map", "0:v:0", "-map", "0:a:0?", *video, *keys, *audio, *_CLEAN, "-threads", "2"]
    arguments += ["-max_muxing_queue_size", "4096", "-movflags", "+faststart", "-f", "mp4"]
    _run(source, arguments, target, Run(facts.duration_ms, progress, stopping))
    return size


def lean(source: Path, target: Path, facts: Facts, progress: Progress, stopping: threading.Event = NEVER) -> Size:
    """Write the sound over one still in `STILL_MS`, with the film's own times (observation.md 4.6, 7: 省流量).

    A still is the last key frame before its moment, so that nothing is seen early; only key frames are decoded. The stills stand
    in a picture a second that costs next to nothing, for browsers do not seek in less.
    """
    size = fitted(facts, LEAN_SIDE)
    stills = f"fps=1000/{STILL_MS}:round=up,scale={size.width}:{size.height},setsar=1,format=yuv420p,fps=1"
    last = "tpad=stop_mode=clone:stop=-1"
    video = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage", "-crf", "28", "-vf", f"{stills},{last}"]
    keys = ["-force_key_frames", f"expr:gte(t,n_forced*{STILL_MS / 1000:.0f})"]
    audio = ["-c:a", "aac", "-ac", "1", "-b:a", "48k"]
    arguments = ["-map", "0:v:0", "-map", "0:a:0?", *video, *keys, *audio, *_CLEAN, "-threads", "2"]
    arguments += ["-t", f"{facts.duration_ms / 1000:.3f}", "-movflags", "+faststart", "-f", "mp4"]
    _run(source, arguments, target, Run(facts.duration_ms, progress, stopping), before=["-skip_frame", "nokey"])
    return size


def poster(source: Path, target: Path, facts: Facts, stopping: threading.Event = NEVER) -> Size:
    """Write one JPEG from a tenth into the recording."""
    size = fitted(facts, 480)
    arguments = [
        "-map",
        "0:v:0",
        "-frames:v",
        "1",
        "-vf",
        f"scale={size.width}:{size.height}",
        "-q:v",
        "4",
        "-f",
        "mjpeg",
    ]
    start = f"{min(facts.duration_ms / 10_000, 60):.3f}"
    _run(source, arguments, target, Run(facts.duration_ms, _silent, stopping), before=["-ss", start])
    return size


def sprite_plan(facts: Facts) -> SpritePlan:
    """Return at most a hundred stills, at least two seconds apart."""
    interval_ms = max(2000, -(-facts.duration_ms // 100))
    count = max(1, -(-facts.duration_ms // interval_ms))
    columns = min(10, count)
    size = fitted(facts, 90)
    return SpritePlan(interval_ms, columns, -(-count // columns), size.width, size.height)


def sprite(source: Path, target: Path, facts: Facts, stopping: threading.Event = NEVER) -> SpritePlan:
    """Write the stills into one JPEG, decoding key frames only."""
    plan = sprite_plan(facts)
    filters = f"fps=1000/{plan.interval_ms}:round=up,scale={plan.width}:{plan.height},tile={plan.columns}x{plan.rows}"
    arguments = ["-map", "0:v:0", "-frames:v", "1", "-vf", filters, "-q:v", "6", "-f", "mjpeg"]
    _run(source, arguments, target, Run(facts.duration_ms, _silent, stopping), before=["-skip_frame", "nokey"])
    return plan


def peaks(source: Path, folder: Path, facts: Facts, stopping: threading.Event = NEVER) -> list[int]:
    """Return how loud each of `PEAKS` equal parts of the recording is at most, 0 to 100 of its loudest moment."""
    target = folder / "sound.pcm"
    arguments = ["-map", "0:a:0", "-vn", "-ac", "1", "-ar", str(PEAK_RATE), "-f", "s16le"]
    _run(source, arguments, target, Run(facts.duration_ms, _silent, stopping))
    samples = max(1, -(-facts.duration_ms * PEAK_RATE // 1000 // PEAKS))
    found = []
    with target.open("rb") as file:
        for _part in range(PEAKS):
            part = array("h", file.read(samples * 2))
            found.append(max(max(part), -min(part)) if part else 0)
    target.unlink()
    loudest = max(found) or 1
    return [round(100 * peak / loudest) for peak in found]


_CLEAN = ["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]


@dataclass(frozen=True)
class Run:
    """What a run of ffmpeg is measured by, whom it tells how far it is, and who may end it."""

    duration_ms: int
    progress: Progress
    stopping: threading.Event
    at_most_s: float | None = None

    @property
    def limit_s(self) -> float:
        return 600 + self.duration_ms / 1000 * 8 if self.at_most_s is None else self.at_most_s


def _run(source: Path, arguments: list[str], target: Path, run: Run, before: list[str] | None = None) -> None:
    run_ffmpeg([*(before or []), "-f", sniff(source), "-i", str(source)], arguments, target, run)


def run_ffmpeg(inputs: Sequence[str], arguments: Sequence[str], target: Path, run: Run) -> None:
    """Run one child over inputs whose containers are named; only local files may be opened."""
    command = [ffmpeg_program(), "-nostdin", "-hide_banner", "-v", "error", "-y", "-progress", "pipe:1"]
    command += ["-threads", "2", "-protocol_whitelist", "file", *inputs]
    with tempfile.TemporaryFile() as complaints:
        code = _watched([*command, *arguments, str(target)], complaints, target, run)
        complaints.seek(0)
        _check(code, complaints, target)


def _watched(command: list[str], complaints: IO[bytes], target: Path, run: Run) -> int:
    """Run a child to its end and return its code; whatever is raised here takes the child and its file along."""
    with subprocess.Popen(
        tethered(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        cwd=target.parent,
        start_new_session=True,
    ) as child:
        try:
            with _guarded(child, run):
                _tame(child.pid)
                _follow(child, run)
                return child.wait()
        except BaseException:
            _kill(child)
            target.unlink(missing_ok=True)
            raise


@contextmanager
def _guarded(child: subprocess.Popen[bytes], run: Run) -> Iterator[None]:
    """End a child that takes too long or whose worker stops, also one that says nothing; then raise why."""
    deadline, over, reasons = time.monotonic() + run.limit_s, threading.Event(), list[Exception]()

    def look() -> None:
        while not over.wait(LOOK_EVERY_S):
            if run.stopping.is_set():
                reasons.append(WorkerStoppingError())
            elif time.monotonic() > deadline:
                reasons.append(NotPlayableError("转换用时过长，已停止；请先用电脑压缩后再上传"))
            if reasons:
                _kill(child)
                return

    guard = threading.Thread(target=look, daemon=True)
    guard.start()
    try:
        yield
    finally:
        over.set()
        guard.join()
    if reasons:
        raise reasons[0]


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End a child with all it started."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _tame(pid: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    except (ProcessLookupError, PermissionError):
        return  # it ended already, or the system does not allow it; the time limit still holds


def _follow(child: subprocess.Popen[bytes], run: Run) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        if key == "out_time_us" and value.isdigit():
            run.progress(min(99, int(value) // 10 // max(run.duration_ms, 1)))


def _check(code: int, complaints: IO[bytes], target: Path) -> None:
    if code == 0 and target.exists() and target.stat().st_size > 0:
        return
    detail = complaints.read(2000).decode("utf-8", "replace").strip().splitlines()
    target.unlink(missing_ok=True)
    if code == -signal.SIGKILL:  # not by us: whoever ends a child here raises why
        raise KilledError
    raise NotPlayableError("视频没有转换成功，文件可能已损坏") from RuntimeError(
        detail[-1] if detail else f"exit {code}"
    )


def _silent(_percent: int) -> None:
    return
