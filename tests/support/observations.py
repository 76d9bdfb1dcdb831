"""Makers for tests of lessons: people watch, so clips carry one solid color per second of media time."""

from __future__ import annotations

import base64
import secrets
import shutil
import zlib
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import numpy as np
from flask import Flask

from tests.support.clients import Client
from tests.support.kept import kept_by_all
from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.storage import receive_file
from yanxiu.core.tasks import Job
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.media.probe import Facts
from yanxiu.observations.models import CodingSession, Lesson, RecordingVersion, RubricVersion, TimedComment
from yanxiu.observations.services import recordings
from yanxiu.observations.services.codings import MOST_AT_ONCE, Batch, Mark, finish_coding, save_codes
from yanxiu.observations.services.comments import CommentDraft, post_comment
from yanxiu.observations.services.lessons import LessonDraft, create_lesson
from yanxiu.observations.services.recordings import Made

PALETTE = (
    (200, 30, 30), (30, 160, 40), (40, 60, 200), (220, 200, 30), (180, 40, 180), (30, 180, 190),
    (240, 240, 240), (20, 20, 20), (240, 130, 20), (120, 80, 40), (150, 200, 150), (110, 110, 160),
)  # fmt: skip
FRAME_RATE = 25


def color_at(ms: int) -> tuple[int, int, int]:
    """Return the color the clip shows at a moment of media time."""
    return PALETTE[(ms // 1000) % len(PALETTE)]


def make_clip(
    path: Path, seconds: int = 20, codec: str = "libx264", size: tuple[int, int] = (320, 180),
    audio: bool = True, bit_rate: int = 200_000, noisy: bool = False,
) -> Path:  # fmt: skip
    """Write a clip of solid colors; `noisy` adds grain so that the file really has the bit rate asked for."""
    maker = zlib.crc32(Path(__file__).read_bytes())  # another one may have made what lies in /tmp since last week
    name = f"{maker:x}-{seconds}-{codec}-{size[0]}x{size[1]}-{audio}-{bit_rate}-{noisy}"
    kept = kept_by_all(f"{name}{path.suffix}", lambda file: _film(file, seconds, codec, size, audio, bit_rate, noisy))
    return Path(shutil.copyfile(kept, path))


def _film(
    path: Path, seconds: int, codec: str, size: tuple[int, int], audio: bool, bit_rate: int, noisy: bool
) -> None:  # fmt: skip
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt, video.bit_rate = *size, "yuv420p", bit_rate
        video.options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        sound = container.add_stream("aac", rate=16000) if audio else None
        grain = np.random.default_rng(1)
        for number in range(seconds * FRAME_RATE):
            picture = np.full((size[1], size[0], 3), color_at(number * 1000 // FRAME_RATE), np.uint8)
            if noisy:
                picture = picture ^ grain.integers(0, 64, picture.shape, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            container.mux(video.encode(frame))
            if sound is not None:
                container.mux(sound.encode(_beep(number)))
        container.mux(video.encode())
        if sound is not None:
            container.mux(sound.encode())


def _beep(number: int) -> av.AudioFrame:
    count = 16000 // FRAME_RATE
    moments = np.arange(number * count, (number + 1) * count)
    wave = (np.sin(moments * 2 * np.pi * 440 / 16000) * 2000).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 16000, number * count, Fraction(1, 16000)
    return frame


def make_lesson(teacher: User, title: str = "《草船借箭》第一课时", **details: Any) -> Lesson:
    """A lesson of `teacher`; further details as in `LessonDraft`. Inside a unit of work."""
    return create_lesson(teacher, teacher, LessonDraft(title, **details))


def make_ready_version(lesson: Lesson, duration_ms: int = 60_000, content: bytes = b"\x00" * 4096) -> RecordingVersion:
    """A recording that can be watched, without encoding anything. Inside a unit of work."""
    facts = Facts("mov", duration_ms, 320, 180, 0, 25.0, "h264", "yuv420p", "aac", 100_000)
    version = recordings.receive_upload(lesson.teacher, lesson, secrets.token_hex(16), "实录.mp4", len(content))
    recordings.note_original(version, receive_file(BytesIO(content), "实录.mp4", "video/mp4"), facts)
    received = receive_file(BytesIO(content), "实录.mp4", "video/mp4")
    recordings.add_rendition(version, Made("source", received, 320, 180))
    return version


def upload_clip(client: Client, lesson_id: int, clip: Path) -> str:
    """Upload a file through the tus door in one request; returns the address of the upload."""
    content = clip.read_bytes()
    encoded = base64.b64encode(clip.name.encode()).decode()
    metadata = f"filename {encoded},lesson {base64.b64encode(str(lesson_id).encode()).decode()}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Upload-Metadata": metadata}
    created = client.post("/uploads", headers=headers, data=content, content_type="application/offset+octet-stream")
    assert created.status_code == 201, created.text
    return str(created.headers["Location"])


def some_comment(actor: User, lesson: Lesson, version: RecordingVersion, **details: Any) -> TimedComment:
    """A comment at 00:12 unless told otherwise. Inside a unit of work."""
    draft = {"body": "提问以后多等了三秒，学生说得更完整。", "client_uuid": str(uuid4()), "start_ms": 12_000}
    return post_comment(actor, lesson, version, CommentDraft(**{**draft, **details}))


def code_lesson(
    actor: User, lesson: Lesson, version: RecordingVersion, codes: str, step_ms: int = 10_000, scheme: str = "st"
) -> CodingSession:
    """A finished coding in which each code (0 stands for 10) holds for `step_ms`. Inside a unit of work."""
    marks = [Mark(str(uuid4()), at * step_ms, "10" if code == "0" else code) for at, code in enumerate(codes)]
    chosen = SCHEMES[scheme]
    for first in range(0, len(marks), MOST_AT_ONCE):
        part = tuple(marks[first : first + MOST_AT_ONCE])
        save_codes(actor, lesson, version, chosen, Batch(part, reached_ms=len(codes) * step_ms))
    return finish_coding(actor, lesson, chosen)


def full_scores(lesson: Lesson, value: int = 4) -> dict[str, int | None]:
    """The same score on every line of the lesson's rubric."""
    version = db.session.get_one(RubricVersion, lesson.rubric_version_id)
    return dict.fromkeys(version.sheet.keys, value)


def only_version(app: Flask) -> dict[str, object]:
    """What the one version of the database says, free of the session."""
    with app.app_context():
        versions = db.session.query(RecordingVersion).all()
        assert len(versions) == 1, [(version.id, version.upload_id, version.state) for version in versions]
        version = versions[0]
        return {
            "state": version.state,
            "reason": version.reason,
            "kinds": sorted(rendition.kind for rendition in version.renditions),
            "duration_ms": version.duration_ms,
            "sha256": version.sha256,
            "files": {rendition.kind: rendition.file.key for rendition in version.renditions},
            "sizes": {rendition.kind: (rendition.width, rendition.height) for rendition in version.renditions},
        }


def check_version(app: Flask, state: str, *kinds: str) -> dict[str, object]:
    """Return `only_version`, which has to be in that state and, if any are named, to have these files; says what its jobs say."""
    version = only_version(app)
    is_right = version["state"] == state and (not kinds or version["kinds"] == sorted(kinds))
    assert is_right, "\n".join([f"{version['state']} {version['reason']} {version['kinds']}", *told_by_jobs(app)])
    return version


def told_by_jobs(app: Flask) -> list[str]:
    """One line a job, with the end of what went wrong: why something that was to be made is not there."""
    with app.app_context():
        return [
            f"{job.kind} {job.key}: {job.state}, try {job.attempts}, due {job.run_at:%T.%f}, "
            f"leased until {job.lease_until} by {job.leased_by}, {(job.error or 'no error')[-300:]}"
            for job in db.session.query(Job).order_by(Job.id)
        ] + [f"now {clock.now():%T.%f}"]
