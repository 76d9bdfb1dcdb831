"""Under which names editors store marks that may overlap: with a hash of what they say behind theirs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from yanxiu.lessonplans.collab.varint import write_bytes, write_uint

COMMENT = "comment"
"""The mark that says which words a comment is about. What a plan says is read without it."""
_FOLD = 6


def stored_name(anchor: str) -> str:
    """The name under which editors store the mark of a comment.

    Another name would do too, but the first edit beside it would then write the mark anew.
    """
    attrs = _object([("cid", _string(anchor))])
    digest = hashlib.sha256(_object([("type", _string(COMMENT)), ("attrs", attrs)])).digest()
    folded = bytearray(digest[:_FOLD])
    for i in range(_FOLD, len(digest)):
        folded[i % _FOLD] ^= digest[i]
    return f"{COMMENT}--{base64.b64encode(bytes(folded)).decode()}"


def _object(pairs: Sequence[tuple[str, bytes]]) -> bytes:
    """lib0's `encodeAny` of an object."""
    return b"\x76" + write_uint(len(pairs)) + b"".join(write_bytes(key.encode()) + value for key, value in pairs)


def _string(value: str) -> bytes:
    return b"\x77" + write_bytes(value.encode())
