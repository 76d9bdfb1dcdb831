"""Spoken replies and photos without words: kept, played in place, made playable for every phone."""

import io
import subprocess

import pytest
from sqlalchemy import select

from tests.workshops.stage import FETCH, Room, page, picture
from yanxiu.core.db import db
from yanxiu.core.ffmpeg import ffmpeg_program
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models import Post, PostAttachment


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Two seconds of sound as a browser that is not an iPhone records them."""
    target = tmp_path_factory.mktemp("voice") / "voice.webm"
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-c:a", "libopus", "-ac", "1"]
    subprocess.run([ffmpeg_program(), "-v", "error", *sound, str(target)], check=True)
    return target


@pytest.fixture
def room(app, cast):
    return Room(app, cast, answers=0)


def attached(app, post_id):
    with app.app_context():
        found = db.session.get(Post, post_id)
        return found.text, [(item.id, item.file.name, item.file.mime) for item in found.attachments]


def test_a_spoken_reply_needs_no_words_and_plays_on_every_phone_once_it_is_converted(
    app, client_for, room, spoken, work
):
    teacher, colleague = client_for("teacher"), client_for("colleague")
    with spoken.open("rb") as sound:
        form = {"html": "<p></p>", "format": "html", "voice": (sound, "语音 0分02秒.webm")}
        sent = teacher.post(f"{room.topic}/posts", data=form, headers=FETCH)
    assert sent.status_code == 200, sent.text
    text, ((number, name, mime),) = attached(app, sent.json["post_id"])
    assert (text, name, mime) == ("（语音）", "语音 0分02秒.webm", "audio/webm")
    before = page(colleague, room.topic)
    assert f'<audio controls preload="none" src="{room.topic}/attachments/{number}' in before
    seq = int(colleague.get(f"{room.topic}/posts?since=0").headers["X-Seq"])
    work()
    _text, ((_number, name, mime),) = attached(app, sent.json["post_id"])
    assert (name, mime) == ("语音 0分02秒.m4a", "audio/mp4")
    answer = colleague.get(f"{room.topic}/attachments/{number}", headers={"Range": "bytes=0-11"})
    assert (answer.status_code, answer.mimetype, answer.data[4:8]) == (206, "audio/mp4", b"ftyp")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert f'id="post-{sent.json["post_id"]}"' in page(colleague, f"{room.topic}/posts?since={seq}")
    with app.app_context():
        assert "audio/webm" not in db.session.scalars(select(StoredFile.mime)).all()


def test_a_topic_may_be_spoken_but_needs_its_title(app, client_for, room, spoken):
    leader, address = client_for("leader"), room.topic.rpartition("/")[0]
    said = {"html": "<p></p>", "format": "html"}
    with spoken.open("rb") as sound:
        refused = leader.post(address, data=said | {"voice": (sound, "语音.webm")}, headers=FETCH)
    assert refused.json["errors"] == {"title": ["请填写话题标题"]}
    silent = leader.post(address, data=said | {"title": "听听这一段"}, headers=FETCH)
    assert silent.json["errors"] == {"html": ["请写点内容再发布"]}
    with spoken.open("rb") as sound:
        sent = leader.post(address, data=said | {"title": "听听这一段", "voice": (sound, "语音.webm")}, headers=FETCH)
    assert sent.status_code == 200, sent.text
    shown = page(leader, sent.json["redirect"])
    assert "（语音）" in shown
    assert '<audio controls preload="none"' in shown


def test_what_is_no_sound_stays_as_it_is_and_what_is_no_recording_is_refused(app, client_for, room, work):
    teacher = client_for("teacher")
    broken = (picture(), "语音.webm")
    refused = teacher.post(f"{room.topic}/posts", data={"html": "", "voice": broken}, headers=FETCH)
    assert (refused.status_code, refused.json["field"]) == (422, "voice")
    hollow = b"\x1a\x45\xdf\xa3" + b"\0" * 20 + b"webm" + b"\0" * 40
    form = {"html": "听一听", "voice": (io.BytesIO(hollow), "语音.webm")}
    sent = teacher.post(f"{room.topic}/posts", data=form, headers=FETCH)
    assert work() >= 1
    assert attached(app, sent.json["post_id"])[1][0][1:] == ("语音.webm", "audio/webm")


def test_a_photo_alone_is_a_reply_and_nothing_at_all_is_not(app, client_for, room):
    teacher = client_for("teacher")
    sent = teacher.post(f"{room.topic}/posts", data={"html": "", "files": (picture(), "板书.png")}, headers=FETCH)
    assert attached(app, sent.json["post_id"])[0] == "（照片）"
    empty = teacher.post(f"{room.topic}/posts", data={"html": "<p></p>", "format": "html"}, headers=FETCH)
    assert (empty.status_code, empty.json["field"]) == (422, "html")
    with app.app_context():
        assert db.session.scalar(select(PostAttachment.id).where(PostAttachment.thumbnail_id.is_(None))) is None
    microphone = teacher.get(room.topic).headers["Permissions-Policy"]
    assert "microphone=(self)" in microphone
    assert "camera=()" in microphone
