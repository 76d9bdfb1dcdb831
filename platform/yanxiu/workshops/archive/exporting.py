"""Making the archive of a workshop: its rows as one moment saw them, then what people read, then the files."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from yanxiu.core import clock
from yanxiu.core.archives.rows import batched, plain_row
from yanxiu.core.archives.writing import DATA, ArchiveWriter
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.live import LiveTopic
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.archive.contents import contents_page, write_contents
from yanxiu.workshops.archive.people import people_rows, place_rows
from yanxiu.workshops.archive.scoping import Needed, Scoping, references
from yanxiu.workshops.archive.shelf import ZipShelf
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.archive_parts import Kept, Wish, archive_parts, kept_tables

LIVE = "~live"
"""The numbers of a row's live lists, beside its columns."""

Told = Callable[[int], None]


def nobody(_percent: int) -> None:
    """For callers who do not want to hear how far it is."""


@dataclass
class Summary:
    """What an archive holds."""

    key: str
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)


def export_workshop(workshop_id: int, target: Path, folder: Path, *, wish: Wish, told: Told = nobody) -> Summary:
    """Write the archive of a workshop to `target`, outside any transaction; `told` hears the percentage.

    `folder` is for work under way. The rows are those of one moment; what people read may be some seconds younger.
    """
    summary = Summary(secrets.token_hex(16))
    with ArchiveWriter(target) as writer:
        shelf = ZipShelf(writer, folder, wish=wish)
        needed = _write_data(writer, Scoping(kept_tables(), workshop_id, wish), summary)
        told(20)
        _fill(shelf, workshop_id, told)
        _write_files(shelf, needed, summary)
        told(95)
        workshop = db.session.get_one(Workshop, workshop_id)
        card = _card(workshop, summary, wish)
        with shelf.pdf("目录") as pdf:
            write_contents(pdf, workshop, shelf.contents, summary.missing)
        writer.add_bytes("目录.html", contents_page(workshop, shelf.contents, summary.missing).encode())
        writer.finish(card)
    db.session.rollback()
    return summary


def _card(workshop: Workshop, summary: Summary, wish: Wish) -> dict[str, Any]:
    return {
        "kind": "yanxiu-workshop",
        "key": summary.key,
        "made_at": clock.now().isoformat(),
        "with_videos": wish.with_videos,
        "sealed": wish.sealed,
        "workshop": {"name": workshop.name, "term": workshop.term, "place": workshop.organization.name},
        "rows": summary.rows,
        "missing": summary.missing,
    }


def _write_data(writer: ArchiveWriter, scoping: Scoping, summary: Summary) -> Needed:
    """Write the rows of every table, then the people and places they name, all as one moment saw them."""
    db.session.rollback()
    if not is_sqlite():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    needed = Needed()
    for name, rule in scoping.kept.items():
        summary.rows[name] = _write_lines(writer, name, _leaving(scoping, rule, needed))
    people = list(people_rows(needed.people))
    needed.places |= {row["organization_id"] for row in people}
    _write_lines(writer, "people", people)
    _write_lines(writer, "places", place_rows(needed.places))
    db.session.rollback()
    return needed


def _leaving(scoping: Scoping, rule: Kept, needed: Needed) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table without what must not leave."""
    found = references(scoping.kept, rule.table)
    rows = db.session.execute(scoping.rows_of(rule.table.name), execution_options={"yield_per": 500})
    for some in batched(rows.mappings()):
        leaving = [rule.leaving(dict(row), scoping.wish) for row in some]
        numbers = _live_numbers(rule, leaving)
        for row in leaving:
            needed.note(row, found)
            plain = plain_row(row)
            if rule.live:
                plain[LIVE] = numbers[row["id"]]
            yield plain


def _live_numbers(rule: Kept, rows: list[dict[str, Any]]) -> dict[int, dict[str, int]]:
    if not rule.live:
        return {}
    names = {f"{word}:{row['id']}": (row["id"], word) for row in rows for word in rule.live}
    numbers: dict[int, dict[str, int]] = {row["id"]: {} for row in rows}
    table = LiveTopic.__table__.c
    for some in batched(names):
        for name, seq in db.session.execute(select(table.name, table.seq).where(table.name.in_(some))):
            row_id, word = names[name]
            numbers[row_id][word] = seq
    return numbers


def _write_lines(writer: ArchiveWriter, name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    with writer.entry(f"{DATA}/{name}.jsonl") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    return count


def _fill(shelf: ZipShelf, workshop_id: int, told: Told) -> None:
    parts = archive_parts()
    for number, part in enumerate(parts, start=1):
        shelf.told = partial(told, 20 + 60 * (number - 1) // len(parts))
        part.fill(shelf, db.session.get_one(Workshop, workshop_id))
        db.session.rollback()
        told(20 + 60 * number // len(parts))


def _write_files(shelf: ZipShelf, needed: Needed, summary: Summary) -> None:
    """Put what nobody placed, and write down where each file of a row lies."""
    rows = []
    for some in batched(sorted(needed.files)):
        for file in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(some)).order_by(StoredFile.id)):
            path = shelf.place(file, "其他文件", file.name)
            if path is None:
                continue
            row = {"id": file.id, "path": path, "name": file.name, "mime": file.mime, "owner_id": file.owner_id}
            rows.append({**row, "created_at": file.created_at.isoformat()})
    db.session.rollback()
    summary.files, summary.missing = len(rows), shelf.missing
    _write_lines(shelf.writer, "files", rows)
