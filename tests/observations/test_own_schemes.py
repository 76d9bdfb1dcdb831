"""Schemes of a school or a teacher: read from lines, kept in versions that do not change once somebody codes with them."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest

from yanxiu.core.db import db
from yanxiu.observations.instruments.scheme_lines import (
    UnreadableSchemeError,
    body_of_lines,
    lines_of,
    scheme_from,
)
from yanxiu.observations.instruments.schemes import KEYS
from yanxiu.observations.models import CodingScheme, CodingSession

LINES = "老师（蓝）\n- 1 讲授：讲事实、讲看法\n- T 追问（红）\n\n学生\n• 应答\n- 提问(自发)"


@pytest.mark.once
def test_lines_become_codes_with_keys_and_colors_and_back():
    scheme = scheme_from(body_of_lines(LINES, "held", "5", "变了才按\n"), "x1", "本校", 2, 7)
    assert [(code.code, code.key, code.label, scheme.look(code.code)) for code in scheme.codes] == [
        ("1", "1", "讲授", "c2"), ("2", "t", "追问", "c5"), ("3", "2", "应答", "c1"), ("4", "3", "提问(自发)", "c1"),
    ]  # fmt: skip
    assert (scheme.codes[0].hint, scheme.rules, scheme.intervals) == ("讲事实、讲看法", ("变了才按",), (5_000,))
    again = scheme_from(body_of_lines(lines_of(scheme), "held", "5", "变了才按"), "x1", "本校", 2, 7)
    assert again == scheme


@pytest.mark.once
@pytest.mark.parametrize(
    ("lines", "mode", "seconds", "field"),
    [
        ("- 1 讲授\n- 2 提问", "held", "5", "codes"),
        ("老师\n- 1 讲授", "held", "5", "codes"),
        ("老师\n- 1 讲授\n- 1 提问", "held", "5", "codes"),
        ("老师\n学生\n- 讲授\n- 提问", "held", "5", "codes"),
        ("老师\n" + "- 讲\n" * (len(KEYS) + 1), "held", "5", "codes"),
        ("老师\n- 讲\n- " + "问" * 21, "held", "5", "codes"),
        (LINES, "held", "0", "seconds"),
        (LINES, "held", "5.5", "seconds"),
        (LINES, "other", "5", "mode"),
    ],
)
def test_a_scheme_that_cannot_be_read_says_which_field(lines, mode, seconds, field):
    with pytest.raises(UnreadableSchemeError) as caught:
        body_of_lines(lines, mode, seconds, "")
    assert caught.value.field == field


def make(client, name: str = "我的方案", **more: str) -> int:
    answer = client.post("/coding-schemes", data={"name": name, "base": "fias", **more})
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def save(client, scheme_id: int, codes: str = LINES, **more: str):
    page = client.get(f"/coding-schemes/{scheme_id}").text
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', page)
    data = {"name": "我的方案", "mode": "held", "seconds": "5", "codes": codes, "seen": seen[1], **more}
    return client.post(f"/coding-schemes/{scheme_id}", data=data)


def slug_of(app, scheme_id: int) -> str:
    with app.app_context():
        return db.session.get_one(CodingScheme, scheme_id).slug


def code(client, url: str, *codes: str, finish: bool = True):
    added = [[str(uuid4()), 5_000 * at, one] for at, one in enumerate(codes)]
    changes = json.dumps({"added": added, "reached": 5_000 * len(codes)})
    return client.post(url, data={"changes": changes, **({"finish": "1"} if finish else {})})


def test_a_version_somebody_codes_with_never_changes(app, client_for, new_lesson):
    coder, other, stranger = client_for("colleague"), client_for("leader"), client_for("outsider")
    scheme_id = make(coder)
    assert (
        "现在是第 1 版" in coder.get(save(coder, scheme_id).headers["Location"]).text
    )  # nobody used it: changed in place
    assert (
        stranger.get(f"/coding-schemes/{scheme_id}").status_code
        == other.get(f"/coding-schemes/{scheme_id}").status_code
        == 404
    )
    slug, first, second = slug_of(app, scheme_id), new_lesson(), new_lesson()
    url = f"/lessons/{first}/codings/{slug}"
    assert "我的方案" in coder.get(f"/lessons/{first}").text
    assert "我的方案" not in other.get(f"/lessons/{first}").text
    assert other.get(url).status_code == 404
    assert code(coder, url, "1", "2", "3", "9").status_code == 422  # no such code
    assert code(coder, url, "1", "2", "3", "4").status_code == 303
    shorter = "老师\n- 1 讲授\n- 2 提问"
    assert "现在是第 2 版" in coder.get(save(coder, scheme_id, shorter).headers["Location"]).text
    # Whoever sees a finished coding of it here codes with the version it has, also from another school.
    page = other.get(url).text
    assert "应答" in page
    assert code(other, url, "1", "2", "4", "4").status_code == 303
    results = other.get(f"{url}/results").text
    for shown in ("方案第 1 版", "75.0%", "互动矩阵", "追问"):
        assert shown in results
    assert other.get(f"{url}/results?format=xlsx").data[:2] == b"PK"
    assert "应答" not in coder.get(f"/lessons/{second}/codings/{slug}").text
    assert code(coder, f"/lessons/{second}/codings/{slug}", "1", "3").status_code == 422
    assert code(coder, f"/lessons/{second}/codings/{slug}", "1", "2").status_code == 303
    assert save(coder, scheme_id, shorter, retired="y").status_code == 303
    assert coder.get(f"/lessons/{new_lesson()}/codings/{slug}").status_code == 404
    assert coder.get(f"{url}/results").status_code == 200
    with app.app_context():
        used = db.session.query(CodingSession).order_by(CodingSession.id).all()
        assert [(one.scheme_version, one.scheme_of.version, len(one.scheme_of.codes)) for one in used] == [
            (1, 1, 4), (1, 1, 4), (2, 2, 2),
        ]  # fmt: skip


def test_a_school_shares_its_scheme_and_only_who_leads_research_changes_it(app, client_for, new_lesson):
    principal, teacher = client_for("principal"), client_for("teacher")
    assert teacher.post("/coding-schemes", data={"name": "全校", "base": "st", "shared": "y"}).status_code == 403
    scheme_id = make(principal, "全校方案", shared="y")
    assert "全校方案" in teacher.get("/coding-schemes").text
    assert "全校方案" in teacher.get(f"/lessons/{new_lesson()}").text
    assert 'name="seen"' not in teacher.get(f"/coding-schemes/{scheme_id}").text
    stale = save(principal, scheme_id, seen="x")
    assert stale.status_code == 409
    assert "刚被别人改过" in stale.text
    wrong = save(principal, scheme_id, "老师")
    assert wrong.status_code == 422
    assert "下面还没有代码" in wrong.text


def test_events_and_windows_of_an_own_scheme(app, client_for, new_lesson):
    coder = client_for("colleague")
    scheme_id = make(coder)
    save(coder, scheme_id, mode="events", seconds="20")
    lesson_id = new_lesson()
    url = f"/lessons/{lesson_id}/codings/{slug_of(app, scheme_id)}"
    page = coder.get(url).text
    assert 'data-mode="events"' in page
    assert 'data-key="x"' not in page
    assert code(coder, url, "1", "1", "2").status_code == 303
    results = coder.get(f"{url}/results").text
    assert "平均每 10 分钟 120.0 次" in results
    assert "M5000 0h2000" in client_for("teacher").get(f"/lessons/{lesson_id}/lanes").text
