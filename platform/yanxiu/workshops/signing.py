"""When texts are signed for the mirror: as they are written, and works together with what stands in their files."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from yanxiu.core.archives.rows import batched
from yanxiu.core.db import db
from yanxiu.core.events import Subscription
from yanxiu.core.file_text import SlowFileError, text_in_file
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops import events
from yanxiu.workshops.models import Post, TextKind
from yanxiu.workshops.queries.mirror import Unread, given_files, unread_files
from yanxiu.workshops.services.mirror import (
    READ_AGAIN_AFTER,
    SIGN,
    SIGN_ALL,
    keep_file_text,
    may_be_compared,
    move_signatures,
    note_slow_file,
    sign_text,
    texts_of_workshop,
    works_of_task,
)

SIGNED_AT_ONCE = 20


def _sign_post(event: events.PostPublished | events.PostEdited | events.PostRestored | events.TopicPublished) -> None:
    """Short posts without files say too little to be compared; of an edited one the signature may have to go."""
    wanted = [Post.topic_id == event.topic_id, Post.number == 1]
    if not isinstance(event, events.TopicPublished):
        wanted = [Post.id == event.post_id]
    found = db.session.execute(select(Post.id, may_be_compared()).where(*wanted)).first()
    if found is not None and (found[1] or isinstance(event, events.PostEdited)):
        _queue_signing(TextKind.POST, found[0])


def _sign_work(event: events.WorkHandedIn) -> None:
    _queue_signing(TextKind.WORK, event.submission_id)


def _queue_signing(kind: TextKind, object_id: int) -> None:
    enqueue(SIGN, {"kind": kind.value, "id": object_id}, key=f"{SIGN}:{kind.value}:{object_id}")


def _move_signatures(event: events.TopicMoved) -> None:
    move_signatures(event.topic_id, event.workshop_id)


def sign(payload: dict[str, Any], job: JobContext) -> None:
    """Keep the signature of a post or a work."""
    _read_files(payload["kind"], [payload["id"]], job)
    with unit_of_work():
        sign_text(payload["kind"], payload["id"])


def sign_all(payload: dict[str, Any], job: JobContext) -> None:
    """Keep the signatures of a whole workshop or task, a few in each transaction: others want to write meanwhile."""
    of_task = "task_id" in payload
    texts = works_of_task(payload["task_id"]) if of_task else texts_of_workshop(payload["workshop_id"])
    db.session.rollback()
    for some in batched(texts, SIGNED_AT_ONCE):
        for which in (TextKind.POST.value, TextKind.WORK.value):
            ids = [object_id for kind, object_id in some if kind == which]
            if ids:
                _read_files(which, ids, job)
        with unit_of_work():
            for kind, object_id in some:
                sign_text(kind, object_id)
        job.extend()


def _read_files(kind: str, ids: list[int], job: JobContext) -> None:
    """Read the files of these texts, and those their authors were given, that were not read yet; each once for all time."""
    files = unread_files(kind, ids)
    db.session.rollback()
    slow = [file.id for file in files if not _read(file, job)]
    if slow:
        with unit_of_work():
            _come_again(slow, kind, ids)


def _read(file: Unread, job: JobContext) -> bool:
    """Keep what stands in a file; tell whether there was time enough."""
    try:
        text = text_in_file(file.key, file.extension)
    except SlowFileError:
        return False
    finally:
        job.extend()
    with unit_of_work():
        keep_file_text(file.id, text)
    return True


def _come_again(file_ids: list[int], kind: str, ids: list[int]) -> None:
    """Sign once more when the files that took too long are read again: these, and after a file that came with a
    task all works of that task, whoever handed in meanwhile."""
    coming = {file_id for file_id in file_ids if note_slow_file(file_id)}
    given = given_files(coming)
    delay_s = READ_AGAIN_AFTER.total_seconds() + 1
    for task_id in sorted({task_id for task_id, _file_id in given}):
        enqueue(SIGN_ALL, {"task_id": task_id}, key=f"{SIGN_ALL}:task:{task_id}", delay_s=delay_s)
    if coming - {file_id for _task_id, file_id in given}:
        for object_id in ids:
            again = {"kind": kind, "id": object_id}
            enqueue(SIGN, again, key=f"{SIGN}:again:{kind}:{object_id}", delay_s=delay_s)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(events.TopicPublished, _sign_post),
    Subscription(events.PostPublished, _sign_post),
    Subscription(events.PostEdited, _sign_post),
    Subscription(events.PostRestored, _sign_post),
    Subscription(events.WorkHandedIn, _sign_work),
    Subscription(events.TopicMoved, _move_signatures),
)
JOBS: dict[str, JobHandler] = {SIGN: sign, SIGN_ALL: sign_all}
