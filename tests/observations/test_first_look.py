"""Sound and stills that come before the film: watched at the film's own times until the film is there."""

from __future__ import annotations

import json
import subprocess
import threading
from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

from tests.support.observations import color_at, make_ready_version
from tests.support.tus import Tus
from yanxiu.core.db import db
from yanxiu.core.ffmpeg import ffmpeg_program
from yanxiu.core.storage import storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.media.first_look import MAGIC, assemble, parse_parts
from yanxiu.observations.media.probe import NotPlayableError
from yanxiu.observations.models import Lesson, RecordingVersion
from yanxiu.observations.queries import current_version, newest_version, recording_of

pytestmark = pytest.mark.once  # films are the same, whichever database keeps their rows

EVERY_MS = 2000
SAID = {"sound": 10, "stills": [5], "every_ms": 2000, "duration_ms": 8000, "delay_ms": 0}


def still(ms: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 180), color_at(ms)).save(out, "JPEG")
    return out.getvalue()


def first_look_of(clip: Path, seconds: int) -> bytes:
    """What the page makes of a clip of the given length."""
    command = [ffmpeg_program(), "-v", "error", "-i", str(clip), "-vn", "-c:a", "copy", "-f", "adts", "-"]
    sound = subprocess.run(command, capture_output=True, check=True).stdout
    stills = [still(ms) for ms in range(0, seconds * 1000, EVERY_MS)]
    said = {
        "sound": len(sound),
        "stills": [len(one) for one in stills],
        "every_ms": EVERY_MS,
        "duration_ms": seconds * 1000,
        "delay_ms": 0,
    }
    return b"".join([MAGIC, json.dumps(said).encode(), b"\n", sound, *stills])


def versions(app, lesson_id: int) -> list[tuple[int, bool, str]]:
    with app.app_context():
        found = recording_of(lesson_id)
        return [(version.number, version.is_first_look, version.state) for version in found.versions]


def test_sound_and_stills_are_watched_until_the_film_is_there(app, client_for, new_lesson, clips, work):
    clip, lesson_id, teacher = clips("plain.mp4", seconds=8), new_lesson(recorded=False), client_for("teacher")
    data = first_look_of(clip, 8)
    door = Tus(teacher, filename="课（声音和画面）.mp4", lesson=lesson_id, first=1)
    assert door.create(len(data), data).status_code == 201
    assert "声音和画面已传到，等待处理" in teacher.get(f"/lessons/{lesson_id}").text
    work()
    assert versions(app, lesson_id) == [(1, True, "ready")]
    with app.app_context():
        version = db.session.query(RecordingVersion).one()
        assert abs(version.duration_ms - 8000) <= 100
        with av.open(str(storage().path(version.rendition("source").file.key))) as film:
            assert film.streams.audio[0].codec_context.name == "aac"
            shown = {int(frame.time): frame.to_ndarray(format="rgb24")[90, 160] for frame in film.decode(video=0)}
    for second in range(8):
        expected = color_at(second // 2 * 2000)
        assert max(abs(int(a) - b) for a, b in zip(shown[second], expected, strict=True)) < 24, second
    colleague = client_for("colleague").get(f"/lessons/{lesson_id}").text
    assert "先传来的是声音和画面" in colleague
    assert "data-player" in colleague
    assert "data-upload" in teacher.get(f"/lessons/{lesson_id}").text
    with app.app_context(), unit_of_work():
        make_ready_version(db.session.get_one(Lesson, lesson_id))
    assert versions(app, lesson_id) == [(1, True, "ready"), (2, False, "ready")]
    assert "先传来的是声音和画面" not in client_for("colleague").get(f"/lessons/{lesson_id}").text


def test_sound_and_stills_that_come_late_do_not_replace_the_film(app, new_lesson):
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        make_ready_version(db.session.get_one(Lesson, lesson_id)).is_first_look = True
    assert versions(app, lesson_id) == [(1, False, "ready"), (2, True, "ready")]
    with app.app_context(), unit_of_work():
        found = recording_of(lesson_id)
        assert current_version(found).number == 1
        for version in found.versions:
            version.state = "waiting"
        assert current_version(found).number == newest_version(found).number == 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"RIFF",
        MAGIC,
        MAGIC + b"[]",
        MAGIC + b"[" * 5000,
        MAGIC + b'{"sound": 1}',
        *(
            MAGIC + json.dumps({**SAID, **wrong}).encode()
            for wrong in (
                {"stills": []},
                {"stills": [1] * 501},
                {"stills": [10**9]},
                {"stills": 3},
                {"sound": -1},
                {"sound": True},
                {"every_ms": 0},
                {"duration_ms": 10**9},
                {"delay_ms": 0.5},
            )
        ),
    ],
)
def test_a_first_line_that_says_anything_unreasonable_is_refused(line):
    with pytest.raises(NotPlayableError):
        parse_parts(line)


def test_parts_that_do_not_add_up_or_are_no_pictures_are_refused(tmp_path):
    for body in (b"x" * 14, b"x" * 15):
        source = tmp_path / "look"
        source.write_bytes(MAGIC + json.dumps(SAID).encode() + b"\n" + body)
        with pytest.raises(NotPlayableError):
            assemble(source, tmp_path, lambda _percent: None, threading.Event())
