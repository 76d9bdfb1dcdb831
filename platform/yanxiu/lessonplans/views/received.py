"""A Word file that was sent: kept under a signed token until somebody says what becomes of it."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from yanxiu.core.errors import InvalidError
from yanxiu.core.storage import ReceivedFile, gone_if_refused, receive_file, storage
from yanxiu.core.uploads import receive_upload
from yanxiu.lessonplans.document.html import count_characters, plain_text
from yanxiu.lessonplans.document.naming import KEYS
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.remarks import count_suggestions, with_own_numbers, words_about
from yanxiu.lessonplans.word_import import Arranged, arranged, decided_in, read_word, threads_in
from yanxiu.web.auth import current_actor

MOST_BYTES = 30 * 1024**2
HOURS_12 = 12 * 3600
"""A file nobody made a plan of is swept away after a day."""
GONE = "这个文件放得太久了，请重新选择一次"
NOTHING_IN_IT = "这个文件里没有读到内容，请用 Word 打开确认后再选"


@dataclass(frozen=True)
class Shown:
    """What one section got."""

    title: str
    characters: int
    tables: int
    pictures: int
    start: str
    suggestions: int = 0
    comments: int = 0


def sent_file(max_bytes: int = MOST_BYTES) -> ReceivedFile:
    """Take the .docx file of a form into the store."""
    file = request.files.get("file")
    if not isinstance(file, FileStorage) or not file.filename:
        raise InvalidError("请选择一个 .docx 文件", field="file")
    return receive_upload(file.stream, file.filename, kinds=frozenset({"docx"}), max_bytes=max_bytes)


def receive_word(names: Mapping[str, str] = KEYS) -> tuple[ReceivedFile, Arranged]:
    """Take a Word file and read it; `names` say which section a title belongs to."""
    received = sent_file()
    with gone_if_refused(received), opened_word(received.key, names) as (found, _pictures):
        return received, found


@contextmanager
def opened_word(key: str, names: Mapping[str, str] = KEYS) -> Iterator[tuple[Arranged, dict[str, Path]]]:
    """Read a file that was sent; its pictures are there by their names until the block ends."""
    try:
        with storage().local_copy(key) as path, read_word(path) as (result, folder):
            blocks = [with_own_numbers(block, key) for block in result["blocks"]]
            found = arranged(blocks, names, threads_in(result))
            found = replace(found, left=result["comments_left"], decided=decided_in(result, found))
            if not found.parts:
                raise InvalidError(NOTHING_IN_IT, field="file")
            files = [folder / Path(name).name for name in result["images"]]
            yield found, {f"/p/{number}": path for number, path in enumerate(files, start=1)}
    except FileNotFoundError as error:
        raise InvalidError(GONE) from error


def token_of(key: str, plan_id: int = 0) -> str:
    """Say which file was sent, by whom and for which plan, so that it is not sent twice."""
    return _signer().dumps([current_actor().id, key, plan_id])


def key_of(token: str, plan_id: int = 0) -> str:
    """The file that was sent by the same person for the same plan."""
    try:
        user_id, key, meant = _signer().loads(token, max_age=HOURS_12)
    except (BadData, ValueError) as error:
        raise InvalidError(GONE) from error
    if (user_id, meant) != (current_actor().id, plan_id):
        raise InvalidError(GONE)
    return str(key)


def once(token: str, *said: str) -> str:
    """The number under which the same press of the same button is known."""
    return str(uuid5(NAMESPACE_OID, "\n".join((token, *said))))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="lessonplans.word")


def received_picture(path: Path) -> ReceivedFile:
    """Put a picture of the file into the store."""
    with path.open("rb") as source:
        return receive_file(source, path.name, mimetypes.guess_type(path.name)[0] or "image/jpeg")


def shown(section: Node) -> Shown:
    """What a section got, for the preview."""
    words = " ".join(plain_text(section, with_titles=False).split())
    start = words[:80] + ("…" if len(words) > 80 else "")
    tables, pictures = count_of(section, "table"), count_of(section, "image")
    remarks = count_suggestions([section]), len(words_about([section]))
    return Shown(section["attrs"]["title"], count_characters({"content": [section]}), tables, pictures, start, *remarks)


def count_of(node: Node, kind: str) -> int:
    """How many nodes of a kind are in a node."""
    return sum((child.get("type") == kind) + count_of(child, kind) for child in node.get("content", ()))
