"""Bulletins: composing an issue from a period, writing in it, filling it anew, publishing and taking it back."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now, today
from yanxiu.core.db import db, hold, is_sqlite
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import clean_html, html_from_text, text_of
from yanxiu.core.live import bump
from yanxiu.workshops.bulletin_content import Filled, filled_of, table_from
from yanxiu.workshops.bulletin_words import SECTION_NAMES
from yanxiu.workshops.events import BulletinPublished, BulletinWithdrawn
from yanxiu.workshops.models import Bulletin, BulletinReading, BulletinSection, Workshop, WorkshopPicture
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries.activity_photos import files_to_adopt
from yanxiu.workshops.queries.bulletin_facts import facts_of, held_activities
from yanxiu.workshops.queries.bulletins import last_masthead, last_number
from yanxiu.workshops.queries.teams import leaders_of
from yanxiu.workshops.services.attachments import Place, put_in_use
from yanxiu.workshops.services.counts import add_to
from yanxiu.workshops.services.posts import MAX_HTML, MAX_TEXT, checked_uuid

LONGEST_DAYS = 400
LOOKS_LIKE_HTML = re.compile(r"\s*<(p|ul|ol|h[1-6]|blockquote|img|hr)\b", re.IGNORECASE)
SHOWN = re.compile(r'<img[^>]*\bsrc="([^"]+)"')
LEFT_OUT_AT_FIRST = frozenset({"voices"})
"""Columns that nobody needs to throw out of every issue: they come in when something is written there."""


@dataclass(frozen=True)
class Masthead:
    """What stands on top of an issue; without a day the day of its publication is put there."""

    masthead: str
    host: str = ""
    editor: str = ""
    sent_to: str = ""
    issued_on: date | None = None


@dataclass(frozen=True)
class Written:
    """What a column shall say. `version` is the one the writer had before them."""

    kind: str
    html: str
    included: bool
    version: int


@dataclass(frozen=True)
class Clash:
    """A column that a colleague changed meanwhile: nothing was written there."""

    version: int
    html: str
    by: str


@dataclass
class Saved:
    """The versions now by column, and what was not written."""

    versions: dict[str, int] = field(default_factory=dict)
    clashes: dict[str, Clash] = field(default_factory=dict)


def compose(actor: User, workshop: Workshop, first: date, last: date, *, client_uuid: str | None = None) -> Bulletin:
    """Begin an issue about some days, filled from what happened then; the same form again returns what it made."""
    _check_days(first, last)
    client_uuid = checked_uuid(client_uuid)
    hold(workshop)
    sent = select(Bulletin).where(Bulletin.author_id == actor.id, Bulletin.client_uuid == client_uuid)
    before = db.session.scalar(sent)
    if before is not None and before.workshop_id == workshop.id:
        return before
    bulletin = Bulletin(
        workshop=workshop,
        author_id=actor.id,
        first_on=first,
        last_on=last,
        client_uuid=client_uuid if before is None else checked_uuid(None),
        **_first_words(workshop),
    )
    db.session.add(bulletin)
    db.session.flush()
    adopt_photos(bulletin)
    filled = filled_of(facts_of(workshop, period_of_issue(bulletin)))
    for position, (kind, found) in enumerate(filled.items()):
        section = BulletinSection(bulletin=bulletin, kind=kind, position=position, included=_belongs(kind, found))
        _fill(section, found)
        db.session.add(section)
    _touch(bulletin)
    return bulletin


def adopt_photos(bulletin: Bulletin) -> None:
    """Photos that came with answers about the activities of an issue become pictures of the workshop, so that they can
    stand in a text and stay there."""
    held = held_activities(bulletin.workshop_id, period_of_issue(bulletin))
    for file_id in files_to_adopt(bulletin.workshop_id, held):
        db.session.add(WorkshopPicture(workshop_id=bulletin.workshop_id, file_id=file_id))
    db.session.flush()


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise InvalidError("结束日期早于开始日期，请重新选择", field="last_on")
    if first > today():
        raise InvalidError("这一天还没有到，请选已经过去的日子", field="first_on")
    if (last - first) > timedelta(days=LONGEST_DAYS):
        raise InvalidError("一期简报最多写一年，请缩短日期", field="first_on")


def _belongs(kind: str, found: Filled) -> bool:
    return kind not in LEFT_OUT_AT_FIRST and bool(kind == "opening" or found.html or found.table)


def _first_words(workshop: Workshop) -> dict[str, str]:
    """An issue is called as the one before it; the first one after the workshop."""
    before = last_masthead(workshop.id)
    if before is not None:
        return {name: getattr(before, name) for name in ("masthead", "host", "editor", "sent_to")}
    leaders = "、".join(user.name for user in leaders_of([workshop.id]).get(workshop.id, []))
    return {"masthead": f"{workshop.name[:56]}简报", "host": workshop.organization.name[:60], "editor": leaders[:60]}


def period_of_issue(bulletin: Bulletin) -> Period:
    """Return the days an issue tells of."""
    return Period("custom", bulletin.first_on, bulletin.last_on)


def _fill(section: BulletinSection, found: Filled) -> None:
    section.html = section.filled_html = clean_html(found.html)
    section.table = found.stored_table


def _touch(bulletin: Bulletin) -> None:
    bulletin.updated_at = now()
    db.session.flush()
    db.session.expire(bulletin, ["sections"])
    bulletin.seq = bump(f"bulletins:{bulletin.workshop_id}", "bulletin", bulletin.id)


def _hold_open(bulletin: Bulletin) -> list[BulletinSection]:
    """Lock an issue that may be written in; return its columns as they are now."""
    if not hold(bulletin) or bulletin.deleted_at is not None:
        raise ConflictError("这期简报刚刚被删除了")
    if bulletin.is_public:
        raise ConflictError("这期简报已经发布，撤回以后才能修改")
    rows = select(BulletinSection).where(BulletinSection.bulletin_id == bulletin.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def save_bulletin(
    actor: User, bulletin: Bulletin, masthead: Masthead, written: Sequence[Written], *, publish: bool = False
) -> Saved:
    """Write what changed, columns in the order given. Where a colleague wrote meanwhile nothing is written, and nothing
    published. The workshop is locked before the issue, as by everybody who publishes."""
    if publish:
        hold(bulletin.workshop)
    sections = {section.kind: section for section in _hold_open(bulletin)}
    saved, changed = Saved(), False
    for name, value in asdict(masthead).items():
        changed |= getattr(bulletin, name) != value
        setattr(bulletin, name, value)
    for position, column in enumerate(one for one in written if one.kind in sections):
        section = sections[column.kind]
        changed |= (section.position, section.included) != (position, column.included)
        section.position, section.included = position, column.included
        changed |= _write(actor, section, column, saved)
    if changed:
        _touch(bulletin)
    if publish and not saved.clashes:
        publish_bulletin(actor, bulletin)
    return saved


def _write(actor: User, section: BulletinSection, column: Written, saved: Saved) -> bool:
    html = _checked(column)
    if html == section.html:
        saved.versions[section.kind] = section.version
        return False
    if column.version != section.version:
        by = section.edited_by.name if section.edited_by else "同事"
        saved.clashes[section.kind] = Clash(section.version, section.html, by)
        return False
    put_in_use(actor, html, Place(bulletin_id=section.bulletin_id))
    section.html, section.edited_by_id, section.version = html, actor.id, section.version + 1
    saved.versions[section.kind] = section.version
    return True


def _checked(column: Written) -> str:
    where = f"html_{column.kind}"
    if len(column.html) > MAX_HTML:
        raise InvalidError("这一栏太长了，请删减一些", field=where)
    html = clean_html(column.html)
    text = text_of(html)
    if len(text) > MAX_TEXT:
        raise InvalidError(f"这一栏请控制在 {MAX_TEXT} 字以内", field=where)
    return html if text or "<img" in html else ""


def html_of(typed: str) -> str:
    """Return one column of the form as HTML: its composer may be at work while that of the next one is not."""
    return typed if LOOKS_LIKE_HTML.match(typed) else html_from_text(typed)


def _said(html: str) -> tuple[str, list[str]]:
    """What a column says and shows."""
    return text_of(html), SHOWN.findall(html)


def was_edited(section: BulletinSection) -> bool:
    """Tell whether people changed what the figures had put into a column."""
    return _said(section.html) != _said(section.filled_html)


@dataclass(frozen=True)
class Change:
    """What filling anew would do to a column: replace the text, the table or both. `edited`: people wrote in the text."""

    section: BulletinSection
    filled: Filled
    edited: bool
    new_text: bool
    new_table: bool

    @property
    def name(self) -> str:
        return SECTION_NAMES[self.section.kind]


def changes_of(bulletin: Bulletin) -> list[Change]:
    """Return what the figures of today would say otherwise, in the order of the issue."""
    filled = filled_of(facts_of(bulletin.workshop, period_of_issue(bulletin)))
    found = []
    for section in bulletin.sections:
        new = filled.get(section.kind, Filled())
        new_text = bool(new.html) and _said(new.html) != _said(section.filled_html)
        new_table = new.table is not None and new.stored_table != section.table
        if new_text or new_table:
            found.append(Change(section, new, was_edited(section), new_text, new_table))
    return found


def fill_anew(actor: User, bulletin: Bulletin, kinds: Collection[str]) -> int:
    """Put the figures of today into the chosen columns; the others stay. Return how many changed."""
    _hold_open(bulletin)
    db.session.expire(bulletin, ["sections"])
    chosen = [change for change in changes_of(bulletin) if change.section.kind in kinds]
    for change in chosen:
        section = change.section
        if change.new_text:
            section.html = section.filled_html = clean_html(change.filled.html)
        if change.new_table:
            section.table = change.filled.stored_table
        section.version, section.edited_by_id = section.version + 1, actor.id
    if chosen:
        bulletin.filled_at = now()
        _touch(bulletin)
    return len(chosen)


def publish_bulletin(actor: User, bulletin: Bulletin) -> None:
    """Give an issue its number, the next without a gap, and let the members read it."""
    hold(bulletin.workshop)
    sections = sorted(_hold_open(bulletin), key=lambda section: section.position)
    shown = [section for section in sections if section.included and (section.html or section.table)]
    if not shown:
        raise InvalidError("还没有收进任何栏目，请至少写一栏再发布")
    again = bulletin.number is not None
    if not again:
        bulletin.number = last_number(bulletin.workshop_id) + 1
    bulletin.issued_on = bulletin.issued_on or today()
    bulletin.published_at, bulletin.withdrawn_at = now(), None
    bulletin.text = "\n".join(_text(section) for section in shown)
    _touch(bulletin)
    add_to(bulletin.workshop, Workshop.bulletins_count, 1)
    record_audit(actor, "bulletin.published", "bulletin", bulletin.id, title=bulletin.name)
    record(BulletinPublished(bulletin.id, bulletin.workshop_id, actor.id, again))


def _text(section: BulletinSection) -> str:
    table = table_from(section.table)
    parts = (SECTION_NAMES[section.kind], table.summary if table else "", text_of(section.html))
    return "\n".join(part for part in parts if part)


def withdraw_bulletin(actor: User, bulletin: Bulletin) -> None:
    """Take an issue back to change it; it keeps its number and who has read it."""
    hold(bulletin.workshop)
    if not hold(bulletin) or not bulletin.is_public:
        raise ConflictError("这期简报没有在发布，请刷新页面")
    bulletin.withdrawn_at = now()
    _touch(bulletin)
    add_to(bulletin.workshop, Workshop.bulletins_count, -1)
    record_audit(actor, "bulletin.withdrawn", "bulletin", bulletin.id, title=bulletin.name)
    record(BulletinWithdrawn(bulletin.id, bulletin.workshop_id, actor.id))


def delete_bulletin(actor: User, bulletin: Bulletin) -> None:
    """Throw a draft away. What once had a number stays, so that none is missing."""
    _hold_open(bulletin)
    if bulletin.number is not None:
        raise ConflictError("发布过的简报保留期号，不能删除")
    bulletin.deleted_at = now()
    _touch(bulletin)
    record_audit(actor, "bulletin.deleted", "bulletin", bulletin.id, title=bulletin.masthead)


def note_reading(bulletin_id: int, user_id: int) -> None:
    """Note that an issue was in front of a member; a second time changes nothing."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(BulletinReading)
    row = {"bulletin_id": bulletin_id, "user_id": user_id, "opened_at": now()}
    noted = db.session.execute(insert.values(**row).on_conflict_do_nothing().returning(BulletinReading.user_id)).first()
    if noted is not None:
        bump(f"bulletin:{bulletin_id}", "reader", bulletin_id)
