"""省流量: sound and stills of a film, with the film's own times."""

from __future__ import annotations

import av
import pytest

from tests.support.observations import color_at, upload_clip
from yanxiu.core.db import db
from yanxiu.core.storage import storage
from yanxiu.observations import jobs
from yanxiu.observations.media import convert
from yanxiu.observations.models import RecordingVersion
from yanxiu.observations.queries.recordings import current_version, recording_of
from yanxiu.observations.views.recordings import why_no_saver

pytestmark = pytest.mark.once  # films are the same, whichever database keeps their rows


def test_sound_and_stills_are_made_of_a_film_and_offered_with_what_they_cost(
    app, client_for, new_lesson, clips, work, monkeypatch
):
    monkeypatch.setattr(jobs, "LEAN_FROM_MS", 0)
    monkeypatch.setattr(convert, "STILL_MS", 5_000)
    lesson_id, teacher = new_lesson(recorded=False), client_for("teacher")
    upload_clip(teacher, lesson_id, clips("noisy-12.mp4", seconds=12, noisy=True))
    work()
    with app.app_context():
        (version,) = db.session.query(RecordingVersion).all()
        lean, film = version.rendition("lean"), version.rendition("source") or version.rendition("480p")
        sizes, path, number = (lean.file.size, film.file.size), storage().path(lean.file.key), version.id
    assert sizes[0] < sizes[1] / 3
    with av.open(str(path)) as opened:
        assert {stream.type for stream in opened.streams} == {"video", "audio"}
        assert abs(opened.duration / 1000 - 12_000) < 300
        shown = {round(frame.time): frame.to_ndarray(format="rgb24")[5, 5] for frame in opened.decode(video=0)}
    # A still is the last key frame (the clip has one at 0 and one at 10 seconds): none shows what is still to come.
    for second in range(12):
        wanted = color_at(10_000 if second >= 10 else 0)
        assert max(abs(int(a) - b) for a, b in zip(shown[second], wanted, strict=True)) < 70, second
    page = teacher.get(f"/lessons/{lesson_id}").text
    assert "省流量：听声音，每 10 秒看一幅画面（全片约" in page
    address = f"/lessons/{lesson_id}/media/{number}/lean"
    assert address in page
    assert address in teacher.get(f"/lessons/{lesson_id}/codings/st").text
    assert teacher.get(address, headers={"Range": "bytes=0-99"}).status_code == 206
    assert client_for("stranger").get(address).status_code == 404


def test_a_film_of_seconds_has_one_too_and_where_there_is_none_the_page_says_why(
    app, client_for, new_lesson, clips, work
):
    teacher = client_for("teacher")
    (silent, short), pages = [new_lesson(recorded=False) for _time in range(2)], {}
    upload_clip(teacher, silent, clips("silent-12.mp4", seconds=12, noisy=True, audio=False))
    upload_clip(teacher, short, clips("drawn.mp4", seconds=4, size=(180, 320)))
    work()
    for lesson_id in (silent, short):
        pages[lesson_id] = teacher.get(f"/lessons/{lesson_id}").text
    assert "省流量：没有声音，每 10 秒看一幅画面（全片约" in pages[silent]
    with app.app_context():
        version = current_version(recording_of(silent))
        with av.open(str(storage().path(version.rendition("lean").file.key))) as opened:
            assert {stream.type for stream in opened.streams} == {"video"}
            assert abs(opened.duration / 1000 - 12_000) < 300
    assert "data-saver=" not in pages[short]
    assert "这段实录不到 10 秒，没有省流量可选。" in pages[short]
    with app.app_context():
        version = current_version(recording_of(silent))
        film, lean = version.watchable()[-1], version.rendition("lean")
        assert why_no_saver(version) == ""
        lean.file.size = film.file.size
        assert "省流量并不更省" in why_no_saver(version)
        db.session.rollback()
