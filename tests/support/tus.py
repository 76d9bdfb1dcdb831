"""A small client of the tus protocol over the test client."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.clients import Client
from yanxiu.core.resumable.store import UploadStore

OFFSET = "application/offset+octet-stream"
BASE = {"Tus-Resumable": "1.0.0"}


def meta(**pairs: object) -> str:
    return ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in pairs.items())


@contextmanager
def emptied(store: UploadStore) -> Iterator[UploadStore]:
    """The folder of unfinished uploads without what other tests of this process left there, of whichever feature."""

    def clear() -> None:
        for path in (*store.root.glob("*.part"), *store.root.glob("*.json")):
            path.unlink()

    clear()
    yield store
    clear()


class Tus:
    """One door and one person; `pairs` go along with every upload."""

    def __init__(self, client: Client, path: str = "/uploads", /, **pairs: object) -> None:
        self.client = client
        self.path = path
        self.pairs = pairs

    def create(self, length: int | None, data: bytes | None = None, **headers: str):
        sent = {**BASE, "Upload-Metadata": meta(**self.pairs), **headers}
        if length is not None:
            sent["Upload-Length"] = str(length)
        kind = OFFSET if data is not None else None
        return self.client.post(self.path, headers=sent, data=data, content_type=kind)

    def head(self, url: str):
        return self.client.head(url, headers=BASE)

    def patch(self, url: str, offset: int | None, data: bytes, content_type: str = OFFSET, **headers: str):
        sent = {**BASE, **headers}
        if offset is not None:
            sent["Upload-Offset"] = str(offset)
        return self.client.patch(url, headers=sent, data=data, content_type=content_type)
