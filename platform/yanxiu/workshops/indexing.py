"""What search may know of workshops, topics, posts and tasks.

`_acl_*` and `_visible_*` say the same thing twice, once as principals on the document and once as
a query for the page of hits; a test compares them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from yanxiu.accounts.models import Organization
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.search_queue import (
    IndexDocument,
    IndexSource,
    PrincipalSource,
    acl_county,
    acl_hosts,
    acl_roles,
    acl_team,
    acl_workshop,
)
from yanxiu.core.search_rights import ASKED, seen_by
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.activity_words import KIND_NAMES
from yanxiu.workshops.feedback_indexing import INNER_SOURCES, acl_own, acl_speaks
from yanxiu.workshops.models import (
    Activity,
    Bulletin,
    JoinMode,
    Post,
    PostAttachment,
    RecordPart,
    Right,
    Task,
    TermItem,
    TermStage,
    Topic,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.permissions import OVERSEEING_ROLES, TEAM
from yanxiu.workshops.queries.bulletins import public_bulletins
from yanxiu.workshops.queries.debates import sealed_topic_ids, sealing_debates, stated_topic_ids
from yanxiu.workshops.queries.members import holders_of
from yanxiu.workshops.queries.teams import (
    findable_workshops,
    leaders_of,
    visible_workshops,
    workshop_ids_below,
)

BATCH = 500
_PLACES = (
    select(WorkshopMember.workshop_id, WorkshopMember.role, Workshop.archived_at, holders_of(Right.ACTIVITIES))
    .join(Workshop, Workshop.id == WorkshopMember.workshop_id)
    .where(WorkshopMember.user_id == bindparam("who"))
)
"""Asked by every search and at every key of a suggestion, so it is put together once."""


def workshop_principals(viewer: Viewer) -> Iterable[str]:
    """Name the workshops a viewer is a member of, those they help to lead, their own place in each, and those in which
    they organize the activities."""
    if not viewer.is_authenticated:
        return
    for workshop_id, role, archived_at, organizes in db.session.execute(_PLACES, {"who": viewer.user_id}):
        yield acl_workshop(workshop_id)
        yield acl_own(workshop_id, viewer.user_id)
        if role in TEAM:
            yield acl_team(workshop_id)
        if archived_at is None:
            yield acl_speaks(workshop_id, viewer.user_id)
        if archived_at is None and organizes:
            yield acl_hosts(workshop_id)


def debate_principals(viewer: Viewer) -> Iterable[str]:
    """Name the debates in which a viewer has stated a view."""
    if not viewer.is_authenticated:
        return ()
    return [f"stated{topic_id}" for topic_id in stated_topic_ids(viewer.user_id)]


def _acl_sealed(topic: Topic) -> frozenset[str]:
    """A view in a debate that goes on: who has stated one, the team, and overseers."""
    return acl_roles(OVERSEEING_ROLES, topic.workshop.organization.path) | {
        f"stated{topic.id}",
        acl_team(topic.workshop_id),
    }


def _acl_inside(workshop: Workshop) -> frozenset[str]:
    """Members and overseers."""
    return acl_roles(OVERSEEING_ROLES, workshop.organization.path) | {acl_workshop(workshop.id)}


def _counties() -> list[Organization]:
    return list(db.session.scalars(select(Organization).where(Organization.kind == "county")))


def _acl_outside(workshop: Workshop, counties: Sequence[Organization]) -> frozenset[str]:
    """Whoever may find the workshop: the county's teachers too, unless it is by invitation."""
    inside = _acl_inside(workshop)
    if workshop.join_mode == JoinMode.INVITE:
        return inside
    path = workshop.organization.path
    return inside | {acl_county(county.id) for county in counties if path.startswith(county.path)}


def _load_workshops(ids: Sequence[int]) -> Iterable[IndexDocument]:
    found = db.session.scalars(select(Workshop).where(Workshop.id.in_(ids))).all()
    leaders, counties = leaders_of(ids), _counties()
    for workshop in found:
        yield IndexDocument(
            kind="workshop",
            object_id=workshop.id,
            title=workshop.name,
            url=f"/workshops/{workshop.id}",
            acl=_acl_outside(workshop, counties),
            body=f"{workshop.theme}\n{workshop.introduction}",
            place=workshop.organization.name,
            subject=workshop.subject,
            stage=workshop.stage,
            school=workshop.organization.name,
            author="、".join(user.name for user in leaders.get(workshop.id, ())),
            date=workshop.created_at,
        )


def _load_topics(ids: Sequence[int]) -> Iterable[IndexDocument]:
    rows = db.session.execute(
        select(Topic, Post.text)
        .join(Post, Post.topic_id == Topic.id)
        .where(Topic.id.in_(ids), Topic.deleted_at.is_(None), Post.number == 1)
        .options(joinedload(Topic.author), joinedload(Topic.workshop))
    )
    names = _file_names(Post.topic_id, Post.topic_id.in_(ids), Post.number == 1)
    for topic, text in rows:
        document = _document("topic", topic, topic.id, topic.title, text, topic.author.name, "")
        yield replace(document, attachment=names.get(topic.id, ""))


def _file_names(key: InstrumentedAttribute[int], *which: ColumnElement[bool]) -> dict[int, str]:
    """Return the names of the files sent along, a line each, by topic or by post."""
    names: dict[int, list[str]] = defaultdict(list)
    attached = select(key, StoredFile.name).select_from(PostAttachment).join(PostAttachment.post)
    attached = attached.join(StoredFile, StoredFile.id == PostAttachment.file_id)
    for found, name in db.session.execute(attached.where(*which).order_by(PostAttachment.position)):
        names[found].append(name)
    return {found: "\n".join(lines) for found, lines in names.items()}


def _load_posts(ids: Sequence[int]) -> Iterable[IndexDocument]:
    posts = db.session.scalars(
        _standing_posts()
        .where(Post.id.in_(ids))
        .options(joinedload(Post.author), joinedload(Post.topic).joinedload(Topic.workshop))
    )
    names = _file_names(Post.id, Post.id.in_(ids))
    found = posts.all()
    sealing = sealing_debates({post.topic_id for post in found})
    for post in found:
        anchor = f"?at={post.id}#post-{post.id}"
        title = f"回复：{post.topic.title}"
        document = _document("post", post.topic, post.id, title, post.text, post.author.name, anchor, post)
        acl = _acl_sealed(post.topic) if post.topic_id in sealing else document.acl
        yield replace(document, attachment=names.get(post.id, ""), acl=acl)


def _load_tasks(ids: Sequence[int]) -> Iterable[IndexDocument]:
    standing = select(Task).where(Task.id.in_(ids), Task.deleted_at.is_(None))
    for task in db.session.scalars(standing.options(joinedload(Task.author), joinedload(Task.workshop))):
        workshop = task.workshop
        yield IndexDocument(
            kind="task",
            object_id=task.id,
            title=task.title,
            url=f"/workshops/{workshop.id}/tasks/{task.id}",
            acl=_acl_inside(workshop),
            body=task.text,
            place=workshop.name,
            subject=workshop.subject,
            stage=workshop.stage,
            author=task.author.name,
            date=task.created_at,
        )


def _document(
    kind: str, topic: Topic, object_id: int, title: str, text: str, author: str, anchor: str, post: Post | None = None
) -> IndexDocument:
    workshop = topic.workshop
    return IndexDocument(
        kind=kind,
        object_id=object_id,
        title=title,
        url=f"/workshops/{workshop.id}/topics/{topic.id}{anchor}",
        acl=_acl_inside(workshop),
        body=text,
        tags=("精华",) if topic.digest_at and kind == "topic" else (),
        place=workshop.name,
        subject=workshop.subject,
        stage=workshop.stage,
        author=author,
        date=topic.created_at if post is None else post.created_at,
    )


def _load_activities(ids: Sequence[int]) -> Iterable[IndexDocument]:
    found = db.session.scalars(select(Activity).where(Activity.id.in_(ids)).options(joinedload(Activity.workshop)))
    for activity in found:
        workshop = activity.workshop
        yield IndexDocument(
            kind="activity",
            object_id=activity.id,
            title=activity.title,
            url=f"/workshops/{workshop.id}/activities/{activity.id}",
            acl=_acl_inside(workshop),
            body="\n".join([activity.text, *_record_texts(activity.id)]),
            tags=(KIND_NAMES[activity.kind],),
            place=workshop.name,
            subject=workshop.subject,
            stage=workshop.stage,
            author=activity.speaker,
            date=activity.starts_at,
        )


def _record_texts(activity_id: int) -> Sequence[str]:
    """What the members wrote down is found too."""
    parts = select(RecordPart.text).where(RecordPart.activity_id == activity_id).order_by(RecordPart.number)
    return db.session.scalars(parts).all()


def _standing_posts() -> Select[Post]:
    """Answers that can be read: not the opener (it is its topic), nothing taken back."""
    return select(Post).join(Post.topic).where(Post.number > 1, Post.withdrawn_at.is_(None), Topic.deleted_at.is_(None))


def _visible_workshops(viewer: Viewer) -> Select[int]:
    return findable_workshops(viewer).where(Workshop.id.in_(ASKED))


def _visible_topics(viewer: Viewer) -> Select[int]:
    topics = select(Topic.id).where(Topic.id.in_(ASKED), Topic.deleted_at.is_(None))
    return topics.where(Topic.workshop_id.in_(visible_workshops(viewer)))


def _visible_posts(viewer: Viewer) -> Select[int]:
    posts = _standing_posts().with_only_columns(Post.id).where(Post.id.in_(ASKED))
    posts = posts.where(Topic.id.not_in(sealed_topic_ids(viewer.user_id)))
    return posts.where(Topic.workshop_id.in_(visible_workshops(viewer)))


def _visible_activities(viewer: Viewer) -> Select[int]:
    found = select(Activity.id).where(Activity.id.in_(ASKED))
    return found.where(Activity.workshop_id.in_(visible_workshops(viewer)))


def _visible_tasks(viewer: Viewer) -> Select[int]:
    tasks = select(Task.id).where(Task.id.in_(ASKED), Task.deleted_at.is_(None))
    return tasks.where(Task.workshop_id.in_(visible_workshops(viewer)))


def _load_bulletins(ids: Sequence[int]) -> Iterable[IndexDocument]:
    found = public_bulletins().where(Bulletin.id.in_(ids)).options(joinedload(Bulletin.workshop))
    for bulletin in db.session.scalars(found):
        workshop = bulletin.workshop
        yield IndexDocument(
            kind="bulletin",
            object_id=bulletin.id,
            title=bulletin.name,
            url=f"/workshops/{workshop.id}/bulletins/{bulletin.id}",
            acl=_acl_inside(workshop),
            body=bulletin.text,
            place=workshop.name,
            subject=workshop.subject,
            stage=workshop.stage,
            author=bulletin.editor,
            date=bulletin.published_at,
        )


def _standing_items() -> Select[TermItem]:
    """What is in the plan: neither it nor its stage was taken out."""
    inside = select(TermItem).join(TermStage, TermStage.id == TermItem.stage_id)
    return inside.where(TermItem.deleted_at.is_(None), TermStage.deleted_at.is_(None))


def _load_term_items(ids: Sequence[int]) -> Iterable[IndexDocument]:
    rows = db.session.execute(
        _standing_items()
        .join(Workshop, Workshop.id == TermItem.workshop_id)
        .where(TermItem.id.in_(ids))
        .with_only_columns(TermItem, TermStage, Workshop)
    )
    for item, stage, workshop in rows.unique():
        yield IndexDocument(
            kind="term_item",
            object_id=item.id,
            title=item.title,
            url=f"/workshops/{workshop.id}/plan#plan-item-{item.id}",
            acl=_acl_inside(workshop),
            body="\n".join([stage.name, stage.goal]),
            place=workshop.name,
            subject=workshop.subject,
            stage=workshop.stage,
            author="",
            date=item.created_at,
        )


def _visible_term_items(viewer: Viewer) -> Select[int]:
    found = _standing_items().with_only_columns(TermItem.id).where(TermItem.id.in_(ASKED))
    return found.where(TermItem.workshop_id.in_(visible_workshops(viewer)))


def _all_term_items() -> Iterator[int]:
    return _every(_standing_items().with_only_columns(TermItem.id).order_by(TermItem.id))


def _term_items_below(path: str) -> Select[int]:
    return select(TermItem.id).where(TermItem.workshop_id.in_(workshop_ids_below(path)))


def _visible_bulletins(viewer: Viewer) -> Select[int]:
    found = public_bulletins().with_only_columns(Bulletin.id).where(Bulletin.id.in_(ASKED))
    return found.where(Bulletin.workshop_id.in_(visible_workshops(viewer)))


def _all_bulletins() -> Iterator[int]:
    return _every(public_bulletins().with_only_columns(Bulletin.id).order_by(Bulletin.id))


def _bulletins_below(path: str) -> Select[int]:
    return select(Bulletin.id).where(Bulletin.workshop_id.in_(workshop_ids_below(path)))


def _every(statement: Select[int]) -> Iterator[int]:
    yield from db.session.scalars(statement.execution_options(yield_per=BATCH))


def _all_workshops() -> Iterator[int]:
    return _every(select(Workshop.id).order_by(Workshop.id))


def _all_topics() -> Iterator[int]:
    return _every(select(Topic.id).where(Topic.deleted_at.is_(None)).order_by(Topic.id))


def _all_posts() -> Iterator[int]:
    return _every(_standing_posts().with_only_columns(Post.id).order_by(Post.id))


def _all_activities() -> Iterator[int]:
    return _every(select(Activity.id).order_by(Activity.id))


def _activities_below(path: str) -> Select[int]:
    return select(Activity.id).where(Activity.workshop_id.in_(workshop_ids_below(path)))


def _all_tasks() -> Iterator[int]:
    return _every(select(Task.id).where(Task.deleted_at.is_(None)).order_by(Task.id))


def _tasks_below(path: str) -> Select[int]:
    return select(Task.id).where(Task.workshop_id.in_(workshop_ids_below(path)))


def _topics_below(path: str) -> Select[int]:
    return select(Topic.id).where(Topic.workshop_id.in_(workshop_ids_below(path)))


def _posts_below(path: str) -> Select[int]:
    return select(Post.id).where(Post.topic_id.in_(_topics_below(path)), Post.number > 1)


SOURCES: tuple[IndexSource, ...] = (
    IndexSource("workshop", "工作坊", _load_workshops, _all_workshops, seen_by(_visible_workshops), workshop_ids_below),
    IndexSource("topic", "话题", _load_topics, _all_topics, seen_by(_visible_topics), _topics_below),
    IndexSource("post", "回复", _load_posts, _all_posts, seen_by(_visible_posts), _posts_below),
    IndexSource("activity", "活动", _load_activities, _all_activities, seen_by(_visible_activities), _activities_below),
    IndexSource("task", "任务", _load_tasks, _all_tasks, seen_by(_visible_tasks), _tasks_below),
    IndexSource("bulletin", "简报", _load_bulletins, _all_bulletins, seen_by(_visible_bulletins), _bulletins_below),
    IndexSource(
        "term_item", "计划", _load_term_items, _all_term_items, seen_by(_visible_term_items), _term_items_below
    ),
    *INNER_SOURCES,
)
PRINCIPALS: tuple[PrincipalSource, ...] = (workshop_principals, debate_principals)
