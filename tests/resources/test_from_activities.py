"""The record of an activity in the library: who puts it there, what stands in its file, the way back."""

from __future__ import annotations

import io
from datetime import timedelta

import docx
import pytest
from sqlalchemy import update

from tests.support.workshops import make_activity, make_workshop
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ForbiddenError
from yanxiu.core.storage import storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.from_activities import publish_record
from yanxiu.resources.models import Resource
from yanxiu.workshops.events import RecordSection
from yanxiu.workshops.models import Activity
from yanxiu.workshops.queries.record_papers import record_paper
from yanxiu.workshops.services.records import hand_in_reflection, keep_record


def write(cast, activity_id: int, words: str) -> None:
    with unit_of_work():
        sections = [RecordSection("outcome", "成果", words)]
        keep_record(db.session.get(Activity, activity_id), f"<h2>成果</h2><p>{words}</p>", sections, [cast.teacher.id])


def test_who_leads_an_activity_puts_its_record_into_the_library_once(app, cast, client_for):
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher, cast.user("colleague")], name="三国单元工作坊")
        begun = clock.now() - timedelta(minutes=30)
        held = make_activity(leader, workshop, title="说课与共议", kind="observation", starts_at=begun)
        hand_in_reflection(cast.user("colleague"), held, "<p>各人的反思</p>")
        w, a = workshop.id, held.id
    at, page = f"/resources/from-activities/{a}", f"/workshops/{w}/activities/{a}"
    leader = client_for("leader")
    assert at not in leader.get(page).text
    assert leader.get(at).status_code == 404, "nobody has written"
    with app.app_context():
        write(cast, a, "先写后说")
    assert at in leader.get(page).text
    assert at not in client_for("colleague").get(page).text
    form = leader.get(at).text
    for proposed in ("说课与共议 活动记录", f'value="{cast.teacher.name}"', 'selected value="observation"'):
        assert proposed in form
    sent = {"title": "说课与共议 活动记录", "kind": "observation", "visibility": "county", "license": "county"}
    address = leader.post(at, data=sent).headers["Location"]
    with app.app_context():
        [made] = db.session.query(Resource).all()
        assert (made.source, made.kind, made.activity_id, made.owner_id) == (
            "generated",
            "observation",
            a,
            cast.leader.id,
        )
        with storage().open(made.files[0].stored_file.key) as source:
            document = docx.Document(io.BytesIO(source.read()))
        said = "\n".join(paragraph.text for paragraph in document.paragraphs)
        assert "先写后说" in said
        assert "各人的反思" not in said
        write(cast, a, "先写后说，再改")
    assert f'href="{address}"' in client_for("teacher").get(page).text
    assert leader.post(at, data=sent).headers["Location"] == address
    leader.post(at, data=sent)
    with app.app_context():
        [made] = db.session.query(Resource).all()
        assert [file.number for file in made.files] == [2, 1], "the same record is no newer version"
    assert f'<a href="{page}">说课与共议</a>' in leader.get(address).text
    assert "工作坊的活动，没有给您看" in client_for("villager").get(address).text
    with app.app_context(), unit_of_work():
        [made] = db.session.query(Resource).all()
        made.title, made.visibility, first = "只给自己看的标题", "private", made.files[-1].id
        db.session.get(Activity, a).speaker_id = cast.teacher.id
    speaker = client_for("teacher")
    assert ">放进资源库" in speaker.get(page).text.replace("</svg>", ">")
    assert "只给自己看的标题" not in speaker.get(at).text, "what the leader says of theirs is private"
    other = speaker.post(at, data=sent).headers["Location"]
    assert other != address
    assert "更新资源库里的这一份" in speaker.get(page).text
    assert f'href="{address}"' in leader.get(page).text
    with app.app_context(), unit_of_work():
        db.session.query(Resource).filter_by(title="只给自己看的标题").one().visibility = "county"
    assert [client_for(who).get(f"{address}/files/{first}/download").status_code for who in ("leader", "teacher")] == [
        200,
        404,
    ]
    client_for("researcher").post(f"{other}/takedown", data={"reason": "先核对"})
    assert "更新资源库里的这一份" in leader.get(page).text
    assert at not in speaker.get(page).text
    assert speaker.post(at, data=sent).status_code == 409
    with pytest.raises(ForbiddenError), app.app_context(), unit_of_work():
        paper = record_paper(cast.viewer("leader"), a)
        cancelled = update(Activity).where(Activity.id == a).values(cancelled_at=clock.now())
        db.session.execute(cancelled.execution_options(synchronize_session=False))
        publish_record(cast.user("leader"), paper, None, None)
