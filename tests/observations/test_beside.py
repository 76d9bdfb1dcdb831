"""同课异构: two lessons aligned by phase, who may put them beside each other, and what is told of their difference."""

from __future__ import annotations

import pytest

from tests.support.observations import code_lesson, make_lesson, make_ready_version
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.beside.alignment import Anchor, compared, proposed
from yanxiu.observations.beside.shares import share_in
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import Lesson, PhaseKind, Segment
from yanxiu.observations.queries.pairs import topic_of
from yanxiu.observations.services.recordings import Phase, set_segments


def phases(*rows):
    """[(label, start s, end s), …] as phases with the kinds their names tell."""
    return [Segment(label=a, start_ms=1000 * b, end_ms=1000 * c, kind=PhaseKind.named(a)) for a, b, c in rows]


LEFT = phases(("导入", 0, 10), ("初读课文", 10, 25), ("小组讨论", 25, 40), ("小结", 40, 60))
RIGHT = phases(("谈话引入", 0, 20), ("小组讨论", 20, 30), ("初读课文", 30, 40), ("练习", 40, 50), ("小结", 50, 60))


@pytest.mark.once
def test_phases_of_the_same_name_or_kind_are_proposed_in_the_order_of_both():
    assert proposed(LEFT, RIGHT) == [
        Anchor(0, 0, "导入"),
        Anchor(25_000, 20_000, "小组讨论"),
        Anchor(40_000, 50_000, "小结"),
    ]
    assert proposed(LEFT, []) == [Anchor(0, 0, "开头")]
    rows = compared(LEFT, RIGHT, [Anchor(0, 0, "x"), Anchor(25_500, 20_000, "y"), Anchor(70_000, 90_000, "outside")])
    assert [(row.label, row.left_ms, row.right_ms, row.difference_ms) for row in rows] == [
        ("导入 / 谈话引入", 10_000, 20_000, 10_000),
        ("初读课文", 15_000, 0, None),
        ("小组讨论", 15_000, 10_000, -5_000),
        ("小结", 20_000, 0, None),
        ("初读课文", 0, 10_000, None),
        ("练习", 0, 10_000, None),
        ("小结", 0, 10_000, None),
    ]
    spans = [Span(0, 4_000, "T"), Span(4_000, 10_000, "S")]
    group = SCHEMES["st"].group("T")
    assert share_in(SCHEMES["st"], spans, group) == 0.4
    assert share_in(SCHEMES["st"], spans, group, 2_000, 6_000) == 0.5
    assert share_in(SCHEMES["st"], spans, group, 20_000, 30_000) is None
    named = ("《草船借箭》第一课时", "长方体的体积（第二稿）", "长方体的体积", "第一课时")
    assert [topic_of(title) for title in named] == ["草船借箭", "长方体的体积", "长方体的体积", ""]


@pytest.fixture
def pair(app, cast, new_lesson):
    """(left, right): lessons of one school and one 课题, with phases and codings of 周敏."""
    left, right = new_lesson(title="《草船借箭》第一课时"), new_lesson(title="《草船借箭》（五3班）")
    with app.app_context(), unit_of_work():
        for number, kept in ((left, LEFT), (right, RIGHT)):
            lesson = db.session.get_one(Lesson, number)
            version = make_ready_version(lesson)
            wanted = [Phase(one.start_ms, one.label, one.end_ms) for one in kept]
            set_segments(cast.user("teacher"), lesson, version.recording, wanted)
            code_lesson(cast.user("colleague"), lesson, version, "TTTSSS")
    return left, right


def test_two_lessons_stand_beside_each_other(app, cast, pair, client_for, new_lesson, count_queries):
    left, right = pair
    other = new_lesson(title="《猴王出世》")
    secret = new_lesson(title="《草船借箭》试讲", visibility="invited")
    filmless = new_lesson(title="《草船借箭》没录", recorded=False)
    colleague = client_for("colleague")
    choice = colleague.get(f"/lessons/{left}/beside").text
    same, others = choice.split("其他课例")
    assert f"/lessons/{left}/beside/{right}" in same
    assert f"/lessons/{left}/beside/{other}" in others
    assert all(f'/beside/{hidden}"' not in choice for hidden in (secret, filmless, left))
    found = colleague.get(f"/lessons/{left}/beside?q=猴王").text
    assert f"/beside/{other}" in found
    assert f"/beside/{right}" not in found

    address = f"/lessons/{left}/beside/{right}"
    page = colleague.get(address).text
    assert "自动对齐" in page
    assert "导入 / 谈话引入" in page
    assert "S-T 分析" in page
    assert "50% / 50%" in page
    assert "S-T 分析" not in client_for("leader").get(address).text, "who has not coded sees no codes"
    refused = colleague.post(address, data={"anchors": "00:10 = 00:20 a\n00:20 = 00:05 b"})
    assert refused.status_code == 422
    assert "先后不一样" in refused.text
    assert "00:20 = 00:05 b" in refused.text
    for wrong in ("没有时间", "00:10 = 99:00 太长", "\n".join(f"00:{n:02} = 00:{n:02}" for n in range(41))):
        assert colleague.post(address, data={"anchors": wrong}).status_code == 422
    assert colleague.post(address, data={"anchors": "00:25 = 00:20 讨论"}).status_code == 303
    turned = client_for("teacher").get(f"/lessons/{right}/beside/{left}").text
    assert "[[20000, 25000]]" in turned
    assert "周敏保存于" in turned
    assert colleague.post(address, data={"anchors": ""}).status_code == 303
    assert "自动对齐" in colleague.get(address).text

    assert colleague.get(f"/lessons/{left}/beside/{left}").status_code == 404
    assert colleague.get(f"/lessons/{left}/beside/{secret}").status_code == 404
    assert colleague.get(f"/lessons/{left}/beside/{filmless}").status_code == 409
    with count_queries() as few:
        colleague.get(f"/lessons/{left}/beside")
    with app.app_context(), unit_of_work():
        for _ in range(5):
            make_ready_version(make_lesson(cast.user("teacher"), "《草船借箭》", visibility="school"))
            make_ready_version(make_lesson(cast.user("teacher"), "《将相和》", visibility="school"))
    with count_queries() as many:
        colleague.get(f"/lessons/{left}/beside")
    assert few.count == many.count
