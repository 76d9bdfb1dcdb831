"""From an uploaded file to something to watch: probe, copy or convert, states, files by range."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from tests.support.observations import (
    check_version,
    color_at,
    make_lesson,
    make_ready_version,
    only_version,
    upload_clip,
)
from yanxiu.core import ffmpeg
from yanxiu.core.db import db
from yanxiu.core.storage import receive_file, storage
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations import jobs
from yanxiu.observations.media import convert
from yanxiu.observations.media.probe import MAX_DURATION_MS, Facts, NotPlayableError, inspect, probe, sniff
from yanxiu.observations.models import Rendition, VersionState

FACTS = Facts("mov", 60_000, 1280, 720, 0, 25.0, "h264", "yuv420p", "aac", 1_000_000)


@pytest.mark.parametrize(
    ("change", "plays"),
    [
        ({}, True),
        ({"audio_codec": None}, True),
        ({"video_codec": "hevc"}, False),
        ({"pixel_format": "yuv420p10le"}, False),
        ({"audio_codec": "pcm_s16le"}, False),
        ({"bit_rate": 2_500_001}, False),
    ],
)
def test_only_what_every_browser_plays_at_a_village_rate_is_copied(change, plays):
    assert replace(FACTS, **change).plays_as_it_is() is plays


@pytest.mark.parametrize(
    ("width", "height", "short_side", "fitted"),
    [
        (1920, 1080, 480, (854, 480)),
        (1080, 1920, 480, (480, 854)),
        (320, 180, 480, (320, 180)),
        (1279, 719, 720, (1280, 720)),
    ],
)
def test_pictures_keep_their_shape_and_never_grow(width, height, short_side, fitted):
    size = convert.fitted(replace(FACTS, width=width, height=height), short_side)
    assert (size.width, size.height) == fitted


def test_stills_are_at_most_a_hundred():
    plan = convert.sprite_plan(replace(FACTS, duration_ms=MAX_DURATION_MS))
    assert plan.columns * plan.rows <= 100
    assert plan.interval_ms == 108_000
    assert convert.sprite_plan(replace(FACTS, duration_ms=500)).columns == 1


def test_an_h264_clip_is_only_copied_and_watchable_at_once(app, client_for, new_lesson, clips, work):
    clip = clips("plain.mp4", seconds=8)
    lesson_id = new_lesson(recorded=False)
    upload_clip(client_for("teacher"), lesson_id, clip)
    check_version(app, VersionState.WAITING)
    work()
    version = check_version(app, VersionState.READY, "peaks", "poster", "source", "sprite")
    with app.app_context():
        (made,) = db.session.query(Rendition).filter_by(kind="peaks").all()
        assert (len(made.layout["peaks"]), max(made.layout["peaks"])) == (600, 100)
    assert "lane-wave" in client_for("teacher").get(f"/lessons/{lesson_id}").text
    assert version["sha256"] == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert abs(version["duration_ms"] - 8000) <= 100
    with storage().open(version["files"]["source"]) as file:
        head = file.read(4096)
    assert head.index(b"moov") < 100  # the index stands in front: playing starts before the file is there


def test_an_hevc_clip_is_converted_to_what_browsers_play(app, client_for, new_lesson, clips, work):
    upload_clip(client_for("teacher"), new_lesson(recorded=False), clips("hevc.mp4", codec="libx265", seconds=4))
    work()
    version = check_version(app, VersionState.READY, "480p", "peaks", "poster", "sprite")
    facts = inspect(storage().path(version["files"]["480p"]))
    assert facts.plays_as_it_is()
    assert abs(facts.duration_ms - 4000) <= 100


@pytest.mark.once
def test_a_heavy_clip_gets_480p_before_720p(app, client_for, new_lesson, clips, work):
    heavy = clips("heavy.mp4", seconds=2, size=(1280, 720), bit_rate=8_000_000, noisy=True)
    upload_clip(client_for("teacher"), new_lesson(recorded=False), heavy)
    work()
    version = check_version(app, VersionState.READY, "480p", "720p", "peaks", "poster", "sprite")
    assert (version["sizes"]["480p"], version["sizes"]["720p"]) == ((854, 480), (1280, 720))
    with app.app_context():
        order = [
            job.payload["kinds"][0] for job in db.session.query(Job).order_by(Job.id) if job.kind == "media.transcode"
        ]
    assert order == ["480p", "720p"]


def test_the_turn_of_a_phone_is_honored(app, tmp_path, clips):
    import subprocess

    clip, turned = clips("plain.mp4", seconds=8), tmp_path / "turned.mp4"
    command = [ffmpeg.ffmpeg_program(), "-v", "error", "-display_rotation", "90", "-i", str(clip)]
    subprocess.run([*command, "-c", "copy", str(turned)], check=True)
    facts = inspect(turned)
    assert (facts.width, facts.height, facts.rotation) == (180, 320, 90)
    convert.transcode(turned, tmp_path / "out.mp4", facts, 480, lambda percent: None)
    shown = probe(tmp_path / "out.mp4")
    assert (shown.width, shown.height, shown.rotation) == (180, 320, 0)


def test_key_frames_stand_every_two_seconds(tmp_path, clips):
    import av

    clip = clips("plain.mp4", seconds=8)
    facts = inspect(clip)
    convert.transcode(clip, tmp_path / "out.mp4", facts, 480, lambda percent: None)
    with av.open(str(tmp_path / "out.mp4")) as container:
        keys = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.is_keyframe and p.pts is not None]
    for second in (0, 2, 4, 6):  # further ones at cuts do no harm
        assert any(abs(key - second) < 0.05 for key in keys), second


def test_the_color_of_each_second_survives_the_conversion(tmp_path, clips):
    import av

    clip = clips("plain.mp4", seconds=8)
    facts = inspect(clip)
    convert.transcode(clip, tmp_path / "out.mp4", facts, 480, lambda percent: None)
    with av.open(str(tmp_path / "out.mp4")) as container:
        for frame in container.decode(video=0):
            ms = round(float(frame.pts * frame.time_base) * 1000)
            middle = frame.to_ndarray(format="rgb24")[frame.height // 2, frame.width // 2]
            assert max(abs(int(a) - b) for a, b in zip(middle, color_at(ms), strict=True)) < 24, ms


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "不是视频"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "不是视频"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是视频"),
        (b"", "不是视频"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\xff" * 5000, "损坏"),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 5000, "损坏"),
    ],
)
def test_a_file_that_is_no_film_is_refused_in_words(app, client_for, new_lesson, tmp_path, work, content, words):
    path = tmp_path / "课.mp4"
    path.write_bytes(content or b" ")
    lesson_id = new_lesson(recorded=False)
    upload_clip(client_for("teacher"), lesson_id, path)
    work()
    version = check_version(app, VersionState.FAILED)
    assert words in version["reason"]
    page = client_for("teacher").get(f"/lessons/{lesson_id}")
    assert "这段视频无法处理" in page.text


def test_a_playlist_never_reaches_the_library(tmp_path):
    trap = tmp_path / "trap.mp4"
    trap.write_text("#EXTM3U\n")
    with pytest.raises(NotPlayableError):
        sniff(trap)


def test_sound_without_a_picture_is_refused(tmp_path, clips):
    import subprocess

    path = tmp_path / "sound.mp4"
    command = [ffmpeg.ffmpeg_program(), "-v", "error", "-i", str(clips("plain.mp4", seconds=8)), "-vn", "-c", "copy"]
    subprocess.run([*command, str(path)], check=True)
    with pytest.raises(NotPlayableError, match="只有声音"):
        inspect(path)


def test_a_job_that_dies_half_way_runs_again_without_harm(app, client_for, new_lesson, clips, work, monkeypatch):
    upload_clip(client_for("teacher"), new_lesson(recorded=False), clips("plain.mp4", seconds=8))

    def die(*_things: object) -> None:
        raise MemoryError("the machine went down here")

    monkeypatch.setattr(jobs.convert, "remux", die)
    work()
    check_version(app, VersionState.PROCESSING)
    monkeypatch.undo()
    with app.app_context(), unit_of_work():
        for job in db.session.query(Job).filter_by(kind="media.prepare"):
            job.run_at = job.created_at
    work()
    check_version(app, VersionState.READY, "peaks", "poster", "source", "sprite")


def test_a_crash_before_the_commit_leaves_the_upload_where_it_was(
    app, client_for, new_lesson, clips, work, monkeypatch
):
    upload_clip(client_for("teacher"), new_lesson(recorded=False), clips("plain.mp4", seconds=8))

    def die(*_things: object) -> None:
        raise MemoryError("killed between the move and the commit")

    monkeypatch.setattr(jobs.recordings, "note_original", die)
    work()
    monkeypatch.undo()
    with app.app_context(), unit_of_work():
        for job in db.session.query(Job).filter_by(kind="media.prepare"):
            job.run_at = job.created_at
    work()
    check_version(app, VersionState.READY)


def test_progress_is_told_and_a_removed_lesson_is_not_converted(app, client_for, new_lesson, clips, work):
    lesson_id = new_lesson(recorded=False)
    upload_clip(client_for("teacher"), lesson_id, clips("plain.mp4", seconds=8))
    client_for("teacher").post(f"/lessons/{lesson_id}/removal")
    work()
    assert only_version(app)["kinds"] == []


def test_a_lesson_that_comes_back_is_taken_up_again(app, client_for, new_lesson, clips, work):
    lesson_id, teacher = new_lesson(recorded=False), client_for("teacher")
    upload_clip(teacher, lesson_id, clips("plain.mp4", seconds=8))
    teacher.post(f"/lessons/{lesson_id}/removal")
    work()
    teacher.post(f"/lessons/{lesson_id}/restoration")
    work()
    check_version(app, VersionState.READY)


LARGE, FAR = 600 * 1024**2, 500 * 1024**2


@pytest.fixture
def large(app, cast) -> tuple[int, int]:
    """A lesson whose recording is 600 MiB long with its own address written at 500 MiB; (lesson, version)."""
    from io import BytesIO

    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        version = make_ready_version(lesson)
        received = receive_file(BytesIO(b"x"), "large.mp4", "video/mp4")
        with storage().path(received.key).open("r+b") as film:
            film.truncate(LARGE)
            film.seek(FAR)
            film.write(FAR.to_bytes(4, "big"))
        file = version.rendition("source").file
        file.key, file.size, file.sha256 = received.key, LARGE, received.sha256
        return lesson.id, version.id


def test_a_range_far_inside_is_read_from_there_and_not_from_zero(client_for, large, monkeypatch):
    """Status codes alone pass with the trap of observation.md 3c: count the bytes really read."""
    read: list[int] = []
    opened = storage().open

    class Counting:
        def __init__(self, key: str, start: int) -> None:
            self.file = opened(key, start)

        def __enter__(self) -> Counting:
            return self

        def __exit__(self, *_error: object) -> None:
            self.file.close()

        def seek(self, to: int) -> int:
            return self.file.seek(to)

        def read(self, size: int) -> bytes:
            chunk = self.file.read(size)
            read.append(len(chunk))
            return chunk

    monkeypatch.setattr(type(storage()), "open", lambda _self, key, start=0: Counting(key, start))
    url = "/lessons/{}/media/{}/source".format(*large)
    answer = client_for("colleague").get(url, headers={"Range": f"bytes={FAR}-{FAR + 65535}"})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {FAR}-{FAR + 65535}/{LARGE}"
    assert answer.data[:4] == FAR.to_bytes(4, "big")
    assert sum(read) == 65536


@pytest.mark.parametrize(
    ("headers", "status", "length"),
    [
        ({}, 200, 4096),
        ({"Range": "bytes=0-0"}, 206, 1),
        ({"Range": "bytes=4000-"}, 206, 96),
        ({"Range": "bytes=-6"}, 206, 6),
        ({"Range": "bytes=0-9999999"}, 206, 4096),
        ({"Range": "bytes=5000-6000"}, 416, 0),
        ({"Range": "bytes=0-1,4-5"}, 200, 4096),
        ({"Range": "pages=1-2"}, 200, 4096),
        ({"Range": "bytes=0-9", "If-Range": '"another"'}, 200, 4096),
    ],
)
def test_ranges_by_the_book(client_for, new_lesson, headers, status, length):
    url = f"/lessons/{new_lesson()}/media/1/source"
    answer = client_for("colleague").get(url, headers=headers)
    assert (answer.status_code, len(answer.data)) == (status, length)
    head = client_for("colleague").head(url, headers=headers)
    assert (head.status_code, head.data) == (status, b"")


def test_the_right_is_checked_on_each_range(app, client_for, new_lesson):
    lesson_id = new_lesson()
    url = f"/lessons/{lesson_id}/media/1/source"
    watching = client_for("colleague")
    assert watching.get(url, headers={"Range": "bytes=0-9"}).status_code == 206
    client_for("teacher").post(f"/lessons/{lesson_id}/removal")
    assert watching.get(url, headers={"Range": "bytes=10-19"}).status_code == 404


def test_a_recording_is_never_reached_through_another_lesson(client_for, new_lesson):
    mine, other = new_lesson(visibility="invited"), new_lesson()
    assert client_for("colleague").get(f"/lessons/{mine}/media/1/source").status_code == 404
    assert client_for("colleague").get(f"/lessons/{other}/media/1/source").status_code == 404
    assert client_for("colleague").get(f"/lessons/{other}/media/2/source").status_code == 200


def test_a_better_file_becomes_the_next_version_and_the_old_one_plays_until_then(
    app, client_for, new_lesson, clips, work
):
    lesson_id = new_lesson()
    upload_clip(client_for("teacher"), lesson_id, clips("plain.mp4", seconds=8))
    assert "/media/1/source" in client_for("colleague").get(f"/lessons/{lesson_id}").text
    work()
    assert "/media/2/source" in client_for("colleague").get(f"/lessons/{lesson_id}").text


def test_a_small_file_also_comes_by_the_plain_form(app, client_for, new_lesson, clips, work):
    lesson_id = new_lesson(recorded=False)
    with clips("plain.mp4", seconds=8).open("rb") as file:
        sent = client_for("teacher").post(f"/lessons/{lesson_id}/recording", data={"file": (file, "课.mp4")})
    assert sent.status_code == 303
    work()
    check_version(app, VersionState.READY)


def test_a_form_without_a_file_says_what_to_do(client_for, new_lesson):
    answer = client_for("teacher").post(f"/lessons/{new_lesson(recorded=False)}/recording", data={})
    assert answer.status_code == 422
    assert "请选择要上传的视频文件" in answer.text


def test_conversions_run_the_program_the_operator_chose(tmp_path, clips, monkeypatch):
    program, mark = tmp_path / "ffmpeg", tmp_path / "mark"
    program.write_text(f'#!/bin/sh\ntouch "{mark}"\nexec "{ffmpeg.ffmpeg_program()}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "_configured", "")
    ffmpeg.use_ffmpeg(str(program))
    clip = clips("plain.mp4", seconds=8)
    convert.poster(clip, tmp_path / "poster.jpg", inspect(clip))
    assert mark.exists()
