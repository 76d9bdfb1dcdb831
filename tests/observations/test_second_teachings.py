"""二次上课 and 改进前/后: who links two lessons, what may be tied, who reads it."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.support.observations import make_lesson, make_ready_version, some_comment
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import ClipPair, Lesson, LessonPhase
from yanxiu.observations.queries.second_teachings import repeats
from yanxiu.observations.services.comments import resolve_comment
from yanxiu.observations.services.second_teachings import link_second


@pytest.fixture
def twice(app, cast):
    """(first, second, comment, open, secret): two lessons of 李强 and three comments of 周敏 on the first, of which the first
    is ticked off, the second is open, the third is for 李强 alone and ticked off."""
    with app.app_context(), unit_of_work():
        teacher, colleague = cast.user("teacher"), cast.user("colleague")
        first, second = (make_lesson(teacher, f"《草船借箭》{n}稿", visibility="school") for n in "一二")
        version, _other = make_ready_version(first), make_ready_version(second)
        first.phase = LessonPhase.REFLECTING
        notes = [
            some_comment(colleague, first, version, start_ms=1000 * at, **more)
            for at, more in ((12, {"end_ms": 20_000}), (15, {}), (18, {"visibility": "teacher"}))
        ]
        for note in (notes[0], notes[2]):
            resolve_comment(teacher, first, note, True)
        return first.id, second.id, *(note.id for note in notes)


def test_a_lesson_repeats_one_other_and_none_that_repeats_it(app, cast, ctx):
    with unit_of_work():
        teacher = cast.user("teacher")
        first, second, third = (make_lesson(teacher, f"{n}稿", visibility="school") for n in "一二三")
        link_second(teacher, first, second)
        link_second(teacher, first, second)
        link_second(teacher, second, third)
        assert repeats(third.id) == [second.id, first.id]
        with pytest.raises(InvalidError):
            link_second(teacher, third, first)
        with pytest.raises(InvalidError):
            link_second(teacher, first, first)
        with pytest.raises(ConflictError):
            link_second(teacher, first, third)


def test_what_was_adopted_is_shown_with_what_became_of_it(app, cast, twice, client_for):
    first, second, adopted, still_open, secret = twice
    teacher, colleague = client_for("teacher"), client_for("colleague")
    cycle = teacher.get(f"/lessons/{first}/cycle").text
    assert "二次上课</a></li>" in cycle
    assert f'<option value="{second}">' in cycle
    assert f'<option value="{second}">' not in colleague.get(f"/lessons/{first}/cycle").text
    address = f"/lessons/{first}/second-teachings"
    tie = {"comment": adopted, "start": "00:02", "end": "00:10", "note": " 用号码牌，  抽到谁谁说 "}
    assert teacher.post(f"{address}/{second}/clips", data=tie).status_code == 409, "they are not linked yet"
    assert teacher.post(address, data={"second": second}).status_code == 303
    assert teacher.post(address, data={"second": "x"}).status_code == 404
    for one, other in ((first, second), (second, first)):
        assert f'/lessons/{other}"' in colleague.get(f"/lessons/{one}").text
        assert f"/lessons/{first}/beside/{second}" in colleague.get(f"/lessons/{one}").text

    for wrong in (
        {"comment": still_open},
        {"comment": secret},
        {"comment": "0"},
        {"start": "early"},
        {"end": "00:01"},
        {"end": "59:00"},
    ):
        assert teacher.post(f"{address}/{second}/clips", data={**tie, **wrong}).status_code == 422, wrong
    assert colleague.post(f"{address}/{second}/clips", data=tie).status_code == 403
    for _twice in range(2):
        assert teacher.post(f"{address}/{second}/clips", data=tie).status_code == 303
    beside = colleague.get(f"/lessons/{first}/beside/{second}").text
    assert beside.count("data-clip-pair=") == 1
    assert "改进前 00:12–00:20" in beside
    assert "改进后 00:02–00:10" in beside
    assert "用号码牌， 抽到谁谁说" in beside
    assert "改进后 00:02–00:10　改进前 00:12–00:20" in colleague.get(f"/lessons/{second}/beside/{first}").text
    for one in (first, second):
        assert "00:02–00:10" in colleague.get(f"/lessons/{one}/cycle").text
        minutes = colleague.get(f"/lessons/{one}/papers/minutes").data
        words = zipfile.ZipFile(io.BytesIO(minutes)).read("word/document.xml").decode()
        assert "五、改进前后" in words
        assert "二稿 00:02–00:10" in words


def test_who_may_not_watch_the_other_lesson_hears_nothing_of_it(app, cast, twice, client_for):
    first, second, adopted, _open, _secret = twice
    teacher, colleague = client_for("teacher"), client_for("colleague")
    teacher.post(f"/lessons/{first}/second-teachings", data={"second": second})
    clip = {"comment": adopted, "start": "00:02", "end": "00:10"}
    teacher.post(f"/lessons/{first}/second-teachings/{second}/clips", data=clip)
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, second).visibility = "invited"
    for page in (f"/lessons/{first}", f"/lessons/{first}/cycle"):
        assert "二稿" not in colleague.get(page).text
    assert "二稿" in teacher.get(f"/lessons/{first}/cycle").text
    with app.app_context():
        (pair_id,) = db.session.scalars(db.select(ClipPair.id)).all()
    assert teacher.post(f"/lessons/{first}/clips/{pair_id}/removal").status_code == 404
    assert teacher.post(f"/lessons/{first}/second-teachings/{second}/removal").status_code == 303
    with app.app_context():
        assert db.session.scalars(db.select(ClipPair.id)).all() == []
    assert "连成二次上课" in teacher.get(f"/lessons/{first}/cycle").text
