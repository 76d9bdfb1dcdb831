"""Peer review: who is asked, who is asked instead, and that no name gets through."""

import io
import random
import zipfile
from collections import Counter
from datetime import timedelta

import docx
import pytest
from sqlalchemy import select

from tests.support.accounts import make_person
from tests.support.workshops import make_task, make_work, make_workshop
from tests.workshops.stage import page
from yanxiu.core import clock
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.allocation import allocate, reissue
from yanxiu.workshops.anonymous import without_names
from yanxiu.workshops.models import PeerReview, Task
from yanxiu.workshops.queries import peers as queries
from yanxiu.workshops.services import membership, peers, standing, tasks
from yanxiu.workshops.services.work import Mark


@pytest.mark.parametrize("people", [0, 1, 2, 3, 7, 40])
@pytest.mark.parametrize("each", [1, 3, 5])
def test_nobody_reviews_the_own_work_and_all_give_and_get_as_many(people, each):
    authors = {work: 100 + work for work in range(people)}
    for seed in range(5):
        pairs = allocate(authors, each, random.Random(seed).shuffle)
        assert len(set(pairs)) == len(pairs) == people * max(0, min(each, people - 1))
        assert all(authors[work] != reviewer for work, reviewer in pairs)
        assert len(set(Counter(work for work, _r in pairs).values())) <= 1
        assert len(set(Counter(reviewer for _w, reviewer in pairs).values())) <= 1


def test_what_is_not_done_goes_to_the_willing_who_do_not_have_it_yet():
    authors = {work: 100 + work for work in range(6)}
    for seed in range(20):
        shuffle = random.Random(seed).shuffle
        asked = allocate(authors, 2, shuffle)
        lazy = {100, 101}
        missing = Counter(work for work, reviewer in asked if reviewer in lazy)
        made = reissue(authors, missing, asked, set(authors.values()) - lazy, shuffle)
        assert not set(made) & set(asked)
        assert all(reviewer not in lazy and authors[work] != reviewer for work, reviewer in made)
        assert Counter(work for work, _r in made) == missing
        load = Counter(reviewer for _w, reviewer in made)
        assert max(load.values()) - min(load.get(person, 0) for person in range(102, 106)) <= 2


@pytest.fixture
def circle(cast, ctx):
    """A workshop whose four members handed in for a task with two reviewers each."""

    class Circle:
        leader = cast.user("leader")

    with unit_of_work():
        people = [cast.user("teacher"), cast.user("colleague")]
        people += [make_person(cast.place("central"), name) for name in ("甲老师", "乙老师")]
        workshop = make_workshop(Circle.leader, people)
        due = now() + timedelta(days=2)
        Circle.task = make_task(Circle.leader, workshop, due_at=due, reviewers=2, review_until=due + timedelta(days=3))
        Circle.people = people
        Circle.works = {user.id: make_work(user, Circle.task).id for user in people}
        Circle.workshop = workshop
    return Circle


def look(task, days):
    with clock.frozen(now() + timedelta(days=days)), unit_of_work():
        peers.look_after_reviews(task)


def test_reviews_are_allocated_once_when_the_task_is_due(circle):
    look(circle.task, 1)
    assert queries.reviews_of_task(circle.task.id) == []
    look(circle.task, 2.01)
    look(circle.task, 2.02)
    reviews = queries.reviews_of_task(circle.task.id)
    assert Counter(review.reviewer_id for review in reviews) == dict.fromkeys(circle.works, 2)
    assert all(circle.works[review.reviewer_id] != review.submission_id for review in reviews)
    told = db.session.scalars(select(Notification.user_id).where(Notification.kind == "reviews_asked"))
    assert set(told) == set(circle.works)
    with unit_of_work(), pytest.raises(InvalidError, match="已经分配"):
        details = tasks.TaskDetails(circle.task.title, circle.task.html, circle.task.due_at, asks_files=True)
        tasks.change_task(circle.leader, circle.task, details)


def test_what_was_not_done_in_time_is_asked_of_those_who_kept_it(circle):
    look(circle.task, 2.01)
    lazy = circle.people[0].id
    for review in queries.reviews_of_task(circle.task.id):
        if review.reviewer_id != lazy:
            with clock.frozen(now() + timedelta(days=3)), unit_of_work():
                peers.write_review(review.reviewer, review, Mark(score=80, comment="有想法"))
    look(circle.task, 5.1)
    reviews = queries.reviews_of_task(circle.task.id)
    given_up = [review for review in reviews if review.given_up_at]
    assert {review.reviewer_id for review in given_up} == {lazy}
    standing = Counter(review.submission_id for review in reviews if review.given_up_at is None)
    # Of four authors the lazy one's two works have one other author each who has not read them yet.
    assert standing == dict.fromkeys(circle.works.values(), 2)
    with clock.frozen(now() + timedelta(days=5.2)), unit_of_work(), pytest.raises(ConflictError, match="时间已过"):
        peers.write_review(given_up[0].reviewer, given_up[0], Mark(score=80, comment="晚了"))


def test_late_work_is_not_in_the_circle_and_who_left_is_asked_no_more(circle):
    look(circle.task, 2.01)
    gone = circle.people[3]
    with unit_of_work():
        membership.leave_workshop(gone, circle.workshop)
    look(circle.task, 5.1)
    look(circle.task, 7.2)
    after = [review for review in queries.reviews_of_task(circle.task.id) if review.given_up_at is None]
    assert gone.id not in {review.reviewer_id for review in after}


def test_reviews_rest_while_the_workshop_has_ended_and_go_on_when_it_is_back(circle):
    with unit_of_work():
        standing.end_workshop(circle.leader, circle.workshop, ended=True)
    look(circle.task, 2.01)
    assert queries.reviews_of_task(circle.task.id) == []
    back = now() + timedelta(days=3)
    with clock.frozen(back), unit_of_work():
        standing.end_workshop(circle.leader, circle.workshop, ended=False)
    queued = db.session.scalars(select(Job.payload).where(Job.kind == tasks.REVIEWS, Job.run_at >= back)).all()
    assert queued == [{"task_id": circle.task.id}]
    look(circle.task, 3.01)
    assert len(queries.reviews_of_task(circle.task.id)) == 8


@pytest.fixture
def asked(app, cast, client_for):
    """A reviewer with the address of a review of 李强's work, which carries a Word file full of his name."""

    class Asked:
        reviewer = client_for("colleague")

    with app.app_context(), unit_of_work():
        leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
        workshop = make_workshop(leader, [teacher, colleague])
        due = now() + timedelta(days=2)
        task = make_task(leader, workshop, due_at=due, reviewers=1, review_until=due + timedelta(days=3))
        make_work(colleague, task)
        Asked.task = f"/workshops/{workshop.id}/tasks/{task.id}"
        task_id = task.id
    data = {
        "html": '<p>看附件</p><img src="/workshops/1/pictures/1" alt="李强的板书.png">',
        "format": "html",
        "files": [(named_document(), "李强 教学设计.docx"), (io.BytesIO(b"%PDF-1.4 x"), "李强.pdf")],
    }
    assert client_for("teacher").post(f"{Asked.task}/submission", data=data).status_code == 302
    with app.app_context():
        with clock.frozen(due + timedelta(minutes=1)), unit_of_work():
            peers.look_after_reviews(db.session.get(Task, task_id))
        mine = select(PeerReview.id).where(PeerReview.reviewer_id == cast.colleague.id)
        Asked.url = f"{Asked.task}/reviews/{db.session.scalar(mine)}"
    return Asked


def named_document() -> io.BytesIO:
    document = docx.Document()
    document.core_properties.author = document.core_properties.last_modified_by = "李强"
    paragraph = document.add_paragraph("导入先算一笔账")
    document.add_comment(paragraph.runs, text="这里要改", author="李强", initials="LQ")
    buffer = io.BytesIO()
    document.save(buffer)
    buffer.seek(0)
    return buffer


def test_the_reviewer_reads_the_work_without_a_name_on_page_file_or_properties(asked):
    shown = page(asked.reviewer, asked.url)
    assert "附件1.docx" in shown
    assert "有附件不能隐去姓名" in shown
    assert 'alt="图片"' in shown
    assert "李强" not in shown
    answer = asked.reviewer.get(f"{asked.url}/files/1")
    assert answer.status_code == 200
    assert "%E6%9D%8E" not in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
    assert "李强".encode() not in everything
    assert [p.text for p in docx.Document(io.BytesIO(answer.data)).paragraphs] == ["导入先算一笔账"]
    assert asked.reviewer.get(f"{asked.url}/files/2").status_code == 422


def test_the_author_reads_what_was_said_without_a_name_and_the_leader_with_it(asked, client_for, app):
    sent = asked.reviewer.post(asked.url, data={"score": "86", "comment": ""})
    assert sent.status_code == 422
    assert "请写一两句意见" in sent.get_data(as_text=True)
    assert asked.reviewer.post(asked.url, data={"score": "86", "comment": "时间排得实"}).status_code == 302
    own = page(client_for("teacher"), asked.task)
    assert "时间排得实" in own
    assert "周敏" not in own
    with app.app_context():
        work = db.session.scalar(select(PeerReview.submission_id).where(PeerReview.comment == "时间排得实"))
    assert "周敏" in page(client_for("leader"), f"{asked.task}/submissions/{work}")
    assert "1 / 2" in page(client_for("leader"), asked.task)
    with clock.frozen(now() + timedelta(days=9)):
        assert "意见不能再改" in page(asked.reviewer, asked.url)
    page(client_for("teacher"), asked.url, 404)
    page(client_for("leader"), asked.url, 403)


@pytest.mark.parametrize(
    ("part", "xml"),
    [
        ("docProps/core.xml", "<cp:p><dc:creator>李强</dc:creator><cp:lastModifiedBy>李强</cp:lastModifiedBy></cp:p>"),
        ("docProps/app.xml", "<Properties><Company>李强小学</Company><Manager>李强</Manager></Properties>"),
        ("docProps/custom.xml", '<property name="作者"><vt:lpwstr>李强</vt:lpwstr></property>'),
        ("word/document.xml", '<w:ins w:id="1" w:author=\'李强\' w:date="2026"/>'),
        ("word/people.xml", '<w15:person w15:author="李强"><w15:presenceInfo w15:userId="李强"/></w15:person>'),
        ("ppt/commentAuthors.xml", '<p:cmAuthor id="0" name="李强" initials="李强"/>'),
        ("xl/comments1.xml", "<authors><author>李强</author></authors>"),
        ("xl/persons/person.xml", '<person displayName="李强" userId="李强"/>'),
        ("xl/workbook.xml", '<fileSharing userName="李强"/>'),
    ],
)
def test_every_place_where_office_writes_a_name_is_blanked(part, xml):
    assert "李强" not in without_names(part, xml.encode()).decode()
