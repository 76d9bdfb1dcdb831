"""Subtitles: read from hostile files, shown in the player, searched, opened at the second."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.resources import make_resource
from tests.support.search import bring_index_up_to_date
from yanxiu.core import subtitles
from yanxiu.core.subtitles import MAX_CUE, MAX_CUES, Cue, parse_subtitles, webvtt
from yanxiu.resources.demo_documents import shipped

SRT = """1
00:00:03,500 --> 00:00:06,000
同学们好，今天学《草船借箭》
第二行

2
00:01:05,000 --> 00:01:09,250
{\\an8}<i>诸葛亮</i>为什么要在大雾天出发 &amp; 受箭？
3
00:02:00,000 --> 00:02:04,000
没有空行也读得出
"""
BEYOND = "99:99:99,999 --> 00:00:01,000\n倒着的\n\n00:00:01,000 --> 00:00:02,000\n\n5\nno time --> here\n什么\n"


def test_both_kinds_are_read_and_what_is_none_is_passed_over():
    first, second, third = parse_subtitles("\ufeff" + SRT.replace("\n", "\r\n"))
    assert first == Cue(3500, 6000, "同学们好，今天学《草船借箭》\n第二行")
    assert (second.start_ms, second.text) == (65_000, "诸葛亮为什么要在大雾天出发 & 受箭？")
    assert third.text == "没有空行也读得出"
    vtt = "WEBVTT 课\n\nSTYLE\n::cue { color: red }\n\nNOTE 00:01 --> 不是\n\nc1\n01:02.5 --> 01:04.000 line:0\n<v 老师>你好</v>\x1b\n"
    assert parse_subtitles(vtt) == [Cue(62_500, 64_000, "你好")]
    assert parse_subtitles(BEYOND) == parse_subtitles("") == parse_subtitles("第一章\n很久以前") == []
    many = parse_subtitles("00:00:01,000 --> 00:00:02,000\n" + "长" * 5000 + "\n\n" + SRT * 9000)
    assert len(many) == MAX_CUES
    assert max(len(cue.text) for cue in many) <= MAX_CUE


def test_what_is_said_in_the_film_of_the_demo_fits_its_ninety_seconds():
    cues = parse_subtitles(shipped("jingyanggang.vtt").decode("utf-8"))
    assert len(cues) > 12
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(cues))
    assert cues[-1].end_ms < 90_000
    assert any("老虎的三招" in cue.text for cue in cues)


def test_no_text_of_a_cue_can_end_it_or_be_markup():
    wicked = Cue(0, 1000, "a --> b\n<script>&x\n00:00:01.000 --> 00:00:02.000")
    written = webvtt([wicked])
    assert written.count("-->") == 1
    assert "<" not in written.replace("&lt;", "")
    assert parse_subtitles(written) == [wicked]


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("0123456789:,.-> \n\r<>{}\\&;字a\x00"), max_size=400))
def test_whatever_is_read_can_be_written_and_read_again(noise):
    cues = parse_subtitles(noise)
    again = parse_subtitles(webvtt(cues))
    assert [(cue.start_ms, cue.end_ms) for cue in again] == [(cue.start_ms, cue.end_ms) for cue in cues]


@pytest.fixture
def film(ctx, cast):
    return make_resource(cast.user("teacher"), "大雾天的一课", name="课.mp4", data=b"film", visibility="county")


def send(client, film, data: bytes, name: str):
    files = {"subtitles": (io.BytesIO(data), name)}
    return client.post(f"/resources/{film.id}/subtitles", data=files, content_type="multipart/form-data")


def test_what_is_said_in_a_video_is_found_at_its_second_by_who_may_see_it(app, cast, client_for, film):
    teacher, number = client_for("teacher"), film.id
    file_id = film.files[0].id
    answer = send(teacher, film, SRT.encode("gb18030"), "课.SRT")
    assert answer.status_code == 302
    track = teacher.get(f"/resources/{number}/files/{file_id}/subtitles")
    assert track.mimetype == "text/vtt"
    assert track.get_data(as_text=True).startswith("WEBVTT\n\n00:00:03.500 --> 00:00:06.000\n同学们好")
    bring_index_up_to_date(app)

    def hits(who: str, query: str) -> list[str]:
        page = client_for(who).get("/search", query_string={"q": query, "kind": "resource"}).get_data(as_text=True)
        return re.findall(r'item-title"><a href="([^"]*)"', page)

    at = f"/resources/{number}"
    assert hits("villager", "诸葛亮为什么大雾天出发") == [f"{at}?t=65"]
    assert hits("villager", "同学们好") == [f"{at}?t=3"]
    assert hits("villager", "大雾天的一课") == [at], "the title says it: from the beginning"
    assert hits("stranger", "诸葛亮为什么大雾天出发") == []
    page = client_for("villager").get(f"{at}?t=65").get_data(as_text=True)
    assert "/media#t=65" in page
    assert 'kind="subtitles"' in page
    assert "#t=" not in client_for("villager").get(f"{at}?t=1e9").get_data(as_text=True)
    assert teacher.post(f"{at}/subtitles/removal").status_code == 302
    bring_index_up_to_date(app)
    assert hits("villager", "同学们好") == []
    assert teacher.get(f"/resources/{number}/files/{file_id}/subtitles").status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "", "请选择字幕文件"),
        (b"hello", "a.txt", "请选择 srt 或 vtt"),
        (b"hello", "a.srt", "没有读到带时间的字幕"),
        (b"\x00\x01", "a.srt", "这不是文本文件"),
        (b"x" * 1001, "a.vtt", "最多 2 MB"),
    ],
)
def test_a_file_that_says_nothing_is_refused_in_words(client_for, film, data, name, said, monkeypatch):
    monkeypatch.setattr(subtitles, "MAX_BYTES", 1000)
    answer = send(client_for("teacher"), film, data, name)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_what_is_no_video_takes_no_subtitles(ctx, cast, client_for):
    document = make_resource(cast.user("teacher"))
    assert send(client_for("teacher"), document, SRT.encode(), "a.srt").status_code == 404
    assert 'id="subtitles"' not in client_for("teacher").get(f"/resources/{document.id}/edit").get_data(as_text=True)
