"""Reading an archive back: looked through first, then files, then all rows in one transaction, or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError, StatementError

from yanxiu.core.archives.reading import ArchiveError, OpenedArchive
from yanxiu.core.archives.rows import has_own_id
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.storage import ReceivedFile, receive_file, storage
from yanxiu.core.tasks import enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.archive.people import Matched, make_people, make_places, match
from yanxiu.workshops.archive.placing import Placing
from yanxiu.workshops.archive.scoping import FILE, PLACE, USER, WORKSHOP
from yanxiu.workshops.models import WorkshopOrigin
from yanxiu.workshops.queries.archive_parts import kept_tables
from yanxiu.workshops.queries.archives import read_back_from
from yanxiu.workshops.services.mirror import SIGN_ALL

Row = dict[str, Any]


class KnownArchiveError(ConflictError):
    """A workshop was made from this archive already; its id is `workshop_id`."""

    def __init__(self, workshop_id: int, name: str) -> None:
        super().__init__(f"这份档案已经导入过，就是工作坊“{name}”（编号 {workshop_id}），没有再导入一次")
        self.workshop_id = workshop_id


@dataclass
class Outlook:
    """What reading an archive back would do."""

    name: str
    term: str
    made_at: datetime
    rows: dict[str, int]
    files: int
    bytes: int
    missing: int
    matched: Matched = field(repr=False)


def look_through(archive: OpenedArchive) -> Outlook:
    """Check an archive wholly and say what reading it back would do. ArchiveError, KnownArchiveError."""
    card = _card(archive.manifest)
    known = read_back_from(card["key"])
    if known is not None:
        raise KnownArchiveError(known.id, known.name)
    archive.verify()
    _check_rows(archive, card["rows"])
    files = list(_file_rows(archive))
    matched = match(_numbered(archive, "places"), _numbered(archive, "people"))
    sizes = archive.files
    db.session.rollback()
    return Outlook(
        name=card["workshop"]["name"],
        term=card["workshop"]["term"],
        made_at=datetime.fromisoformat(card["made_at"]),
        rows=card["rows"],
        files=len(files),
        bytes=sum(sizes[row["path"]][0] for row in files),
        missing=len(card["missing"]),
        matched=matched,
    )


def _card(manifest: Row) -> Row:
    try:
        right = manifest["kind"] == "yanxiu-workshop" and isinstance(manifest["missing"], list)
        right = (
            right and 0 < len(manifest["key"]) <= 64 and datetime.fromisoformat(manifest["made_at"]).tzinfo is not None
        )
        right = right and all(isinstance(manifest["workshop"][key], str) for key in ("name", "term"))
        right = right and all(isinstance(count, int) for count in manifest["rows"].values())
    except (KeyError, TypeError, ValueError, AttributeError):
        right = False
    if not right:
        raise ArchiveError("这不是完整的工作坊档案：数据清单缺少必要的内容")
    return manifest


def _check_rows(archive: OpenedArchive, rows: dict[str, int]) -> None:
    kept = kept_tables()
    for name, count in rows.items():
        if name not in kept:
            raise ArchiveError(f"档案里有本程序不认识的数据表 {name}，请先升级再导入")
        columns = set(kept[name].table.columns.keys())
        found = 0
        is_numbered = has_own_id(kept[name].table)
        for row in archive.lines(name):
            found += 1
            if is_numbered and not isinstance(row.get("id"), int):
                raise ArchiveError(f"数据表 {name} 有一行没有编号，档案已损坏")
            if unknown := set(row) - columns - {"~live"}:
                raise ArchiveError(f"数据表 {name} 里有本程序不认识的栏目 {'、'.join(sorted(unknown))}，请先升级再导入")
        if found != count:
            raise ArchiveError(f"数据表 {name} 应有 {count} 行，实有 {found} 行，档案已损坏")
    if rows.get(WORKSHOP) != 1:
        raise ArchiveError("档案里应当正好有一个工作坊")


def _numbered(archive: OpenedArchive, name: str) -> Iterator[Row]:
    for row in archive.lines(name):
        if not isinstance(row.get("id"), int):
            raise ArchiveError("档案里的单位或人员名单已损坏")
        yield row


def _file_rows(archive: OpenedArchive) -> Iterator[Row]:
    sizes = archive.files
    for row in archive.lines("files"):
        if not isinstance(row.get("id"), int) or row.get("path") not in sizes:
            raise ArchiveError("档案里的文件名单已损坏")
        if not all(isinstance(row.get(key), str) for key in ("name", "mime")):
            raise ArchiveError("档案里的文件名单已损坏")
        yield row


def import_workshop(path: Path) -> tuple[int, dict[str, int]]:
    """Read an archive back; return the id of the workshop and how many rows of each table there are now.

    All or nothing: what fails leaves no row and no file behind.
    """
    with OpenedArchive(path) as archive:
        look_through(archive)
        with _received(archive) as files:
            return _place(archive, files)


@contextmanager
def _received(archive: OpenedArchive) -> Iterator[list[tuple[Row, ReceivedFile]]]:
    """Put the files into the store; take them out again if what follows fails."""
    files: list[tuple[Row, ReceivedFile]] = []
    try:
        for row in _file_rows(archive):
            size, digest = archive.files[row["path"]]
            with archive.entry(row["path"]) as stream:
                received = receive_file(stream, row["name"], row["mime"][:127], max_bytes=size)  # type: ignore[arg-type]
            files.append((row, received))
            if received.sha256 != digest:
                raise ArchiveError(f"“{row['path']}”的内容和清单不符，档案已损坏或被改动")
        yield files
    except BaseException:
        for _row, received in files:
            storage().delete(received.key)
        raise


def rehearse(archive: OpenedArchive) -> None:
    """Put everything in and take it back: what would go wrong goes wrong now. Nothing is left of it."""
    files = [(row, _unstored(archive, row)) for row in _file_rows(archive)]
    try:
        with _told_apart(archive.manifest["key"]), unit_of_work():
            _write(archive, files)
            raise _RehearsedError
    except _RehearsedError:
        db.session.rollback()


class _RehearsedError(Exception):
    """Ends the transaction of a rehearsal."""


def _unstored(archive: OpenedArchive, row: Row) -> ReceivedFile:
    size, digest = archive.files[row["path"]]
    return ReceivedFile(secrets.token_hex(20), size, digest, row["name"], row["mime"][:127])


def _place(archive: OpenedArchive, files: list[tuple[Row, ReceivedFile]]) -> tuple[int, dict[str, int]]:
    with _told_apart(archive.manifest["key"]), unit_of_work():
        return _write(archive, files)


@contextmanager
def _told_apart(key: str) -> Iterator[None]:
    """Say in words why the database does not take the rows: somebody was faster, or they contradict each other."""
    try:
        yield
    except (IntegrityError, StatementError) as error:
        known = read_back_from(key)
        if known is not None:
            raise KnownArchiveError(known.id, known.name) from error
        raise ArchiveError("档案里的数据前后对不上，一条也没有导入") from error


def _write(archive: OpenedArchive, files: list[tuple[Row, ReceivedFile]]) -> tuple[int, dict[str, int]]:
    """Put people, places, files and rows in; inside a unit of work."""
    key = archive.manifest["key"]
    known = read_back_from(key)
    if known is not None:
        raise KnownArchiveError(known.id, known.name)
    matched = match(_numbered(archive, "places"), _numbered(archive, "people"))
    places = make_places(matched)
    placing = Placing(archive, {PLACE: places, USER: make_people(matched, places)}, key)
    placing.keep_files(files)
    rows = placing.place_rows()
    workshop_id = next(iter(placing.ids[WORKSHOP].values()), None)
    if workshop_id is None:
        raise ArchiveError("档案里的工作坊缺少所属单位或创建人，没有导入")
    made_at = datetime.fromisoformat(archive.manifest["made_at"])
    db.session.add(WorkshopOrigin(workshop_id=workshop_id, archive_key=key, archived_on=made_at))
    db.session.flush()
    enqueue(SIGN_ALL, {"workshop_id": workshop_id}, key=f"{SIGN_ALL}:{workshop_id}")
    counts = {"files": len(placing.ids[FILE]), "people": len(matched.new_people)}
    record_audit(None, "workshop.imported", "workshop", workshop_id, count=sum(rows.values()), **counts)
    return workshop_id, rows
