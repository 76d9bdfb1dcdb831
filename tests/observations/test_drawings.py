"""What is drawn on a still: what a page may send, who sees it, and how it leaves the system."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import time
from datetime import timedelta
from uuid import uuid4

import docx
import pytest
from PIL import Image

from tests.support.observations import color_at, make_lesson, make_ready_version, some_comment, upload_clip
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.drawings import MOST_POINTS, checked_drawing, drawing_words
from yanxiu.observations.media import convert
from yanxiu.observations.media.drawn_still import paint
from yanxiu.observations.models import Lesson, TimedComment, Watching
from yanxiu.observations.papers import drawn
from yanxiu.observations.queries import current_version, recording_of

BOX = {"kind": "box", "color": "red", "at": [2500, 2500, 7500, 7500]}
PEN = {"kind": "pen", "color": "yellow", "at": [0, 0, 10_000, 10_000]}
ARROW = {"kind": "arrow", "color": "blue", "at": [0, 0, 5000, 5000]}
DEEP = "[" * 20_000
SENT = json.dumps([BOX, PEN])


@pytest.mark.once
@pytest.mark.parametrize(
    "sent",
    [
        "{", "5", '"box"', "null1", '{"kind": "box"}', "[5]", "[[]]", DEEP, "[NaN]", '[{"kind": ["box"]}]',
        json.dumps([{**BOX, "kind": "text"}]),
        json.dumps([{**BOX, "color": "#fff"}]),
        json.dumps([{**BOX, "color": None}]),
        json.dumps([{**BOX, "at": "1234"}]),
        json.dumps([{**BOX, "at": [1, 2, 3]}]),
        json.dumps([{**BOX, "at": [1, 2, 3, 4, 5, 6]}]),
        json.dumps([{**BOX, "at": [1, 2, 3, 10_001]}]),
        json.dumps([{**BOX, "at": [-1, 2, 3, 4]}]),
        json.dumps([{**BOX, "at": [0.5, 2, 3, 4]}]),
        json.dumps([{**BOX, "at": [True, 2, 3, 4]}]),
        json.dumps([{**BOX, "at": [1, 2, 3, [4]]}]),
        json.dumps([{"kind": "box", "at": [1, 2, 3, 4]}]),
        json.dumps([{**PEN, "at": []}]),
        json.dumps([{**PEN, "at": [1, 2, 3]}]),
        json.dumps([{**PEN, "at": [1] * (2 * MOST_POINTS + 2)}]),
        json.dumps([{**PEN, "at": [1] * 2 * MOST_POINTS}] * 6),
        json.dumps([BOX] * 41),
        " " * 5 + "x" * 30_000,
    ],
)  # fmt: skip
def test_nothing_but_strokes_in_the_picture_is_kept(sent):
    with pytest.raises(InvalidError):
        checked_drawing(sent)


@pytest.mark.once
def test_a_drawing_is_kept_as_it_was_sent_without_what_does_not_belong_to_it():
    assert checked_drawing(json.dumps([{**BOX, "onclick": "x", "more": [1]}, ARROW])) == [BOX, ARROW]
    assert [checked_drawing(text) for text in ("", "  ", "[]")] == [None, None, None]
    assert drawing_words([BOX, BOX, PEN, ARROW]) == "1 个箭头、2 个方框、1 条手绘线"


@pytest.mark.once
@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_shapes_are_painted_where_they_were_drawn(size):
    picture = Image.new("RGB", size, "#808080")
    dot = {"kind": "pen", "color": "blue", "at": [1000, 9000]}
    paint(picture, [BOX, dot, {**BOX, "kind": "oval", "color": "yellow"}, ARROW])
    wide, high = size

    def at(x, y):
        return picture.getpixel((round(x * wide), round(y * high)))

    assert at(0.25, 0.3) == (0xE5, 0x20, 0x2B)
    assert at(0.1, 0.9) == (0x14, 0x79, 0xFF)
    assert at(0.5, 0.25)[2] < 0x80
    assert at(0.9, 0.1) == (0x80, 0x80, 0x80)


def sent(client, address, **data):
    return client.post(address, data={"client_uuid": str(uuid4()), **data}, headers={"X-Requested-With": "fetch"})


def test_a_comment_keeps_its_drawing_until_its_author_changes_it(app, client_for, new_lesson):
    lesson_id, colleague = new_lesson(), client_for("colleague")
    at = f"/lessons/{lesson_id}/comments"
    assert sent(colleague, at, body="看这里", start_ms="12000", drawing="[{}]").get_json()["field"] == "drawing"
    uuid = str(uuid4())
    posted = [
        sent(colleague, at, body="看这里", start_ms="12000", drawing=SENT, client_uuid=uuid).get_json() for _ in "ab"
    ]
    assert posted[0]["id"] == posted[1]["id"]
    other = sent(colleague, at, body="看这里", start_ms="12000", client_uuid=uuid).get_json()
    assert other["id"] != posted[0]["id"]
    shown = client_for("leader").get(f"{at}?since=0").text
    (found,) = re.findall(r'data-drawing="([^"]*)"', shown)
    assert json.loads(html.unescape(found)) == [BOX, PEN]
    assert "画面标注" in shown
    # The answer to it and a live note have no picture of their own.
    own = f"{at}/{posted[0]['id']}"
    sent(client_for("leader"), own + "/replies", body="嗯", drawing=SENT)
    assert sent(colleague, own, body="改过的话").status_code == 200
    assert client_for("leader").get(f"{at}?since=0").text.count("data-drawing=") == 1
    assert sent(colleague, own, body="改过的话", drawing=json.dumps([ARROW])).status_code == 200
    assert sent(colleague, own, body="改过的话", drawing="[1]").status_code == 422
    with app.app_context(), unit_of_work():
        comment = db.session.get_one(TimedComment, posted[0]["id"])
        assert comment.drawing == [ARROW]
        film, later = comment.version_id, make_ready_version(comment.lesson).id
    # One goes on drawing on the film that was drawn on, not on what came in its place.
    page = colleague.get(own).text
    assert f"/media/{film}/" in page
    assert f"/media/{later}/" not in page
    assert sent(client_for("leader"), own, body="别人的话", drawing="").status_code == 403
    assert sent(colleague, own, body="改过的话", drawing="").status_code == 200
    assert "data-drawing" not in client_for("leader").get(f"{at}?since=0").text


def test_files_name_the_drawing_and_word_shows_it_on_its_frame(app, cast, client_for, new_lesson, clips, work):
    lesson_id = new_lesson(recorded=False)
    upload_clip(client_for("teacher"), lesson_id, clips("drawn.mp4", seconds=4, size=(180, 320)))
    work()
    with app.app_context(), unit_of_work():
        lesson, version = db.session.get_one(Lesson, lesson_id), current_version(recording_of(lesson_id))
        some_comment(cast.user("colleague"), lesson, version, start_ms=2_500, body="圈出来了", drawing=SENT)
        some_comment(cast.user("colleague"), lesson, version, start_ms=4_000, body="最后一刻", drawing=SENT)
    at, leader = f"/lessons/{lesson_id}/papers/comments?format=", client_for("leader")
    assert "［画面标注：1 个方框、1 条手绘线］" in leader.get(at + "vtt").text
    rows = list(csv.DictReader(io.StringIO(leader.get(at + "csv").data.decode("utf-8-sig"))))
    assert [row["画面标注"] for row in rows] == ["1 个方框、1 条手绘线"] * 2
    document = docx.Document(io.BytesIO(leader.get(at + "docx").data))
    pictures = [part.blob for part in document.part.package.iter_parts() if part.partname.startswith("/word/media")]
    assert len(pictures) == 2
    picture = Image.open(io.BytesIO(pictures[0])).convert("RGB")
    assert picture.height > picture.width
    near = picture.getpixel((picture.width * 9 // 10, picture.height // 10))
    assert all(abs(a - b) < 40 for a, b in zip(near, color_at(2_500), strict=True))
    edge = picture.getpixel((picture.width // 4, picture.height // 3))
    assert all(abs(a - b) < 60 for a, b in zip(edge, (0xE5, 0x20, 0x2B), strict=True))
    # Pupils who can be recognized stay in the system; who leads the lesson may take them along.
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, lesson_id).pupils_recognizable = True
    held_back = docx.Document(io.BytesIO(leader.get(at + "docx").data))
    assert "画面上有1 个方框、1 条手绘线，请在课例里查看。" in [one.text for one in held_back.paragraphs]
    assert not held_back.inline_shapes
    assert len(docx.Document(io.BytesIO(client_for("teacher").get(at + "docx").data)).inline_shapes) == 2
    # Once the time is over for which they may be shown, nobody takes them; every view of them was logged.
    with app.app_context():
        assert [row.user_id for row in db.session.query(Watching)] == [cast.teacher.id]
        with unit_of_work():
            db.session.get_one(Lesson, lesson_id).consent_until = clock.today() - timedelta(days=1)
    assert not docx.Document(io.BytesIO(client_for("teacher").get(at + "docx").data)).inline_shapes


def test_a_film_on_which_ffmpeg_hangs_keeps_nobody_waiting(app, cast, tmp_path, monkeypatch):
    hanging = tmp_path / "ffmpeg"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(convert, "ffmpeg_program", lambda: str(hanging))
    monkeypatch.setattr(drawn, "LEAST_S", 0.1)
    began = time.monotonic()
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"))
        film = b"\0\0\0\x18ftypisom" + bytes(4096)
        comment = some_comment(cast.user("teacher"), lesson, make_ready_version(lesson, content=film), drawing=SENT)
        assert drawn.Stills(lesson.id, patience_s=0.2)(comment) is None
        # However many wait for their files, two pictures are taken at a time.
        monkeypatch.setattr(drawn, "drawn_still", lambda *_: b"picture")
        assert drawn.Stills(lesson.id)(comment) == b"picture"
        with drawn._turns, drawn._turns:
            assert drawn.Stills(lesson.id, patience_s=0.05)(comment) is None
    assert time.monotonic() - began < 20
