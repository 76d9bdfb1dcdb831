"""What is in the library twice: the same bytes, or nearly the same text. Only what the reader may see is named."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.resemblance import plain_of, runs_of
from yanxiu.core.storage import StoredFile
from yanxiu.resources.models import Resource, ResourceBand, ResourceContent, ResourceFile
from yanxiu.resources.permissions import REVIEWED
from yanxiu.resources.queries import visible_resources

NEAR_FROM = 60
"""Percent from which two texts are called nearly the same."""
COMPARED = 12
"""So many files that share most bands are read and compared exactly."""
_KEYS_AT_ONCE = 400


def same_files(viewer: Viewer, workshop_ids: Collection[int], digests: Collection[str]) -> dict[str, list[Resource]]:
    """Return, by SHA-256 of a file, the resources this viewer may see that have it as their newest version."""
    if not digests:
        return {}
    rows = select(StoredFile.sha256, Resource).join(ResourceFile, ResourceFile.stored_file_id == StoredFile.id)
    rows = rows.join(Resource, Resource.current_file_id == ResourceFile.id)
    rows = rows.where(StoredFile.sha256.in_(digests), visible_resources(viewer, workshop_ids))
    found: dict[str, list[Resource]] = {}
    for digest, resource in db.session.execute(rows.options(joinedload(Resource.owner)).order_by(Resource.id)):
        found.setdefault(digest, []).append(resource)
    return found


def near_resource(viewer: Viewer, workshop_ids: Collection[int], file_id: int | None) -> tuple[Resource, int] | None:
    """Return the earlier resource whose text is closest to this version's and how close in percent, if one may see it."""
    if file_id is None:
        return None
    rows = select(Resource, ResourceContent.near_percent)
    rows = rows.join(ResourceFile, ResourceFile.resource_id == Resource.id)
    rows = rows.join(ResourceContent, ResourceContent.near_file_id == ResourceFile.id)
    rows = rows.where(ResourceContent.file_id == file_id, visible_resources(viewer, workshop_ids))
    found = db.session.execute(rows.options(joinedload(Resource.owner))).first()
    return None if found is None else (found[0], found[1])


def nearest_file(file: ResourceFile, text: str, keys: Collection[int]) -> tuple[int, int] | None:
    """Return the earlier file of another resource whose text is closest, and the percent of all runs they share.

    The measure is Broder's resemblance (`core.resemblance`); candidates share bands. Takes up to a second for long
    texts, so it is asked outside a transaction that writes.
    """
    mine = runs_of(plain_of(text).text)
    best: tuple[int, int] | None = None
    for file_id, other in _texts(_candidates(file, keys)).items():
        theirs = runs_of(plain_of(other).text)
        percent = int(100 * len(mine & theirs) / max(len(mine | theirs), 1))
        if percent >= NEAR_FROM and (best is None or percent > best[1]):
            best = file_id, percent
    return best


def _candidates(file: ResourceFile, keys: Collection[int]) -> list[int]:
    shared: dict[int, int] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), _KEYS_AT_ONCE):
        for file_id, count in db.session.execute(_sharing(file, ordered[start : start + _KEYS_AT_ONCE])):
            shared[file_id] = shared.get(file_id, 0) + count
    return sorted(shared, key=lambda file_id: (-shared[file_id], file_id))[:COMPARED]


def _sharing(file: ResourceFile, keys: Sequence[int]) -> Select[int, int]:
    rows = select(ResourceBand.file_id, func.count()).join(Resource, Resource.current_file_id == ResourceBand.file_id)
    rows = rows.where(ResourceBand.key.in_(keys), ResourceBand.file_id < file.id)
    shared = or_(Resource.visibility.in_(REVIEWED), Resource.owner_id == file.uploader_id)
    rows = rows.where(Resource.id != file.resource_id, Resource.removed_at.is_(None), shared)
    return rows.group_by(ResourceBand.file_id).order_by(func.count().desc(), ResourceBand.file_id).limit(COMPARED * 4)


def _texts(file_ids: Sequence[int]) -> Mapping[int, str]:
    rows = select(ResourceContent.file_id, ResourceContent.text).where(ResourceContent.file_id.in_(file_ids))
    found = {row[0]: row[1] for row in db.session.execute(rows)}
    return {file_id: found[file_id] for file_id in file_ids if file_id in found}
