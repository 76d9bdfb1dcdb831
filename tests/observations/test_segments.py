"""The phases of a lesson (教学环节), written one a line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from yanxiu.observations.queries import recording_of


@pytest.mark.parametrize("between", [" ", "\u3000", "\t", "  \u3000", ""])
def test_any_white_space_stands_between_time_and_name(client_for, new_lesson, between):
    lesson_id, teacher = new_lesson(), client_for("teacher")
    data = {"segments": f"00：00{between}导入\n 00:20{between}朗读\u3000课文"}
    assert teacher.post(f"/lessons/{lesson_id}/segments", data=data).status_code == 303
    page = teacher.get(f"/lessons/{lesson_id}").text
    assert "环节已保存" in page
    assert 'data-seek="20000"' in page
    assert "朗读 课文" in page


def test_a_mistake_in_the_phases_keeps_what_was_typed(client_for, new_lesson):
    url, teacher = f"/lessons/{new_lesson()}/segments", client_for("teacher")
    typed = "00:00 导入\n二十秒 朗读课文\n00:40 讨论"
    page = teacher.post(url, data={"segments": typed})
    assert page.status_code == 422
    assert f">\n{typed}</textarea>" in page.text
    assert "这一行看不懂：二十秒 朗读课文" in page.text
    answer = teacher.post(url, data={"segments": typed}, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "segments")


def test_phases_are_set_line_by_line(app, client_for, new_lesson):
    lesson_id = new_lesson()
    teacher: Callable = client_for("teacher").post
    sent = teacher(f"/lessons/{lesson_id}/segments", data={"segments": "00:00 导入\n0:20 朗读 课文\n00:40 讨论"})
    assert sent.status_code == 303
    page = client_for("colleague").get(f"/lessons/{lesson_id}").text
    assert "朗读 课文" in page
    assert 'data-seek="20000" data-until="40000"' in page
    assert teacher(f"/lessons/{lesson_id}/segments", data={"segments": "导入"}).status_code == 422
    assert teacher(f"/lessons/{lesson_id}/segments", data={"segments": ""}).status_code == 303
    assert "朗读 课文" not in client_for("colleague").get(f"/lessons/{lesson_id}").text
    assert teacher(f"/lessons/{lesson_id}/segments", data={"segments": "59:00 结束"}).status_code == 422


def test_a_phase_has_an_end_and_a_kind(app, client_for, new_lesson):
    lesson_id = new_lesson()
    url, teacher = f"/lessons/{lesson_id}/segments", client_for("teacher")
    typed = "00:00-00:08 谈话导入\n00:10－00:30 小组3人合作 ＃练习\n00:40 3个问题的小结 #别的"
    assert teacher.post(url, data={"segments": typed}).status_code == 303
    with app.app_context():
        recording = recording_of(lesson_id)
        assert recording is not None
        found = [(one.start_ms, one.end_ms, one.label, one.kind) for one in recording.segments]
    assert found == [
        (0, 8_000, "谈话导入", "opening"),
        (10_000, 30_000, "小组3人合作", "practice"),
        (40_000, 60_000, "3个问题的小结 #别的", "summary"),
    ]
    page = teacher.get(f"/lessons/{lesson_id}").text
    ended = "00:40-00:50 小结 #小结\n</textarea>"
    assert teacher.post(url, data={"segments": ended.split(" #")[0]}).status_code == 303
    assert ended in teacher.get(f"/lessons/{lesson_id}").text, (
        "the typed end of the last phase is there to be sent again"
    )
    assert "00:00-00:08 谈话导入 #导入\n00:10-00:30 小组3人合作 #练习\n00:40 3个问题的小结 #别的 #小结\n" in page
    assert page.count('class="phase-practice"') == 1
    for wrong in ("00:10-00:05 反了", "00:00-00:20 一\n00:10 二", "00:50-02:00 超出", "00:10-9 看不懂"):
        answer = teacher.post(url, data={"segments": wrong}, headers={"X-Requested-With": "fetch"})
        assert (answer.status_code, answer.get_json()["field"]) == (422, "segments"), wrong
