"""Asking for the archive of a workshop on its page: made by the worker, told, fetched, kept for some days."""

import io
import zipfile
from datetime import timedelta

import sqlalchemy as sa

from tests.workshops.stage import FETCH, page
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.archive import jobs
from yanxiu.workshops.models import WorkshopArchive
from yanxiu.workshops.services.archives import GIVEN_UP_AFTER


def rows(app, *columns):
    with app.app_context():
        return db.session.execute(sa.select(*columns).order_by(columns[0])).all()


def told(app):
    """What the archive made people hear."""
    return [kind for (kind,) in rows(app, Notification.kind) if kind.startswith("archive")]


def test_an_archive_is_made_once_told_and_fetched_and_gone_after_its_days(app, client_for, room, work):
    client, home = client_for("leader"), f"{room.home}/archives"
    assert "还没有导出过" in page(client, home)
    assert home in page(client, f"{room.home}/settings")
    for _again in range(2):
        assert client.post(home, headers=FETCH).json["ok"]
    assert rows(app, WorkshopArchive.id, WorkshopArchive.state) == [(1, "waiting")]
    assert "正在制作" in page(client, home)
    work()
    assert told(app) == ["archive_ready"]
    fragment = client.get(f"{home}?since=1")
    assert 'id="archive-1"' in fragment.get_data(as_text=True)
    sent = client.get(f"{home}/1/file")
    assert "filename*=UTF-8''" in sent.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(sent.data)) as opened:
        assert opened.testzip() is None
        assert "目录.html" in opened.namelist()
    done = [action for _id, action in rows(app, AuditEntry.id, AuditEntry.action)]
    assert (done.count("workshop.archived"), done.count("workshop.archive_fetched")) == (1, 1)
    with app.app_context():
        (key,) = db.session.scalars(sa.select(StoredFile.key).where(StoredFile.mime == "application/zip"))
        with clock.frozen(clock.now() + timedelta(days=6)):
            assert jobs.forget_archives() == 0
        with clock.frozen(clock.now() + timedelta(days=8)):
            assert jobs.forget_archives() == 1
        assert key not in set(storage().keys())
    assert client.get(f"{home}/1/file").status_code == 410
    assert "已过保存期" in page(client, home)


def test_an_archive_that_is_not_made_says_so_and_does_not_bar_the_next(app, client_for, room, work, monkeypatch):
    client, home = client_for("leader"), f"{room.home}/archives"

    def broken(*_more, **_named):
        raise OSError("the disk is gone")

    monkeypatch.setattr(jobs, "export_workshop", broken)
    client.post(home)
    work()
    assert told(app) == ["archive_failed"]
    assert "没有做成" in page(client, home)
    client.post(home)
    with clock.frozen(clock.now() + GIVEN_UP_AFTER + timedelta(minutes=1)):
        client.post(home)
    assert [state for _id, state in rows(app, WorkshopArchive.id, WorkshopArchive.state)] == [
        "failed",
        "failed",
        "waiting",
    ]


def test_the_page_asks_the_same_number_of_queries_whatever_it_lists(app, cast, client_for, room, count_queries):
    client, home = client_for("leader"), f"{room.home}/archives"
    counts = []
    page(client, home)
    for more in (2, 18):
        with app.app_context(), unit_of_work():
            db.session.add_all(
                WorkshopArchive(workshop_id=room.w, actor_id=person.id, state="failed", finished_at=clock.now())
                for person in (cast.leader, cast.admin)
                for _ in range(more // 2)
            )
        with count_queries() as seen:
            page(client, home)
        counts.append(seen.count)
    assert counts[0] == counts[1]
