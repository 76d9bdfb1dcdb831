"""The stills on which somebody drew, for the files about a lesson."""

from __future__ import annotations

import logging
import threading
import time

from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import storage
from yanxiu.observations.media.convert import NEVER, Run
from yanxiu.observations.media.drawn_still import drawn_still
from yanxiu.observations.media.probe import NotPlayableError
from yanxiu.observations.models import RecordingVersion, TimedComment
from yanxiu.observations.queries import recording_of

log = logging.getLogger(__name__)
MOST = 24
PATIENCE_S = 20.0
"""So long the maker of a file waits for its pictures; the rest is named in words."""
LEAST_S = 3.0
"""So long the last picture may take at least."""
_turns = threading.BoundedSemaphore(2)
"""So many pictures are taken at a time in this process, however many wait for their files."""


class Stills:
    """Call it with a comment: the picture of its moment with what was drawn on it, as JPEG; None when it cannot be had.

    At most `most` pictures in `patience_s` seconds, all of one lesson.
    """

    def __init__(
        self, lesson_id: int, most: int = MOST, patience_s: float = PATIENCE_S, stopping: threading.Event = NEVER
    ) -> None:
        self.lesson_id = lesson_id
        self.left = most
        self.until = time.monotonic() + patience_s
        self.stopping = stopping
        self._versions: dict[int, RecordingVersion] | None = None

    def __call__(self, comment: TimedComment) -> bytes | None:
        version = self._version(comment.version_id)
        if not comment.drawing or version is None or self.left <= 0 or time.monotonic() > self.until:
            return None
        films = version.watchable()
        if not films:
            return None
        if not _turns.acquire(timeout=max(0.0, self.until - time.monotonic())):
            return None
        self.left -= 1
        run = Run(version.duration_ms or 0, _silent, self.stopping, max(LEAST_S, self.until - time.monotonic()))
        try:
            with scratch_folder() as folder, storage().local_copy(films[-1].file.key) as source:
                return drawn_still(source, folder, comment.start_ms, comment.drawing, run)
        except (NotPlayableError, OSError):
            log.info("no still for comment %s", comment.id, exc_info=True)
            return None
        finally:
            _turns.release()

    def _version(self, version_id: int | None) -> RecordingVersion | None:
        if self._versions is None:
            recording = recording_of(self.lesson_id)
            self._versions = {version.id: version for version in recording.versions} if recording else {}
        return self._versions.get(version_id) if version_id is not None else None


def _silent(_percent: int) -> None:
    return
