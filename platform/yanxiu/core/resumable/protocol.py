"""Reading the headers of tus 1.0 (https://tus.io/protocols/resumable-upload, core and the extensions we speak)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
CHECKSUMS = ("sha1", "sha256", "md5")
MAX_METADATA = 4096


class ProtocolError(Exception):
    """A request that breaks the protocol; `status` is the answer the protocol names for it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Checksum:
    """The digest the client announced for the body of one PATCH."""

    algorithm: str
    digest: bytes

    def new(self) -> Any:
        return hashlib.new(self.algorithm, usedforsecurity=False)


def parse_size(value: str | None, name: str) -> int | None:
    """Return a non-negative integer header, None when it is absent."""
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        raise ProtocolError(400, f"{name} 不是有效的字节数")
    return int(value)


def parse_length(length: str | None, defer: str | None) -> int | None:
    """Return the total size; None when the client asks to tell it later (`Upload-Defer-Length: 1`)."""
    if length is not None and defer is not None:
        raise ProtocolError(400, "Upload-Length 与 Upload-Defer-Length 不能同时出现")
    if defer is not None:
        if defer != "1":
            raise ProtocolError(400, "Upload-Defer-Length 只能是 1")
        return None
    size = parse_size(length, "Upload-Length")
    if size is None:
        raise ProtocolError(400, "缺少 Upload-Length")
    return size


def parse_metadata(value: str | None) -> dict[str, str]:
    """Return the pairs of `Upload-Metadata`: comma-separated `key base64(utf-8)`, the value may be missing."""
    if not value:
        return {}
    if len(value) > MAX_METADATA:
        raise ProtocolError(400, "Upload-Metadata 太长")
    pairs: dict[str, str] = {}
    for part in value.split(","):
        key, _, encoded = part.strip().partition(" ")
        if not key or not key.isascii() or key in pairs:
            raise ProtocolError(400, "Upload-Metadata 格式不对")
        pairs[key] = _decoded(encoded.strip())
    return pairs


def parse_checksum(value: str | None) -> Checksum | None:
    """Return the announced digest of a body, None when there is none."""
    if value is None:
        return None
    algorithm, _, encoded = value.partition(" ")
    if algorithm not in CHECKSUMS:
        raise ProtocolError(400, "不支持这种校验算法")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ProtocolError(400, "Upload-Checksum 格式不对") from error
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise ProtocolError(400, "Upload-Checksum 长度不对")
    return Checksum(algorithm, digest)


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ProtocolError(400, "Upload-Metadata 格式不对") from error
