"""Spoken replies. What a phone's browser records does not play on every other phone: a job makes one that does."""

from __future__ import annotations

import tempfile
from pathlib import Path

from yanxiu.core.db import db, hold
from yanxiu.core.ffmpeg import NotConvertedError, voice_to_m4a
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, StoredFile, keep_file, receive_local_file, storage
from yanxiu.core.tasks import enqueue
from yanxiu.workshops.models import PostAttachment

VOICE = "workshops.voice"
CONTAINERS = {"audio/webm": "matroska", "audio/ogg": "ogg"}
"""What is converted, and what ffmpeg calls it."""


def queue_voice(attachment: PostAttachment) -> None:
    """Have an attachment converted, if it is a recording that not everybody can play."""
    if attachment.file.mime in CONTAINERS:
        enqueue(VOICE, {"attachment_id": attachment.id}, key=f"{VOICE}:{attachment.id}")


def converted_voice(file: StoredFile) -> ReceivedFile | None:
    """Make a recording that plays everywhere, outside any transaction; None for one of which nothing can be made."""
    name = file.name.rpartition(".")[0] + ".m4a"
    with tempfile.TemporaryDirectory(prefix="yanxiu-voice-") as folder:
        target = Path(folder) / "voice.m4a"
        try:
            voice_to_m4a(storage().path(file.key), target, CONTAINERS[file.mime])
        except NotConvertedError:
            return None
        return receive_local_file(target, name, "audio/mp4")


def replace_voice(attachment: PostAttachment, received: ReceivedFile) -> None:
    """Put the recording that plays everywhere in the place of the other; the page hears of it."""
    post, before = attachment.post, attachment.file
    hold(post.topic)
    hold(attachment)
    if attachment.file_id != before.id or before.mime not in CONTAINERS:
        return
    attachment.file = keep_file(received, before.owner_id)
    db.session.flush()
    db.session.delete(before)
    db.session.flush()
    post.seq = bump(f"topic:{post.topic_id}", "post", post.id)
