"""Subtitles of a lesson: read from a file, shown to who may watch, found at their second."""

from __future__ import annotations

import io
import re

import pytest

from tests.support.search import bring_index_up_to_date
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.subtitles import MAX_BYTES, read_subtitles
from yanxiu.observations.models import RecordingSubtitles

SRT = """1
00:00:03,500 --> 00:00:06,000
同学们好，今天学《草船借箭》

2
00:00:41,000 --> 00:00:44,250
诸葛亮为什么要在大雾天出发？
"""


def send(client, lesson_id: int, data: bytes, name: str):
    files = {"subtitles": (io.BytesIO(data), name)}
    return client.post(f"/lessons/{lesson_id}/subtitles", data=files, content_type="multipart/form-data")


def test_what_is_said_in_a_lesson_is_found_at_its_second_by_who_may_watch_it(app, client_for, new_lesson):
    lesson_id = new_lesson()
    teacher, at = client_for("teacher"), f"/lessons/{lesson_id}"
    for data, name in (
        (b"no times", "a.srt"),
        (SRT.encode(), "a.docx"),
        (b"\0\1", "a.srt"),
    ):
        assert send(teacher, lesson_id, data, name).status_code == 422
    assert teacher.post(f"{at}/subtitles").status_code == 422
    with pytest.raises(InvalidError, match="太大"):
        read_subtitles("a.vtt", b"x" * (MAX_BYTES + 1))
    assert f"{at}/subtitles" not in client_for("colleague").get(at).text
    assert send(teacher, lesson_id, SRT.encode("gb18030"), "C:\\课\\草船.SRT").status_code == 303
    watched = client_for("colleague")
    assert f'<track kind="subtitles" srclang="zh" label="字幕" default src="{at}/subtitles">' in watched.get(at).text
    track = watched.get(f"{at}/subtitles")
    assert track.mimetype == "text/vtt"
    assert track.get_data(as_text=True).startswith("WEBVTT\n\n00:00:03.500 --> 00:00:06.000\n同学们好")
    bring_index_up_to_date(app)

    def hits(who: str, query: str = "诸葛亮为什么大雾天出发") -> list[str]:
        page = client_for(who).get("/search", query_string={"q": query, "kind": "lesson"}).get_data(as_text=True)
        return re.findall(r'item-title"><a href="([^"]*)"', page)

    assert hits("colleague") == [f"{at}?t=41"]
    assert hits("colleague", "同学们好") == [f"{at}?t=3"]
    assert hits("villager") == []
    settings = {"title": "课", "visibility": "invited", "consent": "not_needed"}
    assert teacher.post(f"{at}/settings", data=settings).status_code == 303
    assert hits("colleague") == [], "at once, before the index knows"
    assert watched.get(f"{at}/subtitles").status_code == 404
    bring_index_up_to_date(app)
    assert (hits("colleague"), hits("teacher")) == ([], [f"{at}?t=41"])
    teacher.post(f"{at}/subtitles/removal")
    bring_index_up_to_date(app)
    assert hits("teacher") == []
    with app.app_context():
        assert db.session.query(RecordingSubtitles).count() == 0
