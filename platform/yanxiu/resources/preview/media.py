"""Whether browsers play a film or a sound as it is. Runs in the child."""

from __future__ import annotations

from typing import Any

from yanxiu.resources.extraction.media import open_media

_PICTURES = {".mp4": frozenset({"h264", "av1"}), ".webm": frozenset({"vp8", "vp9", "libdav1d", "av1"})}
_DEPTHS = frozenset({"yuv420p", "yuvj420p"})
_SOUNDS = frozenset({"aac", "mp3", "mp3float", "opus", "vorbis", "flac", "pcm_s16le", "pcm_u8"})


def build_media(extension: str, path: str, out: str) -> dict[str, Any]:
    """Nothing to draw, but what the page should say: `plays` is False where a browser may show no picture or no sound."""
    with open_media(path, extension) as container:
        films = [stream.codec_context for stream in container.streams.video] if extension in _PICTURES else []
        sounds = [stream.codec_context.name for stream in container.streams.audio]
        plays = all(film.name in _PICTURES[extension] and film.pix_fmt in _DEPTHS for film in films[:1])
        return {"kind": "media", "data": {"plays": plays and all(name in _SOUNDS for name in sounds[:1])}}
