"""Reading imports: what would become of each row of a sheet, and what became of it."""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.core.storage import StoredFile
from yanxiu.resources.catalog import STAGE_OF_GRADE
from yanxiu.resources.import_sheet import Vocabulary, details_in
from yanxiu.resources.models import Resource, ResourceImport, ResourceImportRow, ResourceUpload, TextbookNode
from yanxiu.resources.queries.likeness import same_files
from yanxiu.resources.queries.standards import literacies_known
from yanxiu.resources.queries.textbooks import COLUMNS, FIXED, shelf_of
from yanxiu.workshops.queries import workshop_options

NEW, SAME, MISSING, FAULTY = "new", "same", "missing", "faulty"
_ABSENT = "文件夹里没有"
_GUESSED = ("kind", *COLUMNS)


@dataclass(frozen=True)
class RowOutlook:
    """What a row would become: `verdict`, what is wrong (`errors`) or worth knowing (`notes`), in words.

    `details` are the values of the resource to be, `guessed` those of them that nobody typed, `typed` those somebody did.
    """

    number: int
    cells: Mapping[str, str]
    verdict: str
    errors: tuple[str, ...]
    notes: tuple[str, ...]
    details: dict[str, Any]
    typed: Mapping[str, Any]
    guessed: tuple[str, ...]
    upload_id: int | None
    same_id: int | None


@dataclass(frozen=True)
class Outlook:
    """A dry run: a line for each row, how many of each verdict, and the files that no row names."""

    lines: list[RowOutlook]
    unused: list[ResourceUpload]
    files: int
    hinted: Callable[[RowOutlook], RowOutlook]
    """Says of a line with a wrong name what was meant, perhaps. Takes milliseconds: for the lines that somebody looks at."""

    @property
    def counts(self) -> Counter[str]:
        """How many rows there are of each verdict."""
        return Counter(line.verdict for line in self.lines)


def imports_page(viewer: Viewer, cursor: str | None) -> Page[ResourceImport]:
    """Return a page of one's own imports, the newest first."""
    mine = select(ResourceImport).where(ResourceImport.owner_id == viewer.user_id)
    return paginate(mine, ResourceImport.id.desc(), cursor=cursor)


def find_import(import_id: int) -> ResourceImport | None:
    """Return an import; the caller asks the predicate."""
    return db.session.get(ResourceImport, import_id)


def rows_of(found: ResourceImport) -> Sequence[ResourceImportRow]:
    """Return the rows in the order of the sheet."""
    mine = select(ResourceImportRow).where(ResourceImportRow.import_id == found.id)
    return db.session.scalars(mine.order_by(ResourceImportRow.number)).all()


def outcomes_of(found: ResourceImport) -> Counter[str]:
    """Return how many rows there are of each outcome."""
    mine = select(ResourceImportRow.outcome, func.count()).where(ResourceImportRow.import_id == found.id)
    return Counter({row[0]: row[1] for row in db.session.execute(mine.group_by(ResourceImportRow.outcome))})


def files_of(found: ResourceImport) -> Sequence[ResourceUpload]:
    """Return the files that have arrived for an import."""
    mine = select(ResourceUpload).where(ResourceUpload.import_id == found.id)
    return db.session.scalars(mine.options(joinedload(ResourceUpload.stored_file)).order_by(ResourceUpload.id)).all()


def count_files(found: ResourceImport) -> int:
    """Return how many files have arrived for an import."""
    mine = select(func.count()).select_from(ResourceUpload).where(ResourceUpload.import_id == found.id)
    return db.session.scalar(mine) or 0


def waiting_bytes(user_id: int) -> int:
    """Return how many bytes of somebody's files wait to be described or confirmed."""
    sizes = select(func.sum(StoredFile.size)).join(ResourceUpload, ResourceUpload.stored_file_id == StoredFile.id)
    return int(db.session.scalar(sizes.where(ResourceUpload.owner_id == user_id)) or 0)


def outlook_of(viewer: Viewer, workshop_ids: Collection[int], found: ResourceImport) -> Outlook:
    """Say what confirming would do; nothing is written. The number of queries does not depend on the rows."""
    rows, uploads = rows_of(found), files_of(found)
    files = _Files(uploads)
    shelf = shelf_of(viewer.county_id)
    workshops = {name: key for key, name in workshop_options(viewer)}
    words = Vocabulary(lambda level: shelf.names(level, {}), shelf.knows, workshops, literacies_known(viewer.county_id))
    books = _Books(viewer.county_id, {row.cells.get("lesson", "") for row in rows} - {""})
    same = same_files(viewer, workshop_ids, {upload.stored_file.sha256 for upload in uploads})
    lines = [_line(row, files, words, books, same) for row in rows]
    unused = [upload for upload in uploads if upload.id not in files.taken]
    return Outlook(lines, unused, len(uploads), partial(_hinted, files, books))


def _hinted(files: _Files, books: _Books, line: RowOutlook) -> RowOutlook:
    errors = (e + files.hint(line.cells.get("file", "")) if e.startswith(_ABSENT) else e for e in line.errors)
    notes = (books.hint(line.typed) or note if note == _unknown(line.typed) else note for note in line.notes)
    return replace(line, errors=tuple(errors), notes=tuple(notes))


def _line(
    row: ResourceImportRow,
    files: _Files,
    words: Vocabulary,
    books: _Books,
    same: Mapping[str, Sequence[Resource]],
) -> RowOutlook:
    typed, wrong = details_in(row.cells, words)
    upload, missing = files.take(row.number, row.cells.get("file", ""))
    values, notes = books.completed(typed)
    guess = dict(upload.guess) if upload else {}
    guessed = {key: guess[key] for key in _GUESSED if guess.get(key) and not values.get(key)}
    details = {**guessed, **values}
    details["title"] = values.get("title") or guess.get("title") or row.cells.get("file", "")
    details["stage"] = details.get("stage") or STAGE_OF_GRADE.get(details.get("grade", ""), "")
    details.setdefault("visibility", "county")
    if upload and not details.get("kind") and "kind" not in wrong:
        wrong["kind"] = "“类型”空着，从文件名也看不出来，请填上"
    twin = next(iter(same.get(upload.stored_file.sha256, ())), None) if upload else None
    alike = twin if twin is not None and twin.title == details["title"] else None
    if alike is not None:
        notes.append(f"资源库里已经有《{alike.title}》，内容也一样")
    elif twin is not None:
        notes.append(f"和资源库里的《{twin.title}》是同一个文件")
    if upload is None and not missing.startswith(_ABSENT):
        wrong["file"] = missing
    verdict = FAULTY if wrong else MISSING if upload is None else SAME if alike is not None else NEW
    return RowOutlook(
        row.number,
        row.cells,
        verdict,
        tuple(dict.fromkeys((*wrong.values(), missing)) if missing else wrong.values()),
        tuple(notes),
        details,
        typed,
        tuple(str(value) for key, value in guessed.items() if key != "kind"),
        upload.id if upload else None,
        twin.id if twin is not None else None,
    )


class _Files:
    """The files that arrived, by every name a row may call them; each is taken by one row."""

    def __init__(self, uploads: Iterable[ResourceUpload]) -> None:
        self.by_name: dict[str, list[ResourceUpload]] = {}
        self.taken: dict[int, int] = {}
        for upload in uploads:
            for name in _names_of(upload.path or upload.stored_file.name):
                self.by_name.setdefault(name, []).append(upload)

    def take(self, number: int, name: str) -> tuple[ResourceUpload | None, str]:
        """Return the file a row names, or words about why it has none."""
        if not name:
            return None, "“文件名”空着"
        found = self.by_name.get(_key(name), [])
        if not found:
            return None, f"{_ABSENT}“{name}”"
        if len(found) > 1:
            paths = "、".join(upload.path for upload in found[:3])
            return None, f"有 {len(found)} 个文件都叫这个名字，请写上文件夹：{paths}"
        if found[0].id in self.taken:
            return None, f"第 {self.taken[found[0].id]} 行已经用了这个文件"
        self.taken[found[0].id] = number
        return found[0], ""

    def hint(self, name: str) -> str:
        """Return words that name the file most like a name that no file has; empty if none is like it."""
        near = difflib.get_close_matches(_bare(name), self._bare_names, 1, 0.75)
        return f"，最像的是“{self._bare_names[near[0]]}”" if near else ""

    @cached_property
    def _bare_names(self) -> dict[str, str]:
        uploads = (upload for found in self.by_name.values() for upload in found)
        names = (os.path.basename(upload.path or upload.stored_file.name) for upload in uploads)
        return {_bare(name): name for name in names}


def _names_of(path: str) -> set[str]:
    """The path with and without the folder that was chosen, and the bare name; each with and without its extension."""
    parts = _key(path).split("/")
    names = {"/".join(parts[start:]) for start in {0, min(1, len(parts) - 1), len(parts) - 1}}
    return names | {os.path.splitext(name)[0] for name in names}


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace("\\", "/").strip("/ ").casefold()


def _bare(name: str) -> str:
    return os.path.splitext(_key(name).rsplit("/", 1)[-1])[0]


class _Books:
    """The lessons of a county's catalog that a sheet names, or might have meant."""

    def __init__(self, county_id: int | None, wanted: Collection[str]) -> None:
        self.rows: list[dict[str, str]] = []
        self.by_lesson: dict[str, list[dict[str, str]]] = {}
        self._books: dict[tuple[tuple[str, str], ...], dict[str, dict[str, str]]] = {}
        self._hints: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        if county_id is None or not wanted:
            return
        lessons = TextbookNode.county_id == county_id, TextbookNode.level == len(COLUMNS) - 1
        columns = [getattr(TextbookNode, column) for column in COLUMNS]
        statement = select(*columns).where(*lessons, TextbookNode.retired_at.is_(None)).order_by(TextbookNode.id)
        self.rows = [dict(zip(COLUMNS, row, strict=True)) for row in db.session.execute(statement)]
        for row in self.rows:
            self.by_lesson.setdefault(row["lesson"], []).append(row)

    def completed(self, typed: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Fill what was left out and the catalog is sure of; say so where it has no lesson of that name."""
        values = dict(typed)
        if not typed.get("lesson") or not self.rows:
            return values, []
        namesakes = self.by_lesson.get(str(typed["lesson"]), [])
        said = {column: typed[column] for column in COLUMNS if typed.get(column)}
        fitting = [row for row in namesakes if _fits(row, said)]
        if fitting:
            sure = {column for column in COLUMNS if len({row[column] for row in fitting}) == 1}
            values |= {column: fitting[0][column] for column in sure if not typed.get(column)}
            return values, []
        book = _book_of(typed)
        same = next((row for row in namesakes if _fits(row, book)), None)
        if same is not None:
            return values, [f"目录里“{same['lesson']}”在{same['unit']}，和填的单元不一样"]
        return values, [_unknown(typed)] if self._lessons_in(book) else []

    def hint(self, typed: Mapping[str, Any]) -> str:
        """Return words that name the lesson of the book most like the one that is not there; empty if none is like it."""
        lesson, book = str(typed["lesson"]), _book_of(typed)
        key = lesson, tuple(book.items())
        if key not in self._hints:
            self._hints[key] = self._hint(lesson, book)
        return self._hints[key]

    def _hint(self, lesson: str, book: Mapping[str, str]) -> str:
        rows = self._lessons_in(book)
        sharing = [name for name in rows if not set(lesson).isdisjoint(name)]
        near = difflib.get_close_matches(lesson, sharing, 1, 0.3)
        if not near:
            return ""
        row = rows[near[0]]
        return f"目录里没有“{lesson}”这一课，最接近的是“{near[0]}”（{row['grade']}{row['volume']}{row['unit']}）"

    def _lessons_in(self, book: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
        """The first lesson of each name in the books that are meant; many rows of a sheet mean the same ones."""
        key = tuple(book.items())
        if key not in self._books:
            fitting = (row for row in reversed(self.rows) if _fits(row, book))
            self._books[key] = {row["lesson"]: row for row in fitting}
        return self._books[key]


def _book_of(typed: Mapping[str, Any]) -> dict[str, str]:
    return {column: typed[column] for column in COLUMNS if typed.get(column) and column not in ("unit", "lesson")}


def _fits(row: Mapping[str, str], said: Mapping[str, str]) -> bool:
    return all(row[column] == name for column, name in said.items())


def _unknown(typed: Mapping[str, Any]) -> str:
    return f"目录里没有“{typed.get('lesson')}”这一课，照填的文字写"


def offered_words(county_id: int | None) -> dict[str, list[str]]:
    """Return the words of each level down to the volume, for the choices of an empty sheet."""
    shelf = shelf_of(county_id)
    return {column: shelf.names(column, {}) for column in FIXED}
