"""Evidence as a sheet sends it: `e12` what was kept before, `c34` a comment, `751000-785000@12` a stretch, `12:31-13:05` typed.

A phone sends `751000@12` for a moment, and `r<uuid> <milliseconds of its clock> <words>` for a remark on what is seen now; a desk
`w<uuid> <words>` for one that belongs to no moment. Without a script words come in a field of their own.
"""

from __future__ import annotations

import re
from uuid import uuid4

from flask import request

from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.remarks import checked_uuid
from yanxiu.observations.evidence import clip_token, typed_clip
from yanxiu.observations.forms import clock_ms, whole_number
from yanxiu.observations.models import Evaluation, Lesson, Recording, RecordingVersion
from yanxiu.observations.queries import current_version, find_comment, recording_of
from yanxiu.observations.services.evaluations import MOST_EVIDENCE, Clip, Pick, Remark
from yanxiu.observations.services.live_notes import checked_elapsed
from yanxiu.observations.services.on_site import Proofs
from yanxiu.web.auth import current_viewer

PREFIX = "evidence-"
ADDED, DROPPED, SEEN = "add-evidence-", "drop-evidence-", "seen-"
NO_TIME = "片段写成两个时刻，例如 12:31-13:05"
_REMARK = re.compile(r"r([0-9a-fA-F-]{36}) (\d{1,15}) (.*)", re.DOTALL)
_WRITTEN = re.compile(r"w([0-9a-fA-F-]{36}) (.*)", re.DOTALL)
_DEVICE_MS = re.compile(r"[0-9]{1,15}")
"""The clock of a device: milliseconds since 1970 have thirteen digits."""


def posted_evidence(lesson: Lesson, own: Evaluation | None) -> dict[str, list[Pick]]:
    """Return the evidence of every criterion that the form names, of the comments only those the viewer may read."""
    recording: Recording | None = None
    found: dict[str, list[Pick]] = {}
    for name in [name for name in request.form if name.startswith(PREFIX)]:
        tokens = [text.strip() for text in request.form.getlist(name) if text.strip()]
        if len(tokens) > 2 * MOST_EVIDENCE:
            raise InvalidError(f"一项最多附 {MOST_EVIDENCE} 段证据", field=name[:60])
        if recording is None and any("-" in token for token in tokens if token[0] != "w"):
            recording = recording_of(lesson.id)
        picks: list[Pick | None] = [_written(token) or _pick(token, lesson, own, recording, name) for token in tokens]
        key = name.removeprefix(PREFIX)
        picks += [Remark(str(uuid4()), words, None) for words in _tokens(SEEN + key)]
        found[key] = [pick for pick in picks if pick is not None]
    return found


def posted_proofs(lesson: Lesson) -> dict[str, Proofs]:
    """Return what a device adds to each criterion and takes away; `sent` is its clock as it sends."""
    recording = recording_of(lesson.id)
    kinds = (ADDED, DROPPED, SEEN)
    keys = [name.removeprefix(kind) for name in request.form for kind in kinds if name.startswith(kind)]
    found = {}
    for key in dict.fromkeys(keys):
        added, field = _tokens(ADDED + key), PREFIX + key
        if len(added) > 2 * MOST_EVIDENCE:
            raise InvalidError(f"一项最多附 {MOST_EVIDENCE} 段证据", field=field[:60])
        picks = [_remark(token) or _pick(token, lesson, None, recording, field) for token in added]
        picks += [Remark(str(uuid4()), words, clock.now()) for words in _tokens(SEEN + key)]
        found[key] = Proofs([pick for pick in picks if pick is not None], frozenset(_tokens(DROPPED + key)))
    return {key: one for key, one in found.items() if one.added or one.dropped}


def _tokens(name: str) -> list[str]:
    return [text.strip() for text in request.form.getlist(name) if text.strip()]


def _remark(token: str) -> Remark | None:
    """Read a remark; how long ago it was is counted by the device's clock alone, whatever time it believes it is."""
    found = _REMARK.fullmatch(token)
    if found is None:
        return None
    sent = request.form.get("sent", "")
    elapsed_ms = max(0, int(sent) - int(found[2])) if _DEVICE_MS.fullmatch(sent) else 0
    return Remark(checked_uuid(found[1]), found[3], clock.now() - checked_elapsed(elapsed_ms))


def _written(token: str) -> Remark | None:
    found = _WRITTEN.fullmatch(token)
    return None if found is None else Remark(checked_uuid(found[1]), found[2], None)


def _pick(token: str, lesson: Lesson, own: Evaluation | None, recording: Recording | None, field: str) -> Pick | None:
    number = whole_number(token[1:])
    if token[0] == "e" and number is not None:
        return next((one for one in (own.evidence if own is not None else ()) if one.id == number), None)
    if token[0] == "c" and number is not None:
        comment = find_comment(current_viewer(), lesson, number)
        if comment is None:
            raise InvalidError("这条点评已经看不到了，请另选一条", field=field[:60])
        return comment
    return _clip(token, recording, field)


def _clip(token: str, recording: Recording | None, field: str) -> Clip:
    sent = clip_token(token)
    if sent is not None:
        start_ms, end_ms, version_id = sent
        versions = recording.versions if recording is not None else []
        version = next((one for one in versions if one.id == version_id), None)
    else:
        typed = typed_clip(token)
        times = [clock_ms(text) for text in typed or (token,)]
        if times[0] is None or times[-1] is None:
            raise InvalidError(NO_TIME, field=field[:60])
        version = current_version(recording)
        start_ms, end_ms = times[0], times[-1] if typed else None
    return Clip(_there(version), start_ms, end_ms)


def _there(version: RecordingVersion | None) -> RecordingVersion:
    if version is None:
        raise ConflictError("这节课还没有可以观看的实录，不能选片段")
    return version
