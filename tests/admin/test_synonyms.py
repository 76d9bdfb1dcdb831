"""搜索用词: the county's administrator edits, every save is a version, search knows at once."""

from __future__ import annotations

import re

from yanxiu.accounts.queries import find_organization
from yanxiu.accounts.services import appoint
from yanxiu.core import clock
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.queries import synonym_history, synonyms_in_use
from yanxiu.search.text.synonyms import shipped


def save(client, content: str, based_on: int):
    return client.post("/admin/synonyms", data={"content": content, "based_on": based_on})


def test_what_is_saved_counts_at_once_and_every_version_stays(app, client_for, cast):
    admin = client_for("admin")
    assert "教案 教学设计" in admin.get("/admin/synonyms").get_data(as_text=True)
    assert save(admin, "大课间 课间操\n\n教案 教学设计", 0).status_code == 302
    assert save(admin, "大课间 课间操 阳光体育", 1).status_code == 302
    with app.app_context():
        county = cast.viewer("admin").county_id
        assert synonyms_in_use(county).of("大课间") == ("课间操", "阳光体育")
        assert synonyms_in_use(county).of("教案") == ()
        newest = synonym_history(county)[0]
        assert (newest.version.number, newest.added, newest.removed) == (2, 1, 2)
    older = admin.get("/admin/synonyms?version=1").get_data(as_text=True)
    assert re.search(r"<textarea[^>]*>\s*大课间 课间操\s+教案 教学设计</textarea>", older)
    assert "下面是第 1 版" in older
    assert save(admin, "大课间 课间操\n教案 教学设计", 2).status_code == 302
    with app.app_context():
        assert synonyms_in_use(county).of("教案") == ("教学设计",)


def test_a_line_that_says_nothing_is_named_and_nothing_is_saved(app, client_for, cast):
    admin = client_for("admin")
    for content, said in (
        ("教案 教学设计\n课件", "第 2 行只有一个词"),
        ("课件 課件", "第 1 行只有一个词"),
        (" ".join(f"词{i}" for i in range(13)), "一行最多 12 个"),
        ("长" * 21 + " 短", "太长"),
    ):
        answer = save(admin, content, 0)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    with app.app_context():
        assert synonym_history(cast.viewer("admin").county_id) == []


def test_two_at_once_do_not_overwrite_one_another(app, client_for, cast):
    admin = client_for("admin")
    assert save(admin, "大课间 课间操", 0).status_code == 302
    answer = save(admin, "晨会 晨训", 0)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "刚才有人保存过" in page
    assert "晨会 晨训" in page, "what was written is still there"
    assert save(admin, "大课间 课间操", 1).status_code == 302
    with app.app_context():
        assert len(synonym_history(cast.viewer("admin").county_id)) == 1, "nothing changed is no version"


def test_another_county_keeps_its_own_table(app, client_for, cast):
    """Neither county reads, changes or searches by the other's words."""
    with app.app_context(), unit_of_work():
        stranger = cast.user("stranger")
        other = cast.viewer("stranger").county_id
        appoint(None, stranger, "county_admin", find_organization(other), clock.today())
    assert save(client_for("admin"), "大课间 课间操", 0).status_code == 302
    there = client_for("stranger")
    page = there.get("/admin/synonyms").get_data(as_text=True)
    assert "大课间 课间操" not in page
    assert cast.admin.name not in page.split("修改记录")[1]
    assert save(there, "晨会 晨训", 0).status_code == 302
    with app.app_context():
        assert synonyms_in_use(other).of("大课间") == ()
        assert synonyms_in_use(cast.viewer("admin").county_id).of("晨会") == ()
        assert synonyms_in_use(None).of("教案") == shipped().of("教案")
