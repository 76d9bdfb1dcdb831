"""Files sent along with posts, and pictures inside their text."""

import io

from tests.workshops.stage import FETCH, Room, page, picture
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.workshops.indexing import SOURCES
from yanxiu.workshops.models import Post, Workshop
from yanxiu.workshops.queries.text_pictures import pictures_of
from yanxiu.workshops.services.attachments import with_own_pictures
from yanxiu.workshops.views.pictures import picture_source


def test_files_come_back_to_members_and_to_nobody_else(app, client_for, room):
    client = client_for("teacher")
    form = {"html": "见附件", "files": [(picture(), "板书 <b>.png"), (io.BytesIO(b"%PDF-1.7 x"), "学习单.pdf")]}
    assert client.post(f"{room.topic}/posts", data=form).status_code == 302
    text = page(client, room.topic)
    assert "板书 &lt;b&gt;.png" in text
    with app.app_context():
        from yanxiu.workshops.models import PostAttachment

        numbers = {a.file.name: a.id for a in db.session.scalars(db.select(PostAttachment))}
    pdf = f"{room.topic}/attachments/{numbers['学习单.pdf']}"
    assert client.get(pdf).headers["Content-Disposition"].startswith("attachment")
    small = client.get(f"{room.topic}/attachments/{numbers['板书 <b>.png']}?size=small")
    assert small.mimetype == "image/jpeg"
    assert client_for("outsider").get(pdf).status_code == 404
    assert client_for("researcher").get(pdf).status_code == 200


def attached(app, post_id):
    with app.app_context():
        return {item.file.name: item.id for item in db.session.get(Post, post_id).attachments}


def test_files_are_added_and_taken_off_when_a_post_is_changed(app, client_for, room):
    client, url = client_for("teacher"), f"{room.topic}/posts/{room.p}/edit"
    pdf = {"html": "第0条看法", "files": [(io.BytesIO(b"%PDF-1.7 x"), "学习单.pdf"), (picture(), "板书.png")]}
    client.post(url, data=pdf)
    before = attached(app, room.p)
    assert list(before) == ["学习单.pdf", "板书.png"]
    assert "移除 学习单.pdf" in page(client, url)
    form = {"html": "第0条看法", "drop": str(before["学习单.pdf"]), "files": (picture(), "新板书.png")}
    client.post(url, data=form)
    assert list(attached(app, room.p)) == ["板书.png", "新板书.png"]
    assert client.get(f"{room.topic}/attachments/{before['学习单.pdf']}").status_code == 404
    text = page(client, room.topic)
    assert "编辑过" in text
    assert "学习单.pdf" not in text


def test_files_of_a_topic_are_changed_with_it_and_of_nothing_else(app, client_for, room):
    client_for("teacher").post(
        f"{room.topic}/posts/{room.p}/edit", data={"html": "见附件", "files": (io.BytesIO(b"%PDF-1.7 x"), "别人的.pdf")}
    )
    (foreign,) = attached(app, room.p).values()
    form = {"title": "新标题", "html": "正文", "drop": str(foreign), "files": (picture(), "题图.png")}
    assert client_for("leader").post(f"{room.topic}/edit", data=form).status_code == 302
    assert list(attached(app, room.p)) == ["别人的.pdf"]
    assert list(attached(app, room.opener)) == ["题图.png"]


def test_a_post_never_carries_more_than_nine_files(app, client_for, room):
    client, url = client_for("teacher"), f"{room.topic}/posts/{room.p}/edit"
    for number, status in ((5, 302), (5, 422)):
        files = [(io.BytesIO(b"%PDF-1.7 x"), f"学习单{n}.pdf") for n in range(number)]
        answer = client.post(url, data={"html": "第0条看法", "files": files})
        assert answer.status_code == status
    assert "最多 9 个附件" in answer.get_data(as_text=True)
    assert len(attached(app, room.p)) == 5


def test_a_withdrawn_posts_files_are_gone_too(app, client_for, room):
    client = client_for("teacher")
    answer = client.post(
        f"{room.topic}/posts",
        data={"html": "见附件", "files": (io.BytesIO(b"%PDF-1.7 x"), "学习单.pdf")},
        headers=FETCH,
    ).json
    url = f"{room.topic}/attachments/1"
    assert client.get(url).status_code == 200
    client.post(f"{room.topic}/posts/{answer['post_id']}/withdrawal")
    assert client.get(url).status_code == 404


def test_a_pasted_picture_is_its_writers_alone_until_the_post_is_sent_and_the_members_then(app, cast, client_for, room):
    client, leader = client_for("teacher"), client_for("leader")
    answer = client.post(f"{room.home}/pictures", data={"file": (picture(), "截图.png")}).json
    html = f'<p>看图</p><img src="{answer["url"]}" alt="">'
    assert client.get(answer["url"]).mimetype == "image/png"
    leader.post(f"{room.topic}/posts", data={"html": html, "format": "html"}, headers=FETCH)
    assert leader.get(answer["url"]).status_code == 404, "whoever guesses its number cannot send it either"
    with app.app_context():
        here, there = db.session.get_one(Workshop, room.w), Workshop(id=room.w + 1)
        assert with_own_pictures(html, here, there) == html, "nor take it along with the text"
        assert pictures_of(room.w)(answer["url"]) is None, "nor print it"
        assert picture_source(viewer_of(cast.user("leader")), room.w)(answer["url"]) is None
    client.post(f"{room.topic}/posts", data={"html": html, "format": "html"}, headers=FETCH)
    assert leader.get(answer["url"]).mimetype == "image/png"
    with app.app_context(), pictures_of(room.w)(answer["url"]) as printed:
        assert picture_source(viewer_of(cast.user("leader")), room.w)(answer["url"]) == printed.read()
    assert client_for("outsider").get(answer["url"]).status_code == 404
    refused = client.post(f"{room.home}/pictures", data={"file": (io.BytesIO(b"<svg/>"), "图.svg")}, headers=FETCH)
    assert (refused.status_code, refused.json["ok"]) == (422, False)


def test_an_attachment_of_another_topic_is_not_found(app, cast, client_for, room):
    client = client_for("teacher")
    client.post(f"{room.topic}/posts", data={"html": "见附件", "files": (io.BytesIO(b"%PDF-1.7 x"), "学习单.pdf")})
    other = Room(app, cast, name="另一个")
    assert client.get(f"{other.topic}/attachments/1").status_code == 404


def test_names_of_attached_files_are_found_with_their_topic_and_their_post(app, client_for, cast):
    room = Room(app, cast, answers=0)
    client = client_for("leader")
    client.post(
        f"{room.topic}/posts", data={"html": "见附件", "files": (io.BytesIO(b"%PDF-1.7 x"), "人物关系学习单.pdf")}
    )
    client.post(f"{room.topic}/edit", data={"title": "导入", "html": "正文", "files": (picture(), "题图草稿.png")})
    sources = {source.kind: source for source in SOURCES}
    with app.app_context():
        (answer,) = sources["post"].load(list(sources["post"].all_ids()))
        (topic,) = sources["topic"].load([room.t])
    assert (answer.attachment, topic.attachment) == ("人物关系学习单.pdf", "题图草稿.png")
